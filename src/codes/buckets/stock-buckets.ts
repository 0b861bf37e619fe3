import type { CouponRow } from '../../coupons/coupon.ts'
import { requireLockedCoupon } from '../../coupons/find-coupon.ts'
import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { brokenConstraint } from '../../lib/constraint.ts'
import { addAhead } from '../generate.ts'
import { countAvailable, requirePool } from '../pool.ts'
import { countReserved } from '../reserve.ts'
import { nextBucketOf } from './bucket.ts'
import { selectBucketCoupons, selectMostAssigned, selectStocked } from './buckets.sql.ts'

/** The next bucket is filled in the last half of the present one: early enough for a slow shop, late enough to know the demand. */
const LEAD_SHARE = 0.5
const DEMAND_DAYS = 21
/** What a coupon of a flow or form has at least: people come without anybody adding codes. */
const LEAST_FOR_FLOWS = 100

/**
 * Sees to it that the next bucket of every coupon has its codes before draws turn to it: as many as are available or reserved now, as the busiest
 * bucket of 21 days took, and for flows and forms at least 100. Returns how many jobs were begun.
 *
 * Safe to repeat and to race: the coupon is held, and `code_jobs_ahead` allows one job of this kind per pool.
 */
export async function stockBuckets(db: Db, now: Date): Promise<number> {
  let begun = 0
  for (const coupon of await selectBucketCoupons(db)) if (await stockNext(db, { ...coupon, now })) begun += 1
  return begun
}

async function stockNext(db: Db, input: { accountId: string; couponId: string; now: Date }): Promise<boolean> {
  try {
    return await db.transaction().execute(async (trx) => {
      const coupon = await requireLockedCoupon(trx, input)
      const next = nextBucketOf(coupon, input.now)
      if (!next || coupon.archivedAt !== null) return false
      const leadMs = next.seconds * 1000 * LEAD_SHARE
      if (input.now.getTime() < next.turnsAt.getTime() - leadMs) return false
      const pool = await requirePool(trx, { ...input, coupon, bucketEndsAt: next.endsAt })
      const stocked = await selectStocked(trx, input.accountId, pool.id)
      const missing = (await neededOf(trx, input, coupon, next.seconds)) - stocked.codes
      if (stocked.hasJob || missing <= 0) return false
      await addAhead(trx, { accountId: input.accountId, coupon, pool, count: missing, now: input.now })
      return true
    })
  } catch (error) {
    const isKnown = error instanceof AppError || brokenConstraint(error) === 'code_jobs_ahead'
    if (!isKnown) throw error
    return false
  }
}

async function neededOf(
  trx: Db,
  input: { accountId: string; couponId: string; now: Date },
  coupon: CouponRow,
  seconds: number,
): Promise<number> {
  const since = new Date(input.now.getTime() - DEMAND_DAYS * 86_400_000)
  const available = await countAvailable(trx, { ...input, coupon: coupon.id })
  const reserved = await countReserved(trx, { ...input, couponId: coupon.id })
  const demand = await selectMostAssigned(trx, { ...input, since, seconds })
  const least = coupon.purpose === 'flow' || coupon.purpose === 'form' ? LEAST_FOR_FLOWS : 0
  return Math.max(available + reserved, demand, least)
}
