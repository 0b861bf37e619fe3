import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ApiKey } from '../../../../contract/account.ts'
import { apiKeysQuery, useRole } from '../../api/account.ts'
import { remove } from '../../api/api.ts'
import { useAction } from '../../api/use-action.ts'
import { plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { showDone } from '../../parts/toasts.ts'
import { NewKey } from './NewKey.tsx'

const COLUMNS: Column<ApiKey>[] = [
  { id: 'name', header: 'Key', cell: ({ name }) => <Text fw={600}>{name}</Text> },
  { id: 'prefix', header: 'Begins with', phone: 'hidden', cell: ({ prefix }) => <Code>{prefix}…</Code> },
  {
    id: 'scopes',
    header: 'May do',
    phone: 'hidden',
    cell: ({ scopes }) => <span title={scopes.join(', ')}>{plural(scopes.length, 'scope')}</span>,
  },
  { id: 'created', header: 'Created', phone: 'hidden', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    id: 'used',
    header: 'Last used',
    cell: ({ lastUsedAt }) => (lastUsedAt ? <Moment at={lastUsedAt} /> : 'never'),
  },
  { id: 'revoke', header: '', align: 'right', cell: (key) => <Revoke apiKey={key} /> },
]

export function KeysTab() {
  const { canAdmin } = useRole()
  const query = useQuery({ ...apiKeysQuery, enabled: canAdmin })
  const [creating, { open, close }] = useDisclosure(false)
  if (!canAdmin) return <Text c="dimmed">Only an owner or admin can see and make API keys.</Text>
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      New API key
    </Button>
  )
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed">Keys with which your shop and your scripts talk to Onecode.</Text>
        {create}
      </Group>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyNotice icon={<IconKey />} title="No API keys" action={create} />
          ) : (
            <RowsTable label="API keys" columns={COLUMNS} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
      <Modal opened={creating} onClose={close} title="New API key" size="lg" closeOnClickOutside={false}>
        <NewKey onDone={close} />
      </Modal>
    </Stack>
  )
}

function Revoke({ apiKey }: { apiKey: ApiKey }) {
  const revoke = useAction({
    run: () => remove(`/v1/api-keys/${apiKey.id}`),
    refreshes: ['api-keys'],
    onDone: () => showDone(`${apiKey.name} was revoked.`),
  })
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      aria-label={`Revoke ${apiKey.name}`}
      loading={revoke.isPending}
      onClick={() =>
        askToConfirm({
          title: `Revoke the key ${apiKey.name}?`,
          body: 'Everything that uses it is refused from now on. This cannot be undone.',
          confirm: 'Revoke',
          dangerous: true,
          onConfirm: () => revoke.mutate(),
        })
      }
    >
      Revoke
    </Button>
  )
}
