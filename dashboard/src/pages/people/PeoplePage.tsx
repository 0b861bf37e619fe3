import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRole } from '../../api/account.ts'
import { profilePages } from '../../api/people.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { PATHS } from '../../paths.ts'
import { PersonDialog } from './PersonDialog.tsx'
import { PERSON_COLUMNS } from './person-columns.tsx'

export function PeoplePage() {
  const { search = '' } = useSearch({ from: PATHS.people })
  const navigate = useNavigate({ from: PATHS.people })
  const { canEditPeople } = useRole()
  const [adding, { open, close }] = useDisclosure(false)
  return (
    <Page
      title="People"
      description="Everybody you know, each once, whatever lists they are on."
      actions={
        canEditPeople && (
          <Button variant="default" leftSection={<IconUserPlus size={18} aria-hidden />} onClick={open}>
            Add a person
          </Button>
        )
      }
    >
      <SearchField
        label="Search by email or name"
        value={search}
        onSearch={(text) => void navigate({ search: { search: text || undefined }, replace: true })}
      />
      <DataTable
        label="People"
        columns={PERSON_COLUMNS}
        pages={profilePages(search)}
        rowKey={({ id }) => id}
        empty={
          search ? (
            <EmptyNotice icon={<IconSearch />} title="Nobody matches">
              Nobody was found for “{search}”. Try how the email or the name begins.
            </EmptyNotice>
          ) : (
            <EmptyNotice
              icon={<IconUsers />}
              title="Nobody is here yet"
              action={<ButtonLink to={PATHS.lists}>Import people into a list</ButtonLink>}
            >
              Import the customer export of your shop; each person becomes one profile.
            </EmptyNotice>
          )
        }
      />
      <PersonDialog opened={adding} onClose={close} />
    </Page>
  )
}
