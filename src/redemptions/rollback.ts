import type { z } from 'zod'
import type { rollbackReply } from '../../contract/codes.ts'
import { requireLockedCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { findTypedCode } from './look-up.ts'
import { updateHoldReleased, updateRolledBack } from './redemptions.sql.ts'

export type RollbackInput = {
  accountId: string
  storeId?: string | undefined
  code: string
  orderId: string
  now: Date
}

/**
 * Undoes what an order did with a code: its redemption, else its reservation. Another order's is never touched.
 *
 * The code can be used again; its profile has it back, unless the profile was given another code of the coupon since: then
 * this one is revoked, so that nobody holds two. Safe to repeat. Throws `store_ambiguous`, `store_not_found`.
 */
export async function rollbackCode(db: Db, input: RollbackInput): Promise<z.infer<typeof rollbackReply>> {
  const code = await findTypedCode(db, input)
  if (!code) return { status: 'nothing_to_undo', redemptionId: null }

  const undone = await undoRedemption(db, { ...input, codeId: code.codeId, couponId: code.couponId })
  if (undone) return { status: 'rolled_back', redemptionId: undone }

  const released = await updateHoldReleased(db, { ...input, codeId: code.codeId })
  return { status: released ? 'released' : 'nothing_to_undo', redemptionId: null }
}

/** Holds the coupon meanwhile: a draw for the same profile must see that it has its code back, or that it has not. */
async function undoRedemption(
  db: Db,
  undo: RollbackInput & { codeId: string; couponId: string },
): Promise<string | undefined> {
  return await inTransaction(db, async (trx) => {
    await requireLockedCoupon(trx, undo)
    return await updateRolledBack(trx, undo)
  })
}
