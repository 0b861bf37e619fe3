import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'

/** How far a shop's codes of a discount were read. */
export type Walk = {
  cursor: string | null
  /** A bit for each position of the line, set where the shop has its code. */
  seen: Uint8Array
  tail: number
  read: number
  hasEnded: boolean
}

type PoolKey = ShopKey & { poolId: string }

export async function selectWalk(db: Db, pool: PoolKey): Promise<Walk | undefined> {
  const { rows } = await sql<Walk>`
    select walk_cursor as cursor, walk_seen as seen, walk_tail as tail, walk_read as read, walk_ended as "hasEnded"
    from shopify_discount_checks
    where account_id = ${pool.accountId}::uuid and store_id = ${pool.storeId}::uuid and pool_id = ${pool.poolId}::uuid
      and walk_seen is not null`.execute(db)
  return rows[0]
}

/** Notes how far a walk has come. */
export async function updateWalk(db: Db, pool: PoolKey, walk: Walk): Promise<void> {
  await sql`
    update shopify_discount_checks set walk_cursor = ${walk.cursor}::text, walk_seen = ${walk.seen}::bytea, walk_tail = ${walk.tail}::bigint,
      walk_read = ${walk.read}::bigint, walk_ended = ${walk.hasEnded}::boolean
    where account_id = ${pool.accountId}::uuid and store_id = ${pool.storeId}::uuid and pool_id = ${pool.poolId}::uuid`.execute(
    db,
  )
}

/** Ends a walk. `walkedAt` is null where it told nothing and the next begins at once. */
export async function updateWalkEnded(db: Db, pool: PoolKey, walkedAt: Date | null): Promise<void> {
  await sql`
    update shopify_discount_checks set walk_cursor = null, walk_seen = null, walk_tail = null, walk_read = null, walk_ended = null,
      walked_at = coalesce(${walkedAt}::timestamptz, walked_at)
    where account_id = ${pool.accountId}::uuid and store_id = ${pool.storeId}::uuid and pool_id = ${pool.poolId}::uuid`.execute(
    db,
  )
}

export async function selectTail(db: Db, pool: PoolKey): Promise<number> {
  const { rows } = await sql<{ tail: number }>`
    select tail from pools where account_id = ${pool.accountId}::uuid and id = ${pool.poolId}::uuid`.execute(db)
  return rows[0]?.tail ?? 0
}

/** Places in line of these codes of a pool, whatever their case. A look-up in codes_code each. */
export async function selectPositions(db: Db, pool: PoolKey, codes: readonly string[]): Promise<number[]> {
  const { rows } = await sql<{ position: number }>`
    select c.position
    from unnest(${codes}::text[]) as g (code)
      cross join lateral (select pool_id, position from codes where account_id = ${pool.accountId}::uuid and store_id = ${pool.storeId}::uuid
        and upper(code) = upper(g.code) offset 0) c
    where c.pool_id = ${pool.poolId}::uuid and c.position is not null`.execute(db)
  return rows.map((row) => row.position)
}

/**
 * The codes at these places in line that should be in the shop: live or used, and not known to be gone. A look-up in codes_position each.
 */
export async function selectExpected(db: Db, pool: PoolKey, positions: readonly number[]): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select c.code
    from unnest(${positions}::bigint[]) as g (position)
      cross join lateral (select id, code, state from codes where account_id = ${pool.accountId}::uuid and pool_id = ${pool.poolId}::uuid
        and position = g.position offset 0) c
    where c.state in ('live', 'redeemed')
      and (select true from revocations r where r.account_id = ${pool.accountId}::uuid and r.code_id = c.id) is null`.execute(
    db,
  )
  return rows.map((row) => row.code)
}
