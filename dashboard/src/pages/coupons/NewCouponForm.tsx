import { Box, Button, Collapse, Grid, NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Coupon, CreateCoupon, Store } from '../../../../contract/coupons.ts'
import { post } from '../../api/api.ts'
import { hasCode } from '../../api/field-errors.ts'
import { NUMBER_FIELD } from '../../lib/format.ts'
import { checkTerms, DEFAULT_TERMS, type TermsValues, toFieldErrors, toTerms } from '../../lib/terms-values.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { FormSection } from '../../parts/FormSection.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { showDone, showFailure } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { OnCancelSelect } from './OnCancelSelect.tsx'
import { ReusePolicyField } from './ReusePolicyField.tsx'
import { TermsFields, type TermsForm, TermsSummary } from './TermsFields.tsx'

type Values = TermsValues & {
  name: string
  storeId: string
  type: Coupon['type']
  reusePolicy: Coupon['reusePolicy']
  description: string
  /** '' means: the coupon's name. */
  prefix: string
  codeLength: number | string
  lowStockThreshold: number | string
  fallback: string
  onCancel: 'stay_used' | 'new_code'
  confirmReusedName: boolean
}

const initialValues = (storeId: string): Values => ({
  ...DEFAULT_TERMS,
  name: '',
  storeId,
  type: 'unique',
  reusePolicy: 'until_used_or_expired',
  description: '',
  prefix: '',
  codeLength: 11,
  lowStockThreshold: 100,
  fallback: '',
  onCancel: 'stay_used',
  confirmReusedName: false,
})

function check(values: Values): Record<string, string> {
  const errors = checkTerms(values)
  if (values.name.trim() === '') errors.name = 'Give the coupon a name, such as WELCOME20.'
  return errors
}

function toBody(values: Values, store: Store): CreateCoupon {
  return {
    name: values.name,
    storeId: values.storeId,
    type: values.type,
    reusePolicy: values.reusePolicy,
    description: values.description,
    prefix: values.prefix.trim() === '' ? null : values.prefix,
    codeLength: Number(values.codeLength) || 11,
    lowStockThreshold: Number(values.lowStockThreshold) || 0,
    fallback: values.fallback.trim() === '' ? null : values.fallback,
    onCancel: values.onCancel,
    terms: toTerms(values, store),
    confirmReusedName: values.confirmReusedName,
  }
}

/** Whoever has connected a Shopify shop makes coupons for it. */
function likelyStore(stores: Store[]): Store | undefined {
  return stores.find(({ kind }) => kind === 'shopify') ?? stores[0]
}

export function NewCouponForm({ stores }: { stores: Store[] }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm<Values>({ initialValues: initialValues(likelyStore(stores)?.id ?? ''), validate: check })
  const store = stores.find(({ id }) => id === form.values.storeId) ?? (stores[0] as Store)

  const create = async (values: Values) => {
    const coupon = await post<Coupon>('/v1/coupons', toBody(values, store))
    await client.invalidateQueries({ queryKey: ['coupons'] })
    void client.invalidateQueries({ queryKey: ['home'] })
    showDone(`${coupon.name} was created. Add codes next.`)
    await navigate({ to: PATHS.coupon, params: { couponId: coupon.id } })
  }
  const answerReusedName = (error: unknown, values: Values) => {
    if (!hasCode(error, 'name_was_used')) return false
    askToConfirm({
      title: 'This name was used before',
      body: `An archived coupon was called ${values.name}. With the same name again, reports and mails of both look alike. A new name is better.`,
      confirm: 'Use the name again',
      onConfirm: () => void create({ ...values, confirmReusedName: true }).catch(showFailure),
    })
    return true
  }
  return (
    <EntryForm
      form={form}
      run={create}
      onFailure={answerReusedName}
      mapErrors={toFieldErrors}
      submitLabel="Create the coupon"
      secondary={
        <ButtonLink to={PATHS.coupons} variant="default">
          Cancel
        </ButtonLink>
      }
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <NameFields form={form} stores={stores} />
            <TermsFields form={form as unknown as TermsForm} store={store} />
            <MoreFields form={form} store={store} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Box style={{ position: 'sticky', top: 24 }}>
            <TermsSummary values={form.values} store={store} />
          </Box>
        </Grid.Col>
      </Grid>
    </EntryForm>
  )
}

type FieldsProps = { form: Pick<UseFormReturnType<Values>, 'values' | 'getInputProps'>; stores: Store[] }

function NameFields({ form, stores }: FieldsProps) {
  return (
    <FormSection title="The coupon">
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Templates call it by this name, exactly as you write it; it cannot be changed later."
          placeholder="WELCOME20"
          maxLength={100}
          autoFocus
          {...form.getInputProps('name')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label="Store"
            data={stores.map(({ id, name }) => ({ value: id, label: name }))}
            allowDeselect={false}
            {...form.getInputProps('storeId')}
          />
          <Select
            label="Codes"
            allowDeselect={false}
            data={[
              { value: 'unique', label: 'Onecode makes one for each person' },
              { value: 'uploaded', label: 'I upload a file of codes' },
            ]}
            {...form.getInputProps('type')}
          />
        </SimpleGrid>
        <ReusePolicyField
          description="It cannot be changed any more once somebody was given a code."
          {...form.getInputProps('reusePolicy')}
        />
        <Textarea
          label="Description"
          description="For your team only."
          autosize
          minRows={2}
          {...form.getInputProps('description')}
        />
      </Stack>
    </FormSection>
  )
}

function MoreFields({ form, store }: Pick<FieldsProps, 'form'> & { store: Store }) {
  const [open, { toggle }] = useDisclosure(false)
  const { name, prefix, codeLength, type } = form.values
  const shownPrefix = (prefix || name).toUpperCase().replaceAll(/[^A-Z0-9-]/g, '')
  const example = 'K7QM2XWP9TR4HVNA6BSDJEYG3ZUC5F8LKMPQRSTV'.slice(0, Number(codeLength) || 11)
  return (
    <FormSection title="How codes look, and what when they run out">
      <Button
        variant="subtle"
        size="compact-sm"
        onClick={toggle}
        style={{ alignSelf: 'flex-start' }}
        aria-expanded={open}
        rightSection={<IconChevronDown size={16} aria-hidden />}
      >
        {open ? 'Hide these settings' : 'Show these settings'}
      </Button>
      <Collapse expanded={open}>
        <Stack gap="md" mt="md">
          {type === 'unique' && (
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput
                label="Prefix"
                description="Empty: the coupon’s name where it fits."
                maxLength={40}
                {...form.getInputProps('prefix')}
              />
              <NumberInput
                label="Random symbols"
                description={`For example ${shownPrefix ? `${shownPrefix}-` : ''}${example}`}
                min={8}
                max={40}
                allowDecimal={false}
                {...form.getInputProps('codeLength')}
              />
            </SimpleGrid>
          )}
          <NumberInput
            label="Warn when fewer codes are available than"
            min={0}
            allowDecimal={false}
            {...NUMBER_FIELD}
            {...form.getInputProps('lowStockThreshold')}
          />
          <TextInput
            label="Text instead of a code"
            description="Shown where a person would get a code and none is left. Empty: nothing is shown."
            maxLength={255}
            {...form.getInputProps('fallback')}
          />
          {store.kind === 'shopify' && <OnCancelSelect {...form.getInputProps('onCancel')} />}
        </Stack>
      </Collapse>
    </FormSection>
  )
}
