import { PasswordInput, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { sessionQuery } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { PATHS } from '../../paths.ts'
import { BarePage } from '../../shell/BarePage.tsx'

/** Only a path of this dashboard: a link from elsewhere must not lead away after the log-in. */
const isOwnPath = (next: string | undefined): next is string => next !== undefined && /^\/(?![/\\])/.test(next)

export function LoginPage() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { next } = useSearch({ from: PATHS.login })
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: isNotEmpty('Enter your email address.'), password: isNotEmpty('Enter your password.') },
  })
  const logIn = async (values: { email: string; password: string }) => {
    await post('/auth/sign-in/email', values)
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
    if (isOwnPath(next)) await navigate({ href: next })
    else await navigate({ to: PATHS.home })
  }
  return (
    <BarePage title="Log in" description="Welcome back.">
      <EntryForm form={form} run={logIn} submitLabel="Log in" fullWidth>
        <TextInput label="Email" type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
        <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
      </EntryForm>
    </BarePage>
  )
}
