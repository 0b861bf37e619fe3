import { ActionIcon, Alert, Badge, Button, Group, Menu, Paper, Stack, Text, Title } from '@mantine/core'
import { IconDots, IconMailForward, IconPencil, IconPlugConnected, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Sender, SenderCheck, TestMail } from '../../../../../contract/senders.ts'
import { useRole } from '../../../api/account.ts'
import { post, remove } from '../../../api/api.ts'
import { useAction } from '../../../api/use-action.ts'
import { formatCount, plural } from '../../../lib/format.ts'
import { CopyButton } from '../../../parts/CopyButton.tsx'
import { askToConfirm } from '../../../parts/confirm.tsx'
import { Definitions } from '../../../parts/Definitions.tsx'
import { Moment } from '../../../parts/figures.tsx'
import { showDone } from '../../../parts/toasts.ts'
import { PROVIDER_NAME } from './providers.ts'

const REFRESHES = ['senders', 'account', 'campaigns', 'suppressions'] as const

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
        {canAdmin && <Tests sender={sender} />}
      </Stack>
    </Paper>
  )
}

function factsOf(sender: Sender): [string, ReactNode][] {
  const { health } = sender
  const from = sender.fromAddress ?? (sender.channel === 'sms' ? 'the messaging service' : "the account's sender email")
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
  ]
}

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

function Tests({ sender }: { sender: Sender }) {
  const verify = useAction({
    run: () => post<SenderCheck>(`/v1/senders/${sender.id}/verify`),
  })
  const mail = useAction({
    run: () => post<TestMail>(`/v1/senders/${sender.id}/test-mail`),
    refreshes: ['senders'],
  })
  const activate = useAction({
    run: (deed: 'activate' | 'deactivate') => post<Sender>(`/v1/senders/${sender.id}/${deed}`),
    refreshes: REFRESHES,
    onDone: (moved) => showDone(moved.isActive ? `${moved.name} sends from now on.` : `${moved.name} sends no more.`),
  })
  return (
    <Stack gap="sm">
      <Group gap="sm">
        {!sender.isActive && (
          <Button loading={activate.isPending} onClick={() => activate.mutate('activate')}>
            Activate
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconPlugConnected size={17} aria-hidden />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Check the settings
        </Button>
        {sender.channel === 'email' && (
          <Button
            variant="default"
            leftSection={<IconMailForward size={17} aria-hidden />}
            loading={mail.isPending}
            onClick={() => mail.mutate()}
          >
            Send me a test mail
          </Button>
        )}
        {sender.isActive && (
          <Button
            variant="subtle"
            color="gray"
            loading={activate.isPending}
            onClick={() => activate.mutate('deactivate')}
          >
            Stop using it
          </Button>
        )}
      </Group>
      {verify.data && <CheckResult check={verify.data} />}
      {mail.data && <MailResult mail={mail.data} />}
    </Stack>
  )
}

function CheckResult({ check }: { check: SenderCheck }) {
  return (
    <Alert
      color={check.ok ? 'pine' : 'red'}
      role="status"
      title={check.ok ? 'The settings are right' : 'Not right yet'}
    >
      <Text size="sm" className="oc-wrap">
        {check.ok ? check.facts.join(' ') || 'The provider takes us as we are.' : check.reason}
      </Text>
    </Alert>
  )
}

const MAIL_TEXT: Record<TestMail['status'], string> = {
  sent: 'The provider took the mail. Look into your mailbox, also under spam.',
  rejected: 'The provider refused the mail.',
  throttled: 'The provider wants fewer mails at a time. Try again in a minute.',
  deferred: 'The provider does not take the mail now. Try again later.',
  blocked: 'The provider takes no mail from us.',
  unknown: 'The answer of the provider was lost: the mail may arrive or not.',
}

function MailResult({ mail }: { mail: TestMail }) {
  return (
    <Alert color={mail.status === 'sent' ? 'pine' : 'red'} role="status" title={`Test mail to ${mail.to}`}>
      <Text size="sm">{MAIL_TEXT[mail.status]}</Text>
      {mail.reason && (
        <Text size="sm" c="dimmed" className="oc-wrap">
          {mail.reason}
        </Text>
      )}
    </Alert>
  )
}

function More({ sender, onEdit }: { sender: Sender; onEdit: () => void }) {
  const drop = useAction({
    run: () => remove(`/v1/senders/${sender.id}`),
    refreshes: REFRESHES,
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
