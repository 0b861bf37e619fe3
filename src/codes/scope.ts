import type { CouponRow } from '../coupons/coupon.ts'
import { AppError } from '../errors.ts'

/** What a code is drawn for: a message of a campaign, or an entry that the caller names, such as an order. */
export type Occasion = { campaignId?: string; entry?: string }

/** The scope of coupons whose code is kept until it is used or expired: a person may have one open code in it. */
export const UNTIL_USED = ''

/**
 * The scope in which the policy of a coupon lets a person have one code. The unique indexes assignments_open and assignments_scope hold it.
 *
 * `until_used_or_expired` and `once` do not look at the occasion. `new_each_entry` needs one: throws `entry_required` without.
 */
export function scopeOf(
  coupon: Pick<CouponRow, 'id' | 'name' | 'reusePolicy'>,
  { campaignId, entry }: Occasion,
): string {
  if (coupon.reusePolicy === 'until_used_or_expired') return UNTIL_USED
  if (coupon.reusePolicy === 'once') return 'once'
  if (campaignId !== undefined) return `campaign:${campaignId}`
  if (entry !== undefined) return `entry:${entry}`
  const message = `${coupon.name} gives a new code for each entry. Name the entry, such as the id of the order or event: the same one gets the same code.`
  throw new AppError('entry_required', message, { couponId: coupon.id })
}

/** Whether a code that has expired keeps its scope. That of a campaign does not: it draws once more only where the code was over before its message went out. */
export function isForGood(scope: string): boolean {
  return scope !== UNTIL_USED && !scope.startsWith('campaign:')
}
