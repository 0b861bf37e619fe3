import type { Db } from '../../db/database.ts'
import { MOST_ATTEMPTS } from '../send.ts'
import { type AskedMessage, updateAbsent } from './lost.sql.ts'

export type AbsentMessage = AskedMessage

/** Why a message goes out once more, or does not. */
export const NEVER_ARRIVED = 'never_arrived'

/**
 * Makes messages that their provider does not have for certain ready to go out again; the consent and the suppression of that
 * moment count. Of a cancelled campaign they are cancelled; after the last attempt, and where it was a test, they are rejected.
 * Returns how many go out.
 */
export async function settleAbsent(
  db: Db,
  input: { accountId: string; messages: readonly AbsentMessage[]; isCancelled: boolean; now: Date },
): Promise<number> {
  const { accountId, messages, isCancelled, now } = input
  const how = { isCancelled, mostAttempts: MOST_ATTEMPTS, reason: NEVER_ARRIVED, now }
  return await updateAbsent(db, accountId, messages, how)
}
