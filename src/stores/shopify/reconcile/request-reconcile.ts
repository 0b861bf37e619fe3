import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'
import { selectDueStores, upsertDueNow } from './reconciles.sql.ts'

const STORES_AT_ONCE = 1000

/** Has a store compared with its shop as soon as a worker is free, instead of at its next turn. */
export async function requestReconcile(db: Db, input: ShopKey & { now: Date; withWebhooks?: boolean }): Promise<void> {
  await upsertDueNow(db, input, input.now, input.withWebhooks ?? false)
}

/** Stores that a worker should compare with their shop now. */
export async function listDueReconciles(db: Db, now: Date): Promise<{ accountId: string; id: string }[]> {
  const stores = await selectDueStores(db, now, STORES_AT_ONCE)
  return stores.map(({ accountId, storeId }) => ({ accountId, id: storeId }))
}
