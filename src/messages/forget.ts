import type { Db } from '../db/database.ts'
import { updateMessagesForgotten } from './forget.sql.ts'

/**
 * Takes out of messages to these people where they went, what their subject was and what was said of the person, and the last two out
 * of tests that were shown as them; that they were sent stays.
 */
export async function forgetRecipients(
  db: Db,
  input: { accountId: string; profileIds: readonly string[] },
): Promise<void> {
  if (input.profileIds.length > 0) await updateMessagesForgotten(db, input.accountId, input.profileIds)
}
