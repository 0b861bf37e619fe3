import { sql } from 'kysely'
import type { Home } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'
import { moneyOf } from './money.sql.ts'

export type StepKey = Home['steps'][number]['key']

/**
 * Which steps of the start are done. Each is one look-up: ordered by the primary key, because the planner would rather read
 * a whole table in the hope of meeting a row of the account soon.
 */
export async function selectStepsDone(db: Db, accountId: string): Promise<Record<StepKey, boolean>> {
  const first = (table: string, condition = 'true') =>
    sql`(select true from ${sql.table(table)} where account_id = ${accountId}::uuid and ${sql.raw(condition)}
      order by account_id, id limit 1) is not null`
  const { rows } = await sql<Record<StepKey, boolean>>`
    select ${first('profiles')} as people, ${first('coupons')} as coupon, ${first('pools', 'tail > 0')} as codes,
      ${first('templates')} as template, ${first('campaigns', `state <> 'draft'`)} as campaign,
      ${first('redemptions')} as redemption`.execute(db)
  return rows[0] as Record<StepKey, boolean>
}

/**
 * What an account has. Assigned codes are positions of lines; people and sent messages are counted: about 0.1 s per million.
 */
export async function selectTotals(db: Db, accountId: string): Promise<Omit<Home['totals'], 'redeemed'>> {
  const { rows } = await sql<Omit<Home['totals'], 'redeemed'>>`
    select (select count(*) from profiles where account_id = ${accountId}::uuid) as people,
      (select count(*) from coupons where account_id = ${accountId}::uuid and archived_at is null) as coupons,
      (select coalesce(sum(h.head - o.behind), 0)::bigint from pool_heads h cross join lateral (
          select count(*) as behind from assignments x
          where x.account_id = h.account_id and x.pool_id = h.pool_id and x.state = 'out' and x.position <= h.head offset 0) o
        where h.account_id = ${accountId}::uuid) as assigned,
      (select count(*) from messages where account_id = ${accountId}::uuid and state = 'sent' and kind <> 'test') as sent`.execute(
    db,
  )
  return rows[0] as Omit<Home['totals'], 'redeemed'>
}

/** Open coupons whose terms are not over with fewer codes to assign to anybody than their threshold, the emptiest first. */
export async function selectLowStock(db: Db, accountId: string, now: Date, limit: number): Promise<Home['lowStock']> {
  const { rows } = await sql<Home['lowStock'][number]>`
    select s.id as "couponId", s.name, s.in_line - s.reserved as available, s.reserved, s.threshold
    from (
      select i.id, i.name, i.threshold, i.in_line, least(i.in_line, i.promised) as reserved
      from (
      select c.id, c.name, c.low_stock_threshold as threshold, coalesce((
          select sum(r.count) from code_reservations r
          where r.account_id = c.account_id and r.coupon_id = c.id), 0)::bigint as promised, coalesce((
          select sum(p.tail - h.head - o.ahead) from pools p
            join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id and h.closed_at is null
            cross join lateral (
              select count(*) as ahead from assignments x
              where x.account_id = p.account_id and x.pool_id = p.id and x.state = 'out' and x.position > h.head offset 0) o
          where p.account_id = c.account_id and p.coupon_id = c.id and p.version_id = v.id
            and (p.bucket_ends_at is null
              or (p.bucket_ends_at >= ${now}::timestamptz + make_interval(secs => v.expires_after_seconds)
                and p.bucket_ends_at - case when v.expires_after_seconds <= 172800 then interval '1 hour' else interval '1 day' end
                  < ${now}::timestamptz + make_interval(secs => v.expires_after_seconds)))), 0)::bigint as in_line
      from coupons c
        join terms_versions v on v.account_id = c.account_id and v.coupon_id = c.id and v.version = c.version
      where c.account_id = ${accountId}::uuid and c.archived_at is null
        and coalesce(v.expires_at > ${now}::timestamptz, true)
      ) i
    ) s
    where s.in_line - s.reserved < s.threshold
    order by s.in_line - s.reserved, s.id limit ${limit}::integer`.execute(db)
  return rows
}

export type RevenueRow = { currency: string; revenueMinor: number; redemptions: number }

/** What orders with accepted codes brought, by currency. Reads the account's redemptions once. */
export async function selectRevenue(db: Db, accountId: string): Promise<RevenueRow[]> {
  const { rows } = await sql<RevenueRow>`
    ${moneyOf(sql`
      select * from redemptions r where account_id = ${accountId}::uuid and state = 'accepted'
        and not exists (select from test_codes t where t.account_id = r.account_id and t.code_id = r.code_id)`)}`.execute(
    db,
  )
  return rows
}
