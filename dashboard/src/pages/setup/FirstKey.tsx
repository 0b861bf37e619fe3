import { Alert, Button, List, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { KeyOnce } from '../../parts/KeyOnce.tsx'
import { PATHS } from '../../paths.ts'
import { BarePage } from '../../shell/BarePage.tsx'

type Props = { apiKey: string; onContinue: () => Promise<unknown> }

export function FirstKey({ apiKey, onContinue }: Props) {
  const navigate = useNavigate()
  const proceed = async () => {
    await onContinue()
    await navigate({ to: PATHS.home })
  }
  return (
    <BarePage title="Your account is ready" width={540} description="This is its first API key.">
      <Stack gap="lg">
        <KeyOnce apiKey={apiKey} />
        <Alert variant="light" color="gray" icon={<IconKey />} title="What it is for">
          Your shop and your scripts use it to talk to Onecode. For the dashboard alone you do not need it. More keys
          can be made in the settings at any time.
        </Alert>
        <div>
          <Text fw={600} mb={6}>
            Next steps
          </Text>
          <List type="ordered" size="sm" spacing={4}>
            <List.Item>Import your people into a list.</List.Item>
            <List.Item>Create a coupon, such as WELCOME20, and add codes to it.</List.Item>
            <List.Item>Write a template and send it as a campaign: each person gets a code of their own.</List.Item>
          </List>
        </div>
        <Button onClick={() => void proceed()} fullWidth>
          Continue to the dashboard
        </Button>
      </Stack>
    </BarePage>
  )
}
