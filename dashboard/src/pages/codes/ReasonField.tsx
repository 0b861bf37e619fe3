import { TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'

/** As the server takes it. */
const LONGEST = 200

export type ReasonValues = { reason: string }

export const reasonForm = {
  initialValues: { reason: '' },
  validate: { reason: (reason: string) => (reason.trim() === '' ? 'Say why, in a few words.' : null) },
}

/** Why a code is taken out of use. */
export function ReasonField({ form }: { form: UseFormReturnType<ReasonValues> }) {
  return (
    <TextInput
      label="Reason"
      description="It is shown with the code and stays in the activity log: name no person in it."
      placeholder="Shared in a forum"
      maxLength={LONGEST}
      required
      data-autofocus
      {...form.getInputProps('reason')}
    />
  )
}
