import type { Db } from '../db/database.ts'
import { updateJobEnded } from './code-jobs.sql.ts'

/** Ends a job that has not ended; returns whether it did. `error` says what happened and what to do. */
export async function endJob(
  db: Db,
  input: { accountId: string; jobId: string; state: 'cancelled' | 'failed'; error?: string; now: Date },
): Promise<boolean> {
  return await updateJobEnded(db, { ...input, id: input.jobId })
}
