import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'

type Props = {
  title: string
  /** Shown instead of the plain title, when it needs more than text. */
  heading?: ReactNode
  description?: ReactNode
  /** A link to the page above. */
  back?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The shape that every page has. Moves the focus to its title, so that a screen reader says where one has arrived. */
export function Page({ title, heading, description, back, actions, children }: Props) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Onecode`
  }, [title])
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest('nav, a')) {
      ref.current?.focus({ preventScroll: true })
    }
  }, [])
  return (
    <Stack gap="lg">
      <Stack gap={6}>
        {back && (
          <Group gap={6} c="dimmed">
            <IconArrowLeft size={15} aria-hidden />
            {back}
          </Group>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <Box miw={0} maw={760}>
            <Title order={1} ref={ref} tabIndex={-1} className="oc-wrap">
              {heading ?? title}
            </Title>
            {description && (
              <Text c="dimmed" mt={4} component="div" className="oc-wrap">
                {description}
              </Text>
            )}
          </Box>
          {actions && <Group gap="sm">{actions}</Group>}
        </Group>
      </Stack>
      {children}
    </Stack>
  )
}
