import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { selectStoreUse, updateShopCodes } from './store-use.sql.ts'

/**
 * Most unique codes of a Shopify store. Source: Klaviyo and bulkbunny help pages, which name it as Shopify's limit; Shopify itself
 * publishes none.
 */
export const MAX_STORE_CODES = 20_000_000

export type StoreUse = {
  /** Codes that Onecode has in the shop or will have when all jobs are done. */
  ours: number
  /** All codes of the shop, as it said itself at `shopCodesAt`; null before it was asked. */
  shopCodes: number | null
  shopCodesAt: Date | null
  limit: number
}

/** How much of a Shopify store's room for codes is used. */
export async function readStoreUse(db: Db, input: { accountId: string; storeId: string }): Promise<StoreUse> {
  return { ...(await selectStoreUse(db, input.accountId, input.storeId)), limit: MAX_STORE_CODES }
}

/** Writes down how many codes a shop said that it has, whoever made them. */
export async function recordShopCodes(
  db: Db,
  input: { accountId: string; storeId: string; codes: number; now: Date },
): Promise<void> {
  await updateShopCodes(db, input)
}

/** Throws `store_full` when `count` more codes would go beyond what a Shopify store takes. */
export async function requireRoom(db: Db, input: { accountId: string; storeId: string; count: number }): Promise<void> {
  const { ours, shopCodes, limit } = await readStoreUse(db, input)
  const used = Math.max(ours, shopCodes ?? 0)
  if (used + input.count <= limit) return
  throw new AppError(
    'store_full',
    'The shop takes no more than 20 million codes. Add fewer, archive coupons whose codes nobody has, or shorten the time for which unused codes are kept.',
    { used, limit, room: Math.max(0, limit - used) },
  )
}
