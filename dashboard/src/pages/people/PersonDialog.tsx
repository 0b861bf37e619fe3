import { Modal, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Profile } from '../../../../contract/people.ts'
import { patch, post } from '../../api/api.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { CONSENT_TEXT } from './person-parts.tsx'

type Props = { profile?: Profile; opened: boolean; onClose: () => void }

/** Adds a person, or changes the one given. */
export function PersonDialog({ profile, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={profile ? 'Edit the person' : 'Add a person'}>
      <PersonForm {...(profile && { profile })} onClose={onClose} />
    </Modal>
  )
}

const CONSENTS = Object.entries(CONSENT_TEXT).map(([value, label]) => ({ value, label }))

function PersonForm({ profile, onClose }: Omit<Props, 'opened'>) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: {
      email: profile?.email ?? '',
      phone: profile?.phone ?? '',
      firstName: profile?.firstName ?? '',
      lastName: profile?.lastName ?? '',
      emailConsent: profile?.emailConsent ?? 'never_subscribed',
      smsConsent: profile?.smsConsent ?? 'never_subscribed',
    },
    validate: (values) => (values.email || values.phone ? {} : { email: 'Enter an email address or a phone number.' }),
  })
  const save = async (values: typeof form.values) => {
    const textOrNull = (text: string) => text.trim() || null
    const body = {
      ...values,
      email: textOrNull(values.email),
      phone: textOrNull(values.phone),
      firstName: textOrNull(values.firstName),
      lastName: textOrNull(values.lastName),
    }
    const saved = profile
      ? await patch<Profile>(`/v1/profiles/${profile.id}`, body)
      : await post<Profile>('/v1/profiles', body)
    await client.invalidateQueries({ queryKey: ['profiles'] })
    showDone('Saved.')
    onClose()
    if (!profile) await navigate({ to: PATHS.profile, params: { profileId: saved.id } })
  }
  return (
    <EntryForm form={form} run={save} submitLabel="Save">
      <TextInput label="Email" type="email" data-autofocus {...form.getInputProps('email')} />
      <TextInput label="Phone" type="tel" placeholder="+49 170 1234567" {...form.getInputProps('phone')} />
      <SimpleGrid cols={2}>
        <TextInput label="First name" {...form.getInputProps('firstName')} />
        <TextInput label="Last name" {...form.getInputProps('lastName')} />
        <Select label="Email consent" data={CONSENTS} allowDeselect={false} {...form.getInputProps('emailConsent')} />
        <Select label="SMS consent" data={CONSENTS} allowDeselect={false} {...form.getInputProps('smsConsent')} />
      </SimpleGrid>
    </EntryForm>
  )
}
