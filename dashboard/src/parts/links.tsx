import { Anchor, type AnchorProps, Button, type ButtonProps, NavLink, type NavLinkProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { ComponentPropsWithRef } from 'react'

type LinkOf<P> = P & Omit<ComponentPropsWithRef<'a'>, keyof P>

export const TextLink = createLink((props: LinkOf<AnchorProps>) => (
  <Anchor inherit={props.size === undefined} {...props} />
))
export const ButtonLink = createLink((props: LinkOf<ButtonProps>) => <Button component="a" {...props} />)
export const MenuLink = createLink((props: LinkOf<NavLinkProps>) => <NavLink component="a" {...props} />)
