import type { Home } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'
import { type StepKey, selectLowStock, selectRevenue, selectStepsDone, selectTotals } from './home.sql.ts'

/** The way from nothing to the first redemption, in order. */
const STEPS: readonly StepKey[] = ['people', 'coupon', 'codes', 'template', 'campaign', 'redemption']

/** Most coupons that the home page names as low. */
const SHOWN_LOW = 50

/**
 * The home page of an account. Coupons counts those that are not archived, redeemed those redemptions that were not rolled
 * back; revenue is the orders' subtotal less discounts and refunds, in minor units.
 */
export async function reportHome(db: Db, input: { accountId: string; now: Date }): Promise<Home> {
  const done = await selectStepsDone(db, input.accountId)
  const totals = await selectTotals(db, input.accountId)
  const lowStock = await selectLowStock(db, input.accountId, input.now, SHOWN_LOW)
  const revenue = await selectRevenue(db, input.accountId)
  return {
    steps: STEPS.map((key) => ({ key, done: done[key] })),
    totals: { ...totals, redeemed: revenue.reduce((total, { redemptions }) => total + redemptions, 0) },
    lowStock,
    revenue: revenue.map(({ currency, revenueMinor }) => ({ currency, amountMinor: revenueMinor })),
  }
}
