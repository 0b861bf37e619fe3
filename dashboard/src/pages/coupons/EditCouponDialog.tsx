import { Modal, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Coupon } from '../../../../contract/coupons.ts'
import { storesQuery } from '../../api/account.ts'
import { patch } from '../../api/api.ts'
import type { UpdateCoupon } from '../../api/types.ts'
import { NUMBER_FIELD } from '../../lib/format.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { showDone } from '../../parts/toasts.ts'
import { OnCancelSelect } from './OnCancelSelect.tsx'
import { ReusePolicyField } from './ReusePolicyField.tsx'

type Props = { coupon: Coupon; opened: boolean; onClose: () => void }

/** What can change without a new version: nothing that a customer was promised. */
export function EditCouponDialog({ coupon, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Edit ${coupon.name}`}>
      <EditCouponForm coupon={coupon} onClose={onClose} />
    </Modal>
  )
}

function EditCouponForm({ coupon, onClose }: Omit<Props, 'opened'>) {
  const client = useQueryClient()
  const stores = useQuery(storesQuery)
  const isShop = stores.data?.items.find(({ id }) => id === coupon.storeId)?.kind === 'shopify'
  const isFixed = coupon.counts.assigned > 0 || coupon.counts.reserved > 0
  const form = useForm<{
    description: string
    purpose: string
    lowStockThreshold: number | string
    fallback: string
    onCancel: Coupon['onCancel']
    reusePolicy: Coupon['reusePolicy']
  }>({
    initialValues: {
      description: coupon.description,
      purpose: coupon.purpose ?? '',
      lowStockThreshold: coupon.lowStockThreshold,
      fallback: coupon.fallback ?? '',
      onCancel: coupon.onCancel,
      reusePolicy: coupon.reusePolicy,
    },
  })
  const save = async (values: typeof form.values) => {
    const body: UpdateCoupon = {
      description: values.description,
      purpose: values.purpose === '' ? null : (values.purpose as NonNullable<UpdateCoupon['purpose']>),
      lowStockThreshold: Number(values.lowStockThreshold) || 0,
      fallback: values.fallback.trim() === '' ? null : values.fallback,
      onCancel: values.onCancel,
      ...(isFixed ? {} : { reusePolicy: values.reusePolicy }),
    }
    await patch(`/v1/coupons/${coupon.id}`, body)
    await client.invalidateQueries({ queryKey: ['coupons'] })
    showDone('Saved.')
    onClose()
  }
  return (
    <EntryForm form={form} run={save} submitLabel="Save">
      <Textarea label="Description" autosize minRows={2} data-autofocus {...form.getInputProps('description')} />
      <Select
        label="Purpose"
        description="For your team: what the coupon is meant for."
        allowDeselect={false}
        data={[
          { value: '', label: 'Not said' },
          { value: 'campaign', label: 'Campaigns' },
          { value: 'flow', label: 'Flows' },
          { value: 'form', label: 'Forms' },
        ]}
        {...form.getInputProps('purpose')}
      />
      <NumberInput
        label="Warn when fewer codes are available than"
        min={0}
        allowDecimal={false}
        {...NUMBER_FIELD}
        {...form.getInputProps('lowStockThreshold')}
      />
      <TextInput label="Text instead of a code" maxLength={255} {...form.getInputProps('fallback')} />
      {!isFixed && (
        <ReusePolicyField
          description="It can be changed until somebody is given a code."
          {...form.getInputProps('reusePolicy')}
        />
      )}
      {isShop && <OnCancelSelect {...form.getInputProps('onCancel')} />}
    </EntryForm>
  )
}
