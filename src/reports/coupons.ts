import type { CouponReport } from '../../contract/reports.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import {
  type DayRow,
  findCouponName,
  selectAssignedDays,
  selectCouponMoney,
  selectRedeemed,
  selectRedeemedDays,
  selectRepeated,
} from './coupons.sql.ts'

const MOST_DAYS = 366

/**
 * What became of a coupon's codes. Revenue is the orders' subtotal less discounts and refunds.
 *
 * The rate counts codes that had a profile, so that it never passes 1. Throws `coupon_not_found`.
 */
export async function reportCoupon(
  db: Db,
  input: { accountId: string; couponId: string; now: Date },
): Promise<CouponReport> {
  const { accountId, couponId } = input
  const name = await findCouponName(db, accountId, couponId)
  if (name === undefined) {
    throw new AppError('coupon_not_found', 'No coupon of this account has this id. GET /v1/coupons lists them.', {
      couponId,
    })
  }
  const assignedDays = await selectAssignedDays(db, accountId, couponId, input.now)
  const redeemedDays = await selectRedeemedDays(db, accountId, couponId)
  const redeemed = await selectRedeemed(db, accountId, couponId)
  const assigned = sum(assignedDays.map((day) => day.count))
  return {
    couponId,
    name,
    assigned,
    redeemed: sum(redeemedDays.map((day) => day.count)),
    rate: assigned === 0 ? null : redeemed.ofProfiles / assigned,
    expiredUnused: sum(assignedDays.map((day) => day.expiredUnused)),
    redeemedBySomebodyElse: redeemed.bySomebodyElse,
    cancelled: redeemed.cancelled,
    ...(await selectRepeated(db, accountId, couponId)),
    money: (await selectCouponMoney(db, accountId, couponId)).map(({ redemptions: _all, ...money }) => money),
    medianSecondsToRedeem: redeemed.medianSeconds,
    days: joinDays(assignedDays, redeemedDays),
  }
}

/** One row for each day of either list, oldest first; the newest 366. */
function joinDays(assigned: DayRow[], redeemed: DayRow[]): CouponReport['days'] {
  const [given, used] = [assigned, redeemed].map((rows) => new Map(rows.map((row) => [row.day, row.count])))
  const days = [...new Set([...(given?.keys() ?? []), ...(used?.keys() ?? [])])].toSorted()
  return days.slice(-MOST_DAYS).map((day) => ({ day, assigned: given?.get(day) ?? 0, redeemed: used?.get(day) ?? 0 }))
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
