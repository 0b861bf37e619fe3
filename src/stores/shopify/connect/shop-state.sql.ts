import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'

/** A shop that was connected again after `at` stays as it is: the news is older than that. */
export async function updateShopUninstalled(db: Db, shop: ShopKey, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update shopify_shops set state = 'uninstalled', state_reason = 'The app was removed from the shop.'
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid and state in ('connected', 'unauthorized')
      and date_trunc('second', connected_at) <= ${at}::timestamptz
    returning store_id`.execute(db)
  return rows.length === 1
}

/** Makes the facts of a shop a day old, so that they are read at the next occasion. */
export async function updateShopFactsOld(db: Db, shop: ShopKey, now: Date): Promise<void> {
  await sql`
    update shopify_shops set facts_read_at = ${now}::timestamptz - interval '24 hours'
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid and state = 'connected'`.execute(db)
}
