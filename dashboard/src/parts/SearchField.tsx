import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

type Props = { label: string; value: string; onSearch: (text: string) => void }

/** Searches while one types; the page keeps the text in the URL. */
export function SearchField({ label, value, onSearch }: Props) {
  const [text, setText] = useState(value)
  const search = useDebouncedCallback(onSearch, 250)
  const change = (next: string) => {
    setText(next)
    search(next.trim())
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />}
      w="100%"
      maw={380}
    />
  )
}
