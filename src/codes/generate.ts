import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CouponRow } from '../coupons/coupon.ts'
import { requireCoupon, requireOpenCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inRetriedTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'
import { type CodeJobRow, insertCodeJob, selectCodeJob, updateJobEnded, updateJobTaken } from './code-jobs.sql.ts'
import { insertLiveCodes } from './codes.sql.ts'
import { makeCodes } from './format.ts'
import { requirePool } from './pool.ts'
import type { Pool } from './pools.sql.ts'
import { requireRoom } from './room/room.ts'

/** Codes of one transaction: large enough for speed, small enough that progress is seen and a crash costs a blink. */
const BATCH = 10_000

export type AddCodesInput = { accountId: string; coupon: string; count: number; now: Date }

/**
 * Writes down that `count` codes shall be made for a coupon; a worker makes them: `runAddCodes` in a custom store, the sync of
 * the store in a Shopify store (`storeKind` of the job tells which). Throws `coupon_not_found`, `coupon_archived`, `coupon_expired`, `coupon_type` for a coupon whose codes are uploaded.
 */
export async function addCodes(db: Db, input: AddCodesInput): Promise<CodeJobRow> {
  const coupon = await requireOpenCoupon(db, input)
  if (coupon.type !== 'unique') {
    throw new AppError('coupon_type', 'The codes of this coupon come from a file. Upload a CSV instead.', {
      type: coupon.type,
    })
  }
  if (coupon.storeKind === 'shopify') await requireRoom(db, { ...input, storeId: coupon.storeId })
  const pool = await requirePool(db, { accountId: input.accountId, coupon, now: input.now })
  return await insertCodeJob(db, {
    accountId: input.accountId,
    id: newId(),
    couponId: coupon.id,
    poolId: pool.id,
    storeId: pool.storeId,
    kind: 'generate',
    state: 'queued',
    wanted: input.count,
    now: input.now,
  })
}

/**
 * Writes down that the stock of a coming bucket shall be made. Throws `store_full`, and a unique violation of code_jobs_ahead when
 * such a job is at work for the pool.
 */
export async function addAhead(
  db: Db,
  input: { accountId: string; coupon: CouponRow; pool: Pool; count: number; now: Date },
): Promise<CodeJobRow> {
  const { accountId, coupon, pool } = input
  await requireRoom(db, { accountId, storeId: coupon.storeId, count: input.count })
  return await insertCodeJob(db, {
    accountId,
    id: newId(),
    couponId: coupon.id,
    poolId: pool.id,
    storeId: pool.storeId,
    kind: 'ahead',
    state: 'queued',
    wanted: input.count,
    bucketEndsAt: pool.bucketEndsAt,
    now: input.now,
  })
}

/**
 * Makes the codes of a job batch by batch until it is done, cancelled or `signal` fires. Returns true when nothing is left.
 *
 * A batch and its count are one transaction: a crash at any instant leaves exactly the codes that the job counts, and calling
 * again goes on from there. Several workers at one job take turns. Codes go into the pool of the terms that are the newest
 * when the batch is made.
 */
export async function runAddCodes(
  db: Db,
  input: { accountId: string; jobId: string; now: () => Date; signal?: AbortSignal },
): Promise<boolean> {
  const job = await selectCodeJob(db, input.accountId, input.jobId)
  if (job?.kind !== 'generate') return true
  if ((await requireCoupon(db, { accountId: job.accountId, coupon: job.couponId })).storeKind !== 'custom') return true
  try {
    while (!input.signal?.aborted) {
      if (await addBatch(db, job, input.now())) {
        await nextTurn() // the embedded database works in this thread: without a turn between batches no request is heard
        continue
      }
      await updateJobEnded(db, { accountId: job.accountId, id: job.id, state: 'done', now: input.now() })
      return true
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    await updateJobEnded(db, {
      accountId: job.accountId,
      id: job.id,
      state: 'failed',
      error: error.message,
      now: input.now(),
    })
    return true
  }
  return false
}

/** Makes one batch, anew where one of its codes exists already (at 54 bits a curiosity); false when the job needs none any more. */
async function addBatch(db: Db, job: CodeJobRow, now: Date): Promise<boolean> {
  return await inRetriedTransaction(db, async (trx) => {
    const count = await updateJobTaken(trx, job.accountId, job.id, BATCH, now)
    if (count > 0) await insertBatch(trx, job, count, now)
    return count > 0
  })
}

async function insertBatch(trx: Db, job: CodeJobRow, count: number, now: Date): Promise<void> {
  const coupon: CouponRow = await requireOpenCoupon(trx, { accountId: job.accountId, coupon: job.couponId, now })
  const pool = await requirePool(trx, { accountId: job.accountId, coupon, now })
  const codes = makeCodes(count, coupon.prefix, coupon.codeLength)
  const ids = codes.map(() => newId())
  await insertLiveCodes(trx, { accountId: job.accountId, poolId: pool.id, storeId: pool.storeId, ids, codes })
}
