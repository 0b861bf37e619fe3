import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { CouponRow } from './coupon.ts'
import { lockCoupon, selectCouponById, selectCouponByName, selectCouponsByName } from './coupons.sql.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The coupon of an id or a name (exact match). Throws `coupon_not_found`. */
export async function requireCoupon(db: Db, input: { accountId: string; coupon: string }): Promise<CouponRow> {
  const byId = UUID.test(input.coupon) ? await selectCouponById(db, input.accountId, input.coupon) : undefined
  const coupon = byId ?? (await selectCouponByName(db, input.accountId, input.coupon))
  if (!coupon) throw couponNotFound(input.coupon)
  return coupon
}

/** Like `requireCoupon`; throws `coupon_archived` too, and `coupon_expired` when its terms ended before `now`. */
export async function requireOpenCoupon(
  db: Db,
  input: { accountId: string; coupon: string; now: Date },
): Promise<CouponRow> {
  return requireUsable(await requireCoupon(db, input), input.now)
}

/** The open coupons of these names; a name without one is left out. */
export async function listCouponsByName(db: Db, input: { accountId: string; names: string[] }): Promise<CouponRow[]> {
  return input.names.length === 0 ? [] : await selectCouponsByName(db, input.accountId, input.names)
}

/**
 * The coupon, held by this transaction: draws, edits and archiving of one coupon come one after another.
 * What is read afterwards in the same transaction sees all that they did. Throws `coupon_not_found`.
 */
export async function requireLockedCoupon(trx: Db, input: { accountId: string; couponId: string }): Promise<CouponRow> {
  const coupon = await lockCoupon(trx, input.accountId, input.couponId)
  if (!coupon) throw couponNotFound(input.couponId)
  return coupon
}

export function requireUsable(coupon: CouponRow, now: Date): CouponRow {
  if (coupon.archivedAt) {
    throw new AppError('coupon_archived', `The coupon ${coupon.name} is archived. Create a new one.`, {
      couponId: coupon.id,
    })
  }
  if (coupon.expiresAt && coupon.expiresAt <= now) {
    throw new AppError(
      'coupon_expired',
      `The coupon ${coupon.name} has expired. Edit its terms to give it a later end.`,
      {
        couponId: coupon.id,
        expiresAt: coupon.expiresAt.toISOString(),
      },
    )
  }
  return coupon
}

function couponNotFound(coupon: string): AppError {
  return new AppError('coupon_not_found', 'There is no such coupon. Coupon names are matched exactly.', { coupon })
}
