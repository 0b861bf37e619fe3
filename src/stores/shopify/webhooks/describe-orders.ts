import type { ShopOrders } from '../../../../contract/shop-orders.ts'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { requireStore } from '../../find-store.ts'
import { describeComparison } from '../reconcile/describe-comparison.ts'
import { listDrift } from '../reconcile/list-drift.ts'
import type { ShopKey } from '../shop-key.ts'
import { type DataRequestRow, selectDataRequests, updateFetched } from './compliance.sql.ts'
import { WEBHOOK_PATH } from './subscribe-webhooks.ts'
import { selectFailed, selectHealth, updateRetried } from './webhooks.sql.ts'

/** Most failed deliveries and requests that the page shows. */
const SHOWN = 50

/** How news of a store's shop arrives, and what waits for somebody. Throws `store_not_found`. */
export async function describeOrders(db: Db, input: ShopKey & { publicUrl: string }): Promise<ShopOrders> {
  await requireStore(db, input)
  const { subscriptions, comparison } = await describeComparison(db, input)
  const health = await selectHealth(db, input)
  const failures = await selectFailed(db, input, SHOWN)
  const requests = await selectDataRequests(db, input, SHOWN)
  return {
    webhooks: {
      address: `${input.publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}`,
      ...health,
      lastReceivedAt: health.lastReceivedAt?.toISOString() ?? null,
      ...subscriptions,
    },
    comparison,
    failures: failures.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() })),
    dataRequests: requests.map(({ id, customerId, orderIds, requestedAt, fetchedAt }) => ({
      id,
      customerId,
      orders: orderIds.length,
      requestedAt: requestedAt.toISOString(),
      fetchedAt: fetchedAt?.toISOString() ?? null,
    })),
    drift: await listDrift(db, { accountId: input.accountId, storeId: input.storeId }),
  }
}

/** Has a failed delivery applied again. Throws `webhook_not_found` where it did not fail, or has nothing to apply any more. */
export async function retryWebhook(db: Db, input: ShopKey & { webhookId: string; now: Date }): Promise<void> {
  if (await updateRetried(db, input, input.webhookId, input.now)) return
  throw new AppError('webhook_not_found', 'No failed delivery of this store has this id, or its body is gone.', {
    webhookId: input.webhookId,
  })
}

/** A customer's request, noted as answered. Throws `data_request_not_found`. */
export async function takeUpDataRequest(
  db: Db,
  input: ShopKey & { requestId: string; now: Date },
): Promise<DataRequestRow> {
  const row = await updateFetched(db, input, input.requestId, input.now)
  if (row) return row
  throw new AppError('data_request_not_found', 'No request of a customer of this store has this id.', {
    requestId: input.requestId,
  })
}
