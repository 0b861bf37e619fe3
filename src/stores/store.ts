import type { Store } from '../../contract/coupons.ts'
import type { StoreRow } from './stores.sql.ts'

export function toStore(row: StoreRow): Store {
  return { ...row, createdAt: row.createdAt.toISOString() }
}
