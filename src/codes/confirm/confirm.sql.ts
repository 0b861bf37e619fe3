import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/** Batches of one pool and one job. */
export type BatchKey = { accountId: string; batchIds: readonly string[]; poolId: string; jobId: string }

/** The batches as rows `b` that carry their account, so that codes joined by both are read by codes_made (docs/decisions/0002-draws.md, trap 4). */
export function batchesOf(key: BatchKey): RawBuilder<unknown> {
  return sql`(select distinct ${key.accountId}::uuid as account_id, id from unnest(${key.batchIds}::uuid[]) as g (id) offset 0) b`
}

/**
 * Takes up to `most` codes of what a job still needs and holds the job's row: makers of one job take turns, and a cancel waits for
 * them. Undefined when the job needs none or has ended.
 */
export async function updateJobMade(
  db: Db,
  job: { accountId: string; jobId: string; most: number; now: Date },
): Promise<number | undefined> {
  const { rows } = await sql<{ take: number }>`
    with held as (
      select least(wanted - made, ${job.most}::bigint) as take from code_jobs
      where account_id = ${job.accountId}::uuid and id = ${job.jobId}::uuid and state in ('queued', 'running')
        and kind in ('generate', 'ahead') and made < wanted for no key update
    )
    update code_jobs j set state = 'running', started_at = coalesce(j.started_at, ${job.now}::timestamptz), made = j.made + held.take
    from held where j.account_id = ${job.accountId}::uuid and j.id = ${job.jobId}::uuid
    returning held.take::int as take`.execute(db)
  return rows[0]?.take
}

/** Writes codes down without a place in the line. Throws a unique violation of codes_code when one of them exists in the store. */
export async function insertMadeCodes(
  db: Db,
  batch: { accountId: string; batchId: string; poolId: string; storeId: string; ids: string[]; codes: string[] },
): Promise<void> {
  await sql`
    with counted as (
      update pools set pending = pending + ${batch.codes.length}::bigint
      where account_id = ${batch.accountId}::uuid and id = ${batch.poolId}::uuid
    )
    insert into codes (account_id, id, pool_id, store_id, batch_id, code, state)
    select ${batch.accountId}::uuid, g.id, ${batch.poolId}::uuid, ${batch.storeId}::uuid, ${batch.batchId}::uuid, g.code, 'made'
    from unnest(${batch.ids}::uuid[], ${batch.codes}::text[]) as g (id, code)`.execute(db)
}

/** Holds the job of batches, before its pool and its codes: everybody takes these locks in this order. */
export async function lockJob(db: Db, key: BatchKey): Promise<{ isUpload: boolean; isRunning: boolean }> {
  const { rows } = await sql<{ isUpload: boolean; isRunning: boolean }>`
    select kind = 'upload' as "isUpload", state in ('queued', 'running') as "isRunning" from code_jobs where account_id = ${key.accountId}::uuid and id = ${key.jobId}::uuid for no key update`.execute(
    db,
  )
  return rows[0] ?? { isUpload: false, isRunning: false }
}

/** Marks unconfirmed codes of batches as refused by the store; returns how many. Call it with the job held. Served by codes_made. */
export async function updateCodesFailed(db: Db, key: BatchKey, codes: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with refused as (
      update codes c set state = 'failed' from ${batchesOf(key)}
      where c.account_id = b.account_id and c.batch_id = b.id and c.state = 'made'
        and upper(c.code) = any(${codes.map((code) => code.toUpperCase())}::text[])
      returning c.id
    ), counted as (
      update pools set pending = pending - (select count(*) from refused), failed = failed + (select count(*) from refused)
      where account_id = ${key.accountId}::uuid and id = ${key.poolId}::uuid
    )
    select count(*) as count from refused`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Puts the unconfirmed codes of batches at the end of their pool's line, live, in one statement; returns how many.
 *
 * Codes are held first, so that one that was redeemed or withdrawn meanwhile keeps its state and takes no position. Then the
 * pool's row is held: of two batches each gets positions of its own, without a gap. Served by codes_made and the primary key.
 */
export async function updateCodesLive(db: Db, key: BatchKey): Promise<number> {
  const { numAffectedRows } = await sql`
    with held as materialized (
      select c.account_id, c.id from ${batchesOf(key)} join codes c on c.account_id = b.account_id and c.batch_id = b.id and c.state = 'made'
      order by c.id for update of c
    ), numbered as materialized (
      select account_id, id, row_number() over (order by id) as nth from held
    ), line as (
      update pools set tail = tail + (select count(*) from numbered), pending = pending - (select count(*) from numbered)
      where account_id = ${key.accountId}::uuid and id = ${key.poolId}::uuid
      returning tail
    )
    update codes c set state = 'live', position = line.tail - (select count(*) from numbered) + n.nth
    from numbered n, line
    where c.account_id = n.account_id and c.id = n.id`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Withdraws the codes of batches that no store has; returns how many. Call it with the job held. Served by codes_made. */
export async function updateCodesUnsent(db: Db, key: BatchKey): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with ended as (
      update codes c set state = 'withdrawn' from ${batchesOf(key)}
      where c.account_id = b.account_id and c.batch_id = b.id and c.state = 'made'
      returning c.id
    ), counted as (
      update pools set pending = pending - (select count(*) from ended), unsent = unsent + (select count(*) from ended)
      where account_id = ${key.accountId}::uuid and id = ${key.poolId}::uuid
    )
    select count(*) as count from ended`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Counts what became of batches onto their job and ends the job when it has what it wanted. Codes that went into a pool that is closed
 * by now are made anew in the next one, unless the job was cancelled. Codes of a file cannot be made anew: the job wants so many fewer, and is
 * queued when none is under way any more, because running without any means that its file is being read.
 */
export async function updateJobCounts(
  db: Db,
  key: BatchKey,
  counts: { live: number; failed: number; unsent: number; early: number; now: Date },
): Promise<void> {
  await sql`
    with pool as (
      select closed_at is null as is_open from pool_heads
      where account_id = ${key.accountId}::uuid and pool_id = ${key.poolId}::uuid
    ), counted as (
      select j.made - ${counts.failed}::bigint - ${counts.unsent}::bigint - case when pool.is_open then 0 else ${counts.live}::bigint end as made,
        j.done + case when j.state in ('queued', 'running') then ${counts.early}::bigint else 0 end + case when pool.is_open then ${counts.live}::bigint else 0 end as done,
        j.wanted - case when j.kind <> 'upload' then 0
          else ${counts.failed}::bigint + case when pool.is_open then 0 else ${counts.live}::bigint end end as wanted
      from code_jobs j, pool where j.account_id = ${key.accountId}::uuid and j.id = ${key.jobId}::uuid
    )
    update code_jobs j set made = counted.made, done = counted.done, wanted = counted.wanted,
      state = case when j.state = 'running' and j.kind = 'upload' and counted.made = 0 then 'queued'
        when j.state = 'running' and j.kind <> 'upload' and counted.done >= counted.wanted then 'done' else j.state end,
      finished_at = case when j.state = 'running' and j.kind <> 'upload' and counted.done >= counted.wanted then ${counts.now}::timestamptz else j.finished_at end
    from counted
    where j.account_id = ${key.accountId}::uuid and j.id = ${key.jobId}::uuid`.execute(db)
}

/** Whether codes can still go into a pool: it is open, and its bucket can still be drawn from. */
export async function selectPoolOpen(db: Db, accountId: string, poolId: string, now: Date): Promise<boolean> {
  const { rows } = await sql<{ isOpen: boolean }>`
    select h.closed_at is null and coalesce(
        p.bucket_ends_at >= ${now}::timestamptz + make_interval(secs => v.expires_after_seconds), true) as "isOpen"
    from pools p join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
    where p.account_id = ${accountId}::uuid and p.id = ${poolId}::uuid`.execute(db)
  return rows[0]?.isOpen ?? false
}
