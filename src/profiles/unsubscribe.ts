import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { findProfileRow, updateUnsubscribed } from './profiles.sql.ts'
import { suppress } from './suppression/suppress.ts'

/**
 * Ends email to a person and to the address, whoever brings it in again, at once; repeating it changes nothing. False when there is
 * no such person any more.
 */
export async function unsubscribe(
  db: Db,
  input: { accountId: string; profileId: string; messageId: string; now: Date },
): Promise<boolean> {
  const { accountId, profileId, messageId, now } = input
  return await inTransaction(db, async (trx) => {
    if (!(await updateUnsubscribed(trx, accountId, profileId, messageId, now))) return false
    const email = (await findProfileRow(trx, accountId, profileId))?.email
    if (email) {
      const row = { channel: 'email' as const, address: email, reason: 'unsubscribed' as const, detail: null, at: now }
      await suppress(trx, { accountId, addresses: [row] })
    }
    return true
  })
}
