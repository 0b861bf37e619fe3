import { Button, Text } from '@mantine/core'
import type { Drift } from '../../../../contract/shop-orders.ts'
import { useRole } from '../../api/account.ts'
import { post } from '../../api/api.ts'
import { useAction } from '../../api/use-action.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Moment } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { showDone } from '../../parts/toasts.ts'
import { PATHS } from '../../paths.ts'

/** A field of a discount, in the words of the terms. */
const FIELD_TEXT: Record<string, string> = {
  appliesTo: 'applies to',
  billingCycles: 'billing cycles',
  buys: 'to buy',
  codes: 'number of codes',
  combinesWith: 'combines with',
  customers: 'who',
  destination: 'sent to',
  discount: 'the discount',
  endsAt: 'ends',
  kind: 'kind',
  minimum: 'minimum',
  oncePerCustomer: 'once per customer',
  purchase: 'purchase',
  startsAt: 'starts',
  usageLimit: 'uses of a code',
  usesPerOrder: 'uses in an order',
  value: 'value',
}

const wordOf = (text: string): string => ({ true: 'yes', false: 'no' })[text] ?? text

/** What was changed in the shop’s own admin, with a way back. */
export function DriftTable({ rows, withCoupon = false }: { rows: Drift[]; withCoupon?: boolean }) {
  const { canWrite } = useRole()
  const restore = useAction({
    run: ({ storeId, poolId }: Drift) => post<{ left: unknown[] }>(`/v1/stores/${storeId}/drift/restore`, { poolId }),
    refreshes: ['coupons', 'stores'],
    onDone: ({ left }) =>
      showDone(
        left.length === 0 ? 'The discount has its terms back.' : 'The terms are back, but something differs still.',
      ),
  })
  const ask = (drift: Drift) =>
    askToConfirm({
      title: `Put the terms back into “${drift.title}”?`,
      body: 'The discount in the shop gets the terms of its coupon again, for all of its codes at once. Its codes stay as they are.',
      confirm: 'Put our terms back',
      onConfirm: () => restore.mutate(drift),
    })
  const columns: Column<Drift>[] = [
    ...(withCoupon
      ? []
      : [
          {
            id: 'discount',
            header: 'Discount',
            phone: 'hidden' as const,
            cell: ({ title }: Drift) => <span className="oc-wrap">{title}</span>,
          },
        ]),
    {
      id: 'field',
      header: 'What',
      cell: ({ couponId, couponName, field }) => (
        <>
          {withCoupon && (
            <TextLink to={PATHS.coupon} params={{ couponId }} size="sm">
              {couponName}
            </TextLink>
          )}
          <div>{FIELD_TEXT[field] ?? field}</div>
        </>
      ),
    },
    {
      id: 'expected',
      header: 'Ours',
      phone: 'hidden',
      cell: ({ expected }) => <span className="oc-wrap">{wordOf(expected)}</span>,
    },
    { id: 'found', header: 'In the shop', cell: ({ found }) => <span className="oc-wrap">{wordOf(found)}</span> },
    { id: 'since', header: 'Seen', phone: 'hidden', cell: ({ since }) => <Moment at={since} /> },
    {
      id: 'restore',
      header: '',
      align: 'right',
      cell: (drift) =>
        drift.canRestore && canWrite ? (
          <Button
            size="compact-sm"
            variant="light"
            loading={restore.isPending && restore.variables?.poolId === drift.poolId}
            aria-label={`Put our terms back: ${drift.couponName}, ${FIELD_TEXT[drift.field] ?? drift.field}`}
            onClick={() => ask(drift)}
          >
            Put back
          </Button>
        ) : (
          <Text size="xs" c="dimmed">
            {drift.field === 'codes' ? 'missing codes are withdrawn, others stay' : ''}
          </Text>
        ),
    },
  ]
  return (
    <RowsTable
      plain
      label="Changed in the shop"
      columns={columns}
      rows={rows}
      rowKey={({ poolId, field }) => `${poolId} ${field}`}
    />
  )
}
