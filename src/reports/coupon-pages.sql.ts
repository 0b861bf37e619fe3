import { sql } from 'kysely'
import type { Coupon, Terms } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import type { PoolFacts } from './codes-counts.ts'

export type CouponPageRow = Omit<Coupon, 'counts' | 'lowStock' | 'createdAt' | 'archivedAt'> & {
  createdAt: Date
  archivedAt: Date | null
  expiresAt: Date | null
}

export type CouponFilter =
  | { couponId: string }
  | { search: string | undefined; isArchived: boolean; before: string | undefined; limit: number }

/** One coupon, or a page of them, newest first, with the newest terms. Served by the primary key. */
export async function selectCouponPage(db: Db, accountId: string, filter: CouponFilter): Promise<CouponPageRow[]> {
  const { rows } = await sql<CouponPageRow>`
    select c.id, c.name, c.store_id as "storeId", s.name as "storeName", c.type, c.description, c.purpose, c.prefix,
      c.code_length as "codeLength", c.reuse_policy as "reusePolicy", c.low_stock_threshold as "lowStockThreshold",
      c.fallback, c.on_cancel as "onCancel", c.version, v.terms, v.expires_at as "expiresAt", c.created_at as "createdAt",
      c.archived_at as "archivedAt"
    from coupons c
      join terms_versions v on v.account_id = c.account_id and v.coupon_id = c.id and v.version = c.version
      join stores s on s.account_id = c.account_id and s.id = c.store_id
    where c.account_id = ${accountId}::uuid and ${matches(filter)}
    order by c.id desc limit ${'limit' in filter ? filter.limit : 1}::integer`.execute(db)
  return rows
}

function matches(filter: CouponFilter) {
  if ('couponId' in filter) return sql`c.id = ${filter.couponId}::uuid`
  const search = filter.search?.trim().toLowerCase().replaceAll('\0', '')
  return sql`(c.archived_at is not null) = ${filter.isArchived}::boolean
    and ${filter.before === undefined ? sql`true` : sql`c.id < ${filter.before}::uuid`}
    and ${search ? sql`strpos(lower(c.name), ${search}::text) > 0` : sql`true`}`
}

/** Buckets as in codes/bucket.ts: the current one is the first that does not end before a code drawn now would. */
function bucketIsOver(now: Date) {
  return sql`coalesce(p.bucket_ends_at < ${now}::timestamptz + make_interval(secs => v.expires_after_seconds), false)`
}

function bucketIsAhead(now: Date) {
  return sql`coalesce(p.bucket_ends_at - case when v.expires_after_seconds <= 172800 then interval '1 hour' else interval '1 day' end
    >= ${now}::timestamptz + make_interval(secs => v.expires_after_seconds), false)`
}

export type VersionRow = { id: string; version: number; terms: Terms; createdAt: Date }

/** All versions of a coupon's terms, newest first. */
export async function selectVersions(db: Db, accountId: string, couponId: string): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select id, version, terms, created_at as "createdAt" from terms_versions
    where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid
    order by version desc`.execute(db)
  return rows
}

/**
 * What the counts of these coupons' codes are made of, a row per pool, at one moment. Locks nothing.
 *
 * No part reads all codes or all assignments of a pool. Codes out of line are found by assignments_out, ended assignments by
 * assignments_ended, codes that were revoked before anybody had them by revocations_unassigned, redemptions by redemptions_coupon: each costs what it counts. Assignments that are over and not closed
 * yet are found by assignments_due: the expiry job keeps them few. The planner cannot know that, for it takes state and
 * expires_at as independent and would read the whole table; bounds that it cannot see (subselects) make it assume a narrow
 * range, and `is not distinct from` keeps it off the indexes that begin with the account.
 */
export async function selectPoolFacts(
  db: Db,
  accountId: string,
  couponIds: readonly string[],
  now: Date,
): Promise<PoolFacts[]> {
  const { rows } = await sql<PoolFacts>`
    with overdue as materialized (
      select a.pool_id, count(*) as n from assignments a
      where a.state = 'open' and a.expires_at > (select '-infinity'::timestamptz)
        and a.expires_at <= (select ${now}::timestamptz) and a.account_id is not distinct from ${accountId}::uuid
      group by a.pool_id
    ), used as materialized (
      select r.pool_id, count(*) as n, count(r.profile_id) as of_profiles from redemptions r
      where r.account_id = ${accountId}::uuid and r.coupon_id = any(${couponIds}::uuid[]) and r.state = 'accepted'
        and not exists (select from test_codes t where t.account_id = r.account_id and t.code_id = r.code_id)
      group by r.pool_id
    )
    select p.coupon_id as "couponId", p.version_id as "versionId", p.tail, h.head, h.closed_at is not null or ${bucketIsOver(now)} as "isClosed",
      p.pending, p.failed, p.unsent, u.n as lost, ${bucketIsAhead(now)} as "isAhead",
      coalesce(least(v.expires_at, p.bucket_ends_at) <= ${now}::timestamptz, false) as "hasEnded",
      o.ahead as "outAhead", o.behind as "outBehind",
      (select coalesce(sum(x.count), 0)::bigint from code_reservations x
        where x.account_id = p.account_id and x.coupon_id = p.coupon_id) as reserved,
      e.expired as "closedExpired", e.revoked,
      (select count(*) from test_codes t where t.account_id = p.account_id and t.pool_id = p.id) as tests,
      coalesce((select n from overdue where pool_id = p.id), 0) as overdue,
      coalesce((select n from used where pool_id = p.id), 0) as redeemed,
      coalesce((select of_profiles from used where pool_id = p.id), 0) as "redeemedOfProfiles"
    from pools p
      join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
      cross join lateral (
        select count(*) filter (where x.position > h.head) as ahead, count(*) filter (where x.position <= h.head) as behind
        from assignments x where x.account_id = p.account_id and x.pool_id = p.id and x.state = 'out' offset 0) o
      cross join lateral (
        select count(*) filter (where x.state = 'expired') as expired, count(*) filter (where x.state = 'revoked') as revoked
        from assignments x
        where x.account_id = p.account_id and x.pool_id = p.id and x.state in ('expired', 'revoked') offset 0) e
      cross join lateral (
        select count(*) as n from revocations x join codes c on c.account_id = x.account_id and c.id = x.code_id and c.state = 'withdrawn'
        where x.account_id = p.account_id and x.pool_id = p.id and x.profile_id is null
          and not exists (select from test_codes t where t.account_id = x.account_id and t.code_id = x.code_id) offset 0) u
    where p.account_id = ${accountId}::uuid and p.coupon_id = any(${couponIds}::uuid[])`.execute(db)
  return rows
}
