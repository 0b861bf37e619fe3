import { Select, TagsInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { TermsValues } from '../../lib/terms-values.ts'

type Form = Pick<UseFormReturnType<TermsValues>, 'values' | 'getInputProps'>

const MOST = 250

/** Who may use the codes; customers and segments by their ids, which stand in the shop's own admin. */
export function CustomersFields({ form, isShopify }: { form: Form; isShopify: boolean }) {
  const { customers } = form.values
  return (
    <>
      <Select
        label="Customers"
        allowDeselect={false}
        data={optionsOf(isShopify, customers)}
        {...form.getInputProps('customers')}
      />
      {customers === 'customers' && (
        <IdsInput label="Ids of customers" page="a customer" input={form.getInputProps('customerIds')} />
      )}
      {customers === 'segments' && (
        <IdsInput label="Ids of segments" page="a segment" input={form.getInputProps('segmentIds')} />
      )}
    </>
  )
}

/** Shown without being open to choice only where the store was changed after the choice. */
function optionsOf(isShopify: boolean, chosen: string) {
  const ofShop = [
    { value: 'customers', label: 'Some customers of the shop' },
    { value: 'segments', label: 'Segments of the shop' },
  ]
  return [
    { value: 'everyone', label: 'Everyone who has a code' },
    {
      value: 'first_order',
      label: `Only for a first order${isShopify ? ' – a Shopify checkout cannot tell' : ''}`,
      disabled: isShopify,
    },
    ...(isShopify
      ? ofShop
      : ofShop
          .filter(({ value }) => value === chosen)
          .map(({ value, label }) => ({ value, label: `${label} – only in Shopify stores`, disabled: true }))),
  ]
}

type IdsProps = { label: string; page: string; input: ReturnType<Form['getInputProps']> }

function IdsInput({ label, page, input }: IdsProps) {
  return (
    <TagsInput
      label={label}
      description={`The number at the end of the address of ${page}'s page in Shopify's admin; Enter or a comma adds one.`}
      splitChars={[',', ' ', '\n']}
      maxTags={MOST}
      acceptValueOnBlur
      {...input}
    />
  )
}
