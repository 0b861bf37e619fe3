import { sql } from 'kysely'
import type { RowError } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'

export type CodeJobRow = {
  id: string
  accountId: string
  couponId: string
  storeId: string
  /** Who makes the codes: `runAddCodes` in a custom store, the sync of the store in a Shopify store. */
  storeKind: 'custom' | 'shopify'
  poolId: string
  /** ahead: the stock of the next bucket, begun by Onecode itself. */
  kind: 'generate' | 'upload' | 'ahead'
  state: 'queued' | 'running' | 'done' | 'cancelled' | 'failed'
  wanted: number
  /** Codes written for it that are live or may become it; counted in Shopify stores only. */
  made: number
  done: number
  skipped: number
  error: string | null
  bucketEndsAt: Date | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

const COLUMNS = sql.raw(`id, account_id as "accountId", coupon_id as "couponId", store_id as "storeId",
  (select s.kind from stores s where s.account_id = code_jobs.account_id and s.id = code_jobs.store_id) as "storeKind", pool_id as "poolId", kind, state, wanted, made, done, skipped, error,
  bucket_ends_at as "bucketEndsAt", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`)

export async function insertCodeJob(
  db: Db,
  job: {
    accountId: string
    id: string
    couponId: string
    poolId: string
    storeId: string
    kind: string
    state: string
    wanted: number
    bucketEndsAt?: Date | null
    now: Date
  },
): Promise<CodeJobRow> {
  const { rows } = await sql<CodeJobRow>`
    insert into code_jobs (account_id, id, coupon_id, pool_id, store_id, kind, state, wanted, bucket_ends_at, created_at, started_at)
    values (${job.accountId}, ${job.id}, ${job.couponId}, ${job.poolId}, ${job.storeId}, ${job.kind}, ${job.state}, ${job.wanted},
      ${job.bucketEndsAt ?? null}::timestamptz, ${job.now}, ${job.state === 'running' ? job.now : null}::timestamptz)
    returning ${COLUMNS}`.execute(db)
  return rows[0] as CodeJobRow
}

export async function selectCodeJob(db: Db, accountId: string, id: string): Promise<CodeJobRow | undefined> {
  const { rows } = await sql<CodeJobRow>`
    select ${COLUMNS} from code_jobs where account_id = ${accountId} and id = ${id}`.execute(db)
  return rows[0]
}

export async function selectCodeJobs(
  db: Db,
  accountId: string,
  couponId: string,
  limit: number,
): Promise<CodeJobRow[]> {
  const { rows } = await sql<CodeJobRow>`
    select ${COLUMNS} from code_jobs where account_id = ${accountId} and coupon_id = ${couponId}
    order by id desc limit ${limit}`.execute(db)
  return rows
}

/** Served by code_jobs_coupon. */
export async function selectUnderWay(db: Db, accountId: string, couponId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(wanted - done), 0)::bigint as count from code_jobs
    where account_id = ${accountId} and coupon_id = ${couponId} and kind in ('generate', 'upload') and state in ('queued', 'running')`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

/** Jobs of custom stores that a worker has to go on with, oldest first. Served by code_jobs_unfinished. */
export async function selectUnfinishedJobs(db: Db, limit: number): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    select account_id as "accountId", id from code_jobs
    where state in ('queued', 'running') and kind = 'generate'
      and (select s.kind from stores s where s.account_id = code_jobs.account_id and s.id = code_jobs.store_id) = 'custom'
    order by created_at limit ${limit}`.execute(db)
  return rows
}

/**
 * Counts a batch onto a job and holds the job's row: two workers at one job take turns, and a cancel waits for the batch.
 * Returns the size of the batch to make now, at most `most`: 0 when the job is finished or cancelled.
 */
export async function updateJobTaken(db: Db, accountId: string, id: string, most: number, now: Date): Promise<number> {
  const { rows } = await sql<{ take: number }>`
    with held as (
      select least(wanted - done, ${most}) as take from code_jobs
      where account_id = ${accountId} and id = ${id} and state in ('queued', 'running') for update
    )
    update code_jobs j set state = 'running', started_at = coalesce(j.started_at, ${now}), done = j.done + held.take
    from held
    where j.account_id = ${accountId} and j.id = ${id}
    returning held.take::int as take`.execute(db)
  return rows[0]?.take ?? 0
}

export async function updateJobEnded(
  db: Db,
  job: { accountId: string; id: string; state: 'done' | 'cancelled' | 'failed'; error?: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update code_jobs set state = ${job.state}, error = ${job.error ?? null}, finished_at = ${job.now}
    where account_id = ${job.accountId} and id = ${job.id} and state in ('queued', 'running')
      and (${job.state} <> 'done' or done >= wanted or kind = 'upload')
    returning id`.execute(db)
  return rows.length === 1
}

/** Counts rows of an upload: those that are live at once onto `done`, all that were taken onto `wanted`. */
export async function updateUploadCounts(
  db: Db,
  job: { accountId: string; id: string; taken: number; live: number; skipped: number },
): Promise<void> {
  await sql`
    update code_jobs set done = done + ${job.live}, wanted = wanted + ${job.taken}, skipped = skipped + ${job.skipped}
    where account_id = ${job.accountId} and id = ${job.id}`.execute(db)
}

export async function insertJobErrors(db: Db, accountId: string, jobId: string, errors: RowError[]): Promise<void> {
  await sql`
    insert into code_job_errors (account_id, job_id, line, reason, value)
    select ${accountId}::uuid, ${jobId}::uuid, e.line, e.reason, e.value
    from unnest(${errors.map((error) => error.line)}::int[], ${errors.map((error) => error.reason)}::text[],
      ${errors.map((error) => error.value)}::text[]) as e (line, reason, value)
    on conflict do nothing`.execute(db)
}

export async function selectJobErrors(
  db: Db,
  accountId: string,
  jobId: string,
  after: number,
  limit: number,
): Promise<RowError[]> {
  const { rows } = await sql<RowError>`
    select line, reason, value from code_job_errors
    where account_id = ${accountId} and job_id = ${jobId} and line > ${after} order by line limit ${limit}`.execute(db)
  return rows
}

/** An upload whose file is read: the sync of its store takes it from here. */
export async function updateUploadQueued(db: Db, accountId: string, id: string): Promise<void> {
  await sql`
    update code_jobs set state = 'queued', started_at = null
    where account_id = ${accountId} and id = ${id} and state = 'running' and kind = 'upload'`.execute(db)
}

/** Takes codes of an upload out of our books that are in no batch yet: no shop has heard of them. Served by codes_made. */
export async function deleteWaitingCodes(db: Db, accountId: string, jobId: string): Promise<void> {
  await sql`
    with gone as (
      delete from codes where account_id = ${accountId} and batch_id = ${jobId} and state = 'made' returning id, pool_id
    ), unread as (
      delete from upload_rows u using gone g where u.account_id = ${accountId} and u.job_id = ${jobId} and u.code_id = g.id
    )
    update pools p set pending = p.pending - g.n
    from (select pool_id, count(*) as n from gone group by 1) g where p.account_id = ${accountId} and p.id = g.pool_id`.execute(
    db,
  )
}

/** Uploads that a process left in the middle: their request is gone, so nobody will go on with them. Those of a shop's sync go on. */
export async function updateAbandonedUploads(
  db: Db,
  before: Date,
  now: Date,
): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    update code_jobs set state = 'failed', finished_at = ${now},
      error = 'The upload broke off. The codes counted as done are in; upload the file again to add the rest.'
    where kind = 'upload' and state = 'running' and made = 0 and created_at < ${before}
    returning account_id as "accountId", id`.execute(db)
  return rows
}
