import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useState } from 'react'
import type { ReplaceReply } from '../../../../contract/codes.ts'
import { post } from '../../api/api.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Code, Moment } from '../../parts/figures.tsx'
import { ReasonField, type ReasonValues, reasonForm } from './ReasonField.tsx'
import { type Usable, useRefreshCodes, useResend } from './usable.ts'

type Props = { code: Usable; opened: boolean; onClose: () => void }

export function ReplaceDialog({ code, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Replace this code?">
      <Replace code={code} onClose={onClose} />
    </Modal>
  )
}

type Replacement = ReplaceReply['replacement']

function Replace({ code, onClose }: Omit<Props, 'opened'>) {
  const form = useForm(reasonForm)
  const [replacement, setReplacement] = useState<Replacement | null>(null)
  const replace = async ({ reason }: ReasonValues) => {
    const reply = await post<ReplaceReply>(`/v1/codes/${code.id}/replace`, { reason })
    setReplacement(reply.replacement)
  }
  if (replacement) return <Replaced replacement={replacement} person={code.person} onClose={onClose} />
  return (
    <EntryForm
      form={form}
      run={replace}
      submitLabel="Replace"
      secondary={
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
      }
    >
      <div>
        <Code code={code.code} copy={false} />
      </div>
      <Text size="sm">
        This code stops working, and {code.person} gets a new one of {code.couponName} with the newest terms and a fresh
        deadline. Without a code left, nothing happens.
      </Text>
      <ReasonField form={form} />
    </EntryForm>
  )
}

/** The new code, which can be sent at once. The lists behind the dialog are read again when it closes: the row that it belongs to is over. */
function Replaced({
  replacement,
  person,
  onClose,
}: {
  replacement: Replacement
  person: string | null
  onClose: () => void
}) {
  const resend = useResend()
  const refresh = useRefreshCodes()
  useEffect(() => refresh, [refresh])
  return (
    <Stack align="flex-start" role="status">
      <Text size="sm">{person} has a new code now:</Text>
      <Code code={replacement.code} />
      {replacement.expiresAt && (
        <Text size="sm" c="dimmed">
          It holds until <Moment at={replacement.expiresAt} zone />.
        </Text>
      )}
      <Group>
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
        <Button
          variant="default"
          loading={resend.isPending}
          onClick={() => resend.mutate(replacement.codeId, { onSuccess: onClose })}
        >
          Send it to them
        </Button>
      </Group>
    </Stack>
  )
}
