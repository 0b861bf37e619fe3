import { Checkbox, NumberInput, Select, Text, TextInput } from '@mantine/core'
import { isNotEmpty, type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Store } from '../../../../contract/coupons.ts'
import { patch, post } from '../../api/api.ts'
import type { CreateStore, UpdateStore } from '../../api/types.ts'
import { browserTimeZone, guessCurrency, listCurrencies, listTimeZones } from '../../lib/zoned-time.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { showDone } from '../../parts/toasts.ts'

type Values = {
  name: string
  url: string
  currency: string
  timeZone: string
  sellsSubscriptions: boolean
  retentionDays: number
}

/** Adds a store, or changes the one given. Its currency is fixed once coupons count in it. */
export function StoreForm({ store, onDone }: { store: Store | null; onDone: () => void }) {
  const client = useQueryClient()
  const isShop = store?.kind === 'shopify'
  const form = useForm<Values>({
    initialValues: {
      name: store?.name ?? '',
      url: store?.url ?? '',
      currency: store?.currency ?? guessCurrency(navigator.language),
      timeZone: store?.timeZone ?? browserTimeZone(),
      sellsSubscriptions: store?.sellsSubscriptions ?? false,
      retentionDays: store?.retentionDays ?? 30,
    },
    validate: { name: isNotEmpty('Give the store a name.') },
  })
  const save = async ({ currency, retentionDays, ...values }: Values) => {
    const body: UpdateStore & { name: string } = isShop
      ? { name: values.name, retentionDays }
      : { ...values, url: values.url.trim() || null }
    if (store) await patch(`/v1/stores/${store.id}`, body)
    else await post('/v1/stores', { ...body, currency } satisfies CreateStore)
    await client.invalidateQueries({ queryKey: ['stores'] })
    void client.invalidateQueries({ queryKey: ['coupons'] })
    showDone('Saved.')
    onDone()
  }
  return (
    <EntryForm form={form} run={save} submitLabel={store ? 'Save' : 'Add the store'}>
      <TextInput label="Name" maxLength={200} data-autofocus {...form.getInputProps('name')} />
      {isShop ? (
        <>
          <NumberInput
            label="Keep unused codes in the shop"
            description="Days after they expired. Then they leave the shop, so that its limit of 20 million codes is not reached."
            min={1}
            max={3650}
            clampBehavior="blur"
            allowDecimal={false}
            suffix=" days"
            {...form.getInputProps('retentionDays')}
          />
          <Text size="sm" c="dimmed">
            Address, time zone and subscriptions come from the shop itself.
          </Text>
        </>
      ) : (
        <CustomShopFields form={form} store={store} />
      )}
    </EntryForm>
  )
}

type FieldsProps = { form: Pick<UseFormReturnType<Values>, 'getInputProps'>; store: Store | null }

function CustomShopFields({ form, store }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Address"
        description="Links that apply a code begin with it."
        placeholder="https://shop.example.com"
        type="url"
        {...form.getInputProps('url')}
      />
      {!store && (
        <Select
          label="Currency"
          data={listCurrencies()}
          searchable
          allowDeselect={false}
          {...form.getInputProps('currency')}
        />
      )}
      <Select
        label="Time zone"
        description="By whose clocks coupons start and expire."
        data={listTimeZones()}
        searchable
        allowDeselect={false}
        {...form.getInputProps('timeZone')}
      />
      <Checkbox
        label="Sells subscriptions"
        description="Coupons then offer the choice between one-time purchases and subscriptions."
        {...form.getInputProps('sellsSubscriptions', { type: 'checkbox' })}
      />
    </>
  )
}
