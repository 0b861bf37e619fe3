import type { z } from 'zod'
import type { rollbackReply } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { findTypedCode } from './look-up.ts'
import { updateHoldReleased, updateRolledBack } from './redemptions.sql.ts'
import { TRIES } from './tries.ts'
import { unlessTaken } from './unless-taken.ts'

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
 * this one is revoked, so that nobody holds two. Safe to repeat. Throws `store_ambiguous`, `store_not_found`, `database_busy`.
 */
export async function rollbackCode(db: Db, input: RollbackInput): Promise<z.infer<typeof rollbackReply>> {
  const code = await findTypedCode(db, input)
  if (!code) return { status: 'nothing_to_undo', redemptionId: null }

  const undone = await undoRedemption(db, { ...input, codeId: code.codeId })
  if (undone) return { status: 'rolled_back', redemptionId: undone }

  const released = await updateHoldReleased(db, { ...input, codeId: code.codeId })
  return { status: released ? 'released' : 'nothing_to_undo', redemptionId: null }
}

async function undoRedemption(db: Db, undo: RollbackInput & { codeId: string }): Promise<string | undefined> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const undone = await unlessTaken(db, 'assignments_open', () => updateRolledBack(db, undo))
    if (undone !== 'taken') return undone
  }
  throw new AppError('database_busy', 'This profile is being given codes at the same time. Try again.')
}
