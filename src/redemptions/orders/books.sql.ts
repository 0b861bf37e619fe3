import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { StoreKey } from './orders.sql.ts'

/** Served by redemptions_order_of_store. */
export async function existsOrder(db: Db, key: StoreKey, orderId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from redemptions
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and order_id = ${orderId}::text
      and source = 'shop' limit 1`.execute(db)
  return rows.length > 0
}

/**
 * Takes out of orders who ordered: those of a customer, those named, and those that used codes of these profiles. Amounts, codes and dates
 * stay, and whether it was the recipient.
 */
export async function updateOrdersForgotten(
  db: Db,
  key: StoreKey,
  who: { customerId: string | null; orderIds: readonly string[]; profileIds: readonly string[] },
): Promise<void> {
  await sql`
    update redemptions r set order_email = null, customer_id = null, customer_key = null
    where r.account_id = ${key.accountId}::uuid and (r.order_email is not null or r.customer_id is not null or r.customer_key is not null)
      and ((r.store_id = ${key.storeId}::uuid and r.customer_id = ${who.customerId}::text)
        or (r.store_id = ${key.storeId}::uuid and r.source = 'shop' and r.order_id = any(${who.orderIds}::text[]))
        or r.profile_id = any(${who.profileIds}::uuid[]))`.execute(db)
}

export async function updateStoreForgotten(db: Db, key: StoreKey): Promise<void> {
  await sql`
    update redemptions set order_email = null, customer_id = null, customer_key = null
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
      and (order_email is not null or customer_id is not null or customer_key is not null)`.execute(db)
}
