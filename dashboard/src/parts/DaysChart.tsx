import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import { formatCount, formatDay, formatShortCount } from '../lib/format.ts'

type Props = { days: { day: string; assigned: number; redeemed: number }[] }

/** Loaded only where it is shown: the drawing library is large. The same figures stand in a table beside it. */
export function DaysChart({ days }: Props) {
  return (
    <div role="img" aria-label="Codes assigned and redeemed by day; the table below has the figures">
      <BarChart
        h={280}
        data={days.map((day) => ({ ...day, day: formatDay(day.day) }))}
        dataKey="day"
        maxBarWidth={44}
        withLegend
        legendProps={{ verticalAlign: 'top', height: 36 }}
        valueFormatter={formatCount}
        yAxisProps={{ tickFormatter: formatShortCount, width: 48 }}
        series={[
          { name: 'assigned', label: 'Assigned', color: 'honey.4' },
          { name: 'redeemed', label: 'Redeemed', color: 'indigo.5' },
        ]}
      />
    </div>
  )
}
