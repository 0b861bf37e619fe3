import { Button, Modal, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { RevokeReply } from '../../../../contract/codes.ts'
import { post } from '../../api/api.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Code } from '../../parts/figures.tsx'
import { showDone } from '../../parts/toasts.ts'
import { ReasonField, type ReasonValues, reasonForm } from './ReasonField.tsx'
import { type Usable, useRefreshCodes } from './usable.ts'

type Props = { code: Usable; opened: boolean; onClose: () => void }

export function RevokeDialog({ code, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Revoke this code?">
      <Revoke code={code} onClose={onClose} />
    </Modal>
  )
}

function Revoke({ code, onClose }: Omit<Props, 'opened'>) {
  const form = useForm(reasonForm)
  const refresh = useRefreshCodes()
  const revoke = async ({ reason }: ReasonValues) => {
    const { shop } = await post<RevokeReply>(`/v1/codes/${code.id}/revoke`, { reason })
    onClose()
    refresh()
    const then = shop === 'none' ? 'The checkout refuses it.' : 'The shop loses it in a moment.'
    showDone(`The code is out of use. ${then}`)
  }
  return (
    <EntryForm
      form={form}
      run={revoke}
      submitLabel="Revoke"
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
        {code.person === null
          ? 'Nobody will be given this code, and no checkout takes it. This cannot be undone.'
          : `${code.person} cannot use it any more. Their next message with ${code.couponName} brings them another. This cannot be undone.`}
      </Text>
      <ReasonField form={form} />
    </EntryForm>
  )
}
