import { requireCodeJob } from '../../../codes/code-jobs.ts'
import { confirmBatches } from '../../../codes/confirm/confirm-batches.ts'
import { endJob } from '../../../codes/end-job.ts'
import { findDiscountId } from '../discounts/ensure-discount.ts'
import { ReadCreation } from '../generated/codes.ts'
import { type BatchRow, type ImportingRow, updateBatchesDone } from './batches.sql.ts'
import { lookUpCodes } from './look-up-codes.ts'
import type { SyncRun } from './sync-run.ts'

/** What a creation says of codes that exist in the shop already. Source: recording discount-redeem-code-bulk. */
const EXISTS = /must be unique/i
/** What the emulator says of codes whose discount was deleted meanwhile; no recording has it. */
const NO_DISCOUNT = /does not exist/i

/** again: what the creation says is not enough, the batch has to be sent again. gone: its discount does not exist any more. */
export type Verdict =
  | { status: 'known'; refused: string[]; words: string | null }
  | { status: 'again' }
  | { status: 'gone' }

/**
 * Which codes of a creation that is done with failures are refused for good.
 *
 * Shopify gives a text per code and nothing else. "Must be unique" does not say where the code is: on our discount it came there by an
 * earlier call whose reply was lost, and is live; on another it is a collision; nowhere, the merchant deleted it a moment ago, and the
 * batch is sent again. Codes with other texts are looked up too: where they are not in the shop, the words are returned.
 */
export async function judgeCreation(run: SyncRun, batch: ImportingRow): Promise<Verdict> {
  const { client, signal } = run
  const discountId = await findDiscountId(run.db, { accountId: run.store.accountId, poolId: batch.poolId })
  const { discountRedeemCodeBulkCreation: creation } = await client.request(
    ReadCreation,
    { id: batch.creationId },
    { signal },
  )
  if (!creation || !discountId) return { status: 'again' }
  const faults = creation.codes.nodes.filter((entry) => entry.discountRedeemCode === null)
  const found = await lookUpCodes(
    client,
    faults.map((entry) => entry.code),
    { signal },
  )
  const refused: string[] = []
  let words: string | null = null
  for (const { code, errors } of faults) {
    const text = errors.map((error) => error.message).join(' ')
    const where = found.get(code) ?? null
    if (where === discountId) continue
    if (where === null && NO_DISCOUNT.test(text)) return { status: 'gone' }
    if (where === null && EXISTS.test(text)) return { status: 'again' }
    refused.push(code)
    if (where === null) words = text
  }
  return { status: 'known', refused, words }
}

/**
 * Ends batches of one pool and job whose codes are in the shop but for `refused`. Returns those that it ended: of the others somebody
 * else did, or sends them again.
 */
export async function confirmDone(
  run: SyncRun,
  batches: readonly BatchRow[],
  outcome: { refused: string[]; words?: string | null; from: 'sending' | 'importing' },
): Promise<Set<string>> {
  const [first] = batches
  if (!first) return new Set()
  const { accountId } = run.store
  return await run.db.transaction().execute(async (trx) => {
    const batchIds = await updateBatchesDone(trx, accountId, batches, { ...outcome, failed: outcome.refused.length })
    if (batchIds.length > 0) {
      const key = { accountId, batchIds, poolId: first.poolId, jobId: first.jobId }
      const { refused, words = null } = outcome
      const codes = batches.filter(({ id }) => batchIds.includes(id)).reduce((sum, { size }) => sum + size, 0)
      await confirmBatches(trx, { ...key, codes, refused, words, now: run.now() })
    }
    return new Set(batchIds)
  })
}

/**
 * Ends the job of a batch of which Shopify refused codes for a reason that another code would not change. An upload goes on: its codes
 * are what they are, and the refused ones are reported by line.
 */
export async function failJobOf(run: SyncRun, batch: BatchRow, words: string): Promise<void> {
  const { kind } = await requireCodeJob(run.db, { accountId: run.store.accountId, jobId: batch.jobId })
  if (kind === 'upload') return
  const error = `Shopify refused codes: ${words} Set that right in the shop, then add the missing codes again.`
  await endJob(run.db, { ...run.store, jobId: batch.jobId, state: 'failed', error, now: run.now() })
}
