import type { Db } from '../db/database.ts'
import { updateLapsed } from './messages.sql.ts'

/**
 * Settles messages whose sender is gone: their lease ran out while they were `sending`.
 *
 * A message to the outbox is ready again, for writing it twice leaves one file. To an SMTP server or an SMS service it becomes `unknown`: the server
 * may have it, so it is shown and never sent again by itself; so does the outbox's mail of a cancelled campaign.
 * `isOnlyProcess`: true at the start of a process that alone can have the database open; then nobody is sending. Returns how many.
 */
export async function recoverMessages(db: Db, now: Date, isOnlyProcess = false): Promise<number> {
  return await updateLapsed(db, now, isOnlyProcess)
}
