import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Page } from '../../../../contract/common.ts'
import type { Profile } from '../../../../contract/people.ts'
import { profileQuery, profileSearchQuery } from '../../api/people.ts'
import { personName } from '../people/person-parts.tsx'

type Props = { value: string | null; onChange: (profileId: string | null) => void }

/** Finds a person by email or name while one types. */
export function PersonSelect({ value, onChange }: Props) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text, 250)
  const chosen = useQuery({ ...profileQuery(value ?? ''), enabled: value !== null })
  const found = useQuery({ ...profileSearchQuery(search), placeholderData: keepPreviousData<Page<Profile>> })
  const people = [...(found.data?.items ?? [])]
  if (chosen.data && !people.some(({ id }) => id === value)) people.unshift(chosen.data)
  return (
    <Select
      aria-label="Show it as this person"
      placeholder="Show it as a person: type an email or name"
      size="xs"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'As nobody in particular' }}
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'Nobody matches'}
      searchValue={text}
      onSearchChange={setText}
      value={value}
      onChange={onChange}
      data={people.map((person) => ({
        value: person.id,
        label: person.email ? `${personName(person)} · ${person.email}` : personName(person),
      }))}
    />
  )
}
