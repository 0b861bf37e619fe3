import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { moneyOf } from './money.sql.ts'

/** What testers did counts in no report. `r` is the redemption. */
const IS_NO_TEST = sql.raw(`not exists (
  select from test_codes t where t.account_id = r.account_id and t.code_id = r.code_id)`)

export async function findCouponName(db: Db, accountId: string, couponId: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select name from coupons where account_id = ${accountId}::uuid and id = ${couponId}::uuid`.execute(db)
  return rows[0]?.name
}

export type DayRow = { day: string; count: number }

/** Assignments of a coupon by day (UTC), oldest first. Reads all of them once, by assignments_coupon_day. */
export async function selectAssignedDays(
  db: Db,
  accountId: string,
  couponId: string,
  now: Date,
): Promise<(DayRow & { expiredUnused: number })[]> {
  const { rows } = await sql<DayRow & { expiredUnused: number }>`
    select to_char(assigned_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as count,
      count(*) filter (where state = 'expired' or (state = 'open' and expires_at <= ${now}::timestamptz)) as "expiredUnused"
    from assignments
    where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid and profile_id is not null
    group by 1 order by 1`.execute(db)
  return rows
}

/** Accepted redemptions of a coupon by day (UTC), oldest first. Served by redemptions_coupon. */
export async function selectRedeemedDays(db: Db, accountId: string, couponId: string): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`
    select to_char(redeemed_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as count
    from redemptions r
    where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid and state = 'accepted' and ${IS_NO_TEST}
    group by 1 order by 1`.execute(db)
  return rows
}

export type RedeemedRow = {
  ofProfiles: number
  bySomebodyElse: number
  cancelled: number
  medianSeconds: number | null
}

/** Who redeemed codes of a coupon and how long after they got them. Served by redemptions_coupon. */
export async function selectRedeemed(db: Db, accountId: string, couponId: string): Promise<RedeemedRow> {
  const { rows } = await sql<RedeemedRow>`
    select count(profile_id) as "ofProfiles",
      count(*) filter (where profile_id is null or recipient_matches is false) as "bySomebodyElse",
      count(*) filter (where cancelled_at is not null) as cancelled,
      percentile_cont(0.5) within group (order by extract(epoch from redeemed_at - assigned_at)) as "medianSeconds"
    from redemptions r
    where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid and state = 'accepted' and ${IS_NO_TEST}`.execute(
    db,
  )
  return rows[0] ?? { ofProfiles: 0, bySomebodyElse: 0, cancelled: 0, medianSeconds: null }
}

/** Later orders with codes of a coupon that were redeemed before. Served by redemptions_repeated. */
export async function selectRepeated(
  db: Db,
  accountId: string,
  couponId: string,
): Promise<{ renewals: number; overuses: number }> {
  const { rows } = await sql<{ renewals: number; overuses: number }>`
    select count(*) filter (where is_renewal) as renewals, count(*) filter (where not is_renewal) as overuses
    from redemptions r
    where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid and state = 'repeated' and ${IS_NO_TEST}`.execute(
    db,
  )
  return rows[0] ?? { renewals: 0, overuses: 0 }
}

export type MoneyRow = {
  currency: string
  revenueMinor: number
  discountMinor: number
  orders: number
  redemptions: number
}

/** What orders with codes of a coupon were worth, by currency. Served by redemptions_coupon. */
export async function selectCouponMoney(db: Db, accountId: string, couponId: string): Promise<MoneyRow[]> {
  const { rows } = await sql<MoneyRow>`
    ${moneyOf(sql`
      select * from redemptions r
      where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid and state = 'accepted' and ${IS_NO_TEST}`)}`.execute(
    db,
  )
  return rows
}
