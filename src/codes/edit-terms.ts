import type { Terms } from '../../contract/coupons.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { addTermsVersion, markArchived } from '../coupons/create-coupon.ts'
import { requireLockedCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { requirePool } from './pool.ts'
import { updatePoolsClosed } from './pools.sql.ts'
import { refuseWhileReserved } from './reserve.ts'

/**
 * Gives a coupon a new version of its terms.
 *
 * Codes that people have keep the terms they were sent with; codes still in line are withdrawn, and their number is returned.
 * Nobody can be handed a code of the old terms afterwards: drawing waits for this transaction and then finds the pool closed.
 * Throws `coupon_not_found`, `coupon_archived`, `coupon_reserved` while a campaign counts on its codes, and what `checkTerms` throws.
 */
export async function editTerms(
  db: Db,
  input: { accountId: string; couponId: string; terms: Terms; now: Date },
): Promise<{ version: number; withdrawn: number }> {
  return await inTransaction(db, async (trx) => {
    const coupon = await requireLockedCoupon(trx, input)
    if (coupon.archivedAt) {
      throw new AppError('coupon_archived', `The coupon ${coupon.name} is archived. Create a new one.`, {
        couponId: coupon.id,
      })
    }
    await refuseWhileReserved(trx, input.accountId, coupon, input.now)
    return await replaceTerms(trx, { ...input, coupon })
  })
}

/**
 * The same for a coupon whose codes cannot be drawn any more, whatever campaigns count on them: their reservations hold for the
 * codes of the new version. Call it with the coupon locked.
 */
export async function replaceTerms(
  trx: Db,
  input: { accountId: string; coupon: CouponRow; terms: Terms; now: Date },
): Promise<{ version: number; withdrawn: number }> {
  const { accountId, coupon, now } = input
  const { version } = await addTermsVersion(trx, input)
  const withdrawn = await updatePoolsClosed(trx, accountId, coupon.id, now)
  const edited = await requireLockedCoupon(trx, { accountId, couponId: coupon.id })
  await requirePool(trx, { accountId, coupon: edited, now })
  return { version, withdrawn }
}

/** Ends a coupon: codes in line are withdrawn, codes that people have stay valid until they expire. Throws `coupon_reserved`. */
export async function archiveCoupon(
  db: Db,
  input: { accountId: string; couponId: string; now: Date },
): Promise<{ withdrawn: number }> {
  return await inTransaction(db, async (trx) => {
    const coupon = await requireLockedCoupon(trx, input)
    await refuseWhileReserved(trx, input.accountId, coupon, input.now)
    await markArchived(trx, { accountId: input.accountId, couponId: coupon.id, now: input.now })
    return { withdrawn: await updatePoolsClosed(trx, input.accountId, coupon.id, input.now) }
  })
}
