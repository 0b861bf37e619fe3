import { Button, Modal, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconListDetails, IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { List } from '../../../../contract/people.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { listPages } from '../../api/people.ts'
import { formatCount } from '../../lib/format.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { PATHS } from '../../paths.ts'

const COLUMNS: Column<List>[] = [
  {
    id: 'name',
    header: 'List',
    cell: ({ id, name }) => (
      <TextLink to={PATHS.list} params={{ listId: id }} fw={600} className="oc-wrap">
        {name}
      </TextLink>
    ),
  },
  { id: 'members', header: 'Members', align: 'right', cell: ({ memberCount }) => formatCount(memberCount) },
  { id: 'created', header: 'Created', phone: 'hidden', cell: ({ createdAt }) => <Moment at={createdAt} /> },
]

export function ListsPage() {
  const { canEditPeople } = useRole()
  const [creating, { open, close }] = useDisclosure(false)
  const create = canEditPeople && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      New list
    </Button>
  )
  return (
    <Page title="Lists" description="People who joined, to send campaigns to." actions={create}>
      <DataTable
        label="Lists"
        columns={COLUMNS}
        pages={listPages()}
        rowKey={({ id }) => id}
        empty={
          <EmptyNotice icon={<IconListDetails />} title="No lists yet" action={create}>
            Create one, such as “Newsletter”, and import the customer export of your shop into it.
          </EmptyNotice>
        }
      />
      <Modal opened={creating} onClose={close} title="New list">
        <NewListForm />
      </Modal>
    </Page>
  )
}

function NewListForm() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({ initialValues: { name: '' }, validate: { name: isNotEmpty('Give the list a name.') } })
  const create = async (values: { name: string }) => {
    const list = await post<List>('/v1/lists', values)
    await client.invalidateQueries({ queryKey: ['lists'] })
    await navigate({ to: PATHS.list, params: { listId: list.id } })
  }
  return (
    <EntryForm form={form} run={create} submitLabel="Create the list">
      <TextInput label="Name" placeholder="Newsletter" maxLength={200} data-autofocus {...form.getInputProps('name')} />
    </EntryForm>
  )
}
