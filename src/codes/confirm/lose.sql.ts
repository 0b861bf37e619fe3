import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/**
 * Closes a pool whose codes the store does not honour any more, and takes back those that people have: their codes are withdrawn and
 * they get another with the next draw. Returns how many. Call it with the coupon locked. Served by assignments_coupon_day.
 */
export async function updatePoolLost(
  db: Db,
  pool: { accountId: string; couponId: string; poolId: string; now: Date },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with closed as (
      update pool_heads set closed_at = coalesce(closed_at, ${pool.now}::timestamptz)
      where account_id = ${pool.accountId}::uuid and pool_id = ${pool.poolId}::uuid
    ), taken as (
      update assignments set state = 'revoked'
      where account_id = ${pool.accountId}::uuid and coupon_id = ${pool.couponId}::uuid and pool_id = ${pool.poolId}::uuid
        and state = 'open'
      returning account_id, code_id, profile_id
    ), ended as (
      update codes c set state = 'withdrawn' from taken t
      where c.account_id = t.account_id and c.id = t.code_id and c.state = 'live'
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id)
      select ${pool.accountId}::uuid, uuid_v7(${pool.now}), profile_id, 'code_withdrawn', ${pool.now}::timestamptz,
        ${pool.couponId}::uuid, code_id
      from taken
    )
    select count(*) as count from taken`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Withdraws live codes that the store does not have any more. A code that somebody has is taken back, one that stands in line leaves it; a
 * used one stays as it is. Each is noted once, as a revocation that the shop has carried out, so that counts know it. Returns how many were
 * withdrawn. Call it with the coupon locked, so that no draw is at work.
 */
export async function updateCodesLost(
  db: Db,
  given: { accountId: string; storeId: string; couponId: string; codes: readonly string[]; reason: string; now: Date },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with given as materialized (
      select c.account_id, c.id, c.pool_id, c.position
      from (select distinct upper(code) as code from unnest(${given.codes}::text[]) as g (code) offset 0) g
        cross join lateral (select account_id, id, pool_id, position, state from codes where account_id = ${given.accountId}::uuid
          and store_id = ${given.storeId}::uuid and upper(code) = g.code offset 0) c
      where c.state in ('live', 'redeemed')
        and (select p.coupon_id from pools p where p.account_id = c.account_id and p.id = c.pool_id) = ${given.couponId}::uuid
    ), ended as (
      update codes c set state = 'withdrawn', held_by = null, held_until = null
      from given g where c.account_id = g.account_id and c.id = g.id and c.state = 'live'
      returning c.account_id, c.id, c.pool_id, c.position
    ), had as materialized (
      select g.id, g.pool_id, (select a.profile_id from assignments a where a.account_id = g.account_id and a.code_id = g.id) as profile_id
      from given g
    ), taken as (
      update assignments a set state = 'revoked' from ended e
      where a.account_id = e.account_id and a.code_id = e.id and coalesce(a.state = 'open', false)
      returning a.code_id, a.profile_id
    ), line as (
      insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at)
      select ${given.accountId}::uuid, e.id, e.pool_id, ${given.couponId}::uuid, null, 'out', e.position, ${given.now}::timestamptz
      from ended e
      where (select true from assignments x where x.account_id = e.account_id and x.code_id = e.id) is null
      on conflict (account_id, code_id) do nothing
    ), noted as (
      insert into revocations (account_id, code_id, store_id, coupon_id, pool_id, profile_id, reason, revoked_at, shop, gone_at)
      select ${given.accountId}::uuid, id, ${given.storeId}::uuid, ${given.couponId}::uuid, pool_id, profile_id, ${given.reason}::text,
        ${given.now}::timestamptz, 'gone', ${given.now}::timestamptz
      from had
      on conflict (account_id, code_id) do nothing
      returning pool_id
    ), counted as (
      update pools p set removed = least(p.tail, p.removed + n.n)
      from (select pool_id, count(*) as n from noted group by pool_id) n
      where p.account_id = ${given.accountId}::uuid and p.id = n.pool_id
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id)
      select ${given.accountId}::uuid, uuid_v7(${given.now}), profile_id, 'code_withdrawn', ${given.now}::timestamptz,
        ${given.couponId}::uuid, code_id
      from taken
    )
    select count(*) as count from ended`.execute(db)
  return rows[0]?.count ?? 0
}

export async function selectVersionOf(
  db: Db,
  pool: { accountId: string; poolId: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ versionId: string }>`
    select version_id as "versionId" from pools
    where account_id = ${pool.accountId}::uuid and id = ${pool.poolId}::uuid`.execute(db)
  return rows[0]?.versionId
}
