import { Alert, Group, Stack, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { CopyButton } from './CopyButton.tsx'

/** A new API key, the only time that it can be read. */
export function KeyOnce({ apiKey }: { apiKey: string }) {
  return (
    <Stack gap="sm">
      <Alert color="honey" icon={<IconAlertTriangle />}>
        Copy the key now and keep it like a password. It is shown this once only.
      </Alert>
      <Group align="flex-end" gap="xs">
        <TextInput
          label="API key"
          readOnly
          value={apiKey}
          flex={1}
          miw={200}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={apiKey} label="Copy the key" />
      </Group>
    </Stack>
  )
}
