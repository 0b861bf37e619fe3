import type { Db } from '../../../db/database.ts'
import { updateDiscountState } from './discounts.sql.ts'

/** Writes down that the merchant deleted the discount of a pool; false when that is known, or it was removed by us. */
export async function markDiscountGone(db: Db, input: { accountId: string; poolId: string }): Promise<boolean> {
  return await updateDiscountState(db, input, ['live', 'withdrawn'], 'gone')
}
