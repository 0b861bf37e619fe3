import { makeBatch } from '../../../codes/confirm/make-batch.ts'
import { endJob } from '../../../codes/end-job.ts'
import { AppError } from '../../../errors.ts'
import { hasLostRace } from '../../../lib/constraint.ts'
import { newId } from '../../../lib/ids.ts'
import { type BatchRow, countUnderWay, insertBatch, selectNextJob, updateBatchClaimed } from './batches.sql.ts'
import type { SyncRun } from './sync-run.ts'
import { lockWindow } from './syncs.sql.ts'

/** Codes of one call. Source: Shopify Admin API, discountRedeemCodeBulkAdd (an input array holds at most 250). */
const CODES_PER_BATCH = 250
/** Times that a batch is made anew because one of its codes exists. */
const ATTEMPTS = 5

/** full: as many creations are under way as may be. idle: nothing waits to be sent or made. */
export type Taken = { status: 'taken'; batch: BatchRow } | { status: 'full' | 'idle' }

/**
 * Takes the next batch of a store to be sent: one that has to be sent again, else a new one for the job whose codes are needed first.
 *
 * The window is held until the batch counts as under way, so that all processes together keep to it; codes and batch are written down
 * before anything is said to the shop.
 */
export async function takeBatch(run: SyncRun): Promise<Taken> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const taken = await tryTake(run)
      if (taken !== 'again') return taken
    } catch (error) {
      if (attempt >= ATTEMPTS || !hasLostRace(error)) throw error
    }
  }
}

async function tryTake(run: SyncRun): Promise<Taken | 'again'> {
  let jobId: string | undefined
  try {
    return await run.db.transaction().execute(async (trx): Promise<Taken | 'again'> => {
      const window = await lockWindow(trx, run.store)
      if (!window) return { status: 'idle' }
      const hasSlot = (await countUnderWay(trx, run.store)) < Math.floor(window.creations)
      const claimed = await updateBatchClaimed(trx, run.store, { hasSlot, leaseMs: run.timing.leaseMs })
      if (claimed) return { status: 'taken', batch: claimed }
      if (!hasSlot) return { status: 'full' }
      const job = await selectNextJob(trx, run.store)
      if (!job) return { status: 'idle' }
      jobId = job.id
      const id = newId()
      const key = { accountId: run.store.accountId, jobId, batchId: id }
      const made = await makeBatch(trx, { ...key, most: CODES_PER_BATCH, now: run.now() })
      if (!made) return 'again'
      await insertBatch(trx, { ...run.store, ...made, id, jobId, rank: job.rank, leaseMs: run.timing.leaseMs })
      return { status: 'taken', batch: { id, jobId, poolId: made.poolId, size: made.size, attempt: 1 } }
    })
  } catch (error) {
    if (!(error instanceof AppError) || jobId === undefined) throw error
    await endJob(run.db, { ...run.store, jobId, state: 'failed', error: error.message, now: run.now() })
    return 'again'
  }
}
