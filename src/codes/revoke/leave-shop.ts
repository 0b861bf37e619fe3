import type { Db } from '../../db/database.ts'
import { selectWaiting, updateGone, updateUsed, type WaitingRevocation } from './revocations.sql.ts'

export type { WaitingRevocation }

type StoreKey = { accountId: string; storeId: string }

/**
 * The next revoked codes that a shop may still have, by id after `after`. A code that an order used before the shop lost it is none of them:
 * it stays in the shop, as all used codes do.
 */
export async function listWaitingRevocations(
  db: Db,
  input: StoreKey & { after?: string | undefined; limit: number },
): Promise<WaitingRevocation[]> {
  await updateUsed(db, input)
  return await selectWaiting(db, input, input.after, input.limit)
}

/** Notes that the shop has these codes no more. Safe to repeat: each counts once. Returns how many it was told of for the first time. */
export async function confirmGone(
  db: Db,
  input: StoreKey & { codeIds: readonly string[]; now: Date },
): Promise<number> {
  return await updateGone(db, input, input.codeIds, input.now)
}
