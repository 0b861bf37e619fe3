import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type RedemptionReportRow = {
  id: string
  at: Date
  orderId: string
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
  state: 'accepted' | 'rolled_back'
  isTest: boolean
}

/** Redemptions with what they refer to, newest first. Served by the primary key, or by redemptions_coupon for one coupon. */
export async function selectRedemptions(
  db: Db,
  given: { accountId: string; couponId: string | undefined; before: string | undefined; limit: number },
): Promise<RedemptionReportRow[]> {
  const ofCoupon = given.couponId === undefined ? sql`` : sql`and r.coupon_id = ${given.couponId}::uuid`
  const older = given.before === undefined ? sql`` : sql`and r.id < ${given.before}::uuid`
  const { rows } = await sql<RedemptionReportRow>`
    select r.id, r.redeemed_at as at, r.order_id as "orderId", c.code, r.coupon_id as "couponId", o.name as "couponName",
      r.profile_id as "profileId", p.email as "profileEmail", r.order_email as "orderEmail",
      r.recipient_matches as "recipientMatches", r.subtotal_minor as "subtotalMinor", r.discount_minor as "discountMinor",
      r.currency, r.state,
      exists (select from test_codes t where t.account_id = r.account_id and t.code_id = r.code_id) as "isTest"
    from (select * from redemptions r where r.account_id = ${given.accountId}::uuid ${ofCoupon} ${older}
        order by r.id desc limit ${given.limit}::integer) r
      join codes c on c.account_id = r.account_id and c.id = r.code_id
      join coupons o on o.account_id = r.account_id and o.id = r.coupon_id
      left join profiles p on p.account_id = r.account_id and p.id = r.profile_id
    order by r.id desc`.execute(db)
  return rows
}

export type CampaignRow = {
  name: string
  recipients: number
  sent: number
  skipped: number
  rejected: number
  unknown: number
  opened: number
  clicked: number
}

/** A campaign with its messages counted by state. Served by messages_recipient. */
export async function findCampaignRow(db: Db, accountId: string, campaignId: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<CampaignRow>`
    select c.name, m.* from campaigns c cross join lateral (
      select count(*) as recipients, count(*) filter (where state = 'sent') as sent,
        count(*) filter (where state = 'skipped') as skipped, count(*) filter (where state = 'rejected') as rejected,
        count(*) filter (where state = 'unknown') as unknown,
        count(opened_at) as opened, count(clicked_at) as clicked
      from messages where account_id = c.account_id and campaign_id = c.id) m
    where c.account_id = ${accountId}::uuid and c.id = ${campaignId}::uuid`.execute(db)
  return rows[0]
}

/** How many codes a campaign's messages hold. */
export async function countCampaignCodes(db: Db, accountId: string, campaignId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct x.code_id) as count
    from messages m join message_codes x on x.account_id = m.account_id and x.message_id = m.id
    where m.account_id = ${accountId}::uuid and m.campaign_id = ${campaignId}::uuid`.execute(db)
  return rows[0]?.count ?? 0
}

export type CampaignMoneyRow = { currency: string; revenueMinor: number; discountMinor: number; orders: number }

/** Accepted redemptions of the codes in a campaign's messages, by currency; a code in two messages counts once. */
export async function selectCampaignMoney(db: Db, accountId: string, campaignId: string): Promise<CampaignMoneyRow[]> {
  const { rows } = await sql<CampaignMoneyRow>`
    select r.currency, sum(r.subtotal_minor - r.discount_minor)::bigint as "revenueMinor", sum(r.discount_minor)::bigint as "discountMinor",
      count(*) as orders
    from (select distinct x.code_id
        from messages m join message_codes x on x.account_id = m.account_id and x.message_id = m.id
        where m.account_id = ${accountId}::uuid and m.campaign_id = ${campaignId}::uuid) sent
      join redemptions r on r.account_id = ${accountId}::uuid and r.code_id = sent.code_id and r.state = 'accepted'
    group by r.currency order by r.currency`.execute(db)
  return rows
}
