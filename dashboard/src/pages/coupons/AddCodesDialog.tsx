import { Modal, NumberInput, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { CodeJob } from '../../../../contract/codes.ts'
import type { Coupon } from '../../../../contract/coupons.ts'
import { post } from '../../api/api.ts'
import { NUMBER_FIELD } from '../../lib/format.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'

type Props = { coupon: Coupon; opened: boolean; onClose: () => void }

export function AddCodesDialog({ coupon, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Add codes to ${coupon.name}`}>
      <AddCodesForm coupon={coupon} onClose={onClose} />
    </Modal>
  )
}

function AddCodesForm({ coupon, onClose }: Omit<Props, 'opened'>) {
  const client = useQueryClient()
  const form = useForm<{ count: number | string }>({
    initialValues: { count: 10_000 },
    validate: { count: (count) => (Number(count) >= 1 ? null : 'Enter at least 1.') },
  })
  const add = async ({ count }: { count: number | string }) => {
    await post<CodeJob>(`/v1/coupons/${coupon.id}/codes`, { count: Number(count) })
    await client.invalidateQueries({ queryKey: ['code-jobs'] })
    void client.invalidateQueries({ queryKey: ['coupons'] })
    onClose()
  }
  return (
    <EntryForm form={form} run={add} submitLabel="Add codes">
      <NumberInput
        label="How many"
        min={1}
        allowDecimal={false}
        allowNegative={false}
        {...NUMBER_FIELD}
        data-autofocus
        {...form.getInputProps('count')}
      />
      <Text size="sm" c="dimmed">
        The work goes on when you leave this page or close the browser.
      </Text>
    </EntryForm>
  )
}
