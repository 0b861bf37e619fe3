import { Alert, Button, Group, Input, Modal, Stack, TagsInput, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { MAX_TEST_ADDRESSES, type Template } from '../../../../contract/messages.ts'
import { sessionQuery } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { testMessageQuery } from '../../api/messages.ts'
import type { TestSendReply } from '../../api/types.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Code, Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { StateBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { PersonSelect } from './PersonSelect.tsx'

type Props = { template: Template; opened: boolean; onClose: () => void }

/** Sends the saved version to the team, with real codes that count nowhere. */
export function SendTestDialog({ template, opened, onClose }: Props) {
  const [sent, setSent] = useState<TestSendReply | null>(null)
  const close = () => {
    onClose()
    setSent(null)
  }
  return (
    <Modal opened={opened} onClose={close} title="Send a test" size="lg">
      {sent ? (
        <Sent reply={sent} onMore={() => setSent(null)} onClose={close} />
      ) : (
        <AskForm template={template} onSent={setSent} />
      )}
    </Modal>
  )
}

function AskForm({ template, onSent }: { template: Template; onSent: (reply: TestSendReply) => void }) {
  const { data: session } = useQuery(sessionQuery)
  const isSms = template.channel === 'sms'
  const form = useForm<{ addresses: string[]; profileId: string | null }>({
    initialValues: { addresses: session?.user && !isSms ? [session.user.email] : [], profileId: null },
    validate: {
      addresses: (addresses) =>
        addresses.length > 0 ? null : isSms ? 'Enter at least one number.' : 'Enter at least one address.',
    },
  })
  const send = async (values: typeof form.values) =>
    onSent(await post<TestSendReply>(`/v1/templates/${template.id}/test`, values))
  return (
    <EntryForm form={form} run={send} submitLabel="Send the test" mapErrors={byAddress(isSms)}>
      <TagsInput
        label={isSms ? 'Phone numbers' : 'Addresses'}
        description={`At most ${MAX_TEST_ADDRESSES}. Enter takes one.`}
        placeholder={isSms ? '+49 30 901820' : 'colleague@example.com'}
        maxTags={MAX_TEST_ADDRESSES}
        splitChars={isSms ? [',', ';'] : [',', ' ', ';']}
        acceptValueOnBlur
        data-autofocus
        {...form.getInputProps('addresses')}
      />
      <Input.Wrapper label="Shown as" description="With this person’s data. Empty: as somebody made up.">
        <PersonSelect value={form.values.profileId} onChange={(id) => form.setFieldValue('profileId', id)} />
      </Input.Wrapper>
      <Alert color="gray" p="sm">
        <Text size="sm">
          Version {template.version} is sent, as it was saved last.
          {template.coupons.length > 0 &&
            ' Each coupon gets one real code: it works in the shop, all testers share it, and no report counts it.'}
        </Text>
      </Alert>
    </EntryForm>
  )
}

/** The server names the address by its place: the message stands at the field. */
const byAddress =
  (isSms: boolean) =>
  (errors: Record<string, string>): Record<string, string> => {
    const wrong = Object.keys(errors).some((key) => key.startsWith('addresses'))
    const text = `One of these is no ${isSms ? 'phone number with its country' : 'email address'}.`
    return wrong ? { ...errors, addresses: text } : errors
  }

function Sent({ reply, onMore, onClose }: { reply: TestSendReply; onMore: () => void; onClose: () => void }) {
  return (
    <Stack role="status">
      <Stack gap="xs">
        {reply.messages.map((message) => (
          <SentTo key={message.id} {...message} />
        ))}
      </Stack>
      {reply.codes.map(({ coupon, code, expiresAt }) => (
        <div key={coupon}>
          <Text size="sm" c="dimmed">
            Test code of {coupon}
            {expiresAt && (
              <>
                , until <Moment at={expiresAt} zone />
              </>
            )}
          </Text>
          <Code code={code} />
        </div>
      ))}
      <Group>
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
        <Button variant="default" onClick={onMore}>
          Send another
        </Button>
      </Group>
    </Stack>
  )
}

function SentTo({ id, to }: TestSendReply['messages'][number]) {
  const { data } = useQuery(testMessageQuery(id))
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <TextLink to={PATHS.message} params={{ messageId: id }} size="sm" className="oc-wrap">
          {to}
        </TextLink>
        <StateBadge state={data?.state ?? 'ready'} />
      </Group>
      {data?.reason && (
        <Text size="xs" c="dimmed" className="oc-wrap">
          {data.reason}
        </Text>
      )}
    </div>
  )
}
