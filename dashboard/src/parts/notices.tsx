import { Alert, Button, Center, Group, Loader, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { messageOf } from '../api/field-errors.ts'

type EmptyProps = { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode }

/** What stands where nothing is yet: what belongs here and how to get it. */
export function EmptyNotice({ icon, title, children, action }: EmptyProps) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw={460}>
        <ThemeIcon variant="light" size={56} radius="xl" aria-hidden>
          {icon}
        </ThemeIcon>
        <Text fw={650} mt="xs" ta="center">
          {title}
        </Text>
        {children && (
          <Text c="dimmed" size="sm" ta="center" component="div">
            {children}
          </Text>
        )}
        {action && <Group mt="sm">{action}</Group>}
      </Stack>
    </Center>
  )
}

export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title="This could not be loaded" role="alert">
      <Text size="sm">{messageOf(error)}</Text>
      {onRetry && (
        <Button
          mt="sm"
          size="xs"
          variant="light"
          color="red"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={onRetry}
        >
          Try again
        </Button>
      )}
    </Alert>
  )
}

export function PageLoader() {
  return (
    <Center py={96} role="status" aria-label="Loading">
      <Loader type="dots" />
    </Center>
  )
}
