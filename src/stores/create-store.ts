import type { Store } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireCurrency } from '../lib/currency.ts'
import { newId } from '../lib/ids.ts'
import { requireTimeZone } from '../lib/time-zone.ts'
import { toStore } from './store.ts'
import { insertStore } from './stores.sql.ts'

/** Days after their end for which unused codes stay in a new Shopify store. */
const RETENTION_DAYS = 30

export type CreateStoreInput = {
  accountId: string
  name: string
  kind: 'custom' | 'shopify'
  url: string | null
  currency: string
  timeZone: string
  sellsSubscriptions: boolean
  now: Date
}

/**
 * Adds a store to an account. Its currency is for good: amounts already stored are in it.
 *
 * Throws `name_taken` (names are compared without case), `unknown_currency`, `unknown_time_zone`.
 */
export async function createStore(db: Db, input: CreateStoreInput): Promise<Store> {
  const row = {
    id: newId(),
    name: input.name,
    kind: input.kind,
    url: input.url,
    currency: requireCurrency(input.currency),
    timeZone: requireTimeZone(input.timeZone),
    sellsSubscriptions: input.sellsSubscriptions,
    retentionDays: RETENTION_DAYS,
    createdAt: input.now,
  }
  if (await insertStore(db, input.accountId, row)) return toStore(row)
  throw new AppError('name_taken', 'Another store of this account has this name. Choose another.', { name: input.name })
}
