import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { StoreKey } from './syncs.sql.ts'

export type BatchRow = {
  id: string
  poolId: string
  jobId: string
  size: number
  /** Calls that may have reached the shop, this one included. */
  attempt: number
}

const COLUMNS = sql.raw('b.id, b.pool_id as "poolId", b.job_id as "jobId", b.size, b.attempt')

const seconds = (ms: number) => sql`make_interval(secs => ${ms / 1000}::double precision)`

/** Batches of a store whose creation runs at the shop, or may: each holds a slot. Call it with the window held. */
export async function countUnderWay(db: Db, store: StoreKey): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from shopify_batches
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid and state in ('sending', 'importing')`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

/**
 * Takes a batch that has to be sent again, for `leaseMs`: one that whoever sent it left behind, or, where a slot is free, one that
 * waits. Call it with the window held. Served by shopify_batches_open.
 */
export async function updateBatchClaimed(
  db: Db,
  store: StoreKey,
  { hasSlot, leaseMs }: { hasSlot: boolean; leaseMs: number },
): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`
    with next as (
      select id from shopify_batches
      where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid
        and ((state = 'sending' and lease_until < clock_timestamp())
          or (state = 'written' and look_at <= clock_timestamp() and ${hasSlot}))
      order by rank, id limit 1 for update
    )
    update shopify_batches b set state = 'sending', attempt = b.attempt + 1, lease_until = clock_timestamp() + ${seconds(leaseMs)}
    from next where b.account_id = ${store.accountId}::uuid and b.id = next.id
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

/** Form before flow before campaign, then age: the order in which jobs get codes. */
const RANK = sql.raw(`case (select c.purpose from coupons c where c.account_id = j.account_id and c.id = j.coupon_id)
  when 'form' then 0 when 'flow' then 1 else 2 end + case j.kind when 'ahead' then 3 else 0 end`)

/** The job of a store whose codes are made next. Served by code_jobs_store. */
export async function selectNextJob(db: Db, store: StoreKey): Promise<{ id: string; rank: number } | undefined> {
  const { rows } = await sql<{ id: string; rank: number }>`
    select j.id, ${RANK} as rank from code_jobs j
    where j.account_id = ${store.accountId}::uuid and j.store_id = ${store.storeId}::uuid and j.state in ('queued', 'running')
      and j.made < j.wanted and (j.kind <> 'upload' or j.state = 'queued' or j.made > 0)
    order by rank, j.created_at, j.id limit 1`.execute(db)
  return rows[0]
}

/** Writes down a batch that is sent at once, for `leaseMs`. */
export async function insertBatch(
  db: Db,
  batch: StoreKey & { id: string; poolId: string; jobId: string; rank: number; size: number; leaseMs: number },
): Promise<void> {
  await sql`
    insert into shopify_batches (account_id, id, store_id, pool_id, job_id, state, rank, size, attempt, lease_until)
    values (${batch.accountId}, ${batch.id}, ${batch.storeId}, ${batch.poolId}, ${batch.jobId}, 'sending', ${batch.rank},
      ${batch.size}, 1, clock_timestamp() + ${seconds(batch.leaseMs)})`.execute(db)
}

/** The codes of a batch that wait for the store, in the order in which they are sent. Served by codes_made. */
export async function selectBatchCodes(db: Db, accountId: string, batchId: string): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select code from codes
    where account_id = ${accountId}::uuid and batch_id = ${batchId}::uuid and state = 'made' order by id`.execute(db)
  return rows.map((row) => row.code)
}

type Sent = { accountId: string; id: string; attempt: number }

/** Writes down the creation of a batch; false when another process has taken the batch over. */
export async function updateBatchImporting(
  db: Db,
  batch: Sent & { storeId: string; creationId: string; lookMs: number },
): Promise<boolean> {
  const { rows } = await sql`
    update shopify_batches b set state = 'importing', creation_id = ${batch.creationId}::text, lease_until = null,
      sent_at = clock_timestamp(), look_at = clock_timestamp() + ${seconds(batch.lookMs)},
      delivered = (select y.delivered from shopify_syncs y where y.account_id = ${batch.accountId}::uuid and y.store_id = ${batch.storeId}::uuid)
    where b.account_id = ${batch.accountId}::uuid and b.id = ${batch.id}::uuid and b.state = 'sending' and b.attempt = ${batch.attempt}::integer
    returning b.id`.execute(db)
  return rows.length === 1
}

/** Puts a batch back to be sent after `waitMs`; `isUnsent` takes the attempt back, because the shop certainly heard nothing of it. */
export async function updateBatchBack(db: Db, batch: Sent & { isUnsent: boolean; waitMs: number }): Promise<void> {
  await sql`
    update shopify_batches set state = 'written', creation_id = null, lease_until = null,
      attempt = attempt - ${batch.isUnsent ? 1 : 0}::integer, look_at = clock_timestamp() + ${seconds(batch.waitMs)}
    where account_id = ${batch.accountId}::uuid and id = ${batch.id}::uuid and state in ('sending', 'importing')
      and attempt = ${batch.attempt}::integer`.execute(db)
}

export type ImportingRow = BatchRow & { creationId: string; delivered: number; ageMs: number }

/**
 * Takes the batches of a store whose creation is to be looked at within `gatherMs`, for `leaseMs`: all that are due soon cost one
 * look. Of two processes each gets its own.
 */
export async function updateBatchesLooked(
  db: Db,
  store: StoreKey,
  { gatherMs, leaseMs }: { gatherMs: number; leaseMs: number },
): Promise<ImportingRow[]> {
  const { rows } = await sql<ImportingRow>`
    with due as (
      select id from shopify_batches
      where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid and state = 'importing'
        and look_at <= clock_timestamp() + ${seconds(gatherMs)}
      order by id limit 250 for update skip locked
    )
    update shopify_batches b set look_at = clock_timestamp() + ${seconds(leaseMs)}
    from due where b.account_id = ${store.accountId}::uuid and b.id = due.id
    returning ${COLUMNS}, b.creation_id as "creationId", b.delivered,
      extract(epoch from clock_timestamp() - b.sent_at)::double precision * 1000 as "ageMs"`.execute(db)
  return rows
}

/** Looks again at these batches after `waitMs`. */
export async function updateLookAgain(
  db: Db,
  accountId: string,
  ids: readonly string[],
  waitMs: number,
): Promise<void> {
  await sql`
    update shopify_batches set look_at = clock_timestamp() + ${seconds(waitMs)}
    where account_id = ${accountId}::uuid and id = any(${ids}::uuid[]) and state = 'importing'`.execute(db)
}

/** Ends batches whose codes are in the shop; the ids of those that were still in the caller's hands, by their attempt. */
export async function updateBatchesDone(
  db: Db,
  accountId: string,
  batches: readonly BatchRow[],
  { from, failed }: { from: 'sending' | 'importing'; failed: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update shopify_batches b set state = 'done', failed = ${failed}::integer, done_at = clock_timestamp()
    from unnest(${batches.map((batch) => batch.id)}::uuid[], ${batches.map((batch) => batch.attempt)}::integer[]) as g (id, attempt)
    where b.account_id = ${accountId}::uuid and b.id = g.id and b.state = ${from}::text and b.attempt = g.attempt
    returning b.id`.execute(db)
  return rows.map((row) => row.id)
}

/** Ends a batch of which the shop has no code, from the attempt that found it; false when it is in other hands. */
export async function updateBatchDropped(
  db: Db,
  batch: Sent & { from: readonly ('written' | 'sending' | 'importing')[] },
): Promise<boolean> {
  const { rows } = await sql`
    update shopify_batches set state = 'dropped', done_at = clock_timestamp()
    where account_id = ${batch.accountId}::uuid and id = ${batch.id}::uuid and state = any(${batch.from}::text[])
      and attempt = ${batch.attempt}::integer
    returning id`.execute(db)
  return rows.length === 1
}

/** Batches that the shop never heard of and that nobody wants any more: their job ended, or their pool is closed. */
export async function selectUnwanted(db: Db, store: StoreKey): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`
    select ${COLUMNS} from shopify_batches b
      join code_jobs j on j.account_id = b.account_id and j.id = b.job_id
      join pool_heads h on h.account_id = b.account_id and h.pool_id = b.pool_id
    where b.account_id = ${store.accountId}::uuid and b.store_id = ${store.storeId}::uuid and b.state = 'written' and b.attempt = 0
      and (j.state not in ('queued', 'running') or h.closed_at is not null)`.execute(db)
  return rows
}

/** Everything of a pool that is not ended. */
export async function selectOpenBatches(
  db: Db,
  pool: { accountId: string; storeId: string; poolId: string },
): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`
    select ${COLUMNS} from shopify_batches b
    where b.account_id = ${pool.accountId}::uuid and b.store_id = ${pool.storeId}::uuid and b.pool_id = ${pool.poolId}::uuid
      and b.state in ('written', 'sending', 'importing') order by b.id for update`.execute(db)
  return rows
}

export type Outstanding = {
  batches: number
  codes: number
  /** Until the next batch is due to be looked at or sent, in ms; null where none is. */
  nextMs: number | null
}

export async function selectOutstanding(db: Db, store: StoreKey): Promise<Outstanding> {
  const { rows } = await sql<Outstanding>`
    select count(*) as batches, coalesce(sum(size), 0)::bigint as codes,
      extract(epoch from min(case when state = 'sending' then lease_until else look_at end) - clock_timestamp())::double precision * 1000 as "nextMs"
    from shopify_batches
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid and state in ('written', 'sending', 'importing')`.execute(
    db,
  )
  return rows[0] ?? { batches: 0, codes: 0, nextMs: null }
}
