import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/** Open pools whose bucket nobody draws from any more. Served by pools_buckets; what is closed already is passed over. */
export async function selectOverBuckets(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ accountId: string; couponId: string; poolId: string }[]> {
  const { rows } = await sql<{ accountId: string; couponId: string; poolId: string }>`
    select p.account_id as "accountId", p.coupon_id as "couponId", p.id as "poolId"
    from pools p
      join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id and h.closed_at is null
      join stores s on s.account_id = p.account_id and s.id = p.store_id and s.kind = 'shopify'
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
    where p.bucket_ends_at < ${now}::timestamptz + make_interval(secs => v.expires_after_seconds)
    order by p.bucket_ends_at limit ${limit}::integer`.execute(db)
  return rows
}

export async function updatePoolClosed(db: Db, accountId: string, poolId: string, now: Date): Promise<void> {
  await sql`
    update pool_heads set closed_at = ${now}::timestamptz
    where account_id = ${accountId}::uuid and pool_id = ${poolId}::uuid and closed_at is null`.execute(db)
}

/** Open coupons of Shopify stores whose codes end some time after they were assigned. */
export async function selectBucketCoupons(db: Db): Promise<{ accountId: string; couponId: string }[]> {
  const { rows } = await sql<{ accountId: string; couponId: string }>`
    select c.account_id as "accountId", c.id as "couponId"
    from coupons c
      join stores s on s.account_id = c.account_id and s.id = c.store_id and s.kind = 'shopify'
      join terms_versions v on v.account_id = c.account_id and v.coupon_id = c.id and v.version = c.version
    where c.archived_at is null and c.type = 'unique' and v.expires_after_seconds is not null`.execute(db)
  return rows
}

/** Codes of a pool that are or will be in its line, by what is written down: live ones, waiting ones, and what jobs still make. */
export async function selectStocked(
  db: Db,
  accountId: string,
  poolId: string,
): Promise<{ codes: number; hasJob: boolean }> {
  const { rows } = await sql<{ codes: number; hasJob: boolean }>`
    select p.tail + p.pending as codes, exists (select from code_jobs j
        where j.account_id = p.account_id and j.pool_id = p.id and j.kind = 'ahead' and j.state in ('queued', 'running')) as "hasJob"
    from pools p where p.account_id = ${accountId}::uuid and p.id = ${poolId}::uuid`.execute(db)
  return rows[0] ?? { codes: 0, hasJob: false }
}

/** Most codes of a coupon that were assigned in one bucket's length since `since`. Served by assignments_coupon_day. */
export async function selectMostAssigned(
  db: Db,
  coupon: { accountId: string; couponId: string; since: Date; seconds: number },
): Promise<number> {
  const { rows } = await sql<{ most: number }>`
    select coalesce(max(n), 0) as most from (
      select count(*) as n from assignments
      where account_id = ${coupon.accountId}::uuid and coupon_id = ${coupon.couponId}::uuid and profile_id is not null
        and assigned_at > ${coupon.since}::timestamptz
      group by floor(extract(epoch from assigned_at) / ${coupon.seconds}::integer)) b`.execute(db)
  return rows[0]?.most ?? 0
}
