import { Badge, Group, SegmentedControl, Text } from '@mantine/core'
import { IconPlus, IconSearch, IconTicket } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Coupon } from '../../../../contract/coupons.ts'
import { useRole } from '../../api/account.ts'
import { couponPages } from '../../api/coupons.ts'
import { describeDiscount } from '../../lib/describe-terms.ts'
import { formatCount } from '../../lib/format.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { PartsBar } from '../../parts/figures.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { PATHS } from '../../paths.ts'
import { partsOf } from './coupon-parts.tsx'

const COLUMNS: Column<Coupon>[] = [
  {
    id: 'name',
    header: 'Coupon',
    cell: (coupon) => (
      <div>
        <TextLink to={PATHS.coupon} params={{ couponId: coupon.id }} fw={650} className="oc-wrap">
          {coupon.name}
        </TextLink>
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            {describeDiscount(coupon.terms.discount)}
          </Text>
          {coupon.lowStock && (
            <Badge size="sm" color="honey" variant="light" tt="none">
              running out
            </Badge>
          )}
        </Group>
      </div>
    ),
  },
  {
    id: 'store',
    header: 'Store',
    cell: ({ storeName }) => (
      <Text size="sm" truncate maw={180}>
        {storeName}
      </Text>
    ),
    phone: 'hidden',
  },
  {
    id: 'stock',
    header: 'Codes',
    phone: 'hidden',
    width: 190,
    cell: ({ counts }) => <PartsBar label="Codes" parts={partsOf(counts)} />,
  },
  {
    id: 'available',
    header: 'Available',
    align: 'right',
    cell: ({ counts }) => formatCount(counts.available),
  },
  {
    id: 'assigned',
    header: 'Assigned',
    align: 'right',
    phone: 'hidden',
    cell: ({ counts }) => formatCount(counts.assigned),
  },
  { id: 'redeemed', header: 'Redeemed', align: 'right', cell: ({ counts }) => formatCount(counts.redeemed) },
]

export function CouponsPage() {
  const { search = '', archived } = useSearch({ from: PATHS.coupons })
  const navigate = useNavigate({ from: PATHS.coupons })
  const { canWrite } = useRole()
  const create = canWrite && (
    <ButtonLink to={PATHS.newCoupon} leftSection={<IconPlus size={18} aria-hidden />}>
      New coupon
    </ButtonLink>
  )
  return (
    <Page title="Coupons" description="A coupon is the offer; its codes go to people, one each." actions={create}>
      <Group gap="sm">
        <SearchField
          label="Search coupons"
          value={search}
          onSearch={(text) =>
            void navigate({ search: (old) => ({ ...old, search: text || undefined }), replace: true })
          }
        />
        <SegmentedControl
          aria-label="Which coupons"
          data={[
            { value: 'false', label: 'In use' },
            { value: 'true', label: 'Archived' },
          ]}
          value={archived ?? 'false'}
          onChange={(value) =>
            void navigate({
              search: (old) => ({ ...old, archived: value === 'true' ? 'true' : undefined }),
              replace: true,
            })
          }
        />
      </Group>
      <DataTable
        label="Coupons"
        columns={COLUMNS}
        pages={couponPages({ search, archived })}
        rowKey={({ id }) => id}
        empty={
          search || archived ? (
            <EmptyNotice icon={<IconSearch />} title={archived ? 'No archived coupons' : 'No coupon matches'}>
              {search && `Nothing was found for “${search}”.`}
            </EmptyNotice>
          ) : (
            <EmptyNotice icon={<IconTicket />} title="No coupons yet" action={create}>
              Begin with a welcome offer: 20 % off for seven days, a code of their own for every person.
            </EmptyNotice>
          )
        }
      />
    </Page>
  )
}
