import type { Command } from 'commander'
import type { CouponReport } from '../../contract/reports.ts'
import { formatAmount } from './lib/amount.ts'
import type { Cli } from './lib/cli.ts'
import { requireCoupon } from './lib/find.ts'
import { formatFacts } from './lib/table.ts'

export function addReport(program: Command, cli: Cli): void {
  program
    .command('report')
    .argument('<coupon>')
    .description('Show what a coupon brought: given, redeemed, revenue.')
    .addHelpText('after', '\nExample:\n  onecode report WELCOME20')
    .action(async (name: string) => {
      const client = cli.client()
      const { id } = await requireCoupon(client, name)
      const report = await client.get<CouponReport>(`/v1/reports/coupons/${id}`)
      cli.show(report, formatReport(report))
    })
}

export function formatReport(report: CouponReport): string {
  const money = report.money.map(({ currency, revenueMinor, discountMinor, orders }) => [
    `revenue in ${currency}`,
    `${formatAmount(revenueMinor, currency)} from ${orders} orders, ${formatAmount(discountMinor, currency)} given away`,
  ])
  return formatFacts({
    coupon: report.name,
    assigned: report.assigned,
    redeemed: report.redeemed,
    rate: report.rate === null ? null : `${(report.rate * 100).toFixed(2)} %`,
    'expired unused': report.expiredUnused,
    'redeemed by somebody else': report.redeemedBySomebodyElse,
    ...Object.fromEntries(money),
  })
}
