import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconBuildingStore, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Store } from '../../../../contract/coupons.ts'
import { storesQuery, useRole } from '../../api/account.ts'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { StoreForm } from './StoreForm.tsx'

type Editing = { store: Store | null } | null

export function StoresTab() {
  const query = useQuery(storesQuery)
  const { canAdmin } = useRole()
  const [editing, setEditing] = useState<Editing>(null)
  const add = canAdmin && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEditing({ store: null })}>
      Add a store
    </Button>
  )
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed">The shops that honour your codes.</Text>
        {add}
      </Group>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyNotice icon={<IconBuildingStore />} title="No store yet" action={add}>
              A coupon belongs to a store, whose checkout honours its codes.
            </EmptyNotice>
          ) : (
            <RowsTable
              label="Stores"
              columns={canAdmin ? [...COLUMNS, editColumn((store) => setEditing({ store }))] : COLUMNS}
              rows={items}
              rowKey={({ id }) => id}
            />
          )
        }
      </Loaded>
      <Modal
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={editing?.store ? `Edit ${editing.store.name}` : 'Add a store'}
      >
        {editing && <StoreForm store={editing.store} onDone={() => setEditing(null)} />}
      </Modal>
    </Stack>
  )
}

const COLUMNS: Column<Store>[] = [
  { id: 'name', header: 'Store', cell: ({ name }) => <Text fw={600}>{name}</Text> },
  { id: 'kind', header: 'Kind', phone: 'hidden', cell: () => 'Custom shop' },
  { id: 'url', header: 'Address', phone: 'hidden', cell: ({ url }) => <span className="oc-wrap">{url ?? '–'}</span> },
  { id: 'currency', header: 'Currency', cell: ({ currency }) => currency },
  { id: 'zone', header: 'Time zone', phone: 'hidden', cell: ({ timeZone }) => timeZone },
]

const editColumn = (onEdit: (store: Store) => void): Column<Store> => ({
  id: 'edit',
  header: '',
  align: 'right',
  cell: (store) => (
    <Button size="compact-sm" variant="subtle" aria-label={`Edit ${store.name}`} onClick={() => onEdit(store)}>
      Edit
    </Button>
  ),
})
