import type { Db } from '../../db/database.ts'
import {
  type BatchKey,
  lockJob,
  updateCodesFailed,
  updateCodesLive,
  updateCodesUnsent,
  updateJobCounts,
} from './confirm.sql.ts'
import { deleteUploaded, deleteUploadRows, updateUploadEnded, updateUploadedBack } from './uploaded.sql.ts'

const NEVER_SENT = 'The shop never got this code, because its job ended before. Upload it again.'
const TERMS_EDITED =
  'The terms of the coupon were edited, or the coupon was archived, while the shop took this code. It is withdrawn. Use another code.'

/**
 * What the store said of batches of one job and pool: `refused` codes (whatever their case) are failed and made anew by the job, all others that
 * were waiting become live and join the line. Of a file, refused codes are reported by line instead, with `words` of the shop.
 *
 * Call it in the transaction that ends the batches, of `codes` codes in all. A code that is not waiting any more (redeemed, withdrawn)
 * stays what it is: the shop had it before it said so, and the job has made it.
 */
export async function confirmBatches(
  trx: Db,
  input: BatchKey & { codes: number; refused: readonly string[]; words?: string | null; now: Date },
): Promise<{ live: number; failed: number }> {
  const { isUpload } = await lockJob(trx, input)
  const failed = input.refused.length > 0 ? await refuse(trx, input, isUpload) : 0
  if (isUpload) await deleteUploadRows(trx, input, TERMS_EDITED)
  const live = await updateCodesLive(trx, input)
  const early = isUpload ? 0 : Math.max(0, input.codes - live - failed)
  await updateJobCounts(trx, input, { live, failed, unsent: 0, early, now: input.now })
  if (isUpload) await updateUploadEnded(trx, input)
  return { live, failed }
}

async function refuse(
  trx: Db,
  input: BatchKey & { refused: readonly string[]; words?: string | null },
  isUpload: boolean,
): Promise<number> {
  if (!isUpload) return await updateCodesFailed(trx, input, input.refused)
  const said = input.words ? ` It says: ${input.words}` : ''
  const reason = `The shop does not take this code; most likely it has it in another discount.${said} Set that right in the shop, then upload it again.`
  return await deleteUploaded(trx, input, { codes: input.refused, reason })
}

/** Codes of a file wait for another batch; where the job has ended they are reported by line. */
async function takeBack(trx: Db, key: BatchKey, isRunning: boolean): Promise<number> {
  return isRunning
    ? await updateUploadedBack(trx, key)
    : await deleteUploaded(trx, key, { codes: null, reason: NEVER_SENT })
}

/** Withdraws batches of which the store certainly has no code; the job makes as many anew where it goes on. Returns how many. */
export async function withdrawBatches(trx: Db, input: BatchKey & { now: Date }): Promise<number> {
  const job = await lockJob(trx, input)
  const unsent = job.isUpload ? await takeBack(trx, input, job.isRunning) : await updateCodesUnsent(trx, input)
  await updateJobCounts(trx, input, { live: 0, failed: 0, unsent, early: 0, now: input.now })
  return unsent
}
