import { Loader, MultiSelect, TagsInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '../../api/field-errors.ts'
import { type CatalogKind, catalogNamesQuery, catalogSearchQuery } from '../../api/shopify.ts'

const SEARCH_AFTER_MS = 250
const MOST = 250

type Props = {
  label: string
  kind: CatalogKind
  store: { id: string; kind?: 'custom' | 'shopify' }
  /** Of the form: value, onChange, error. */
  input: { value?: string[]; onChange?: (ids: string[]) => void; error?: React.ReactNode }
}

/** Products or collections: searched for in a Shopify shop, typed as ids for a custom one. */
export function CatalogInput({ label, kind, store, input }: Props) {
  if (store.kind === 'shopify') return <ShopItemsInput label={label} kind={kind} storeId={store.id} input={input} />
  return (
    <TagsInput
      label={label}
      description="Ids as your shop knows them; Enter or a comma adds one."
      splitChars={[',', ' ', '\n']}
      maxTags={MOST}
      {...input}
    />
  )
}

/** The number of an id; coupons made over the API may hold it as a gid. */
const numberOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1)

function ShopItemsInput({ label, kind, storeId, input }: Omit<Props, 'store'> & { storeId: string }) {
  const [search, setSearch] = useState('')
  const [asked] = useDebouncedValue(search, SEARCH_AFTER_MS)
  const chosen = [...new Set((input.value ?? []).map(numberOf))]
  const [named] = useState(chosen)
  const found = useQuery({ ...catalogSearchQuery(storeId, kind, asked), placeholderData: keepPreviousData })
  const names = useQuery(catalogNamesQuery(storeId, kind, named))
  const [seen, setSeen] = useState<Record<string, string>>({})
  const titles: Record<string, string> = {
    ...Object.fromEntries(
      [...(names.data?.items ?? []), ...(found.data?.items ?? [])].map(({ id, title }) => [id, title]),
    ),
    ...seen,
  }
  const shown = [...new Set([...chosen, ...(found.data?.items ?? []).map(({ id }) => id)])]
  const choose = (ids: string[]) => {
    setSeen((before) => ({ ...before, ...Object.fromEntries(ids.map((id) => [id, titles[id] ?? id])) }))
    input.onChange?.(ids)
  }
  return (
    <MultiSelect
      label={label}
      description="Type a part of the name; the shop itself is asked."
      placeholder={chosen.length === 0 ? `Search ${kind}` : ''}
      searchable
      hidePickedOptions
      maxValues={MOST}
      data={shown.map((id) => ({ value: id, label: titles[id] ?? `No longer in the shop (${id})` }))}
      value={chosen}
      onChange={choose}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? 'Searching …' : `No ${kind} found`}
      rightSection={found.isFetching ? <Loader size={16} aria-label="Searching" /> : null}
      error={input.error ?? (found.isError ? messageOf(found.error) : null)}
    />
  )
}
