import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { openShop } from '../stores/shopify/connect/open-shop.ts'
import { runSync } from '../stores/shopify/sync/run-sync.ts'
import type { Work } from './queues.ts'

/** Syncs one Shopify store. A store that is not connected is left alone: its state says so, and it is found again once it is. */
export async function syncStore(
  deps: { database: { db: Db }; secret: string; leaseMs: number; now: () => Date },
  { accountId, id: storeId }: Work,
  signal: AbortSignal,
): Promise<void> {
  const { db } = deps.database
  try {
    const client = await openShop(db, deps.secret, { accountId, storeId })
    await runSync(db, client, { accountId, storeId, now: deps.now, signal, timing: { leaseMs: deps.leaseMs } })
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'store_not_connected')) throw error
  }
}
