import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { Window } from './window.ts'

export type StoreKey = { accountId: string; storeId: string }

export async function insertSync(db: Db, store: StoreKey, creations: number): Promise<void> {
  await sql`
    insert into shopify_syncs (account_id, store_id, creations)
    values (${store.accountId}::uuid, ${store.storeId}::uuid, ${creations}::double precision) on conflict do nothing`.execute(
    db,
  )
}

const WINDOW =
  sql.raw(`creations, best_ms as "bestMs", extract(epoch from clock_timestamp() - best_at)::double precision * 1000 as "bestAgeMs",
  batches_per_second as "batchesPerSecond", delivered`)

/** The window of a store, held: who takes a slot or changes the window comes after whoever holds it. */
export async function lockWindow(db: Db, store: StoreKey): Promise<Window | undefined> {
  const { rows } = await sql<Window>`
    select ${WINDOW} from shopify_syncs
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid for update`.execute(db)
  return rows[0]
}

/** Call it with the window held. */
export async function updateWindow(db: Db, store: StoreKey, window: Window): Promise<void> {
  await sql`
    update shopify_syncs set creations = ${window.creations}::double precision, best_ms = ${window.bestMs}::double precision,
      best_at = clock_timestamp() - make_interval(secs => ${window.bestAgeMs === null ? null : window.bestAgeMs / 1000}::double precision),
      batches_per_second = ${window.batchesPerSecond}::double precision, delivered = ${window.delivered}::bigint,
      blocked_until = null, blocked_count = 0, problem = null, problem_at = null
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid`.execute(db)
}

/** Halves how many creations may be under way: the shop is in trouble, or we are too fast. */
export async function updateWindowHalved(db: Db, store: StoreKey): Promise<void> {
  await sql`
    update shopify_syncs set creations = greatest(1, creations / 2)
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid`.execute(db)
}

/** Writes down why nothing moves, and waits: the first time `firstMs`, then twice as long each time, at most `mostMs`. */
export async function updateSyncBlocked(
  db: Db,
  store: StoreKey,
  problem: { text: string; firstMs: number; mostMs: number },
): Promise<void> {
  await sql`
    update shopify_syncs set problem = ${problem.text}::text, problem_at = clock_timestamp(), blocked_count = blocked_count + 1,
      blocked_until = clock_timestamp() + make_interval(secs =>
        least(${problem.mostMs}::double precision, ${problem.firstMs}::double precision * power(2, least(blocked_count, 20))) / 1000)
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid`.execute(db)
}

/** Forgets that a store is waited for: it was connected anew, or somebody wants it to be tried now. */
export async function updateSyncUnblocked(db: Db, store: StoreKey): Promise<void> {
  await sql`
    update shopify_syncs set blocked_until = null, blocked_count = 0, problem = null, problem_at = null
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid`.execute(db)
}

export type SyncRow = {
  creations: number
  batchesPerSecond: number
  isBlocked: boolean
  blockedUntil: Date | null
  problem: string | null
  problemAt: Date | null
}

export async function selectSync(db: Db, store: StoreKey): Promise<SyncRow | undefined> {
  const { rows } = await sql<SyncRow>`
    select creations, batches_per_second as "batchesPerSecond", coalesce(blocked_until > clock_timestamp(), false) as "isBlocked",
      blocked_until as "blockedUntil", problem, problem_at as "problemAt"
    from shopify_syncs where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid`.execute(db)
  return rows[0]
}

/**
 * Connected stores with work: codes to make, batches under way, discounts to clear, codes to count; at most `limit`. Stores that are waited for
 * are left out. Looks at unfinished work only, not at stores.
 */
export async function selectStoresToSync(
  db: Db,
  { now, countedBefore, limit }: { now: Date; countedBefore: Date; limit: number },
): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    select w.account_id as "accountId", w.store_id as id
    from (
      select j.account_id, j.store_id from code_jobs j where j.state in ('queued', 'running') and j.kind in ('generate', 'ahead')
      union select b.account_id, b.store_id from shopify_batches b where b.state in ('written', 'sending', 'importing')
      union select d.account_id, d.store_id from shopify_discounts d
        join pool_heads h on h.account_id = d.account_id and h.pool_id = d.pool_id
        join stores s on s.account_id = d.account_id and s.id = d.store_id
        where (d.state = 'live' and h.closed_at is not null) or (d.state = 'written' and d.attempt > 0 and h.closed_at is not null)
          or (d.state in ('live', 'withdrawn') and d.ends_at <= ${now}::timestamptz - make_interval(days => s.retention_days))
      union select s.account_id, s.id from stores s
        where s.kind = 'shopify' and (s.shop_codes_at is null or s.shop_codes_at < ${countedBefore}::timestamptz)
    ) w
      join shopify_shops p on p.account_id = w.account_id and p.store_id = w.store_id and p.state = 'connected'
      left join shopify_syncs y on y.account_id = w.account_id and y.store_id = w.store_id
    where y.blocked_until is null or y.blocked_until < clock_timestamp()
    limit ${limit}::integer`.execute(db)
  return rows
}
