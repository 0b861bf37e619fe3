import type { Db } from '../../../db/database.ts'
import { requireShopRow } from './find-shop.ts'
import { deleteShopSecrets, type ShopKey } from './shops.sql.ts'

/**
 * Ends the connection of a store's shop and forgets every secret of it. Coupons, codes and history stay; codes in the shop go on
 * to work there. Connecting the shop again takes everything up where it was. Throws `store_not_found`, `store_not_connected`.
 */
export async function disconnectShop(db: Db, key: ShopKey): Promise<{ domain: string }> {
  const { domain } = await requireShopRow(db, key)
  await deleteShopSecrets(db, key)
  return { domain }
}
