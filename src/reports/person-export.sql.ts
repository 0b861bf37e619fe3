import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type ExportKey = {
  accountId: string
  storeId: string
  customerId: string | null
  email: string | null
  phone: string | null
  orderIds: readonly string[]
}

/** The profiles that a customer is. */
export async function selectExportProfiles(db: Db, key: ExportKey): Promise<{ id: string; profile: unknown }[]> {
  const { rows } = await sql<{ id: string; profile: unknown }>`
    select p.id, jsonb_build_object('email', p.email, 'phone', p.phone, 'firstName', p.first_name, 'lastName', p.last_name,
      'emailConsent', p.email_consent, 'smsConsent', p.sms_consent, 'properties', p.properties, 'createdAt', p.created_at,
      'lists', (select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'joinedAt', m.joined_at) order by m.joined_at), '[]')
        from list_members m join lists l on l.account_id = m.account_id and l.id = m.list_id
        where m.account_id = p.account_id and m.profile_id = p.id),
      'messages', (select coalesce(jsonb_agg(jsonb_build_object('channel', g.channel, 'address', g.address, 'subject', g.subject,
          'state', g.state, 'sentAt', g.sent_at) order by g.id), '[]')
        from messages g where g.account_id = p.account_id and g.profile_id = p.id),
      'codes', (select coalesce(jsonb_agg(jsonb_build_object('coupon', c.name, 'code', k.code, 'state', a.state, 'assignedAt',
          a.assigned_at) order by a.assigned_at), '[]')
        from assignments a join codes k on k.account_id = a.account_id and k.id = a.code_id
          join coupons c on c.account_id = a.account_id and c.id = a.coupon_id
        where a.account_id = p.account_id and a.profile_id = p.id),
      'events', (select coalesce(jsonb_agg(jsonb_build_object('metric', e.metric, 'at', e.at, 'properties', e.properties)
          order by e.id), '[]')
        from events e where e.account_id = p.account_id and e.profile_id = p.id)) as profile
    from profiles p
    where p.account_id = ${key.accountId}::uuid and p.id in (
      select profile_id from shop_customers where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
        and customer_id = ${key.customerId}::text
      union select id from profiles where account_id = ${key.accountId}::uuid and lower(email) = lower(${key.email}::text)
      union select id from profiles where account_id = ${key.accountId}::uuid and phone = ${key.phone}::text)`.execute(
    db,
  )
  return rows
}

/** The orders of a customer, or with codes of theirs, of which we know. */
export async function selectExportOrders(db: Db, key: ExportKey, profileIds: readonly string[]): Promise<unknown[]> {
  const { rows } = await sql`
    select r.order_name as name, r.order_id as "orderId", r.order_email as email, r.redeemed_at as at, r.currency,
      r.subtotal_minor as "subtotalMinor", r.discount_minor as "discountMinor", r.refunded_minor as "refundedMinor",
      r.cancelled_at as "cancelledAt", c.code
    from redemptions r join codes c on c.account_id = r.account_id and c.id = r.code_id
    where r.account_id = ${key.accountId}::uuid and (
      (r.store_id = ${key.storeId}::uuid and (r.customer_id = ${key.customerId}::text or r.order_id = any(${key.orderIds}::text[])))
      or r.profile_id = any(${profileIds}::uuid[]))
    order by r.id`.execute(db)
  return rows
}
