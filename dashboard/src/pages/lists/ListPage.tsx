import { ActionIcon, Menu, Modal, TextInput, Tooltip } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconPencil, IconSearch, IconTrash, IconUpload, IconUserMinus, IconUsers } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { List, Profile } from '../../../../contract/people.ts'
import { useRole } from '../../api/account.ts'
import { patch, post, remove } from '../../api/api.ts'
import { listQuery, memberPages } from '../../api/people.ts'
import { useAction } from '../../api/use-action.ts'
import { plural } from '../../lib/format.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'
import { PERSON_COLUMNS } from '../people/person-columns.tsx'
import { personName } from '../people/person-parts.tsx'

export function ListPage() {
  const { listId } = useParams({ from: PATHS.list })
  const query = useQuery(listQuery(listId))
  return <Loaded query={query}>{(list) => <ListContent list={list} />}</Loaded>
}

function ListContent({ list }: { list: List }) {
  const { search = '' } = useSearch({ from: PATHS.list })
  const navigate = useNavigate({ from: PATHS.list })
  const { canEditPeople } = useRole()
  const importLink = (
    <ButtonLink to={PATHS.importPeople} params={{ listId: list.id }} leftSection={<IconUpload size={18} aria-hidden />}>
      Import people
    </ButtonLink>
  )
  return (
    <Page
      title={list.name}
      description={plural(list.memberCount, 'member')}
      back={<TextLink to={PATHS.lists}>Lists</TextLink>}
      actions={
        canEditPeople && (
          <>
            {importLink}
            <ListMenu list={list} />
          </>
        )
      }
    >
      <SearchField
        label="Search members"
        value={search}
        onSearch={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
      />
      <DataTable
        label={`Members of ${list.name}`}
        columns={canEditPeople ? [...PERSON_COLUMNS, removeColumn(list)] : PERSON_COLUMNS}
        pages={memberPages(list.id, search)}
        rowKey={({ id }) => id}
        empty={
          search ? (
            <EmptyNotice icon={<IconSearch />} title="No member matches" />
          ) : (
            <EmptyNotice icon={<IconUsers />} title="Nobody is on this list yet" action={canEditPeople && importLink}>
              Import a CSV file: the customer export of your shop fits as it is.
            </EmptyNotice>
          )
        }
      />
    </Page>
  )
}

const removeColumn = (list: List): Column<Profile> => ({
  id: 'remove',
  header: '',
  align: 'right',
  width: 56,
  phone: 'hidden',
  cell: (profile) => <RemoveMember list={list} profile={profile} />,
})

function RemoveMember({ list, profile }: { list: List; profile: Profile }) {
  const label = `Remove ${personName(profile)} from the list`
  const take = useAction({
    run: () => post(`/v1/lists/${list.id}/members/remove`, { profileIds: [profile.id] }),
    refreshes: ['lists', 'profiles'],
    onDone: () => showDone(`${personName(profile)} is not on ${list.name} any more.`),
  })
  return (
    <Tooltip label="Remove from the list">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        loading={take.isPending}
        onClick={() => take.mutate()}
      >
        <IconUserMinus size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function ListMenu({ list }: { list: List }) {
  const navigate = useNavigate()
  const [renaming, { open, close }] = useDisclosure(false)
  const drop = useAction({
    run: () => remove(`/v1/lists/${list.id}`),
    refreshes: ['lists'],
    onDone: () => {
      showDone(`${list.name} was deleted.`)
      void navigate({ to: PATHS.lists })
    },
  })
  const askToDrop = () =>
    askToConfirm({
      title: `Delete the list ${list.name}?`,
      body: 'Its people stay, with their codes and their history; only the list goes.',
      confirm: 'Delete the list',
      dangerous: true,
      onConfirm: () => drop.mutate(),
    })
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={open}>
            Rename
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={askToDrop}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={renaming} onClose={close} title="Rename the list">
        <RenameForm list={list} onDone={close} />
      </Modal>
    </>
  )
}

function RenameForm({ list, onDone }: { list: List; onDone: () => void }) {
  const client = useQueryClient()
  const form = useForm({ initialValues: { name: list.name }, validate: { name: isNotEmpty('Give the list a name.') } })
  const rename = async (values: { name: string }) => {
    await patch(`/v1/lists/${list.id}`, values)
    await client.invalidateQueries({ queryKey: ['lists'] })
    onDone()
  }
  return (
    <EntryForm form={form} run={rename} submitLabel="Rename">
      <TextInput label="Name" maxLength={200} data-autofocus {...form.getInputProps('name')} />
    </EntryForm>
  )
}
