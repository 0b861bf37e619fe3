import type { CouponRow } from '../coupons/coupon.ts'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { bucketEndOf } from './buckets/bucket.ts'
import { insertPool, type Pool, selectPool } from './pools.sql.ts'
import { selectRoom } from './reservations.sql.ts'

/**
 * The pool of a coupon's newest terms from which codes are drawn at `now`; made when it is not there yet.
 * `bucketEndsAt` names the pool of another bucket: the next one, which is filled before its turn.
 */
export async function requirePool(
  db: Db,
  input: { accountId: string; coupon: CouponRow; now: Date; bucketEndsAt?: Date | null },
): Promise<Pool> {
  const { accountId, coupon, now } = input
  const bucketEndsAt = input.bucketEndsAt ?? bucketEndOf(coupon, now)
  const found = await selectPool(db, accountId, coupon.versionId, bucketEndsAt)
  if (found) return found
  await insertPool(db, {
    accountId,
    id: newId(),
    couponId: coupon.id,
    versionId: coupon.versionId,
    storeId: coupon.storeId,
    bucketEndsAt,
    now,
  })
  const made = await selectPool(db, accountId, coupon.versionId, bucketEndsAt)
  if (!made) throw new Error(`The pool of terms version ${coupon.versionId} could not be made`)
  return made
}

/** How many codes of the coupon can be assigned now: by anybody, or by a campaign, which has what it reserved besides. */
export async function countAvailable(
  db: Db,
  input: { accountId: string; coupon: string; campaignId?: string; now: Date },
): Promise<number> {
  const coupon = await requireCoupon(db, input)
  if (coupon.archivedAt || (coupon.expiresAt && coupon.expiresAt <= input.now)) return 0
  const { accountId, campaignId = null } = input
  const pool = await selectPool(db, accountId, coupon.versionId, bucketEndOf(coupon, input.now))
  return pool ? await selectRoom(db, { accountId, couponId: coupon.id, poolId: pool.id, campaignId }) : 0
}
