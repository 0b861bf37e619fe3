import { Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Campaign } from '../../../../contract/campaigns.ts'
import type { CampaignReport } from '../../api/types.ts'
import { formatCount, formatShare, shareOf } from '../../lib/format.ts'
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
export function CampaignOutcome({ report, channel }: { report: CampaignReport; channel: Campaign['channel'] }) {
  const amounts = (pick: 'revenueMinor' | 'discountMinor') =>
    report.money.map((each) => ({ currency: each.currency, amountMinor: each[pick] }))
  return (
    <Stack gap="lg">
      <Title order={2}>What came of it</Title>
      <SimpleGrid cols={{ base: 2, md: 3 }}>
        <Stat label="Codes assigned" value={formatCount(report.assigned)} />
        <Stat
          label="Codes redeemed"
          value={formatCount(report.redeemed)}
          hint={`${formatShare(report.rate)} of assigned`}
        />
        {channel === 'email' && (
          <Stat
            label="Opened"
            value={formatCount(report.opened)}
            hint={`${formatShare(shareOf(report.opened, report.sent))} of sent, roughly`}
          />
        )}
        <Stat
          label="Clicked"
          value={formatCount(report.clicked)}
          hint={`${formatShare(shareOf(report.clicked, report.sent))} of sent`}
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
        Who got no message
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
