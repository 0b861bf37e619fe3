import type { Drift } from '../../../../contract/shop-orders.ts'
import type { Db } from '../../../db/database.ts'
import { type DriftRow, selectDrift } from './drift.sql.ts'

/** Most rows that a page shows. */
const SHOWN = 200

/** What the merchant changed in the shop's own admin, oldest first: in a store, or for a coupon. */
export async function listDrift(
  db: Db,
  input: { accountId: string } & ({ storeId: string } | { couponId: string }),
): Promise<Drift[]> {
  const rows = await selectDrift(db, input.accountId, input, SHOWN)
  return rows.map(toDrift)
}

function toDrift(row: DriftRow): Drift {
  return { ...row, since: row.since.toISOString(), canRestore: row.field !== 'codes' && row.field !== 'discount' }
}
