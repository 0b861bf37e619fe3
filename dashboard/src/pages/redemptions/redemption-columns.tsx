import { Text } from '@mantine/core'
import type { Redemption } from '../../api/types.ts'
import { formatMoney } from '../../lib/format.ts'
import type { Column } from '../../parts/DataTable.tsx'
import { Code, Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { TestBadge } from '../../parts/StateBadge.tsx'
import { PATHS } from '../../paths.ts'
import { RedemptionFlags } from './RedemptionFlags.tsx'

function Person({ profileId, profileEmail, orderEmail, recipientMatches, isTest }: Redemption) {
  return (
    <>
      {profileId ? (
        <TextLink to={PATHS.profile} params={{ profileId }} size="sm" className="oc-wrap">
          {profileEmail ?? 'Profile without email'}
        </TextLink>
      ) : (
        <span className="oc-wrap">{orderEmail ?? '–'}</span>
      )}
      {isTest && (
        <div>
          <TestBadge />
        </div>
      )}
      {recipientMatches === false && (
        <Text size="xs" c="var(--oc-warn)">
          redeemed by {orderEmail ?? 'somebody else'}
        </Text>
      )}
    </>
  )
}

export const REDEMPTION_COLUMNS: Column<Redemption>[] = [
  { id: 'at', header: 'When', cell: ({ at }) => <Moment at={at} />, phone: 'hidden' },
  { id: 'person', header: 'Person', cell: Person },
  {
    id: 'coupon',
    header: 'Coupon',
    phone: 'hidden',
    cell: ({ couponId, couponName }) => (
      <TextLink to={PATHS.coupon} params={{ couponId }} size="sm">
        {couponName}
      </TextLink>
    ),
  },
  { id: 'code', header: 'Code', cell: ({ code }) => <Code code={code} copy={false} />, phone: 'hidden' },
  {
    id: 'order',
    header: 'Order',
    cell: ({ orderId, orderName }) => <span className="oc-order">{orderName ?? orderId ?? 'not found'}</span>,
  },
  {
    id: 'amount',
    header: 'Amount',
    align: 'right',
    cell: ({ subtotalMinor, currency }) => formatMoney(subtotalMinor, currency),
  },
  {
    id: 'discount',
    header: 'Discount',
    align: 'right',
    phone: 'hidden',
    cell: ({ discountMinor, currency }) => formatMoney(discountMinor, currency),
  },
  { id: 'flags', header: 'Flags', cell: RedemptionFlags },
]
