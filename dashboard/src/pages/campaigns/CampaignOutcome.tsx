import { Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { CampaignReport } from '../../api/types.ts'
import { formatCount, formatShare } from '../../lib/format.ts'
import { type Column, RowsTable } from '../../parts/DataTable.tsx'
import { Moment, MoneyList, Stat } from '../../parts/figures.tsx'
import { TextLink } from '../../parts/links.tsx'
import { PATHS } from '../../paths.ts'
import { reasonText } from '../outbox/message-states.ts'

const HoursChart = lazy(() => import('./HoursChart.tsx').then((module) => ({ default: module.HoursChart })))

type Hour = CampaignReport['hours'][number]
const COLUMNS: Column<Hour>[] = [
  { id: 'hour', header: 'Hour from', cell: ({ hour }) => <Moment at={hour} /> },
  { id: 'sent', header: 'Sent', align: 'right', cell: ({ sent }) => formatCount(sent) },
  { id: 'redeemed', header: 'Redeemed', align: 'right', cell: ({ redeemed }) => formatCount(redeemed) },
]

/** What came of a campaign so far: codes, orders, who was left out, hour by hour. */
export function CampaignOutcome({ report }: { report: CampaignReport }) {
  const amounts = (pick: 'revenueMinor' | 'discountMinor') =>
    report.money.map((each) => ({ currency: each.currency, amountMinor: each[pick] }))
  return (
    <Stack gap="lg">
      <Title order={2}>What came of it</Title>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Stat label="Codes assigned" value={formatCount(report.assigned)} />
        <Stat
          label="Codes redeemed"
          value={formatCount(report.redeemed)}
          hint={`${formatShare(report.rate)} of assigned`}
        />
        <Stat label="Revenue" value={<MoneyList amounts={amounts('revenueMinor')} />} />
        <Stat label="Discount given" value={<MoneyList amounts={amounts('discountMinor')} />} />
      </SimpleGrid>
      {report.skippedBecause.length > 0 && <Skipped report={report} />}
      {report.hours.length > 0 && (
        <Paper p="lg">
          <Title order={2} mb="md">
            Hour by hour
          </Title>
          <Suspense fallback={<Skeleton h={260} />}>
            <HoursChart hours={report.hours} />
          </Suspense>
          <details>
            <summary>
              <Text span size="sm" fw={600}>
                The figures as a table
              </Text>
            </summary>
            <RowsTable
              plain
              label="Sent and redeemed by hour"
              columns={COLUMNS}
              rows={report.hours}
              rowKey={({ hour }) => hour}
            />
          </details>
        </Paper>
      )}
    </Stack>
  )
}

function Skipped({ report }: { report: CampaignReport }) {
  return (
    <Paper p="lg">
      <Title order={2} mb="xs">
        Who got no email
      </Title>
      <Stack gap={4}>
        {report.skippedBecause.map(({ reason, count }) => (
          <Text key={reason} size="sm">
            <Text span fw={600} size="sm" className="oc-figure">
              {formatCount(count)}
            </Text>{' '}
            {reasonText(reason)}{' '}
            <TextLink
              to={PATHS.outbox}
              search={{ campaignId: report.campaignId, state: 'skipped', reason }}
              aria-label={`Show the people: ${reasonText(reason)}`}
            >
              Show them
            </TextLink>
          </Text>
        ))}
      </Stack>
    </Paper>
  )
}
