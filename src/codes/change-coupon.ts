import type { CouponRow } from '../coupons/coupon.ts'
import { type UpdateCouponInput, updateCoupon } from '../coupons/create-coupon.ts'
import { requireLockedCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { existsAssigned } from './codes.sql.ts'
import { selectReservers } from './reservations.sql.ts'

/**
 * Changes what is not part of a coupon's terms; fields left out keep their value.
 *
 * The reuse policy only as long as nobody has been given a code and no campaign counts on one: codes are given in the scope of the policy that
 * they were drawn by, and what `once` promises would not hold for those of before. Safe to race with draws: the coupon is held.
 * Throws `coupon_not_found`, `reuse_policy_fixed`.
 */
export async function changeCoupon(db: Db, input: UpdateCouponInput): Promise<void> {
  await inTransaction(db, async (trx) => {
    const coupon = await requireLockedCoupon(trx, input)
    const { reusePolicy = coupon.reusePolicy } = input
    if (reusePolicy !== coupon.reusePolicy) await refuseWhileInUse(trx, input.accountId, coupon)
    await updateCoupon(trx, input)
  })
}

async function refuseWhileInUse(trx: Db, accountId: string, { id: couponId, name }: CouponRow): Promise<void> {
  const [campaign] = await selectReservers(trx, accountId, couponId)
  if (campaign) {
    const message = `The campaign ${campaign.name} has reserved codes of ${name} by its present reuse policy. Unschedule it first, or make a new coupon.`
    throw new AppError('reuse_policy_fixed', message, { couponId, campaignId: campaign.id })
  }
  if (!(await existsAssigned(trx, accountId, couponId))) return
  const message = `People have been given codes of ${name} by its present reuse policy, so it cannot be changed any more. Make a new coupon.`
  throw new AppError('reuse_policy_fixed', message, { couponId })
}
