import { Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTimeZone } from '../../api/account.ts'
import { versionsQuery } from '../../api/coupons.ts'
import type { TermsVersion } from '../../api/types.ts'
import { describeTerms } from '../../lib/describe-terms.ts'
import { formatCount } from '../../lib/format.ts'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'

function Offer({ terms }: TermsVersion) {
  return <>{describeTerms(terms, useTimeZone())}.</>
}

const COLUMNS: Column<TermsVersion>[] = [
  { id: 'version', header: 'Version', cell: ({ version }) => <Text fw={650}>{version}</Text>, width: 90 },
  { id: 'terms', header: 'Offer', cell: (version) => <Offer {...version} /> },
  { id: 'created', header: 'Since', cell: ({ createdAt }) => <Moment at={createdAt} />, phone: 'hidden' },
  { id: 'made', header: 'Made', align: 'right', cell: ({ counts }) => formatCount(counts.made), phone: 'hidden' },
  { id: 'assigned', header: 'Assigned', align: 'right', cell: ({ counts }) => formatCount(counts.assigned) },
  { id: 'redeemed', header: 'Redeemed', align: 'right', cell: ({ counts }) => formatCount(counts.redeemed) },
  {
    id: 'withdrawn',
    header: 'Withdrawn',
    align: 'right',
    phone: 'hidden',
    cell: ({ counts }) => formatCount(counts.withdrawn),
  },
]

/** Each edit of the terms makes a version; a code keeps the one that it was made for. */
export function VersionsTab({ couponId }: { couponId: string }) {
  const query = useQuery(versionsQuery(couponId))
  return (
    <Loaded query={query}>
      {(versions) =>
        versions.length === 0 ? (
          <EmptyNotice icon={<IconHistory />} title="No versions" />
        ) : (
          <RowsTable label="Versions of the terms" columns={COLUMNS} rows={versions} rowKey={({ id }) => id} />
        )
      }
    </Loaded>
  )
}
