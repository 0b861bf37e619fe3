import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { deleteWaitingCodes, updateJobEnded } from './code-jobs.sql.ts'

/** Ends a job that has not ended, and takes codes of its file back out that are in no batch yet; returns whether it did. `error` says what happened and what to do. */
export async function endJob(
  db: Db,
  input: { accountId: string; jobId: string; state: 'cancelled' | 'failed'; error?: string; now: Date },
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const hasEnded = await updateJobEnded(trx, { ...input, id: input.jobId })
    if (hasEnded) await deleteWaitingCodes(trx, input.accountId, input.jobId)
    return hasEnded
  })
}
