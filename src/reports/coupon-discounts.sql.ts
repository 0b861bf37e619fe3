import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type CouponDiscountRow = {
  poolId: string
  version: number
  title: string
  state: 'written' | 'live' | 'withdrawn' | 'removed' | 'gone'
  endsAt: Date | null
  discountId: string | null
  baseUrl: string | null
}

/** The newest discounts of a coupon's pools. Served by the index of pools by coupon and the primary key of shopify_discounts. */
export async function selectCouponDiscounts(
  db: Db,
  accountId: string,
  couponId: string,
  limit: number,
): Promise<CouponDiscountRow[]> {
  const { rows } = await sql<CouponDiscountRow>`
    select d.pool_id as "poolId", v.version, d.title, d.state, d.ends_at as "endsAt", d.discount_id as "discountId",
      s.base_url as "baseUrl"
    from pools p
    join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
    join shopify_discounts d on d.account_id = p.account_id and d.pool_id = p.id
    left join shopify_shops s on s.account_id = d.account_id and s.store_id = d.store_id
    where p.account_id = ${accountId}::uuid and p.coupon_id = ${couponId}::uuid
    order by d.created_at desc, d.pool_id desc limit ${limit}::integer`.execute(db)
  return rows
}
