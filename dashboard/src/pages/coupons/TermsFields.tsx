import {
  Alert,
  Checkbox,
  Group,
  NumberInput,
  Radio,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
} from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import '@mantine/dates/styles.css'
import type { UseFormReturnType } from '@mantine/form'
import { IconTicket } from '@tabler/icons-react'
import { describeTerms } from '../../lib/describe-terms.ts'
import { currencyDigits, NUMBER_FIELD } from '../../lib/format.ts'
import { checkTerms, type StoreTime, type TermsValues, toTerms } from '../../lib/terms-values.ts'
import { FormSection } from '../../parts/FormSection.tsx'
import { CatalogInput } from './CatalogInput.tsx'
import { CustomersFields } from './CustomersFields.tsx'

export type TermsForm = Pick<UseFormReturnType<TermsValues>, 'values' | 'getInputProps'>
type StoreOfTerms = StoreTime & { id: string; sellsSubscriptions: boolean }
/** The month as a word: 03/04 means two days, depending on the reader. */
const MOMENT_FORMAT = 'D MMM YYYY, HH:mm'

type Props = { form: TermsForm; store: StoreOfTerms }

/** The offer as a form, from what it takes off to when it ends, with the sentence that it makes. */
export function TermsFields({ form, store }: Props) {
  const { discountKind, purchase } = form.values
  const isShopify = store.kind === 'shopify'
  return (
    <Stack gap="lg">
      <FormSection title="What it takes off">
        <Stack gap="md">
          <DiscountFields form={form} store={store} />
          {(discountKind === 'percentage' || discountKind === 'fixed_amount') && (
            <ScopeFields form={form} store={store} />
          )}
        </Stack>
      </FormSection>
      <FormSection title="Who may use it, and on what">
        <Stack gap="md">
          <MinimumFields form={form} store={store} />
          <CustomersFields form={form} isShopify={isShopify} />
          <Checkbox
            label="Once per customer"
            description="A customer who used a code of this coupon cannot use a second one."
            {...form.getInputProps('oncePerCustomer', { type: 'checkbox' })}
          />
          {store.sellsSubscriptions && (
            <Select
              label="Purchases"
              allowDeselect={false}
              data={[
                { value: 'one_time', label: 'One-time purchases' },
                { value: 'subscription', label: 'Subscriptions' },
                { value: 'both', label: 'Both' },
              ]}
              {...form.getInputProps('purchase')}
            />
          )}
          {store.sellsSubscriptions && isShopify && purchase !== 'one_time' && <CycleFields form={form} />}
          <Checkbox.Group label="May be combined with">
            <Group mt={6}>
              <Checkbox label="Order discounts" {...form.getInputProps('combineOrder', { type: 'checkbox' })} />
              <Checkbox label="Product discounts" {...form.getInputProps('combineProduct', { type: 'checkbox' })} />
              <Checkbox label="Shipping discounts" {...form.getInputProps('combineShipping', { type: 'checkbox' })} />
            </Group>
          </Checkbox.Group>
        </Stack>
      </FormSection>
      <FormSection title="When it holds">
        <TimeFields form={form} store={store} />
      </FormSection>
    </Stack>
  )
}

function DiscountFields({ form, store }: Props) {
  const { discountKind } = form.values
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label="Kind of discount"
          allowDeselect={false}
          data={[
            { value: 'percentage', label: 'Percentage' },
            { value: 'fixed_amount', label: 'Fixed amount' },
            { value: 'free_shipping', label: 'Free shipping' },
            { value: 'buy_x_get_y', label: 'Buy X, get Y' },
          ]}
          {...form.getInputProps('discountKind')}
        />
        {discountKind === 'percentage' && (
          <NumberInput
            label="Percentage"
            suffix=" %"
            min={0}
            max={100}
            {...NUMBER_FIELD}
            decimalScale={2}
            {...form.getInputProps('percent')}
          />
        )}
        {discountKind === 'fixed_amount' && (
          <MoneyInput label="Amount" currency={store.currency} input={form.getInputProps('amount')} />
        )}
      </SimpleGrid>
      {discountKind === 'buy_x_get_y' && <BuyGetFields form={form} store={store} />}
    </>
  )
}

function BuyGetFields({ form, store }: Props) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <NumberInput label="Customer buys" min={1} {...form.getInputProps('buyQuantity')} />
        <NumberInput label="Customer gets" min={1} {...form.getInputProps('getQuantity')} />
        <NumberInput
          label="At a discount of"
          description="100 % makes them free."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          suffix=" %"
          min={0}
          max={100}
          {...NUMBER_FIELD}
          decimalScale={2}
          {...form.getInputProps('getPercent')}
        />
      </SimpleGrid>
      <CatalogInput label="Products to buy" kind="products" store={store} input={form.getInputProps('buyProductIds')} />
      <CatalogInput label="Products to get" kind="products" store={store} input={form.getInputProps('getProductIds')} />
    </>
  )
}

function ScopeFields({ form, store }: Props) {
  return (
    <>
      <Radio.Group label="Applies to" {...form.getInputProps('appliesTo')}>
        <Group mt={6}>
          <Radio value="order" label="The whole order" />
          <Radio value="products" label="Some products" />
          <Radio value="collections" label="Some collections" />
        </Group>
      </Radio.Group>
      {form.values.appliesTo === 'products' && (
        <CatalogInput label="Products" kind="products" store={store} input={form.getInputProps('productIds')} />
      )}
      {form.values.appliesTo === 'collections' && (
        <CatalogInput
          label="Collections"
          kind="collections"
          store={store}
          input={form.getInputProps('collectionIds')}
        />
      )}
    </>
  )
}

function MinimumFields({ form, store }: Props) {
  const { minimum } = form.values
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Select
        label="Minimum"
        allowDeselect={false}
        data={[
          { value: 'none', label: 'None' },
          { value: 'subtotal', label: 'Order value' },
          { value: 'quantity', label: 'Number of items' },
        ]}
        {...form.getInputProps('minimum')}
      />
      {minimum === 'subtotal' && (
        <MoneyInput label="Minimum order value" currency={store.currency} input={form.getInputProps('minimumAmount')} />
      )}
      {minimum === 'quantity' && (
        <NumberInput label="Minimum number of items" min={1} {...form.getInputProps('minimumQuantity')} />
      )}
    </SimpleGrid>
  )
}

function TimeFields({ form, store }: Props) {
  const { expires } = form.values
  return (
    <Stack gap="md">
      <Radio.Group label="Codes expire" {...form.getInputProps('expires')}>
        <Stack gap={8} mt={6}>
          <Radio value="after_assignment" label="Some time after a person got their code" />
          <Radio value="at" label="All at one date and time" />
          <Radio value="never" label="Never" />
        </Stack>
      </Radio.Group>
      {expires === 'after_assignment' && (
        <Group align="flex-start">
          <NumberInput label="After" min={1} w={120} {...form.getInputProps('expiresAfter')} />
          <SegmentedControl
            mt={24}
            aria-label="Unit"
            data={[
              { value: 'hours', label: 'hours' },
              { value: 'days', label: 'days' },
            ]}
            {...form.getInputProps('expiresUnit')}
          />
        </Group>
      )}
      {expires === 'at' && (
        <DateTimePicker
          label="Date and time of expiry"
          placeholder="Choose a date and time"
          valueFormat={MOMENT_FORMAT}
          description={`By the clocks of the store (${store.timeZone}).`}
          clearable
          {...form.getInputProps('expiresAt')}
        />
      )}
      <DateTimePicker
        label="Starts at"
        placeholder="Choose a date and time"
        valueFormat={MOMENT_FORMAT}
        description={`Empty: at once. By the clocks of the store (${store.timeZone}).`}
        clearable
        {...form.getInputProps('startsAt')}
      />
    </Stack>
  )
}

type InputProps = ReturnType<TermsForm['getInputProps']>

function MoneyInput({ label, currency, input }: { label: string; currency: string; input: InputProps }) {
  const digits = currencyDigits(currency)
  return (
    <NumberInput
      label={label}
      suffix={` ${currency}`}
      min={0}
      decimalScale={digits}
      fixedDecimalScale
      {...NUMBER_FIELD}
      {...input}
    />
  )
}

function CycleFields({ form }: { form: TermsForm }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Select
        label="Orders of a subscription"
        allowDeselect={false}
        data={[
          { value: 'first', label: 'Only the first is reduced' },
          { value: 'some', label: 'Some are reduced' },
          { value: 'all', label: 'All are reduced' },
        ]}
        {...form.getInputProps('cycles')}
      />
      {form.values.cycles === 'some' && (
        <NumberInput
          label="Number of orders"
          description="The first one counts."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          min={1}
          {...form.getInputProps('billingCycles')}
        />
      )}
    </SimpleGrid>
  )
}

/** The offer in one sentence, while the form is filled in. */
export function TermsSummary({ values, store }: { values: TermsValues; store: StoreTime }) {
  const open = Object.keys(checkTerms(values)).length
  return (
    <Alert color="honey" icon={<IconTicket />} title="The offer in plain words">
      <Text size="sm" aria-live="polite">
        {open > 0
          ? 'Fill in what is missing, and the offer stands here.'
          : `${describeTerms(toTerms(values, store), store.timeZone)}.`}
      </Text>
    </Alert>
  )
}
