import { requireLockedCoupon } from '../../coupons/find-coupon.ts'
import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { replaceTerms } from '../edit-terms.ts'
import { selectVersionOf, updateCodesLost, updatePoolLost } from './lose.sql.ts'

/**
 * The store lost a whole pool: its discount is gone. Nobody draws from it any more, and codes that people have are taken back, so that
 * support sees them as withdrawn and the next draw gives another. Returns how many were taken back. Safe to repeat.
 *
 * Where the pool has the newest terms, they become a new version: a pool belongs to one discount for ever, and what is added from
 * now on needs another.
 */
export async function losePool(
  db: Db,
  input: { accountId: string; couponId: string; poolId: string; now: Date },
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const coupon = await requireLockedCoupon(trx, input)
    const takenBack = await updatePoolLost(trx, input)
    const isNewest = (await selectVersionOf(trx, input)) === coupon.versionId
    const isOver = coupon.archivedAt !== null || (coupon.expiresAt !== null && coupon.expiresAt <= input.now)
    if (isNewest && !isOver) await replaceTerms(trx, { ...input, coupon, terms: coupon.terms })
    return takenBack
  })
}

const REASON = 'The shop does not have it any more.'

/**
 * The store does not have these codes of a coupon any more, whatever their case: they are withdrawn, and taken back from who has them.
 * Codes that wait for their confirmation and redeemed ones stay as they are; of the latter it is noted. Returns how many were withdrawn.
 * Safe to repeat.
 */
export async function loseCodes(
  db: Db,
  input: { accountId: string; storeId: string; couponId: string; codes: readonly string[]; now: Date },
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    await requireLockedCoupon(trx, input)
    return await updateCodesLost(trx, { ...input, reason: REASON })
  })
}
