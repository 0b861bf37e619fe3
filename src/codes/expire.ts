import type { Db } from '../db/database.ts'
import { selectDue, updateExpired } from './codes.sql.ts'

const BATCH = 5000

/** Closes the assignments of all accounts whose time is over, so that feeds and counts say so. Returns how many. */
export async function expireAssignments(db: Db, now: Date): Promise<number> {
  let total = 0
  for (;;) {
    const count = await updateExpired(db, await selectDue(db, now, BATCH), now)
    total += count
    if (count < BATCH) return total
  }
}
