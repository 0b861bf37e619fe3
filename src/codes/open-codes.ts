import type { CouponRow } from '../coupons/coupon.ts'
import type { Db } from '../db/database.ts'
import { type OpenAssignment, selectOpenAssignments } from './codes.sql.ts'
import { scopeOf } from './scope.ts'

/**
 * The code of a coupon that a message would show a profile now; undefined where it would be a new one. Draws nothing. A coupon that gives
 * a new code for each entry has none.
 */
export async function findOpenCode(
  db: Db,
  input: { accountId: string; coupon: CouponRow; profileId: string; now: Date },
): Promise<OpenAssignment | undefined> {
  const { accountId, coupon, profileId, now } = input
  if (coupon.reusePolicy === 'new_each_entry') return undefined
  const scope = { accountId, couponId: coupon.id, scope: scopeOf(coupon, {}) }
  const [open] = await selectOpenAssignments(db, scope, [profileId])
  return open && (open.expiresAt === null || open.expiresAt > now) ? open : undefined
}
