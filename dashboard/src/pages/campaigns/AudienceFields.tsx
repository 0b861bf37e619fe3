import { MultiSelect, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { listMenuQuery } from '../../api/people.ts'
import { plural } from '../../lib/format.ts'
import type { DraftForm } from './draft-values.ts'

/** Who gets it. A list that is chosen in one field is not offered in the other. */
export function AudienceFields({ form }: { form: DraftForm }) {
  const lists = useQuery(listMenuQuery)
  const options = (lists.data?.items ?? []).map(({ id, name, memberCount }) => ({
    value: id,
    label: `${name} · ${plural(memberCount, 'member')}`,
  }))
  const { include, exclude } = form.values
  const placeholder = lists.isPending ? 'Loading…' : 'Choose lists'
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="For your team; recipients do not see it."
        placeholder="Welcome to the spring"
        maxLength={200}
        autoFocus
        {...form.getInputProps('name')}
      />
      <MultiSelect
        label="Send to"
        description="Members of any of these lists who are subscribed; each person once."
        placeholder={include.length === 0 ? placeholder : ''}
        searchable
        maxValues={20}
        nothingFoundMessage="No list matches"
        data={options.filter(({ value }) => !exclude.includes(value))}
        {...form.getInputProps('include')}
      />
      <MultiSelect
        label="Leave out"
        description="Members of these lists get nothing."
        placeholder={exclude.length === 0 ? 'Nobody' : ''}
        searchable
        clearable
        maxValues={20}
        nothingFoundMessage="No list matches"
        data={options.filter(({ value }) => !include.includes(value))}
        {...form.getInputProps('exclude')}
      />
    </Stack>
  )
}
