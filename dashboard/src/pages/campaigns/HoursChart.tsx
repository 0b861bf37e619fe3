import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import { useTimeZone } from '../../api/account.ts'
import type { CampaignReport } from '../../api/types.ts'
import { formatCount, formatMoment, formatShortCount } from '../../lib/format.ts'

/** Loaded only where it is shown: the drawing library is large. The same figures stand in a table beside it. */
export function HoursChart({ hours }: { hours: CampaignReport['hours'] }) {
  const timeZone = useTimeZone()
  return (
    <div role="img" aria-label="Messages sent and codes redeemed by hour; the table below has the figures">
      <BarChart
        h={260}
        data={hours.map((row) => ({ ...row, hour: formatMoment(row.hour, timeZone) }))}
        dataKey="hour"
        maxBarWidth={44}
        withLegend
        legendProps={{ verticalAlign: 'top', height: 36 }}
        valueFormatter={formatCount}
        yAxisProps={{ tickFormatter: formatShortCount, width: 48 }}
        series={[
          { name: 'sent', label: 'Sent', color: 'pine.6' },
          { name: 'redeemed', label: 'Redeemed', color: 'indigo.5' },
        ]}
      />
    </div>
  )
}
