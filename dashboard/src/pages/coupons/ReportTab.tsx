import { Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { CouponReport } from '../../../../contract/reports.ts'
import { couponReportQuery } from '../../api/coupons.ts'
import { formatCount, formatDay, formatDuration, formatShare } from '../../lib/format.ts'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { MoneyList, Stat } from '../../parts/figures.tsx'
import { Loaded } from '../../parts/Loaded.tsx'
import { EmptyNotice } from '../../parts/notices.tsx'

const DaysChart = lazy(() => import('../../parts/DaysChart.tsx').then((module) => ({ default: module.DaysChart })))

type Day = CouponReport['days'][number]
const COLUMNS: Column<Day>[] = [
  { id: 'day', header: 'Day (UTC)', cell: ({ day }) => formatDay(day) },
  { id: 'assigned', header: 'Assigned', align: 'right', cell: ({ assigned }) => formatCount(assigned) },
  { id: 'redeemed', header: 'Redeemed', align: 'right', cell: ({ redeemed }) => formatCount(redeemed) },
]

export function ReportTab({ couponId }: { couponId: string }) {
  const query = useQuery(couponReportQuery(couponId))
  return <Loaded query={query}>{(report) => <Report report={report} />}</Loaded>
}

function Report({ report }: { report: CouponReport }) {
  const amounts = (pick: 'revenueMinor' | 'discountMinor') =>
    report.money.map((each) => ({ currency: each.currency, amountMinor: each[pick] }))
  const orders = report.money.reduce((sum, each) => sum + each.orders, 0)
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Stat label="Assigned" value={formatCount(report.assigned)} />
        <Stat label="Redeemed" value={formatCount(report.redeemed)} />
        <Stat label="Redeemed of assigned" value={formatShare(report.rate)} />
        <Stat
          label="Revenue"
          value={<MoneyList amounts={amounts('revenueMinor')} />}
          hint={`${formatCount(orders)} orders`}
        />
        <Stat label="Discount given" value={<MoneyList amounts={amounts('discountMinor')} />} />
        <Stat
          label="Median time to redeem"
          value={report.medianSecondsToRedeem === null ? '–' : formatDuration(report.medianSecondsToRedeem)}
        />
        <Stat label="Expired unused" value={formatCount(report.expiredUnused)} />
        <Stat
          label="Redeemed by somebody else"
          value={formatCount(report.redeemedBySomebodyElse)}
          hint="order and recipient differ"
        />
        <Stat label="Cancelled orders" value={formatCount(report.cancelled)} hint="count no revenue" />
        <Stat label="Used again" value={formatCount(report.overuses)} hint="orders with a code that was redeemed" />
        <Stat label="Renewals" value={formatCount(report.renewals)} hint="orders that a subscription made" />
      </SimpleGrid>
      <Paper p="lg">
        <Title order={2} mb="md">
          Day by day
        </Title>
        {report.days.length === 0 ? (
          <EmptyNotice icon={<IconChartBar />} title="Nothing to draw yet">
            The chart begins with the first code that is given to a person.
          </EmptyNotice>
        ) : (
          <Days days={report.days} />
        )}
      </Paper>
    </Stack>
  )
}

function Days({ days }: { days: Day[] }) {
  return (
    <Stack gap="lg">
      <Suspense fallback={<Skeleton h={280} />}>
        <DaysChart days={days} />
      </Suspense>
      <details>
        <summary>
          <Text span size="sm" fw={600}>
            The figures as a table
          </Text>
        </summary>
        <RowsTable plain label="Assigned and redeemed by day" columns={COLUMNS} rows={days} rowKey={({ day }) => day} />
      </details>
    </Stack>
  )
}
