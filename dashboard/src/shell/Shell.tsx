import { AppShell, Box, Burger, Group, ScrollArea, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconBuildingStore,
  IconHome,
  IconInbox,
  IconListDetails,
  IconReceipt,
  IconSend,
  IconSettings,
  IconTemplate,
  IconTicket,
  IconUsers,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { sessionQuery } from '../api/account.ts'
import { MenuLink } from '../parts/links.tsx'
import { PATHS } from '../paths.ts'
import { AccountMenu } from './AccountMenu.tsx'
import { Brand } from './Brand.tsx'

const GROUPS = [
  { title: null, links: [{ to: PATHS.home, label: 'Home', Icon: IconHome }] },
  {
    title: 'Codes',
    links: [
      { to: PATHS.coupons, label: 'Coupons', Icon: IconTicket },
      { to: PATHS.redemptions, label: 'Redemptions', Icon: IconReceipt },
      { to: PATHS.stores, label: 'Stores', Icon: IconBuildingStore },
    ],
  },
  {
    title: 'Audience',
    links: [
      { to: PATHS.people, label: 'People', Icon: IconUsers },
      { to: PATHS.lists, label: 'Lists', Icon: IconListDetails },
    ],
  },
  {
    title: 'Messages',
    links: [
      { to: PATHS.templates, label: 'Templates', Icon: IconTemplate },
      { to: PATHS.campaigns, label: 'Campaigns', Icon: IconSend },
      { to: PATHS.outbox, label: 'Outbox', Icon: IconInbox },
    ],
  },
] as const

/** The frame of every page; the set-up and the log-in stand without it. */
export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const bare = path === PATHS.setup || path === PATHS.login
  return bare ? <Outlet /> : <FullShell path={path} />
}

function FullShell({ path }: { path: string }) {
  const [open, { toggle, close }] = useDisclosure(false)
  useLeaveWhenSignedOut()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes on each change of the path
  useEffect(close, [path])
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 236, breakpoint: 'sm', collapsed: { mobile: !open } }}
    >
      <a href="#content" className="oc-skip">
        Skip to the content
      </a>
      <AppShell.Header hiddenFrom="sm" className="oc-header">
        <Group h="100%" px="md" justify="space-between">
          <Brand size={24} />
          <Burger opened={open} onClick={toggle} size="sm" aria-label={open ? 'Close the menu' : 'Open the menu'} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="oc-navbar" component="nav" aria-label="Main">
        <Navigation path={path} onClose={close} />
      </AppShell.Navbar>
      <AppShell.Main className="oc-main">
        <Box id="content" className="oc-content">
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  )
}

function Navigation({ path, onClose }: { path: string; onClose: () => void }) {
  const isAt = (to: string) => (to === PATHS.home ? path === to : path === to || path.startsWith(`${to}/`))
  return (
    <Stack h="100%" gap={0} p="sm">
      <Group px={8} py={10} justify="space-between">
        <Brand />
        <Burger opened onClick={onClose} size="sm" hiddenFrom="sm" aria-label="Close the menu" />
      </Group>
      <ScrollArea flex={1} type="never" mt={6}>
        <Stack gap={2}>
          {GROUPS.map(({ title, links }) => (
            <Box key={title ?? 'home'} mt={title ? 'sm' : 0}>
              {title && (
                <Text size="xs" c="dimmed" fw={600} px={10} pb={4}>
                  {title}
                </Text>
              )}
              {links.map(({ to, label, Icon }) => (
                <MenuLink
                  key={to}
                  to={to}
                  label={label}
                  active={isAt(to)}
                  aria-current={isAt(to) ? 'page' : undefined}
                  leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                  className="oc-nav-link"
                />
              ))}
            </Box>
          ))}
        </Stack>
      </ScrollArea>
      <MenuLink
        to={PATHS.settings}
        label="Settings"
        active={isAt(PATHS.settings)}
        leftSection={<IconSettings size={18} stroke={1.7} aria-hidden />}
        className="oc-nav-link"
      />
      <AccountMenu />
    </Stack>
  )
}

function useLeaveWhenSignedOut(): void {
  const { data } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const signedOut = data !== undefined && data.user === null
  useEffect(() => {
    if (signedOut)
      void navigate({ to: PATHS.login, search: { next: window.location.pathname + window.location.search } })
  }, [signedOut, navigate])
}
