import { sql } from 'kysely'
import type { FeedItem, ProfileDetail } from '../../contract/people.ts'
import type { Db } from '../db/database.ts'
import { REVOCATION_OF_CODE, type RevocationRow } from './revocation.ts'

export type JoinedListRow = { id: string; name: string; joinedAt: Date }
type ProfileCode = ProfileDetail['codes'][number]
export type ProfileCodeRow = Omit<ProfileCode, 'assignedAt' | 'expiresAt' | 'revocation'> & {
  revocation: RevocationRow | null
  assignedAt: Date
  expiresAt: Date | null
}
export type FeedRow = Omit<FeedItem, 'at'> & { at: Date }

/** Newest membership first; served by list_members_profile. */
export async function selectJoinedLists(db: Db, accountId: string, profileId: string): Promise<JoinedListRow[]> {
  const { rows } = await sql<JoinedListRow>`
    select l.id, l.name, m.joined_at as "joinedAt"
    from list_members m join lists l on l.account_id = m.account_id and l.id = m.list_id
    where m.account_id = ${accountId}::uuid and m.profile_id = ${profileId}::uuid
    order by m.joined_at desc, l.id desc`.execute(db)
  return rows
}

/** Newest first; served by assignments_open and assignments_past. A code whose time is over is expired even before it is closed. */
export async function selectProfileCodes(
  db: Db,
  accountId: string,
  profileId: string,
  now: Date,
  limit: number,
): Promise<ProfileCodeRow[]> {
  const { rows } = await sql<ProfileCodeRow>`
    select c.id, c.code, a.coupon_id as "couponId", o.name as "couponName",
      case when a.state = 'open' and a.expires_at <= ${now}::timestamptz then 'expired' else a.state end as state,
      a.assigned_at as "assignedAt", a.expires_at as "expiresAt", ${REVOCATION_OF_CODE} as revocation
    from (
        select * from assignments
        where account_id = ${accountId}::uuid and profile_id = ${profileId}::uuid and state = 'open'
        union all select * from assignments
        where account_id = ${accountId}::uuid and profile_id = ${profileId}::uuid and state in ('redeemed', 'expired', 'revoked')
        offset 0) a
      cross join lateral (select * from codes where account_id = a.account_id and id = a.code_id offset 0) c
      join coupons o on o.account_id = a.account_id and o.id = a.coupon_id
    order by a.assigned_at desc, a.code_id desc limit ${limit}::int`.execute(db)
  return rows
}

/** Newest first, by the index events_profile read backwards: an event's id begins with its moment. */
export async function selectFeed(
  db: Db,
  accountId: string,
  profileId: string,
  before: string | undefined,
  limit: number,
): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    select e.id, e.at, e.metric, e.coupon_id as "couponId", c.name as "couponName", k.code,
      e.message_id as "messageId", m.medium, coalesce(m.kind = 'resend', false) as "isResent", m.campaign_id as "campaignId", g.name as "campaignName", r.order_id as "orderId",
      r.order_name as "orderName", coalesce(r.state = 'repeated', false) as "isRepeated", coalesce(r.is_renewal, false) as "isRenewal",
      r.cancelled_at is not null as "isCancelled", r.refunded_minor as "refundedMinor",
      r.subtotal_minor as "subtotalMinor", r.discount_minor as "discountMinor", r.currency, e.properties
    from events e
      left join coupons c on c.account_id = e.account_id and c.id = e.coupon_id
      left join codes k on k.account_id = e.account_id and k.id = e.code_id
      left join messages m on m.account_id = e.account_id and m.id = e.message_id
      left join campaigns g on g.account_id = m.account_id and g.id = m.campaign_id
      left join redemptions r on r.account_id = e.account_id and r.id = e.redemption_id
    where e.account_id = ${accountId}::uuid and e.profile_id = ${profileId}::uuid
      and ${before === undefined ? sql`true` : sql`e.id < ${before}::uuid`}
    order by e.id desc limit ${limit}::int`.execute(db)
  return rows
}
