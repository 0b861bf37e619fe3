import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'

export type ShopKey = { accountId: string; storeId: string }

/** Points as the last reply told them. `currentlyAvailable` is after what unused points of the call were given back. */
export type ThrottleStatus = { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }

const REFILLED = sql`least(points_max, points + points_rate * extract(epoch from clock_timestamp() - points_at)::double precision)`

export async function insertPace(db: Db, shop: ShopKey): Promise<void> {
  await sql`
    insert into shopify_paces (account_id, store_id) values (${shop.accountId}, ${shop.storeId}) on conflict do nothing`.execute(
    db,
  )
}

/**
 * Takes points for one call, into debt where there are not enough, and returns after how many milliseconds the call may go out.
 *
 * One update of one row: callers of all processes get their turn in the order of these updates. The database's clock counts,
 * because it is the one that they share. `reserve` points are left for others.
 */
export async function updatePointsTaken(db: Db, shop: ShopKey, cost: number, reserve: number): Promise<number> {
  const { rows } = await sql<{ waitMs: number }>`
    update shopify_paces set points = ${REFILLED} - ${cost}::double precision, points_at = clock_timestamp()
    where account_id = ${shop.accountId} and store_id = ${shop.storeId}
    returning greatest(0, least(points_max, ${reserve}::double precision) - points) / points_rate * 1000 as "waitMs"`.execute(
    db,
  )
  return rows[0]?.waitMs ?? 0
}

/** Points that a new pace begins with, until the first reply says more: the column's default. */
const GUESSED = 1000

/**
 * Corrects the points by a reply: `unused` ones come back, limits are taken over, and never more is believed to be there than
 * Shopify said. The first reply moves the guess to what was there before that call, so that calls which are under way stay
 * counted. A call that was throttled brings nothing back (`unused` 0): we had believed in points that were not there, and calls
 * on their way hide that from the comparison.
 */
export async function updatePointsTold(
  db: Db,
  shop: ShopKey,
  told: ThrottleStatus,
  used: { charged: number; unused: number },
): Promise<void> {
  await sql`
    update shopify_paces set points_max = ${told.maximumAvailable}::double precision, points_rate = ${told.restoreRate}::double precision,
      points = case when is_measured then least(${REFILLED} + ${used.unused}::double precision, ${told.currentlyAvailable}::double precision)
        else points + ${used.unused + used.charged + told.currentlyAvailable - GUESSED}::double precision end,
      points_at = clock_timestamp(), is_measured = true
    where account_id = ${shop.accountId} and store_id = ${shop.storeId}`.execute(db)
}
