import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconMailFast, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sender, Senders } from '../../../../../contract/senders.ts'
import { useRole } from '../../../api/account.ts'
import { sendersQuery } from '../../../api/senders.ts'
import { Loaded } from '../../../parts/Loaded.tsx'
import { EmptyNotice } from '../../../parts/notices.tsx'
import { SenderCard } from './SenderCard.tsx'
import { SenderForm } from './SenderForm.tsx'

type Editing = { sender: Sender | null } | null

/** The providers through which the account sends, and which of them is at work. */
export function SendersTab() {
  const query = useQuery(sendersQuery)
  const { canAdmin } = useRole()
  const [editing, setEditing] = useState<Editing>(null)
  const add = canAdmin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEditing({ sender: null })}>
      Add a sender
    </Button>
  )
  return (
    <Stack maw={860}>
      <Group justify="space-between">
        <Text c="dimmed">The providers that carry your messages.</Text>
        {add}
      </Group>
      <Loaded query={query}>
        {(data) => (
          <Stack>
            <Fallback senders={data} />
            {data.items.length === 0 && (
              <EmptyNotice icon={<IconMailFast />} title="No sender yet" action={add}>
                Add your SMTP server, Amazon SES, Resend, Postmark or SendGrid, and for texts Twilio or another SMS
                service. Nothing goes through it before you activate it.
              </EmptyNotice>
            )}
            {data.items.map((sender) => (
              <SenderCard key={sender.id} sender={sender} onEdit={() => setEditing({ sender })} />
            ))}
            <Modal
              opened={editing !== null}
              onClose={() => setEditing(null)}
              size="lg"
              closeOnClickOutside={false}
              title={editing?.sender ? `Edit ${editing.sender.name}` : 'Add a sender'}
            >
              {editing && (
                <SenderForm
                  sender={editing.sender}
                  mayReachInside={data.allowsPrivateAddresses}
                  onDone={() => setEditing(null)}
                />
              )}
            </Modal>
          </Stack>
        )}
      </Loaded>
    </Stack>
  )
}

/** What sends messages of a kind while none of the senders does. */
function Fallback({ senders: { items, fallback } }: { senders: Senders }) {
  const hasNone = (kind: Sender['channel']) => !items.some(({ isActive, channel }) => isActive && channel === kind)
  const lines = [
    ...(hasNone('email') ? [fallback === 'outbox' ? STAYS('Emails') : EMAIL_BY_SMTP] : []),
    ...(hasNone('sms') ? [STAYS('Text messages')] : []),
  ]
  if (lines.length === 0) return null
  return (
    <Alert color="gray" role="status">
      {lines.map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Alert>
  )
}

const STAYS = (what: string) => `${what} go to the outbox: they are kept on this server and nothing leaves it.`
const EMAIL_BY_SMTP = 'Emails go through the SMTP server of this installation (SMTP_URL).'
