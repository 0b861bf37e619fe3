import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type RedemptionReportRow = {
  id: string
  at: Date
  orderId: string | null
  orderName: string | null
  code: string
  couponId: string
  couponName: string
  profileId: string | null
  profileEmail: string | null
  orderEmail: string | null
  recipientMatches: boolean | null
  subtotalMinor: number
  discountMinor: number
  currency: string
  refundedMinor: number
  state: 'accepted' | 'rolled_back' | 'repeated'
  isRenewal: boolean
  isTest: boolean
  cancelledAt: Date | null
  newCode: 'owed' | 'given' | 'void' | null
}

/** Redemptions with what they refer to, newest first. Served by the primary key, or by redemptions_coupon for one coupon. */
export async function selectRedemptions(
  db: Db,
  given: { accountId: string; couponId: string | undefined; before: string | undefined; limit: number },
): Promise<RedemptionReportRow[]> {
  const ofCoupon = given.couponId === undefined ? sql`` : sql`and r.coupon_id = ${given.couponId}::uuid`
  const older = given.before === undefined ? sql`` : sql`and r.id < ${given.before}::uuid`
  const { rows } = await sql<RedemptionReportRow>`
    select r.id, r.redeemed_at as at, r.order_id as "orderId", r.order_name as "orderName", c.code, r.coupon_id as "couponId", o.name as "couponName",
      r.profile_id as "profileId", p.email as "profileEmail", r.order_email as "orderEmail",
      r.recipient_matches as "recipientMatches", r.subtotal_minor as "subtotalMinor", r.discount_minor as "discountMinor",
      r.currency, r.refunded_minor as "refundedMinor", r.state, r.is_renewal as "isRenewal",
      r.is_test or exists (select from test_codes t where t.account_id = r.account_id and t.code_id = r.code_id) as "isTest",
      r.cancelled_at as "cancelledAt", r.new_code as "newCode"
    from (select * from redemptions r where r.account_id = ${given.accountId}::uuid ${ofCoupon} ${older}
        order by r.id desc limit ${given.limit}::integer) r
      join codes c on c.account_id = r.account_id and c.id = r.code_id
      join coupons o on o.account_id = r.account_id and o.id = r.coupon_id
      left join profiles p on p.account_id = r.account_id and p.id = r.profile_id
    order by r.id desc`.execute(db)
  return rows
}
