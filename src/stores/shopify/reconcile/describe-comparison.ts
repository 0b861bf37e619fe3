import type { ShopOrders } from '../../../../contract/shop-orders.ts'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'
import { selectReconcile } from './reconciles.sql.ts'

type Described = {
  comparison: ShopOrders['comparison']
  subscriptions: Pick<ShopOrders['webhooks'], 'missing' | 'error' | 'checkedAt'>
}

const text = (at: Date | null | undefined): string | null => at?.toISOString() ?? null

/** How far a store was compared with its shop. */
export async function describeComparison(db: Db, key: ShopKey): Promise<Described> {
  const row = await selectReconcile(db, key)
  return {
    comparison: {
      startedAt: text(row?.startedAt),
      completeAt: text(row?.completeAt),
      dueAt: text(row?.dueAt),
      ordersRead: row?.ordersRead ?? 0,
      ordersFound: row?.ordersFound ?? 0,
      error: row?.error ?? null,
      gap: row?.gapFrom && row.gapUntil ? { from: row.gapFrom.toISOString(), until: row.gapUntil.toISOString() } : null,
    },
    subscriptions: {
      missing: row?.webhooksMissing ?? [],
      error: row?.webhooksError ?? null,
      checkedAt: text(row?.webhooksCheckedAt),
    },
  }
}
