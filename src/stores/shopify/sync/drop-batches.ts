import { withdrawBatches } from '../../../codes/confirm/confirm-batches.ts'
import { losePool } from '../../../codes/confirm/lose.ts'
import type { Db } from '../../../db/database.ts'
import { markDiscountGone } from '../discounts/lose-discount.ts'
import { type BatchRow, selectOpenBatches, selectUnwanted, updateBatchDropped } from './batches.sql.ts'
import type { StoreKey } from './syncs.sql.ts'

/** Drops what the shop never heard of and nobody wants any more: the job was cancelled, or the terms were edited. Returns how many. */
export async function dropUnwanted(db: Db, store: StoreKey, now: Date): Promise<number> {
  const unwanted = await selectUnwanted(db, store)
  for (const batch of unwanted) await dropBatch(db, store, batch, { from: ['written'], now })
  return unwanted.length
}

/** Ends a batch of which the shop certainly has no code, and withdraws its codes. False when it is in other hands by now. */
export async function dropBatch(
  db: Db,
  store: StoreKey,
  batch: BatchRow,
  { from, now }: { from: readonly ('written' | 'sending' | 'importing')[]; now: Date },
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    if (!(await updateBatchDropped(trx, { ...batch, accountId: store.accountId, from }))) return false
    await withdrawBatches(trx, { ...batch, accountId: store.accountId, batchIds: [batch.id], now })
    return true
  })
}

/**
 * The merchant deleted the discount of a pool: with it all codes are out of the shop. Its batches are dropped, the pool is closed, codes
 * that people have are taken back, and jobs go on in a fresh discount of the newest terms. Safe to repeat and to race.
 */
export async function loseDiscount(
  db: Db,
  input: StoreKey & { couponId: string; poolId: string; now: Date },
): Promise<{ takenBack: number }> {
  return await db.transaction().execute(async (trx) => {
    if (!(await markDiscountGone(trx, input))) return { takenBack: 0 }
    const takenBack = await losePool(trx, input)
    for (const batch of await selectOpenBatches(trx, input)) {
      const sent = { ...batch, accountId: input.accountId }
      if (await updateBatchDropped(trx, { ...sent, from: ['written', 'sending', 'importing'] })) {
        await withdrawBatches(trx, { ...sent, batchIds: [batch.id], now: input.now })
      }
    }
    return { takenBack }
  })
}
