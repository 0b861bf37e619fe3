import type { Db } from '../db/database.ts'
import { type OpenAssignment, selectOpenAssignments } from './codes.sql.ts'

/** The code of a coupon that a profile has and may still use; undefined where it has none. Draws nothing. */
export async function findOpenCode(
  db: Db,
  input: { accountId: string; couponId: string; profileId: string; now: Date },
): Promise<OpenAssignment | undefined> {
  const [open] = await selectOpenAssignments(db, input.accountId, input.couponId, [input.profileId])
  return open && (open.expiresAt === null || open.expiresAt > input.now) ? open : undefined
}
