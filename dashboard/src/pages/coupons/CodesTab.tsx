import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconDownload, IconSearch, IconTicket } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Code } from '../../../../contract/codes.ts'
import type { Coupon } from '../../../../contract/coupons.ts'
import { codePages } from '../../api/coupons.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Code as CodeText, Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { StateBadge, TestBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { CodeMenu } from '../codes/CodeMenu.tsx'
import { isWaiting, RevocationNote, WAITING_INTERVAL_MS } from '../codes/RevocationNote.tsx'

const STATES = [
  { value: '', label: 'All states' },
  { value: 'live', label: 'Available' },
  { value: 'assigned', label: 'Assigned' },
  { value: 'redeemed', label: 'Redeemed' },
  { value: 'expired', label: 'Expired' },
  { value: 'withdrawn', label: 'Withdrawn' },
  { value: 'made', label: 'Made, not live yet' },
  { value: 'failed', label: 'Failed' },
]

const columnsOf = (couponName: string): Column<Code>[] => [
  {
    id: 'code',
    header: 'Code',
    cell: ({ code, profileEmail, revocation }) => (
      <>
        <CodeText code={code} />
        {profileEmail && (
          <Text size="xs" c="dimmed" className="oc-wrap" hiddenFrom="sm" mt={2}>
            {profileEmail}
          </Text>
        )}
        <RevocationNote revocation={revocation} />
      </>
    ),
  },
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: 'person',
    header: 'Person',
    phone: 'hidden',
    cell: ({ profileId, profileEmail, isTest }) =>
      isTest ? (
        <TestBadge />
      ) : profileId ? (
        <TextLink to={PATHS.profile} params={{ profileId }} size="sm" className="oc-wrap">
          {profileEmail ?? 'Profile without email'}
        </TextLink>
      ) : (
        <Text span c="dimmed" size="sm">
          nobody yet
        </Text>
      ),
  },
  { id: 'assigned', header: 'Assigned', phone: 'hidden', cell: ({ assignedAt }) => <Moment at={assignedAt} /> },
  { id: 'expires', header: 'Expires', phone: 'hidden', cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
  { id: 'redeemed', header: 'Redeemed', phone: 'hidden', cell: ({ redeemedAt }) => <Moment at={redeemedAt} /> },
  { id: 'version', header: 'Version', align: 'right', phone: 'hidden', cell: ({ version }) => version },
  {
    id: 'actions',
    header: '',
    align: 'right',
    cell: ({ id, code, state, profileId, profileEmail }) => {
      if (state !== 'assigned' && state !== 'live') return null
      const person = state === 'assigned' && profileId ? (profileEmail ?? 'this person') : null
      return <CodeMenu code={{ id, code, couponName, person }} />
    },
  },
]

export function CodesTab({ coupon }: { coupon: Coupon }) {
  const { state = '', search = '' } = useSearch({ from: PATHS.coupon })
  const navigate = useNavigate({ from: PATHS.coupon })
  const columns = useMemo(() => columnsOf(coupon.name), [coupon.name])
  const filtered = state !== '' || search !== ''
  return (
    <Stack gap="md">
      <Group gap="sm">
        <SearchField
          label="Search codes"
          value={search}
          onSearch={(text) =>
            void navigate({ search: (old) => ({ ...old, search: text || undefined }), replace: true })
          }
        />
        <Select
          aria-label="State of the codes"
          data={STATES}
          value={state}
          allowDeselect={false}
          w={190}
          onChange={(value) =>
            void navigate({ search: (old) => ({ ...old, state: value || undefined }), replace: true })
          }
        />
        <Button
          component="a"
          variant="default"
          ml="auto"
          href={`/v1/coupons/${coupon.id}/codes.csv`}
          download={`${coupon.name}.csv`}
          leftSection={<IconDownload size={17} aria-hidden />}
        >
          Export all as CSV
        </Button>
      </Group>
      <DataTable
        label="Codes"
        columns={columns}
        refetchInterval={(rows) => (rows.some(isWaiting) ? WAITING_INTERVAL_MS : false)}
        pages={codePages(coupon.id, { state, search })}
        rowKey={({ id }) => id}
        empty={
          filtered ? (
            <EmptyNotice icon={<IconSearch />} title="No code matches" />
          ) : (
            <EmptyNotice icon={<IconTicket />} title="No codes yet">
              Add as many as you have people to send to.
            </EmptyNotice>
          )
        }
      />
    </Stack>
  )
}
