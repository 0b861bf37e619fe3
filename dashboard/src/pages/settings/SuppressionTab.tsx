import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { isNotEmpty, useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload, IconMailOff, IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Suppression } from '../../../../contract/suppressions.ts'
import { useRole } from '../../api/account.ts'
import { post, remove } from '../../api/api.ts'
import { suppressionPages } from '../../api/senders.ts'
import type { AddSuppression } from '../../api/types.ts'
import { useAction } from '../../api/use-action.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { EntryForm } from '../../parts/EntryForm.tsx'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'

const REASON_TEXT: Record<Suppression['reason'], string> = {
  bounced: 'bounced',
  complained: 'complained',
  unsubscribed: 'unsubscribed',
  manual: 'by hand',
}
const REASONS = Object.entries(REASON_TEXT).map(([value, label]) => ({ value, label }))

/** Addresses that get nothing, whoever's they are. */
export function SuppressionTab() {
  const { search = '', reason } = useSearch({ from: PATHS.settings })
  const navigate = useNavigate({ from: PATHS.settings })
  const { canEditPeople } = useRole()
  const [adding, { open, close }] = useDisclosure(false)
  const isFiltered = search !== '' || reason !== undefined
  return (
    <Stack>
      <Group justify="space-between">
        <Text c="dimmed" maw={560}>
          Nothing is sent to these addresses, whichever list holds them.
        </Text>
        <Group gap="sm">
          <Button
            component="a"
            href="/v1/suppressions.csv"
            variant="default"
            leftSection={<IconDownload size={17} aria-hidden />}
          >
            Download CSV
          </Button>
          {canEditPeople && (
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
              Add an address
            </Button>
          )}
        </Group>
      </Group>
      <Group gap="sm">
        <SearchField
          label="Search addresses"
          value={search}
          onSearch={(text) =>
            void navigate({ search: (old) => ({ ...old, search: text || undefined }), replace: true })
          }
        />
        <Select
          aria-label="Reason"
          placeholder="Every reason"
          data={REASONS}
          value={reason ?? null}
          clearable
          w={190}
          onChange={(value) =>
            void navigate({ search: (old) => ({ ...old, reason: value ?? undefined }), replace: true })
          }
        />
      </Group>
      <DataTable
        label="Suppressed addresses"
        columns={canEditPeople ? [...COLUMNS, REMOVE] : COLUMNS}
        pages={suppressionPages({ search, reason })}
        rowKey={({ id }) => id}
        empty={
          <EmptyNotice icon={<IconMailOff />} title={isFiltered ? 'No such address' : 'No address is suppressed'}>
            {isFiltered
              ? 'Look for another part of the address, or another reason.'
              : 'Addresses that bounce, complain or unsubscribe come here by themselves.'}
          </EmptyNotice>
        }
      />
      <Modal opened={adding} onClose={close} title="Add an address">
        <AddForm onDone={close} />
      </Modal>
    </Stack>
  )
}

const COLUMNS: Column<Suppression>[] = [
  {
    id: 'address',
    header: 'Address',
    cell: ({ address, profileId, detail }) => (
      <Stack gap={0}>
        <span className="oc-wrap">
          {profileId ? (
            <TextLink to={PATHS.profile} params={{ profileId }}>
              {address}
            </TextLink>
          ) : (
            address
          )}
        </span>
        {detail && (
          <Text size="xs" c="dimmed" className="oc-wrap" lineClamp={2}>
            {detail}
          </Text>
        )}
      </Stack>
    ),
  },
  { id: 'reason', header: 'Reason', cell: ({ reason }) => REASON_TEXT[reason] },
  { id: 'at', header: 'Since', phone: 'hidden', cell: ({ at }) => <Moment at={at} /> },
]
const REMOVE: Column<Suppression> = {
  id: 'remove',
  header: '',
  align: 'right',
  cell: (row) => <Remove row={row} />,
}

const WARNING: Record<Suppression['reason'], string> = {
  bounced: 'Mail to this address came back. Remove it only if you know that it works again: bounces harm your sender.',
  complained: 'This person marked your mail as spam. Remove the address only at their own request.',
  unsubscribed: 'The person stays unsubscribed: they alone can subscribe again.',
  manual: 'Campaigns may write to this address again, as far as the person agreed.',
}

function Remove({ row }: { row: Suppression }) {
  const lift = useAction({
    run: () => remove(`/v1/suppressions/${row.id}`),
    refreshes: ['suppressions', 'profiles', 'campaigns'],
    onDone: () => showDone(`${row.address} is off the list.`),
  })
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      aria-label={`Remove ${row.address}`}
      loading={lift.isPending}
      onClick={() =>
        askToConfirm({
          title: `Take ${row.address} off the list?`,
          body: WARNING[row.reason],
          confirm: 'Take it off',
          dangerous: true,
          onConfirm: () => lift.mutate(),
        })
      }
    >
      Remove
    </Button>
  )
}

function AddForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient()
  const form = useForm({
    initialValues: { channel: 'email' as 'email' | 'sms', address: '', detail: '' },
    validate: { address: isNotEmpty('Enter the address.') },
  })
  const save = async (values: typeof form.values) => {
    const body: AddSuppression = { ...values, detail: values.detail.trim() || null }
    await post('/v1/suppressions', body)
    for (const key of ['suppressions', 'profiles', 'campaigns']) void client.invalidateQueries({ queryKey: [key] })
    showDone('Nothing is sent to this address from now on.')
    onDone()
  }
  return (
    <EntryForm form={form} run={save} submitLabel="Add the address">
      <Select
        label="Kind"
        data={[
          { value: 'email', label: 'Email address' },
          { value: 'sms', label: 'Phone number' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('channel')}
      />
      <TextInput
        label="Address"
        placeholder={form.values.channel === 'email' ? 'ada@example.com' : '+353861234567'}
        data-autofocus
        {...form.getInputProps('address')}
      />
      <Textarea
        label="Note"
        description="Why, for those who look later."
        maxLength={500}
        {...form.getInputProps('detail')}
      />
    </EntryForm>
  )
}
