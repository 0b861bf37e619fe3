import type { Store } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireTimeZone } from '../lib/time-zone.ts'
import { requireStore } from './find-store.ts'
import { toStore } from './store.ts'
import { type StoreChange, updateStoreRow } from './stores.sql.ts'

/**
 * Changes a store as a person asks. What a Shopify shop says of itself is not for people to change: `invalid_input`.
 *
 * Throws what `updateStore` throws.
 */
export async function changeStore(db: Db, input: StoreChange & { accountId: string; storeId: string }): Promise<Store> {
  const { url, timeZone, sellsSubscriptions } = input
  const isOfShop = [url, timeZone, sellsSubscriptions].some((value) => value !== undefined)
  if (isOfShop && (await requireStore(db, input)).kind === 'shopify') {
    throw new AppError(
      'invalid_input',
      'Address, time zone and subscriptions come from the Shopify shop. Change them there.',
    )
  }
  return await updateStore(db, input)
}

/** Changes what is given. Throws `store_not_found`, `name_taken`, `unknown_time_zone`. */
export async function updateStore(db: Db, input: StoreChange & { accountId: string; storeId: string }): Promise<Store> {
  const { accountId, storeId, ...change } = input
  const timeZone = change.timeZone === undefined ? undefined : requireTimeZone(change.timeZone)
  const row = await updateStoreRow(db, accountId, storeId, { ...change, timeZone })
  if (row) return toStore(row)

  await requireStore(db, { accountId, storeId })
  throw new AppError('name_taken', 'Another store of this account has this name. Choose another.', {
    name: change.name,
  })
}
