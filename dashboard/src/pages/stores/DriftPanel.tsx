import { Alert, Button, Text } from '@mantine/core'
import { IconGitCompare } from '@tabler/icons-react'
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

/** What somebody changed in the shop's own admin, with the way back. */
export function DriftPanel({ storeId, drift }: { storeId: string; drift: Drift[] }) {
  const { canWrite } = useRole()
  const restore = useAction({
    run: (poolId: string) => post<{ left: unknown[] }>(`/v1/stores/${storeId}/drift/restore`, { poolId }),
    refreshes: ['stores', 'coupons'],
    onDone: ({ left }) =>
      showDone(
        left.length === 0 ? 'The shop honours the coupon’s terms again.' : 'Some terms could not be brought back.',
      ),
  })
  const askToRestore = ({ poolId, title, expected, field }: Drift) =>
    askToConfirm({
      title: 'Bring the coupon’s terms back?',
      body: `The discount ${title} in the shop gets all terms of the coupon again (${wordOf(field)}: ${expected}). It holds for codes that people already have, too.`,
      confirm: 'Bring them back',
      onConfirm: () => restore.mutate(poolId),
    })
  const columns: Column<Drift>[] = [
    {
      id: 'coupon',
      header: 'Coupon',
      cell: ({ couponId, couponName, version }) => (
        <TextLink to={PATHS.coupon} params={{ couponId }} className="oc-wrap">
          {couponName}, version {version}
        </TextLink>
      ),
    },
    { id: 'field', header: 'What', cell: ({ field }) => wordOf(field) },
    { id: 'expected', header: 'Coupon', phone: 'hidden', cell: ({ expected }) => expected },
    {
      id: 'found',
      header: 'Shop',
      cell: ({ found }) => (
        <Text span fw={600} size="sm">
          {found}
        </Text>
      ),
    },
    { id: 'since', header: 'Seen', phone: 'hidden', cell: ({ since }) => <Moment at={since} /> },
    {
      id: 'restore',
      header: '',
      align: 'right',
      cell: (row) =>
        canWrite &&
        row.canRestore && (
          <Button size="compact-sm" variant="light" onClick={() => askToRestore(row)}>
            Bring back
          </Button>
        ),
    },
  ]
  return (
    <div>
      <Alert color="honey" icon={<IconGitCompare />} title="Changed in the shop’s own admin" mb="sm">
        These discounts no longer say what their coupons say. Customers get what the shop says.
      </Alert>
      <RowsTable
        label="Changed in the shop"
        columns={columns}
        rows={drift}
        rowKey={({ poolId, field }) => `${poolId}-${field}`}
      />
    </div>
  )
}

const WORDS: Record<string, string> = {
  discount: 'the discount',
  kind: 'kind of discount',
  startsAt: 'start',
  endsAt: 'end',
  usageLimit: 'uses of each code',
  oncePerCustomer: 'once per customer',
  combinesWith: 'combines with',
  customers: 'customers',
  minimum: 'minimum',
  purchase: 'purchases',
  billingCycles: 'billing cycles',
  destination: 'countries',
  appliesTo: 'applies to',
  value: 'value',
  buys: 'to be bought',
  usesPerOrder: 'uses in an order',
  codes: 'codes',
}

const wordOf = (field: string): string => WORDS[field] ?? field
