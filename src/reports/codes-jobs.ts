import type { CodeJob, RowError } from '../../contract/codes.ts'
import type { Page } from '../../contract/common.ts'
import { listCodeJobErrors } from '../codes/code-jobs.ts'
import type { Db } from '../db/database.ts'
import { CursorError, decodeCursor, toPage } from '../lib/cursor.ts'

/** A job as the codes room keeps it. */
export type StoredJob = Omit<CodeJob, 'ratePerSecond' | 'readyAt' | 'createdAt' | 'finishedAt'> & {
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

/** A job with its speed since the start and, while it makes codes, the moment at which it will be done at that speed. */
export function toCodeJob(job: StoredJob, now: Date): CodeJob {
  const { id, couponId, kind, state, wanted, done, skipped, error } = job
  const ratePerSecond = rateOf(job, now)
  const isMaking = kind !== 'ahead' && state === 'running'
  const readyAt =
    isMaking && ratePerSecond ? new Date(now.getTime() + ((wanted - done) / ratePerSecond) * 1000).toISOString() : null
  const createdAt = job.createdAt.toISOString()
  const finishedAt = job.finishedAt?.toISOString() ?? null
  return { id, couponId, kind, state, wanted, done, skipped, ratePerSecond, readyAt, error, createdAt, finishedAt }
}

function rateOf({ done, startedAt, finishedAt }: StoredJob, now: Date): number | null {
  if (!startedAt || done === 0) return null
  const ms = (finishedAt ?? now).getTime() - startedAt.getTime()
  return ms > 0 ? (done * 1000) / ms : null
}

/** Rows of an upload that were not taken, by line. Throws `code_job_not_found`, `CursorError`. */
export async function pageCodeJobErrors(
  db: Db,
  input: { accountId: string; jobId: string; cursor?: string | undefined; limit: number },
): Promise<Page<RowError>> {
  const [after = '0'] = decodeCursor(input.cursor, 1) ?? []
  if (!/^\d{1,9}$/.test(after)) throw new CursorError('not a line')
  const rows = await listCodeJobErrors(db, { ...input, after: Number(after), limit: input.limit + 1 })
  return toPage(
    rows,
    input.limit,
    (row) => [String(row.line)],
    (row) => row,
  )
}
