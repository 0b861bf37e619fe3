import { requireOpenCoupon } from '../../coupons/find-coupon.ts'
import type { Db } from '../../db/database.ts'
import { newId } from '../../lib/ids.ts'
import { requireCodeJob } from '../code-jobs.ts'
import { endJob } from '../end-job.ts'
import { makeCodes } from '../format.ts'
import { requirePool } from '../pool.ts'
import { insertMadeCodes, selectPoolOpen, updateJobCounts, updateJobMade } from './confirm.sql.ts'
import { updateUploadEnded, updateUploadedTaken, updateUploadTaken } from './uploaded.sql.ts'

export type MadeBatch = { poolId: string; size: number }

/**
 * Writes down the next codes of a job as a batch that a store has yet to confirm: nobody can be given one of them.
 *
 * Of an upload they are the next codes of the file. Call it in the transaction that writes down the batch itself. They go into the pool of the newest terms and of the bucket that is
 * drawn from now; the stock of a coming bucket goes into that one. Undefined when the job needs none: it has its codes, has ended, or
 * its bucket is over. Throws `coupon_archived`, `coupon_expired`, and a unique violation when a code exists in the store: begin again.
 */
export async function makeBatch(
  trx: Db,
  input: { accountId: string; jobId: string; batchId: string; most: number; now: Date },
): Promise<MadeBatch | undefined> {
  const { accountId, jobId, batchId, now } = input
  const { kind, couponId } = await requireCodeJob(trx, input)
  if (kind === 'upload') return await takeUploaded(trx, input, couponId)
  const size = await updateJobMade(trx, input)
  if (size === undefined) return undefined
  const job = await requireCodeJob(trx, input)
  if (job.kind === 'ahead' && !(await selectPoolOpen(trx, accountId, job.poolId, now))) {
    await updateJobCounts(
      trx,
      { accountId, jobId, batchIds: [], poolId: job.poolId },
      { live: 0, failed: 0, unsent: size, early: 0, now },
    )
    await endJob(trx, { accountId, jobId, state: 'cancelled', now })
    return undefined
  }
  const coupon = await requireOpenCoupon(trx, { accountId, coupon: job.couponId, now })
  const pool = await requirePool(trx, { accountId, coupon, now, bucketEndsAt: job.bucketEndsAt })
  const codes = makeCodes(size, coupon.prefix, coupon.codeLength)
  const ids = codes.map(() => newId())
  await insertMadeCodes(trx, { accountId, batchId, poolId: pool.id, storeId: pool.storeId, ids, codes })
  return { poolId: pool.id, size }
}

async function takeUploaded(
  trx: Db,
  input: { accountId: string; jobId: string; batchId: string; most: number; now: Date },
  couponId: string,
): Promise<MadeBatch | undefined> {
  const { accountId, now } = input
  const coupon = await requireOpenCoupon(trx, { accountId, coupon: couponId, now })
  const pool = await requirePool(trx, { accountId, coupon, now })
  const size = await updateUploadedTaken(trx, { ...input, poolId: pool.id })
  if (size > 0) return { poolId: pool.id, size }
  await updateUploadTaken(trx, input)
  await updateUploadEnded(trx, input)
  return undefined
}
