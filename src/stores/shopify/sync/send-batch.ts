import { endJob } from '../../../codes/end-job.ts'
import { AppError } from '../../../errors.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import { type EnsuredDiscount, ensureDiscount, isDiscountThere } from '../discounts/ensure-discount.ts'
import { AddCodes, type AddCodesMutation } from '../generated/codes.ts'
import { type BatchRow, selectBatchCodes, updateBatchBack, updateBatchImporting } from './batches.sql.ts'
import { dropBatch, loseDiscount } from './drop-batches.ts'
import { lookUpCodes } from './look-up-codes.ts'
import { confirmDone } from './settle-batch.ts'
import type { SyncRun } from './sync-run.ts'
import { updateWindowHalved } from './syncs.sql.ts'

type UserError = NonNullable<AddCodesMutation['discountRedeemCodeBulkAdd']>['userErrors'][number]

/**
 * Sends a batch that this process has taken: its codes go to the discount of its pool.
 *
 * Whatever happens, the batch is afterwards where somebody finds it: under way with its creation, put back to be sent again with the
 * same codes, or ended. Throws the `ShopifyError` that kept it from being sent.
 */
export async function sendBatch(run: SyncRun, batch: BatchRow): Promise<void> {
  const codes = await selectBatchCodes(run.db, run.store.accountId, batch.id)
  if (codes.length === 0) return void (await dropBatch(run.db, run.store, batch, { from: ['sending'], now: run.now() }))
  const discount = await requireDiscount(run, batch)
  if (discount?.status === 'live') await addCodes(run, batch, discount.discountId, codes)
}

/** The discount of the batch's pool; undefined when the batch was put back or ended because there is none. */
async function requireDiscount(run: SyncRun, batch: BatchRow): Promise<EnsuredDiscount | undefined> {
  const { db, client, store, timing, now, signal } = run
  try {
    const key = { accountId: store.accountId, poolId: batch.poolId }
    const ensured = await ensureDiscount(db, client, { ...key, leaseMs: timing.leaseMs, now: now(), signal })
    if (ensured.status === 'live') return ensured
    if (ensured.status === 'busy') await putBack(run, batch, { isUnsent: true, waitMs: timing.firstLookMs })
    else await dropBatch(db, store, batch, { from: ['sending'], now: now() })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'term_not_supported') {
      await putBack(run, batch, { isUnsent: true, waitMs: waitOf(run, batch) })
      throw error
    }
    await failJob(run, batch, error.message)
  }
  return undefined
}

async function addCodes(run: SyncRun, batch: BatchRow, discountId: string, codes: string[]): Promise<void> {
  try {
    // Without the signal: a call that has begun is waited for, else its outcome would be unknown.
    const { discountRedeemCodeBulkAdd: reply } = await run.client.request(AddCodes, {
      discountId,
      codes: codes.map((code) => ({ code })),
    })
    const creationId = reply?.bulkCreation?.id
    if (creationId === undefined) return await refuseBatch(run, batch, discountId, reply?.userErrors ?? [])
    const sent = { ...batch, ...run.store, creationId, lookMs: run.timing.firstLookMs }
    await updateBatchImporting(run.db, sent)
  } catch (error) {
    if (!(error instanceof ShopifyError)) {
      await putBack(run, batch, { isUnsent: error instanceof AppError, waitMs: waitOf(run, batch) })
      throw error
    }
    await updateWindowHalved(run.db, run.store)
    if (error.kind === 'refused' && error.code !== null) {
      return await failBatch(run, batch, { discountId, codes, words: error.message })
    }
    await putBack(run, batch, { isUnsent: error.kind !== 'lost', waitMs: waitOf(run, batch) })
    throw error
  }
}

/** Shopify read the call and took none of the codes. */
async function refuseBatch(run: SyncRun, batch: BatchRow, discountId: string, errors: UserError[]): Promise<void> {
  const isUnknown = errors.some((error) => error.field?.includes('discountId'))
  if (isUnknown) return await checkDiscount(run, batch)
  const codes = await selectBatchCodes(run.db, run.store.accountId, batch.id)
  await failBatch(run, batch, { discountId, codes, words: errors.map((error) => error.message).join(' ') })
}

/** Finds out whether the discount of a batch is gone; where it is still there, the batch is sent again. */
export async function checkDiscount(run: SyncRun, batch: BatchRow): Promise<void> {
  const { db, client, store, signal } = run
  const found = await isDiscountThere(db, client, { accountId: store.accountId, poolId: batch.poolId, signal })
  if (found.isThere) return await putBack(run, batch, { isUnsent: false, waitMs: waitOf(run, batch) })
  await loseDiscount(db, { ...store, couponId: found.couponId, poolId: batch.poolId, now: run.now() })
}

/** Fails the job with Shopify's words. Codes of the batch that an earlier call brought into the shop become live all the same. */
async function failBatch(
  run: SyncRun,
  batch: BatchRow,
  { discountId, codes, words }: { discountId: string; codes: string[]; words: string },
): Promise<void> {
  const message = `Shopify does not take the codes: ${words || 'it gave no reason.'} Set that right in the shop, then add the missing codes again.`
  if (batch.attempt === 1) return await failJob(run, batch, message)
  const found = await lookUpCodes(run.client, codes, { signal: run.signal })
  const refused = codes.filter((code) => found.get(code) !== discountId)
  await endJob(run.db, { ...run.store, jobId: batch.jobId, state: 'failed', error: message, now: run.now() })
  await confirmDone(run, [batch], { refused, from: 'sending' })
}

async function failJob(run: SyncRun, batch: BatchRow, error: string): Promise<void> {
  await endJob(run.db, { ...run.store, jobId: batch.jobId, state: 'failed', error, now: run.now() })
  await dropBatch(run.db, run.store, batch, { from: ['sending'], now: run.now() })
}

async function putBack(run: SyncRun, batch: BatchRow, back: { isUnsent: boolean; waitMs: number }): Promise<void> {
  await updateBatchBack(run.db, { ...batch, ...back, accountId: run.store.accountId })
}

/** How long to wait before a batch is sent again. */
export function waitOf({ timing }: SyncRun, { attempt }: BatchRow): number {
  return Math.min(timing.mostSendAgainMs, timing.sendAgainMs * 2 ** Math.min(attempt - 1, 20))
}
