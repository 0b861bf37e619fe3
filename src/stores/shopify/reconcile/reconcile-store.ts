import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import type { ShopBooks } from '../../shop-order.ts'
import type { ShopifyClient } from '../client/client.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import type { ShopKey } from '../shop-key.ts'
import { subscribeWebhooks } from '../webhooks/subscribe-webhooks.ts'
import { topicsFor } from '../webhooks/topics.ts'
import { checkDiscounts } from './check-discounts.ts'
import { type OrderReader, reconcileOrders } from './reconcile-orders.ts'
import {
  type ReconcileRow,
  type ShopFactsRow,
  selectShopFacts,
  updateEnded,
  updateGap,
  updateWebhooksChecked,
  upsertDueNow,
  upsertStarted,
} from './reconciles.sql.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const EVERY_MS = 10 * MINUTE_MS
/** After a failure, and where a second look tells more. */
const AGAIN_MS = 2 * MINUTE_MS
/** Orders are read again from this long before the newest one that was read: the shop's search runs behind its changes. */
const OVERLAP_MS = 15 * MINUTE_MS
/** How far back an app sees orders without read_all_orders. Source: Shopify, object Order. */
const VISIBLE_MS = 60 * DAY_MS
/** Orders of a new connection are read from this long before it. */
const BEFORE_CONNECTION_MS = DAY_MS

export type ReconcileInput = ShopKey & {
  books: ShopBooks
  openClient: (shop: ShopKey) => Promise<ShopifyClient>
  publicUrl: string
  now: () => Date
  signal?: AbortSignal
}

/**
 * Compares a store with its shop: webhook subscriptions (daily), orders since the sure point, uses that the shop counts, terms that
 * the merchant changed. Every 10 minutes; what fails is written down for the store's page and tried again in two.
 *
 * Safe to repeat and to race: whatever it finds is written down as if a webhook had told it.
 */
export async function reconcileStore(db: Db, input: ReconcileInput): Promise<void> {
  const startedAt = input.now()
  const facts = await selectShopFacts(db, input)
  if (!facts) return
  const soon = (): Date => new Date(input.now().getTime() + AGAIN_MS)
  const row = await upsertStarted(db, input, startedAt, new Date(startedAt.getTime() + EVERY_MS))
  try {
    const client = await input.openClient(input)
    const isDaily = !row.webhooksCheckedAt || row.webhooksCheckedAt.getTime() < startedAt.getTime() - DAY_MS
    if (isDaily) await checkWebhooks(db, input, client, facts)
    const reader = readerOf(input, client, facts, startedAt)
    if (reader.seesOrders) await reconcileOrders(db, reader, await findStart(db, input, row, facts, startedAt))
    const isAwaited = await checkDiscounts(db, reader, isDaily)
    await updateEnded(db, input, { completeAt: startedAt, error: null, dueAt: isAwaited ? soon() : null })
  } catch (error) {
    if (input.signal?.aborted) return await upsertDueNow(db, input, input.now(), false)
    await updateEnded(db, input, { error: wordsOf(error), dueAt: soon() })
    if (!(error instanceof ShopifyError) && !(error instanceof AppError)) throw error
  }
}

function readerOf(
  input: ReconcileInput,
  client: ShopifyClient,
  facts: ShopFactsRow,
  now: Date,
): OrderReader & { currency: string } {
  return {
    client,
    books: input.books,
    seesCustomers: holds(facts.scopes, 'read_customers'),
    seesOrders: holds(facts.scopes, 'read_orders'),
    options: { priority: 'background', signal: input.signal },
    currency: facts.currency,
    now,
  }
}

/** A write scope holds the read scope of the same name; read_all_orders is a scope of its own. */
function holds(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes(scope.replace(/^read_/, 'write_'))
}

/** From where orders are read; what lies before what the shop shows is noted as a gap. */
async function findStart(db: Db, key: ShopKey, row: ReconcileRow, facts: ShopFactsRow, now: Date): Promise<Date> {
  const wanted = row.ordersUntil
    ? row.ordersUntil.getTime() - OVERLAP_MS
    : facts.connectedAt.getTime() - BEFORE_CONNECTION_MS
  if (facts.scopes.includes('read_all_orders')) return new Date(wanted)
  const visible = now.getTime() - VISIBLE_MS
  const sure = row.completeAt ?? facts.connectedAt
  if (sure.getTime() < visible) await updateGap(db, key, { from: sure, until: new Date(visible) })
  return new Date(Math.max(wanted, visible))
}

/** Without the app's secret no delivery could be checked: subscriptions would only collect refusals until they are removed. */
async function checkWebhooks(db: Db, input: ReconcileInput, client: ShopifyClient, facts: ShopFactsRow): Promise<void> {
  const now = input.now()
  if (!facts.canCheckWebhooks) {
    const error =
      'The API secret key of the app is missing, so webhooks cannot be checked. Connect the shop again with it.'
    return await updateWebhooksChecked(db, input, {
      missing: topicsFor(facts.scopes).map(({ topic }) => topic),
      error,
      now,
    })
  }
  const { missing, error } = await subscribeWebhooks(client, input.publicUrl, facts.scopes, input.signal)
  await updateWebhooksChecked(db, input, { missing, error, now })
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}
