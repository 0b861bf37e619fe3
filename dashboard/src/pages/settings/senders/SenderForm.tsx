import { NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { isNotEmpty, type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { Sender } from '../../../../../contract/senders.ts'
import { patch, post } from '../../../api/api.ts'
import { EntryForm } from '../../../parts/EntryForm.tsx'
import { FormSection } from '../../../parts/FormSection.tsx'
import { showDone } from '../../../parts/toasts.ts'
import { HeaderFields } from './HeaderFields.tsx'
import { ProviderField } from './ProviderField.tsx'
import { FIELDS, isSms, PROVIDER_NAME, type Provider } from './providers.ts'
import { fieldsOf, type SenderValues, toBody, toFormErrors, toValues } from './sender-values.ts'

const PROVIDERS = (['smtp', 'ses', 'resend', 'postmark', 'sendgrid', 'twilio', 'http'] as const).map((value) => ({
  value,
  label: PROVIDER_NAME[value],
}))

type Props = {
  sender: Sender | null
  /** Whether the installation lets senders call addresses inside its network. */
  mayReachInside: boolean
  onDone: () => void
}

/** Adds a sender, or changes the one given. Secrets that are set stay when their field stays empty. */
export function SenderForm({ sender, mayReachInside, onDone }: Props) {
  const client = useQueryClient()
  const form = useForm<SenderValues>({
    initialValues: toValues(sender),
    validate: {
      name: isNotEmpty('Give the sender a name.'),
      headers: {
        name: (name) => (name.trim() === '' ? 'Name it, or take it off.' : null),
        value: (value, { headers }, path) =>
          value === '' && !headers[Number(path.split('.')[1])]?.isKept ? 'Enter its value.' : null,
      },
    },
  })
  const { provider } = form.values
  const save = async (values: SenderValues) => {
    const body = toBody(values)
    if (sender) await patch(`/v1/senders/${sender.id}`, body)
    else await post('/v1/senders', body)
    await client.invalidateQueries({ queryKey: ['senders'] })
    void client.invalidateQueries({ queryKey: ['account'] })
    showDone(sender ? 'Saved.' : 'The sender was added. Test it, then activate it.')
    onDone()
  }
  const choose = (next: string | null) => {
    if (next === null) return
    const blank = { headers: [], dropped: [], allowsPrivateAddresses: false }
    form.setValues({ ...blank, provider: next as Provider, fields: fieldsOf(next as Provider, null) })
    form.clearErrors()
  }
  return (
    <EntryForm
      form={form}
      run={save}
      mapErrors={(errors) => toFormErrors(errors, form.values.headers)}
      submitLabel={sender ? 'Save' : 'Add the sender'}
    >
      <FormSection title="Provider">
        {!sender && (
          <Select label="Provider" data={PROVIDERS} value={provider} onChange={choose} allowDeselect={false} />
        )}
        <TextInput
          label="Name"
          description="By which you know it here."
          maxLength={200}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {FIELDS[provider].map((field) => (
          <Fragment key={`${provider} ${field.key}`}>
            <ProviderField
              field={field}
              isSet={sender?.secretsSet.includes(field.key) ?? false}
              props={form.getInputProps(`fields.${field.key}`)}
            />
            {provider === 'http' && field.key === 'body' && <HeaderFields form={form} />}
          </Fragment>
        ))}
        {provider === 'http' && (mayReachInside || form.values.allowsPrivateAddresses) && (
          <Switch
            label="May call addresses inside the own network"
            description="Also over http. For a service that runs beside this server."
            {...form.getInputProps('allowsPrivateAddresses', { type: 'checkbox' })}
          />
        )}
      </FormSection>
      <FromFields form={form} />
      <PaceFields form={form} />
      {sender?.isActive && (
        <Text size="sm" c="dimmed">
          This sender is active: campaigns under way go on with the new settings within seconds.
        </Text>
      )}
    </EntryForm>
  )
}

type PartProps = { form: UseFormReturnType<SenderValues> }

const FROM_NUMBER: Partial<Record<Provider, string>> = {
  twilio: 'A number of yours, or a name where the country allows one. Empty: the messaging service chooses.',
  http: 'Stands in the place of {{from}}.',
}

function FromFields({ form }: PartProps) {
  const { provider } = form.values
  if (isSms(provider)) {
    return (
      <FormSection title="From">
        <TextInput
          label="From number"
          description={FROM_NUMBER[provider]}
          placeholder="+353861234567"
          {...form.getInputProps('fromAddress')}
        />
      </FormSection>
    )
  }
  return (
    <FormSection title="From and replies">
      <TextInput label="From name" maxLength={200} {...form.getInputProps('fromName')} />
      <TextInput
        label="From address"
        description="Empty: the sender email of the account."
        placeholder="hello@example.com"
        {...form.getInputProps('fromAddress')}
      />
      <TextInput label="Reply to" type="email" placeholder="help@example.com" {...form.getInputProps('replyTo')} />
    </FormSection>
  )
}

function PaceFields({ form }: PartProps) {
  const who = isSms(form.values.provider) ? 'carriers' : 'mailboxes'
  return (
    <FormSection title="Pace">
      <Stack>
        <NumberInput
          label="Most messages a second"
          description="Empty: as fast as the provider takes them."
          min={1}
          max={10_000}
          allowDecimal={false}
          {...form.getInputProps('perSecond')}
        />
        <NumberInput
          label="Most messages a day"
          min={1}
          max={100_000_000}
          allowDecimal={false}
          {...form.getInputProps('perDay')}
        />
        <Switch
          label="Warm up"
          description={`200 messages on the first day, about half as many again on each of the next 20, so that ${who} get to know a new sender.`}
          {...form.getInputProps('warmUp', { type: 'checkbox' })}
        />
      </Stack>
    </FormSection>
  )
}
