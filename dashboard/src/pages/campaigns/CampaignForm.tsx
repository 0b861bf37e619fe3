import { Select, Stack, Switch, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { templateMenuQuery } from '../../api/messages.ts'
import { listMenuQuery } from '../../api/people.ts'
import type { CreateCampaign } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { EntryForm } from '../../parts/EntryForm.tsx'

type Props = {
  initial: CreateCampaign
  submitLabel: string
  secondary?: ReactNode
  run: (values: CreateCampaign) => Promise<unknown>
}

export function CampaignForm({ initial, submitLabel, secondary, run }: Props) {
  const lists = useQuery(listMenuQuery)
  const templates = useQuery(templateMenuQuery)
  const form = useForm<CreateCampaign>({
    initialValues: initial,
    validate: {
      name: isNotEmpty('Give the campaign a name.'),
      listId: isNotEmpty('Choose a list.'),
      templateId: isNotEmpty('Choose a template.'),
    },
  })
  return (
    <EntryForm form={form} run={run} submitLabel={submitLabel} secondary={secondary}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="For your team; recipients do not see it."
          placeholder="Welcome to the spring"
          maxLength={200}
          autoFocus
          {...form.getInputProps('name')}
        />
        <Select
          label="List"
          description="Who gets it: members who are subscribed."
          placeholder={lists.isPending ? 'Loading…' : 'Choose a list'}
          searchable
          nothingFoundMessage="No list matches"
          data={(lists.data?.items ?? []).map(({ id, name, memberCount }) => ({
            value: id,
            label: `${name} · ${plural(memberCount, 'member')}`,
          }))}
          {...form.getInputProps('listId')}
          value={form.values.listId || null}
        />
        <Select
          label="Template"
          description="What they get."
          placeholder={templates.isPending ? 'Loading…' : 'Choose a template'}
          searchable
          nothingFoundMessage="No template matches"
          data={(templates.data?.items ?? []).map(({ id, name, channel }) => ({
            value: id,
            label: channel === 'sms' ? `${name} · text message` : name,
          }))}
          {...form.getInputProps('templateId')}
          value={form.values.templateId || null}
        />
        <Switch
          label="Smart sending"
          description="Passes over people who got another message a short time before. The hours are in the settings."
          {...form.getInputProps('smartSending', { type: 'checkbox' })}
        />
      </Stack>
    </EntryForm>
  )
}
