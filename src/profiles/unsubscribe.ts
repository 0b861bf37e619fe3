import type { Db } from '../db/database.ts'
import { updateUnsubscribed } from './profiles.sql.ts'

/** Ends email to a person at once; repeating it changes nothing. False when there is no such person any more. */
export async function unsubscribe(
  db: Db,
  input: { accountId: string; profileId: string; messageId: string; now: Date },
): Promise<boolean> {
  return await updateUnsubscribed(db, input.accountId, input.profileId, input.messageId, input.now)
}
