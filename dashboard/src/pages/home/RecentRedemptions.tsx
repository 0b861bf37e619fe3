import { IconReceipt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Page } from '../../../../contract/common.ts'
import { get } from '../../api/api.ts'
import type { Redemption } from '../../api/types.ts'
import { RowsTable } from '../../parts/DataTable.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { REDEMPTION_COLUMNS } from '../redemptions/redemption-columns.tsx'

export function RecentRedemptions() {
  const query = useQuery({
    queryKey: ['redemptions', 'latest'],
    queryFn: ({ signal }) => get<Page<Redemption>>('/v1/redemptions', { limit: 5 }, signal),
  })
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyNotice icon={<IconReceipt />} title="No code was redeemed yet">
            When an order in your shop uses a code, it shows here with its amount.
          </EmptyNotice>
        ) : (
          <RowsTable
            plain
            label="Latest redemptions"
            columns={REDEMPTION_COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
          />
        )
      }
    </Loaded>
  )
}
