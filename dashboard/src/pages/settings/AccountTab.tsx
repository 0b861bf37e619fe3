import { Alert, NumberInput, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Account } from '../../../../contract/account.ts'
import { accountQuery, useRole } from '../../api/account.ts'
import { patch } from '../../api/api.ts'
import type { UpdateAccount } from '../../api/types.ts'
import { listTimeZones } from '../../lib/zoned-time.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { FormSection } from '../../parts/FormSection.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { TextLink } from '../../parts/links.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { SmsFields } from './SmsFields.tsx'
import { PROVIDER_NAME } from './senders/providers.ts'

export function AccountTab() {
  const query = useQuery(accountQuery)
  return <Loaded query={query}>{(account) => <AccountForm account={account} />}</Loaded>
}

function AccountForm({ account }: { account: Account }) {
  const client = useQueryClient()
  const { canAdmin } = useRole()
  const form = useForm({
    initialValues: {
      name: account.name,
      timeZone: account.timeZone,
      senderName: account.senderName ?? '',
      senderEmail: account.senderEmail ?? '',
      postalAddress: account.postalAddress ?? '',
      bouncePercent: account.bounceLimit / 100,
      complaintPercent: account.complaintLimit / 100,
      trackClicks: account.trackClicks,
      trackOpens: account.trackOpens,
      smsOptOut: account.smsOptOut,
      smsHelp: account.smsHelp ?? '',
      quietFrom: account.quietFrom,
      quietUntil: account.quietUntil,
      smartEmailHours: account.smartEmailHours,
      smartSmsHours: account.smartSmsHours,
    },
    validate: { name: isNotEmpty('Enter the name of your brand.') },
  })
  const save = async (values: typeof form.values) => {
    const textOrNull = (text: string) => text.trim() || null
    const body: UpdateAccount = {
      name: values.name,
      timeZone: values.timeZone,
      senderName: textOrNull(values.senderName),
      senderEmail: textOrNull(values.senderEmail),
      postalAddress: textOrNull(values.postalAddress),
      bounceLimit: Math.round(values.bouncePercent * 100),
      complaintLimit: Math.round(values.complaintPercent * 100),
      trackClicks: values.trackClicks,
      trackOpens: values.trackOpens,
      smsOptOut: values.smsOptOut,
      smsHelp: textOrNull(values.smsHelp),
      quietFrom: values.quietFrom,
      quietUntil: values.quietUntil,
      smartEmailHours: values.smartEmailHours,
      smartSmsHours: values.smartSmsHours,
    }
    client.setQueryData(accountQuery.queryKey, await patch<Account>('/v1/account', body))
    void client.invalidateQueries({ queryKey: ['session'] })
    void client.invalidateQueries({ queryKey: ['campaigns'] })
    showDone('Saved.')
  }
  if (!canAdmin) return <Alert color="gray">Only an owner or admin can change the account.</Alert>
  return (
    <Stack maw={640}>
      <EntryForm form={form} run={save} submitLabel="Save">
        <FormSection title="Account">
          <Stack>
            <TextInput label="Name" maxLength={200} {...form.getInputProps('name')} />
            <Select
              label="Time zone"
              description="In which the screens show dates and times."
              data={listTimeZones()}
              searchable
              allowDeselect={false}
              {...form.getInputProps('timeZone')}
            />
          </Stack>
        </FormSection>
        <FormSection title="Sender of your emails">
          <Stack>
            <TextInput
              label="Sender name"
              placeholder={account.name}
              maxLength={200}
              {...form.getInputProps('senderName')}
            />
            <TextInput
              label="Sender email"
              type="email"
              placeholder="hello@example.com"
              {...form.getInputProps('senderEmail')}
            />
            <Textarea
              label="Postal address"
              description="The law in many countries asks for it in every marketing email. Templates print it with {{ organization.full_address }}."
              autosize
              minRows={2}
              maxLength={500}
              {...form.getInputProps('postalAddress')}
            />
            <Text size="sm" c="dimmed">
              {account.emailChannel === 'outbox'
                ? 'Emails go to the outbox: they stay on this server until a sender is set up and activated.'
                : `Emails go through ${PROVIDER_NAME[account.emailChannel]}.`}{' '}
              <TextLink to={PATHS.settings} search={{ tab: 'senders' }} size="sm">
                Open the senders
              </TextLink>
            </Text>
          </Stack>
        </FormSection>
        <FormSection title="When a campaign pauses by itself">
          <Stack>
            <NumberInput
              label="Messages that come back or are refused"
              description="Counted from the hundredth message on."
              suffix=" %"
              min={0.01}
              max={100}
              decimalScale={2}
              allowNegative={false}
              {...form.getInputProps('bouncePercent')}
            />
            <NumberInput
              label="People who mark the mail as spam"
              description="From the third on. Mailboxes ask for less than 0.1 % and never 0.3 %."
              suffix=" %"
              min={0.01}
              max={100}
              decimalScale={2}
              allowNegative={false}
              {...form.getInputProps('complaintPercent')}
            />
          </Stack>
        </FormSection>
        <FormSection title="Opens and clicks">
          <Stack>
            <Switch
              label="Count clicks"
              description="Links in emails lead through this server. Codes never stand in the address."
              {...form.getInputProps('trackClicks', { type: 'checkbox' })}
            />
            <Switch
              label="Count opens"
              description="Emails carry an invisible picture. Some mail programs fetch it by themselves and others never do: take the number as a hint."
              {...form.getInputProps('trackOpens', { type: 'checkbox' })}
            />
          </Stack>
        </FormSection>
        <SmsFields form={form} />
      </EntryForm>
    </Stack>
  )
}
