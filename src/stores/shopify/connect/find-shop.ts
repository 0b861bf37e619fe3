import type { Shop } from '../../../../contract/shopify.ts'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { requireStore } from '../../find-store.ts'
import { missingScopes } from './scopes.ts'
import { listShopRows, type ShopKey, type ShopRow, selectShop } from './shops.sql.ts'

/** The shop of a store, for people: no secret is in it. Throws `store_not_found`, `store_not_connected` for a custom store. */
export async function requireShop(db: Db, key: ShopKey): Promise<Shop> {
  return toShop(await requireShopRow(db, key))
}

/** The shops of an account, whatever their state, oldest store first. */
export async function listShops(db: Db, accountId: string): Promise<Shop[]> {
  return (await listShopRows(db, accountId)).map(toShop)
}

export async function requireShopRow(db: Db, key: ShopKey): Promise<ShopRow> {
  const row = await selectShop(db, key)
  if (row) return row
  await requireStore(db, key)
  throw new AppError('store_not_connected', 'This store is no Shopify shop.', { storeId: key.storeId })
}

function toShop(row: ShopRow): Shop {
  return {
    storeId: row.storeId,
    domain: row.domain,
    adminUrl: `${row.baseUrl}/admin`,
    state: row.state,
    stateReason: row.stateReason,
    method: row.auth,
    scopes: row.scopes,
    missingScopes: missingScopes(row.scopes),
    plan: row.plan,
    seesCustomers: row.seesCustomers,
    checksWebhooks: row.clientSecret !== null,
    connectedAt: row.connectedAt.toISOString(),
    factsReadAt: row.factsReadAt?.toISOString() ?? null,
    tokenExpiresAt: row.tokenExpiresAt?.toISOString() ?? null,
  }
}
