import type { Database, Db } from '../db/database.ts'
import { forgetRecipients } from '../messages/forget.ts'
import { ORDER_BOOKS } from '../redemptions/orders/books.ts'
import { giveOwedCodes } from '../redemptions/orders/give-owed.ts'
import type { ShopBooks } from '../stores/shop-order.ts'
import { openShop } from '../stores/shopify/connect/open-shop.ts'
import { reconcileStore } from '../stores/shopify/reconcile/reconcile-store.ts'
import { listDueReconciles } from '../stores/shopify/reconcile/request-reconcile.ts'
import { applyWebhooks, listStoresWithWebhooks } from '../stores/shopify/webhooks/apply-webhooks.ts'
import { forgetOldWebhooks } from '../stores/shopify/webhooks/forget-old.ts'
import type { Queues, Work } from './queues.ts'

/** What rooms above the stores do with the news of a shop. */
export const BOOKS: ShopBooks = {
  ...ORDER_BOOKS,
  forgetCustomer: async (db, input) => {
    await ORDER_BOOKS.forgetCustomer(db, input)
    await forgetRecipients(db, input)
  },
}

type Deps = { database: Database; secret: string; publicUrl: string; now: () => Date }

/** Applies what a shop has told; then people whose orders were cancelled get their new codes. */
export async function applyNews(deps: Deps, work: Work, signal: AbortSignal): Promise<void> {
  await applyWebhooks(deps.database.db, inputOf(deps, work, signal))
  await giveOwedCodes(deps.database.db, deps.now(), signal)
}

/** Compares a store with its shop. */
export async function reconcile(deps: Deps, work: Work, signal: AbortSignal): Promise<void> {
  await reconcileStore(deps.database.db, { ...inputOf(deps, work, signal), publicUrl: deps.publicUrl })
}

/** Gives every store with news, and every store whose time has come, a job. */
export async function lookAroundShops(db: Db, queues: Pick<Queues, 'wake'>, now: Date): Promise<void> {
  for (const work of await listStoresWithWebhooks(db, now)) await queues.wake('apply-webhooks', work)
  for (const work of await listDueReconciles(db, now)) await queues.wake('reconcile-store', work)
}

/** People who wait for a new code get it when there are codes again; old deliveries are forgotten. */
export async function keepShopsHouse(db: Db, now: Date): Promise<void> {
  await giveOwedCodes(db, now)
  await forgetOldWebhooks(db, now)
}

function inputOf({ database, secret, now }: Deps, { accountId, id }: Work, signal: AbortSignal) {
  const openClient = (shop: { accountId: string; storeId: string }) => openShop(database.db, secret, shop)
  return { accountId, storeId: id, books: BOOKS, openClient, now, signal }
}
