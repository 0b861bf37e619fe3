import { requireLockedCoupon } from '../../coupons/find-coupon.ts'
import type { Db } from '../../db/database.ts'
import { selectOverBuckets, updatePoolClosed } from './buckets.sql.ts'

const BATCH = 100

/**
 * Closes the pools of buckets that are over, in all accounts, so that what nobody was given leaves the shop. Returns how many.
 * Nothing changes for who draws: the turn itself follows from the time. Safe to repeat and to race.
 */
export async function turnBuckets(db: Db, now: Date): Promise<number> {
  let closed = 0
  for (;;) {
    const over = await selectOverBuckets(db, now, BATCH)
    for (const pool of over) {
      await db.transaction().execute(async (trx) => {
        await requireLockedCoupon(trx, pool)
        await updatePoolClosed(trx, pool.accountId, pool.poolId, now)
      })
    }
    closed += over.length
    if (over.length < BATCH) return closed
  }
}
