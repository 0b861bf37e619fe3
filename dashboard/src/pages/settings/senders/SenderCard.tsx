import { ActionIcon, Alert, Badge, Group, Menu, Paper, Stack, Text, Title } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Sender } from '../../../../../contract/senders.ts'
import { useRole } from '../../../api/account.ts'
import { remove } from '../../../api/api.ts'
import { useAction } from '../../../api/use-action.ts'
import { formatCount, plural } from '../../../lib/format.ts'
import { CopyButton } from '../../../parts/CopyButton.tsx'
import { askToConfirm } from '../../../parts/confirm.tsx'
import { Definitions } from '../../../parts/Definitions.tsx'
import { Moment } from '../../../parts/figures.tsx'
import { showDone } from '../../../parts/toasts.ts'
import { PROVIDER_NAME } from './providers.ts'
import { SENDER_REFRESHES, SenderTests } from './SenderTests.tsx'

/** One sender: what it is, how it is doing, and what can be done with it. */
export function SenderCard({ sender, onEdit }: { sender: Sender; onEdit: () => void }) {
  const { canAdmin } = useRole()
  return (
    <Paper p="lg" component="section" aria-label={sender.name}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <div style={{ minWidth: 0 }}>
            <Title order={2} className="oc-wrap">
              {sender.name}
            </Title>
            <Group gap="xs" mt={4}>
              <Badge variant="light" color={sender.isActive ? 'pine' : 'gray'} tt="none" radius="sm">
                {sender.isActive ? 'active' : 'not active'}
              </Badge>
              <Text size="sm" c="dimmed">
                {PROVIDER_NAME[sender.provider]}
              </Text>
            </Group>
          </div>
          {canAdmin && <More sender={sender} onEdit={onEdit} />}
        </Group>
        <Health sender={sender} />
        <Definitions items={factsOf(sender)} />
        {canAdmin && <SenderTests sender={sender} />}
      </Stack>
    </Paper>
  )
}

function nobodysName({ channel, settings }: Sender): string {
  if (channel === 'email') return "the account's sender email"
  return settings.messagingServiceSid ? 'the messaging service' : 'no number yet'
}

function factsOf(sender: Sender): [string, ReactNode][] {
  const { health } = sender
  const from = sender.fromAddress ?? nobodysName(sender)
  const pace = sender.perSecond === null ? 'no limit a second' : `${formatCount(sender.perSecond)} a second`
  const day =
    health.dailyLimit === null
      ? `${plural(health.sentToday, 'message')} today`
      : `${formatCount(health.sentToday)} of ${formatCount(health.dailyLimit)} today${sender.warmUpFrom ? ' (warming up)' : ''}`
  const facts: [string, ReactNode][] = [
    ['From', sender.fromName ? `${sender.fromName} <${from}>` : from],
    ['Pace', `${pace}, ${day}`],
  ]
  if (sender.webhookUrl === null) return facts
  return [
    ...facts,
    [
      'Webhook',
      <Group key="webhook" gap={6} wrap="nowrap">
        <span className="oc-wrap">{sender.webhookUrl}</span>
        <CopyButton small text={sender.webhookUrl} label="Copy the address of the webhook" />
      </Group>,
    ],
    ...(sender.provider === 'twilio' ? [INCOMING] : []),
  ]
}

const INCOMING: [string, ReactNode] = [
  'At Twilio',
  'Set the webhook as the address for incoming messages of the number or the messaging service, so that STOP and START are heard.',
]

function Health({ sender: { health } }: { sender: Sender }) {
  if (health.state === 'well') return null
  return (
    <Alert
      color={health.state === 'resting' ? 'red' : 'honey'}
      title={health.state === 'resting' ? 'Resting' : 'Slowed'}
    >
      <Text size="sm" className="oc-wrap">
        {health.reason}
      </Text>
      {health.until && (
        <Text size="sm">
          {health.state === 'resting' ? 'One message tries again at ' : 'Until '}
          <Moment at={health.until} />.
        </Text>
      )}
    </Alert>
  )
}

function More({ sender, onEdit }: { sender: Sender; onEdit: () => void }) {
  const drop = useAction({
    run: () => remove(`/v1/senders/${sender.id}`),
    refreshes: SENDER_REFRESHES,
    onDone: () => showDone(`${sender.name} was removed.`),
  })
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={`More actions for ${sender.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
          Edit
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          disabled={sender.isActive}
          onClick={() =>
            askToConfirm({
              title: `Remove ${sender.name}?`,
              body: 'Its secrets are forgotten, and reports of its provider are not taken any more. What it sent stays on record.',
              confirm: 'Remove',
              dangerous: true,
              onConfirm: () => drop.mutate(),
            })
          }
        >
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
