import { requireLockedCoupon, requireUsable } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { deadlineOf } from './assign.ts'
import { requirePool } from './pool.ts'
import { selectRoom } from './reservations.sql.ts'
import { insertTestCode, selectOpenTestCode, type TestCode, updateTestCodeClosed } from './test-codes.sql.ts'

export type TestCodeOutcome = ({ status: 'drawn' | 'kept' } & TestCode) | { status: 'exhausted' }

/**
 * Gives testers the code of a coupon: a real one that the store honours, the same for all of them for as long as it is open.
 *
 * It belongs to no profile and counts in no report. Safe to race: the coupon's row is locked, and test_codes_open holds the
 * promise. Throws `coupon_not_found`, `coupon_archived`, `coupon_expired`.
 */
export async function drawTestCode(
  db: Db,
  input: { accountId: string; couponId: string; now: Date },
): Promise<TestCodeOutcome> {
  const { accountId, couponId, now } = input
  return await inTransaction(db, async (trx) => {
    const coupon = requireUsable(await requireLockedCoupon(trx, input), now)
    await updateTestCodeClosed(trx, { accountId, couponId, versionId: coupon.versionId, now })
    const open = await selectOpenTestCode(trx, accountId, couponId)
    if (open) return { status: 'kept', ...open }
    const pool = await requirePool(trx, { accountId, coupon, now })
    if ((await selectRoom(trx, { accountId, couponId, poolId: pool.id, campaignId: null })) < 1)
      return { status: 'exhausted' }
    const expiresAt = deadlineOf(coupon, pool, now)
    const drawn = await insertTestCode(trx, { accountId, couponId, poolId: pool.id, expiresAt, now })
    return drawn ? { status: 'drawn', ...drawn } : { status: 'exhausted' }
  })
}
