import { Button, Checkbox, Group, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Scope } from '../../../../contract/account.ts'
import { post } from '../../api/api.ts'
import type { CreateApiKey, CreatedApiKey } from '../../api/types.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { KeyOnce } from '../../parts/KeyOnce.tsx'

const SCOPE_TEXT: Record<Scope, string> = {
  checkout: 'Validate, reserve and redeem codes at checkout',
  'coupons:read': 'See coupons and counts',
  'coupons:write': 'Create and edit coupons',
  'codes:read': 'See codes in full',
  'codes:write': 'Add codes',
  'assignments:write': 'Give codes to people',
  'profiles:read': 'See people and lists',
  'profiles:write': 'Change people and lists, import',
  'messages:read': 'See templates, campaigns and messages',
  'messages:write': 'Change templates and campaigns',
  'campaigns:send': 'Send, pause and cancel campaigns',
  'reports:read': 'See reports and redemptions',
  'account:read': 'See the account, its stores and activity',
  'account:write': 'Change the account, stores and API keys',
}
const ALL = Object.keys(SCOPE_TEXT) as Scope[]

type Kind = 'checkout' | 'all' | 'choose'
type Values = { name: string; kind: Kind; scopes: Scope[] }

const scopesOf = ({ kind, scopes }: Values): Scope[] =>
  kind === 'all' ? ALL : kind === 'checkout' ? ['checkout'] : scopes

export function NewKey({ onDone }: { onDone: () => void }) {
  const client = useQueryClient()
  const [key, setKey] = useState<string | null>(null)
  const form = useForm<Values>({
    initialValues: { name: '', kind: 'checkout', scopes: [] },
    validate: {
      name: isNotEmpty('Give the key a name, such as the program that will use it.'),
      scopes: (scopes, { kind }) => (kind === 'choose' && scopes.length === 0 ? 'Choose at least one.' : null),
    },
  })
  const create = async (values: Values) => {
    const body: CreateApiKey = { name: values.name, scopes: scopesOf(values) }
    const created = await post<CreatedApiKey>('/v1/api-keys', body)
    void client.invalidateQueries({ queryKey: ['api-keys'] })
    setKey(created.key)
  }
  if (key)
    return (
      <Stack>
        <KeyOnce apiKey={key} />
        <Group>
          <Button onClick={onDone}>I have copied it</Button>
        </Group>
      </Stack>
    )
  return (
    <EntryForm form={form} run={create} submitLabel="Create the key">
      <TextInput
        label="Name"
        placeholder="Shop checkout"
        maxLength={200}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Radio.Group label="What it may do" {...form.getInputProps('kind')}>
        <Stack gap={8} mt={6}>
          <Radio value="checkout" label="Only the checkout" description="For your shop: validate, reserve, redeem." />
          <Radio value="all" label="Everything" description="For trusted scripts of your own." />
          <Radio value="choose" label="Choose" />
        </Stack>
      </Radio.Group>
      {form.values.kind === 'choose' && (
        <Checkbox.Group label="Scopes" {...form.getInputProps('scopes')}>
          <SimpleGrid cols={{ base: 1, sm: 2 }} mt={6}>
            {ALL.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} description={SCOPE_TEXT[scope]} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
      )}
    </EntryForm>
  )
}
