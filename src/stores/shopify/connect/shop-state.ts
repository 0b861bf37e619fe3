import { recordAudit } from '../../../accounts/audit.ts'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'
import { updateShopFactsOld, updateShopUninstalled } from './shop-state.sql.ts'

/** Notes that the merchant removed the app at `at`, by the shop's clock. Its work stops; connecting it again takes it up. */
export async function markShopUninstalled(db: Db, input: ShopKey & { at: Date; now: Date }): Promise<void> {
  if (!(await updateShopUninstalled(db, input, input.at))) return
  const { accountId, storeId, now } = input
  await recordAudit(db, { accountId, actor: 'system', action: 'store.uninstalled', subject: `store:${storeId}`, now })
}

/** Has the shop's facts read anew: its scopes have changed. */
export async function markShopToBeRead(db: Db, input: ShopKey & { now: Date }): Promise<void> {
  await updateShopFactsOld(db, input, input.now)
}
