import { NumberInput, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { isNotEmpty, type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { Sender, SenderSetup } from '../../../../../contract/senders.ts'
import { patch, post } from '../../../api/api.ts'
import type { CreateSender, UpdateSender } from '../../../api/types.ts'
import { EntryForm } from '../../../parts/EntryForm.tsx'
import { FormSection } from '../../../parts/FormSection.tsx'
import { showDone } from '../../../parts/toasts.ts'
import { FIELDS, type Field, PROVIDER_NAME, type Provider } from './providers.ts'

type Values = {
  provider: Provider
  name: string
  fromName: string
  fromAddress: string
  replyTo: string
  perSecond: number | string
  perDay: number | string
  warmUp: boolean
  fields: Record<string, string | number>
}

const PROVIDERS = (['smtp', 'ses', 'resend', 'postmark', 'sendgrid', 'twilio'] as const).map((value) => ({
  value,
  label: PROVIDER_NAME[value],
}))

const textOrNull = (text: string) => text.trim() || null
const numberOrNull = (value: number | string) => (typeof value === 'number' ? value : null)

function initialFields(provider: Provider, sender: Sender | null): Values['fields'] {
  return Object.fromEntries(
    FIELDS[provider].map(({ key, kind, initial = '' }) => {
      const known = kind === 'secret' ? undefined : sender?.settings[key]
      const value = typeof known === 'string' || typeof known === 'number' ? known : sender ? '' : initial
      return [key, kind === 'number' && value !== '' ? Number(value) : value]
    }),
  )
}

/** What the API takes: settings that are filled in, and the secrets that were typed now. */
function toSetup({ provider, fields }: Values): SenderSetup {
  const filled = FIELDS[provider].filter(({ key }) => fields[key] !== '' && fields[key] !== undefined)
  const entries = (secret: boolean) =>
    filled
      .filter(({ kind }) => (kind === 'secret') === secret)
      .map(({ key }) => [key, typeof fields[key] === 'string' ? fields[key].trim() : fields[key]])
  return {
    provider,
    settings: Object.fromEntries(entries(false)),
    secrets: Object.fromEntries(entries(true)),
  } as SenderSetup
}

/** `setup.settings.host` and `setup.secrets.password` are the fields `fields.host` and `fields.password`. */
const mapErrors = (errors: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(errors).map(([path, text]) => [path.replace(/^setup\.(settings|secrets)\./, 'fields.'), text]),
  )

/** Adds a sender, or changes the one given. Secrets that are set stay when their field stays empty. */
export function SenderForm({ sender, onDone }: { sender: Sender | null; onDone: () => void }) {
  const client = useQueryClient()
  const form = useForm<Values>({
    initialValues: {
      provider: sender?.provider ?? 'smtp',
      name: sender?.name ?? '',
      fromName: sender?.fromName ?? '',
      fromAddress: sender?.fromAddress ?? '',
      replyTo: sender?.replyTo ?? '',
      perSecond: sender?.perSecond ?? '',
      perDay: sender?.perDay ?? '',
      warmUp: sender?.warmUpFrom != null,
      fields: initialFields(sender?.provider ?? 'smtp', sender),
    },
    validate: { name: isNotEmpty('Give the sender a name.') },
  })
  const { provider } = form.values
  const isSms = provider === 'twilio'
  const save = async (values: Values) => {
    const body: UpdateSender & CreateSender = {
      name: values.name,
      fromName: textOrNull(values.fromName),
      fromAddress: textOrNull(values.fromAddress),
      replyTo: textOrNull(values.replyTo),
      perSecond: numberOrNull(values.perSecond),
      perDay: numberOrNull(values.perDay),
      warmUp: values.warmUp,
      setup: toSetup(values),
    }
    if (sender) await patch(`/v1/senders/${sender.id}`, body)
    else await post('/v1/senders', body)
    await client.invalidateQueries({ queryKey: ['senders'] })
    void client.invalidateQueries({ queryKey: ['account'] })
    showDone(sender ? 'Saved.' : 'The sender was added. Test it, then activate it.')
    onDone()
  }
  const choose = (next: string | null) => {
    if (next === null) return
    form.setValues({ provider: next as Provider, fields: initialFields(next as Provider, null) })
    form.clearErrors()
  }
  return (
    <EntryForm form={form} run={save} mapErrors={mapErrors} submitLabel={sender ? 'Save' : 'Add the sender'}>
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
          <ProviderField
            key={`${provider} ${field.key}`}
            field={field}
            isSet={sender?.secretsSet.includes(field.key) ?? false}
            props={form.getInputProps(`fields.${field.key}`)}
          />
        ))}
      </FormSection>
      <FormSection title={isSms ? 'From' : 'From and replies'}>
        {!isSms && <TextInput label="From name" maxLength={200} {...form.getInputProps('fromName')} />}
        <TextInput
          label={isSms ? 'From number' : 'From address'}
          description={isSms ? 'Empty: the messaging service chooses.' : 'Empty: the sender email of the account.'}
          placeholder={isSms ? '+353861234567' : 'hello@example.com'}
          {...form.getInputProps('fromAddress')}
        />
        {!isSms && (
          <TextInput label="Reply to" type="email" placeholder="help@example.com" {...form.getInputProps('replyTo')} />
        )}
      </FormSection>
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
            description="200 messages on the first day, about half as many again on each of the next 20, so that mailboxes get to know a new sender."
            {...form.getInputProps('warmUp', { type: 'checkbox' })}
          />
        </Stack>
      </FormSection>
      {sender?.isActive && (
        <Text size="sm" c="dimmed">
          This sender is active: campaigns under way go on with the new settings within seconds.
        </Text>
      )}
    </EntryForm>
  )
}

type FieldProps = { field: Field; isSet: boolean; props: ReturnType<UseFormReturnType<Values>['getInputProps']> }

function ProviderField({ field, isSet, props }: FieldProps) {
  const { kind, label, description, placeholder, choices = [] } = field
  const common = { label, description, placeholder, ...props }
  if (kind === 'number') return <NumberInput {...common} min={1} max={65_535} allowDecimal={false} />
  if (kind === 'choice') return <Select {...common} data={choices} allowDeselect={false} />
  if (kind === 'text') return <TextInput {...common} maxLength={500} />
  return (
    <PasswordInput
      {...common}
      autoComplete="new-password"
      maxLength={5000}
      description={isSet ? 'It is set. Leave this empty to keep it.' : description}
      placeholder={isSet ? '••••••••' : placeholder}
    />
  )
}
