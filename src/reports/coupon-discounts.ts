import type { CouponDiscount } from '../../contract/shopify.ts'
import type { Db } from '../db/database.ts'
import { selectCouponDiscounts } from './coupon-discounts.sql.ts'

/** Most discounts that are listed; a coupon whose codes end after hours may have had thousands. */
const SHOWN = 200

/** A coupon's discounts in its Shopify store, newest first; none for a custom store. */
export async function listCouponDiscounts(
  db: Db,
  input: { accountId: string; couponId: string },
): Promise<CouponDiscount[]> {
  const rows = await selectCouponDiscounts(db, input.accountId, input.couponId, SHOWN)
  return rows.map(({ discountId, baseUrl, endsAt, ...row }) => ({
    ...row,
    endsAt: endsAt?.toISOString() ?? null,
    adminUrl:
      discountId && baseUrl ? `${baseUrl}/admin/discounts/${discountId.slice(discountId.lastIndexOf('/') + 1)}` : null,
  }))
}
