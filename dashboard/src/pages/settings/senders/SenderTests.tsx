import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconMailForward, IconMessageForward, IconPlugConnected } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sender, SenderCheck, TestMail } from '../../../../../contract/senders.ts'
import { post } from '../../../api/api.ts'
import { fieldErrors, messageOf } from '../../../api/field-errors.ts'
import { useAction } from '../../../api/use-action.ts'
import { showDone } from '../../../parts/toasts.ts'

/** What changes with a sender. */
export const SENDER_REFRESHES = ['senders', 'account', 'campaigns', 'suppressions'] as const

/** What proves that a sender works, and the switch that lets it work. */
export function SenderTests({ sender }: { sender: Sender }) {
  const verify = useAction({
    run: () => post<SenderCheck>(`/v1/senders/${sender.id}/verify`),
  })
  const mail = useAction({
    run: () => post<TestMail>(`/v1/senders/${sender.id}/test-mail`),
    refreshes: ['senders'],
  })
  const activate = useAction({
    run: (deed: 'activate' | 'deactivate') => post<Sender>(`/v1/senders/${sender.id}/${deed}`),
    refreshes: SENDER_REFRESHES,
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
      {mail.data && <TestResult told={mail.data} texts={MAIL_TEXTS} title="Test mail" />}
      {sender.channel === 'sms' && <TestText sender={sender} />}
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

type Texts = Record<TestMail['status'], string>

const MAIL_TEXTS: Texts = {
  sent: 'The provider took the mail. Look into your mailbox, also under spam.',
  rejected: 'The provider refused the mail.',
  throttled: 'The provider wants fewer mails at a time. Try again in a minute.',
  deferred: 'The provider does not take the mail now. Try again later.',
  blocked: 'The provider takes no mail from us.',
  unknown: 'The answer of the provider was lost: the mail may arrive or not.',
}
const TEXT_TEXTS: Texts = {
  sent: 'The service took the text. It should arrive within a minute.',
  rejected: 'The service refused the text.',
  throttled: 'The service wants fewer texts at a time. Try again in a minute.',
  deferred: 'The service does not take the text now. Try again later.',
  blocked: 'The service takes no texts from us.',
  unknown: 'The answer of the service was lost: the text may arrive or not.',
}

/** Sends one text to a number that is typed here. What went wrong stands at the number. */
function TestText({ sender }: { sender: Sender }) {
  const client = useQueryClient()
  const [to, setTo] = useState('')
  const text = useMutation({
    mutationFn: () => post<TestMail>(`/v1/senders/${sender.id}/test-text`, { to }),
    onSettled: () => client.invalidateQueries({ queryKey: ['senders'] }),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        text.mutate()
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Send a test text to"
          description="A number with + and its country code. It goes out at any hour."
          type="tel"
          placeholder="+353 86 123 4567"
          maxLength={40}
          maw={420}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={text.error ? (fieldErrors(text.error).to ?? messageOf(text.error)) : null}
        />
        <div>
          <Button
            type="submit"
            variant="default"
            leftSection={<IconMessageForward size={17} aria-hidden />}
            disabled={to.trim() === ''}
            loading={text.isPending}
          >
            Send a test text
          </Button>
        </div>
        {text.data && <TestResult told={text.data} texts={TEXT_TEXTS} title="Test text" />}
      </Stack>
    </form>
  )
}

function TestResult({ told, texts, title }: { told: TestMail; texts: Texts; title: string }) {
  return (
    <Alert color={told.status === 'sent' ? 'pine' : 'red'} role="status" title={`${title} to ${told.to}`}>
      <Text size="sm">{texts[told.status]}</Text>
      {told.reason && (
        <Text size="sm" c="dimmed" className="oc-wrap">
          {told.reason}
        </Text>
      )}
    </Alert>
  )
}
