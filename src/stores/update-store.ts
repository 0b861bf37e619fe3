import type { Store } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireTimeZone } from '../lib/time-zone.ts'
import { requireStore } from './find-store.ts'
import { toStore } from './store.ts'
import { type StoreChange, updateStoreRow } from './stores.sql.ts'

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
