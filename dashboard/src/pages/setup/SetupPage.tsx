import { PasswordInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Session } from '../../../../contract/account.ts'
import { sessionQuery } from '../../api/account.ts'
import { get, post } from '../../api/api.ts'
import type { SetupReply } from '../../api/types.ts'
import { browserTimeZone, guessCurrency, listCurrencies, listTimeZones } from '../../lib/zoned-time.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { BarePage } from '../../shell/BarePage.tsx'
import { FirstKey } from './FirstKey.tsx'

/** The first visit: makes the owner, their account and its first store. */
export function SetupPage() {
  const client = useQueryClient()
  const [apiKey, setApiKey] = useState<string | null>(null)
  const form = useForm({
    initialValues: {
      accountName: '',
      email: '',
      password: '',
      currency: guessCurrency(navigator.language),
      timeZone: browserTimeZone(),
    },
    validate: {
      accountName: isNotEmpty('Enter the name of your brand.'),
      email: (email) => (/^\S+@\S+$/.test(email) ? null : 'Enter your email address.'),
      password: (password) => (password.length >= 10 ? null : 'Use at least 10 characters.'),
    },
  })
  const setUp = async (values: typeof form.values) => {
    const reply = await post<SetupReply>('/v1/setup', values)
    const session = await get<Session>('/v1/session')
    if (!session.user) await post('/auth/sign-in/email', { email: values.email, password: values.password })
    setApiKey(reply.apiKey)
  }
  if (apiKey)
    return <FirstKey apiKey={apiKey} onContinue={() => client.fetchQuery({ ...sessionQuery, staleTime: 0 })} />
  return (
    <BarePage
      title="Set up Onecode"
      width={540}
      description="Every customer gets a discount code of their own. First, create the owner: the person who may do everything."
    >
      <EntryForm form={form} run={setUp} submitLabel="Create the account" fullWidth>
        <TextInput
          label="Account name"
          description="Your brand, as your team knows it."
          autoComplete="organization"
          autoFocus
          {...form.getInputProps('accountName')}
        />
        <TextInput label="Email" type="email" autoComplete="username" {...form.getInputProps('email')} />
        <PasswordInput
          label="Password"
          description="At least 10 characters."
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label="Currency of your shop"
            data={listCurrencies()}
            searchable
            allowDeselect={false}
            {...form.getInputProps('currency')}
          />
          <Select
            label="Time zone"
            data={listTimeZones()}
            searchable
            allowDeselect={false}
            {...form.getInputProps('timeZone')}
          />
        </SimpleGrid>
      </EntryForm>
    </BarePage>
  )
}
