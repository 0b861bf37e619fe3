import type { Shop } from '../../../../contract/shopify.ts'
import type { Db } from '../../../db/database.ts'
import { inTransaction } from '../../../db/transaction.ts'
import { AppError } from '../../../errors.ts'
import { requireStore } from '../../find-store.ts'
import { updateStore } from '../../update-store.ts'
import { requireSameCurrency } from './connect-shop.ts'
import { explainFailure } from './explain-failure.ts'
import { requireShop, requireShopRow } from './find-shop.ts'
import { openShop } from './open-shop.ts'
import { readFacts, type ShopFacts } from './read-facts.ts'
import { requireScopes } from './scopes.ts'
import {
  claimReading,
  type ShopKey,
  type ShopRow,
  updateShopDisconnected,
  updateShopFacts,
  updateShopRetried,
} from './shops.sql.ts'

const TIMEOUT_MS = 15_000
/** Shops whose facts one round reads. */
const ROUND = 20

/**
 * Reads the shop's facts now, and brings a shop back that was refused for a while, with the credentials that are stored.
 *
 * Throws `shop_refused`, `shop_unavailable`, `shop_scope_missing`, `shop_currency_changed`; where the shop will not work any more it
 * is marked so. Throws `store_not_connected` where it was disconnected by hand: its credentials are gone.
 */
export async function checkShop(db: Db, secret: string, input: ShopKey & { now: Date }): Promise<Shop> {
  const before = await requireShopRow(db, input)
  if (before.state !== 'connected') await retry(db, input, before)
  try {
    const client = await openShop(db, secret, input)
    await storeFacts(db, input, await readFacts(client, AbortSignal.timeout(TIMEOUT_MS)), input.now)
  } catch (error) {
    throw explainFailure(error, before.domain)
  }
  return await requireShop(db, input)
}

/** Lets the stored credentials be tried again. */
async function retry(db: Db, key: ShopKey, row: ShopRow): Promise<void> {
  if (await updateShopRetried(db, key, row.state)) return
  throw new AppError(
    'store_not_connected',
    'This shop was disconnected and its credentials are gone. Connect it again.',
    {
      storeId: key.storeId,
      state: row.state,
    },
  )
}

/** Stores what the shop says of itself. A shop that can no longer be worked with is taken out of work, with the reason. */
async function storeFacts(db: Db, key: ShopKey, facts: ShopFacts, now: Date): Promise<void> {
  const store = await requireStore(db, key)
  try {
    requireScopes(facts.scopes)
    requireSameCurrency(store, facts.currency)
  } catch (error) {
    if (error instanceof AppError) await updateShopDisconnected(db, key, error.message)
    throw error
  }
  const { url, timeZone, sellsSubscriptions } = facts
  await inTransaction(db, async (trx) => {
    await updateStore(trx, { ...key, url, timeZone, sellsSubscriptions })
    await updateShopFacts(trx, key, { ...facts, now })
  })
}

/**
 * Reads the facts of shops whose facts are a day old. Returns how many were tried.
 *
 * A shop is claimed for an hour before it is asked: of several workers one asks, and a failure is tried again an hour later.
 */
export async function refreshShops(
  db: Db,
  secret: string,
  now: Date,
  onFailure: (shop: ShopKey, error: unknown) => void,
): Promise<number> {
  const due = await claimReading(db, now, ROUND)
  for (const shop of due) {
    try {
      await checkShop(db, secret, { ...shop, now })
    } catch (error) {
      onFailure(shop, error)
    }
  }
  return due.length
}
