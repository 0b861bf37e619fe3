import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { type BatchKey, batchesOf } from './confirm.sql.ts'

/** Most rows of a file whose reason is kept; the count stays exact beyond it. */
const MAX_KEPT_ERRORS = 10_000

/**
 * Moves up to `most` codes of an upload into a batch, and into the pool that is drawn from now: terms may have been edited since the file was
 * read. Holds the job's row meanwhile; returns how many. Served by codes_made, which has them in the order in which they were written; sorting them
 * would read all of them for each batch.
 */
export async function updateUploadedTaken(
  db: Db,
  job: { accountId: string; jobId: string; batchId: string; poolId: string; most: number; now: Date },
): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    with held as (
      select id from code_jobs
      where account_id = ${job.accountId}::uuid and id = ${job.jobId}::uuid and state in ('queued', 'running') for no key update
    ), next as materialized (
      select c.account_id, c.id, c.pool_id from codes c
      where c.account_id = ${job.accountId}::uuid and c.batch_id = (select id from held) and c.state = 'made'
      limit ${job.most}::integer
    ), moved as (
      update codes c set batch_id = ${job.batchId}::uuid, pool_id = ${job.poolId}::uuid from next n
      where c.account_id = n.account_id and c.id = n.id
      returning c.id
    ), repooled as (
      update pools p set pending = p.pending + d.n
      from (
        select pool_id, -count(*) as n from next where pool_id <> ${job.poolId}::uuid group by 1
        union all select ${job.poolId}::uuid, count(*) from next where pool_id <> ${job.poolId}::uuid) d
      where p.account_id = ${job.accountId}::uuid and p.id = d.pool_id and d.n <> 0
    ), counted as (
      update code_jobs j set state = 'running', started_at = coalesce(j.started_at, ${job.now}::timestamptz),
        made = j.made + (select count(*) from moved)
      where j.account_id = ${job.accountId}::uuid and j.id = ${job.jobId}::uuid
    )
    select count(*)::int as size from moved`.execute(db)
  return rows[0]?.size ?? 0
}

/** Notes that no code of an upload waits to be sent: orders used some before. */
export async function updateUploadTaken(db: Db, job: { accountId: string; jobId: string }): Promise<void> {
  await sql`
    update code_jobs set wanted = made
    where account_id = ${job.accountId}::uuid and id = ${job.jobId}::uuid and kind = 'upload' and state in ('queued', 'running')`.execute(
    db,
  )
}

/**
 * Ends an upload of which every code was sent and none waits for the shop's word. What an order used meanwhile counts as done: the shop has it.
 * Looks at the rows of codes under way only, once all were sent. Call it with the job held.
 */
export async function updateUploadEnded(db: Db, job: { accountId: string; jobId: string; now: Date }): Promise<void> {
  await sql`
    with ended as (
      select j.id, (select count(*) from upload_rows u where u.account_id = j.account_id and u.job_id = j.id) as used
      from code_jobs j
      where j.account_id = ${job.accountId}::uuid and j.id = ${job.jobId}::uuid and j.kind = 'upload' and j.state in ('queued', 'running')
        and j.made >= j.wanted and (
          select true from upload_rows u
          where u.account_id = j.account_id and u.job_id = j.id
            and (select c.state from codes c where c.account_id = u.account_id and c.id = u.code_id) = 'made' limit 1) is null
    ), unread as (
      delete from upload_rows u using ended where u.account_id = ${job.accountId}::uuid and u.job_id = ended.id
    )
    update code_jobs j set done = j.done + ended.used, wanted = j.done + ended.used, state = 'done', finished_at = ${job.now}::timestamptz
    from ended where j.account_id = ${job.accountId}::uuid and j.id = ended.id`.execute(db)
}

/** Lets codes of batches wait for another batch: the shop never heard of them. Returns how many. Call it with the job held. Served by codes_made. */
export async function updateUploadedBack(db: Db, key: BatchKey): Promise<number> {
  const { rows } = await sql`
    update codes c set batch_id = ${key.jobId}::uuid from ${batchesOf(key)}
    where c.account_id = b.account_id and c.batch_id = b.id and c.state = 'made' returning c.id`.execute(db)
  return rows.length
}

/**
 * Takes codes of an upload back out of our books that the shop does not have: all that wait in these batches, or those of `codes`. They are
 * reported by line, and can be uploaded again. Returns how many. Call it with the job held. Served by codes_made.
 */
export async function deleteUploaded(
  db: Db,
  key: BatchKey,
  { codes, reason }: { codes: readonly string[] | null; reason: string },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from codes c using ${batchesOf(key)}
      where c.account_id = b.account_id and c.batch_id = b.id and c.state = 'made'
        and ${codes === null ? sql`true` : sql`upper(c.code) = any(${codes.map((code) => code.toUpperCase())}::text[])`}
      returning c.account_id, c.id, c.code, c.pool_id
    ), counted as (
      update pools p set pending = p.pending - g.n
      from (select pool_id, count(*) as n from gone group by 1) g where p.account_id = ${key.accountId}::uuid and p.id = g.pool_id
    ), lines as (
      delete from upload_rows u using gone g
      where u.account_id = g.account_id and u.job_id = ${key.jobId}::uuid and u.code_id = g.id
      returning u.line, u.code_id
    ), told as (
      insert into code_job_errors (account_id, job_id, line, reason, value)
      select ${key.accountId}::uuid, ${key.jobId}::uuid, l.line, ${reason}::text, left(g.code, 200)
      from lines l join gone g on g.id = l.code_id
      order by l.line limit ${keptLeft(key)}
      on conflict do nothing
    ), skipped as (
      update code_jobs set skipped = skipped + (select count(*) from gone)
      where account_id = ${key.accountId}::uuid and id = ${key.jobId}::uuid and exists (select from gone)
    )
    select count(*) as count from gone`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Forgets from which lines the codes of batches came, because the shop has them. Those whose pool was closed meanwhile can be given to nobody: they
 * are reported. Call it before they become live, while codes_made has them.
 */
export async function deleteUploadRows(db: Db, key: BatchKey, closedReason: string): Promise<void> {
  await sql`
    with waiting as materialized (
      select c.account_id, c.id from ${batchesOf(key)} join codes c on c.account_id = b.account_id and c.batch_id = b.id and c.state = 'made'
    ), placed as (
      delete from upload_rows u using waiting w
      where u.account_id = w.account_id and u.job_id = ${key.jobId}::uuid and u.code_id = w.id
      returning u.account_id, u.line, u.code_id
    ), over as (
      select p.line, c.code from placed p
        cross join lateral (select account_id, code, pool_id from codes where account_id = p.account_id and id = p.code_id offset 0) c
        join pool_heads h on h.account_id = c.account_id and h.pool_id = c.pool_id and h.closed_at is not null
    ), told as (
      insert into code_job_errors (account_id, job_id, line, reason, value)
      select ${key.accountId}::uuid, ${key.jobId}::uuid, line, ${closedReason}::text, left(code, 200) from over
      order by line limit ${keptLeft(key)}
      on conflict do nothing
    )
    update code_jobs set skipped = skipped + (select count(*) from over)
    where account_id = ${key.accountId}::uuid and id = ${key.jobId}::uuid and exists (select from over)`.execute(db)
}

function keptLeft(key: BatchKey) {
  return sql`greatest(0, ${MAX_KEPT_ERRORS}::integer - (
        select count(*) from code_job_errors where account_id = ${key.accountId}::uuid and job_id = ${key.jobId}::uuid))`
}
