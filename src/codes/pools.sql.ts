import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type Pool = { id: string; storeId: string; bucketEndsAt: Date | null }

/** Makes the pool of a terms version unless it is there; served by pools_bucket. Two racing calls make one. */
export async function insertPool(
  db: Db,
  pool: {
    accountId: string
    id: string
    couponId: string
    versionId: string
    storeId: string
    bucketEndsAt: Date | null
    now: Date
  },
): Promise<void> {
  await sql`
    with made as (
      insert into pools (account_id, id, coupon_id, version_id, store_id, bucket_ends_at, created_at)
      values (${pool.accountId}, ${pool.id}, ${pool.couponId}, ${pool.versionId}, ${pool.storeId}, ${pool.bucketEndsAt}, ${pool.now})
      on conflict do nothing
      returning account_id, id
    )
    insert into pool_heads (account_id, pool_id) select account_id, id from made`.execute(db)
}

export async function selectPool(
  db: Db,
  accountId: string,
  versionId: string,
  bucketEndsAt: Date | null,
): Promise<Pool | undefined> {
  const { rows } = await sql<Pool>`
    select id, store_id as "storeId", bucket_ends_at as "bucketEndsAt" from pools
    where account_id = ${accountId} and version_id = ${versionId}
      and bucket_ends_at is not distinct from ${bucketEndsAt}::timestamptz`.execute(db)
  return rows[0]
}

/** Closes every open pool of a coupon and returns how many codes were still in line. Call it with the coupon locked. */
export async function updatePoolsClosed(db: Db, accountId: string, couponId: string, now: Date): Promise<number> {
  const { rows } = await sql<{ withdrawn: number }>`
    with closed as (
      update pool_heads h set closed_at = ${now}
      from pools p
      where p.account_id = ${accountId} and p.coupon_id = ${couponId}
        and h.account_id = p.account_id and h.pool_id = p.id and h.closed_at is null
      returning h.pool_id, h.head, p.tail
    )
    select coalesce(sum(c.tail - c.head - (
      select count(*) from assignments o
      where o.account_id = ${accountId} and o.pool_id = c.pool_id and o.state = 'out' and o.position > c.head
    )), 0)::bigint as withdrawn
    from closed c`.execute(db)
  return rows[0]?.withdrawn ?? 0
}
