import { z } from 'zod'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import type { ShopBooks, ShopOrder } from '../../shop-order.ts'
import type { ShopifyClient } from '../client/client.ts'
import { readOrder } from '../reconcile/read-orders.ts'
import type { ShopKey } from '../shop-key.ts'
import { applyTopic } from './apply-topic.ts'
import { shopId } from './read-order.ts'
import {
  selectDueWebhook,
  selectStoresWithDue,
  updateApplied,
  updateNotApplied,
  type WebhookRow,
} from './webhooks.sql.ts'

/** Times that a delivery is tried, and the first wait; each wait is twice the one before: 10 minutes in all. */
const ATTEMPTS = 8
const FIRST_WAIT_MS = 5000

const STORES_AT_ONCE = 1000

export type ApplyInput = ShopKey & {
  books: ShopBooks
  /** The connected shop, for what a delivery does not say. Throws `store_not_connected`. */
  openClient: (shop: ShopKey) => Promise<ShopifyClient>
  now: () => Date
  signal?: AbortSignal
}

/**
 * Applies the deliveries of a store that are due, one after another, each in one transaction with the mark that it was. One that
 * fails is tried again with growing waits and never holds up others; in the end it is `failed` and shown. Returns how many were applied.
 */
export async function applyWebhooks(db: Db, input: ApplyInput): Promise<number> {
  let applied = 0
  while (!input.signal?.aborted) {
    const row = await selectDueWebhook(db, input, input.now())
    if (!row) return applied
    if (await applyOne(db, input, row)) applied += 1
  }
  return applied
}

/** Stores whose deliveries wait for a worker. */
export async function listStoresWithWebhooks(db: Db, now: Date): Promise<{ accountId: string; id: string }[]> {
  const stores = await selectStoresWithDue(db, now, STORES_AT_ONCE)
  return stores.map(({ accountId, storeId }) => ({ accountId, id: storeId }))
}

async function applyOne(db: Db, input: ApplyInput, row: WebhookRow): Promise<boolean> {
  const { accountId, storeId, books } = input
  const now = input.now()
  try {
    const body = JSON.parse(row.body, withoutNul)
    const order = row.topic === 'refunds/create' ? await findRefunded(db, input, body) : undefined
    return await db.transaction().execute(async (trx) => {
      if (!(await updateApplied(trx, input, row.webhookId, now))) return false
      await applyTopic(trx, { ...row, accountId, storeId, books, order, body, now })
      return true
    })
  } catch (error) {
    const isUnreadable = error instanceof z.ZodError
    const isLast = isUnreadable || row.attempts + 1 >= ATTEMPTS
    const dueAt = isLast ? null : new Date(now.getTime() + FIRST_WAIT_MS * 2 ** row.attempts)
    await updateNotApplied(db, input, row, { error: wordsOf(error), dueAt, now })
    return false
  }
}

/**
 * A refund names its order and nothing else: the shop is asked for the order, if it is one with a code of ours. Of a shop that
 * is not connected any more nothing can be read, and nothing follows.
 */
async function findRefunded(db: Db, input: ApplyInput, body: unknown): Promise<ShopOrder | undefined> {
  const { order_id: orderId } = z.object({ order_id: shopId }).parse(body)
  if (!(await input.books.isKnownOrder(db, { ...input, orderId }))) return undefined
  try {
    const options = { priority: 'background' as const, signal: input.signal }
    return await readOrder(await input.openClient(input), orderId, false, options)
  } catch (error) {
    if (error instanceof AppError && error.code === 'store_not_connected') return undefined
    throw error
  }
}

/** Postgres stores no U+0000. */
function withoutNul(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '') : value
}

function wordsOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return `The body is not what Shopify's topic promises: ${issue?.path.join('.') || 'the body'} ${issue?.message ?? ''}`.slice(
      0,
      500,
    )
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}
