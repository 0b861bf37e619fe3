import type { RowError } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import {
  type CodeJobRow,
  selectCodeJob,
  selectCodeJobs,
  selectJobErrors,
  selectUnderWay,
  selectUnfinishedJobs,
} from './code-jobs.sql.ts'
import { endJob } from './end-job.ts'

/** Throws `code_job_not_found`. */
export async function requireCodeJob(db: Db, input: { accountId: string; jobId: string }): Promise<CodeJobRow> {
  const job = await selectCodeJob(db, input.accountId, input.jobId)
  if (!job) throw new AppError('code_job_not_found', 'There is no such job in this account.', { jobId: input.jobId })
  return job
}

/** The newest 50 jobs of a coupon, newest first. */
export async function listCodeJobs(db: Db, input: { accountId: string; couponId: string }): Promise<CodeJobRow[]> {
  return await selectCodeJobs(db, input.accountId, input.couponId, 50)
}

/** Rows of an upload that were not taken, by line; `after` is the last line of the page before. */
export async function listCodeJobErrors(
  db: Db,
  input: { accountId: string; jobId: string; after: number; limit: number },
): Promise<RowError[]> {
  await requireCodeJob(db, input)
  return await selectJobErrors(db, input.accountId, input.jobId, input.after, input.limit)
}

/** Stops a job after the batch at work; codes made so far stay. Throws `code_job_state` when it has ended already. */
export async function cancelCodeJob(
  db: Db,
  input: { accountId: string; jobId: string; now: Date },
): Promise<CodeJobRow> {
  const job = await requireCodeJob(db, input)
  const isSent = job.kind === 'upload' && job.storeKind === 'shopify' && (job.state === 'queued' || job.made > 0)
  const ended = (job.kind === 'generate' || isSent) && (await endJob(db, { ...input, state: 'cancelled' }))
  if (!ended) {
    throw new AppError('code_job_state', 'This job cannot be cancelled: it has ended, or its file is being read.', {
      state: job.state,
    })
  }
  return await requireCodeJob(db, input)
}

/** Codes of a coupon that are still to be made by jobs under way. */
export async function countUnderWay(db: Db, input: { accountId: string; couponId: string }): Promise<number> {
  return await selectUnderWay(db, input.accountId, input.couponId)
}

/** Jobs that a worker has to go on with, of all accounts, oldest first; at most 100. */
export async function listUnfinishedCodeJobs(db: Db): Promise<{ accountId: string; id: string }[]> {
  return await selectUnfinishedJobs(db, 100)
}
