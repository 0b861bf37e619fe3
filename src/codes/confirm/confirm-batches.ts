import type { Db } from '../../db/database.ts'
import {
  type BatchKey,
  lockJob,
  updateCodesFailed,
  updateCodesLive,
  updateCodesUnsent,
  updateJobCounts,
} from './confirm.sql.ts'

/**
 * What the store said of batches of one job and pool: `refused` codes (whatever their case) are failed and made anew by the job, all others that
 * were waiting become live and join the line.
 *
 * Call it in the transaction that ends the batches. A code that is not waiting any more (redeemed, withdrawn) stays what it is.
 */
export async function confirmBatches(
  trx: Db,
  input: BatchKey & { refused: readonly string[]; now: Date },
): Promise<{ live: number; failed: number }> {
  await lockJob(trx, input)
  const failed = input.refused.length > 0 ? await updateCodesFailed(trx, input, input.refused) : 0
  const live = await updateCodesLive(trx, input)
  await updateJobCounts(trx, input, { live, failed, unsent: 0, now: input.now })
  return { live, failed }
}

/** Withdraws batches of which the store certainly has no code; the job makes as many anew where it goes on. Returns how many. */
export async function withdrawBatches(trx: Db, input: BatchKey & { now: Date }): Promise<number> {
  await lockJob(trx, input)
  const unsent = await updateCodesUnsent(trx, input)
  await updateJobCounts(trx, input, { live: 0, failed: 0, unsent, now: input.now })
  return unsent
}
