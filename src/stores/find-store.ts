import type { Page } from '../../contract/common.ts'
import type { Store } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { toStore } from './store.ts'
import { findStoreRow, listStoreRows } from './stores.sql.ts'

/** Throws `store_not_found`, also for a store of another account. */
export async function requireStore(db: Db, input: { accountId: string; storeId: string }): Promise<Store> {
  const row = await findStoreRow(db, input.accountId, input.storeId)
  if (row) return toStore(row)
  throw new AppError('store_not_found', 'No store of this account has this id. GET /v1/stores lists them.', {
    storeId: input.storeId,
  })
}

/** The stores of an account, oldest first. Throws `CursorError`. */
export async function listStores(
  db: Db,
  input: { accountId: string; cursor?: string | undefined; limit: number },
): Promise<Page<Store>> {
  const rows = await listStoreRows(db, input.accountId, decodeIdCursor(input.cursor), input.limit + 1)
  return toPage(rows, input.limit, (row) => [row.id], toStore)
}

/**
 * The store that a call of the checkout is about: the one it names, or the only one of the account.
 *
 * Throws `store_not_found`; `store_ambiguous` when none is named and the account has none or several.
 */
export async function requireStoreOfCall(
  db: Db,
  input: { accountId: string; storeId?: string | undefined },
): Promise<Store> {
  if (input.storeId !== undefined) return await requireStore(db, { ...input, storeId: input.storeId })
  const [only, ...others] = await listStoreRows(db, input.accountId, undefined, 2)
  if (only && others.length === 0) return toStore(only)
  throw new AppError('store_ambiguous', 'Name the store of this order in storeId. GET /v1/stores lists them.')
}
