import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { applyWebhooks } from '../src/stores/shopify/webhooks/apply-webhooks.ts'
import { BOOKS } from '../src/worker/shops.ts'
import { NOW } from './seed-redemptions.ts'

type Key = { accountId: string; storeId: string }

/** A delivery as the route stores it; each has a millisecond of its own, so that they are applied in this order. */
export async function putWebhook(db: Db, key: Key, topic: string, body: unknown, webhookId = newId()): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  await sleep(2)
  await sql`
    insert into shopify_webhooks (account_id, store_id, webhook_id, id, topic, body, state, due_at, received_at)
    values (${key.accountId}::uuid, ${key.storeId}::uuid, ${webhookId}::text, ${newId()}::uuid, ${topic}::text, ${text}::text, 'waiting',
      ${NOW}::timestamptz, ${NOW}::timestamptz)`.execute(db)
  return webhookId
}

/** Applies what is due `seconds` after NOW. The shop itself cannot be reached. */
export async function applyNews(db: Db, key: Key, seconds = 0, books = BOOKS): Promise<number> {
  const now = (): Date => new Date(NOW.getTime() + seconds * 1000)
  const openClient = () => Promise.reject(new Error('the shop is not asked'))
  return await applyWebhooks(db, { ...key, books, openClient, now })
}

/** An order in the shape of webhooks. */
export function orderBody(id: number, codes: string[], more: Record<string, unknown> = {}): Record<string, unknown> {
  const at = NOW.toISOString()
  return {
    id,
    name: `#${id}`,
    currency: 'EUR',
    subtotal_price: '40.00',
    created_at: at,
    updated_at: at,
    discount_codes: codes.map((code) => ({ code, amount: '10.00', type: 'percentage' })),
    ...more,
  }
}
