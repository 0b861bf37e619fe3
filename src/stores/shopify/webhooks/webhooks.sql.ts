import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'

export type Receiver = ShopKey & { clientSecret: string; state: string }

/**
 * Every store that is this shop and whose webhooks can be checked, in whatever state: the last deliveries come after the app
 * was uninstalled. Served by shopify_shops_domain.
 */
export async function selectReceivers(db: Db, domain: string): Promise<Receiver[]> {
  const { rows } = await sql<Receiver>`
    select account_id as "accountId", store_id as "storeId", client_secret as "clientSecret", state from shopify_shops
    where domain = ${domain}::text and client_secret is not null`.execute(db)
  return rows
}

export type NewWebhook = ShopKey & {
  webhookId: string
  topic: string
  body: string | null
  state: 'waiting' | 'failed'
  error: string | null
  triggeredAt: Date | null
  now: Date
}

/** Stores a delivery unless the store has it; the primary key decides. Returns whether it is new. */
export async function insertWebhook(db: Db, webhook: NewWebhook): Promise<boolean> {
  const { rows } = await sql`
    insert into shopify_webhooks (account_id, store_id, webhook_id, id, topic, body, state, due_at, error, triggered_at, received_at,
      done_at)
    values (${webhook.accountId}::uuid, ${webhook.storeId}::uuid, ${webhook.webhookId}::text, uuid_v7(${webhook.now}::timestamptz),
      ${webhook.topic}::text, ${webhook.body}::text, ${webhook.state}::text, ${webhook.now}::timestamptz, ${webhook.error}::text,
      ${webhook.triggeredAt}::timestamptz, ${webhook.now}::timestamptz,
      case when ${webhook.state}::text = 'failed' then ${webhook.now}::timestamptz end)
    on conflict (account_id, store_id, webhook_id) do nothing
    returning id`.execute(db)
  return rows.length === 1
}

export type WebhookRow = { webhookId: string; topic: string; body: string; attempts: number; triggeredAt: Date | null }

/** The next delivery that is due, oldest first. Served by shopify_webhooks_waiting. */
export async function selectDueWebhook(db: Db, key: ShopKey, now: Date): Promise<WebhookRow | undefined> {
  const { rows } = await sql<WebhookRow>`
    select webhook_id as "webhookId", topic, body, attempts, triggered_at as "triggeredAt" from shopify_webhooks
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and state = 'waiting'
      and due_at <= ${now}::timestamptz
    order by due_at, id limit 1`.execute(db)
  return rows[0]
}

/**
 * Marks a delivery as applied and erases its body; false when another worker has done so. Call it first in the transaction that
 * applies it: the row's lock makes a second worker wait, and then find nothing to do.
 */
export async function updateApplied(db: Db, key: ShopKey, webhookId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update shopify_webhooks set state = 'applied', body = null, error = null, attempts = attempts + 1, done_at = ${now}::timestamptz
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and webhook_id = ${webhookId}::text
      and state = 'waiting'
    returning id`.execute(db)
  return rows.length === 1
}

/** Notes that applying failed: again at `dueAt`, or never (null). Nothing where another worker has applied it meanwhile. */
export async function updateNotApplied(
  db: Db,
  key: ShopKey,
  row: WebhookRow,
  outcome: { error: string; dueAt: Date | null; now: Date },
): Promise<void> {
  await sql`
    update shopify_webhooks set attempts = attempts + 1, error = ${outcome.error}::text,
      state = case when ${outcome.dueAt}::timestamptz is null then 'failed' else 'waiting' end,
      due_at = coalesce(${outcome.dueAt}::timestamptz, due_at),
      done_at = case when ${outcome.dueAt}::timestamptz is null then ${outcome.now}::timestamptz end
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and webhook_id = ${row.webhookId}::text
      and state = 'waiting' and attempts = ${row.attempts}::integer`.execute(db)
}

/** Puts a failed delivery back in line; false when it did not fail or has no body to apply. */
export async function updateRetried(db: Db, key: ShopKey, webhookId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update shopify_webhooks set state = 'waiting', attempts = 0, due_at = ${now}::timestamptz, done_at = null
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and webhook_id = ${webhookId}::text
      and state = 'failed' and body is not null
    returning id`.execute(db)
  return rows.length === 1
}

/** Stores with deliveries that are due. */
export async function selectStoresWithDue(db: Db, now: Date, limit: number): Promise<ShopKey[]> {
  const { rows } = await sql<ShopKey>`
    select distinct account_id as "accountId", store_id as "storeId" from shopify_webhooks
    where state = 'waiting' and due_at <= ${now}::timestamptz limit ${limit}::integer`.execute(db)
  return rows
}

/** Forgets old deliveries, at most `limit`; what still waits stays. Returns how many. Served by shopify_webhooks_old. */
export async function deleteWebhooksBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from shopify_webhooks where (account_id, store_id, webhook_id) in (
        select account_id, store_id, webhook_id from shopify_webhooks
        where received_at < ${before}::timestamptz and state <> 'waiting' order by received_at limit ${limit}::integer)
      returning 1
    )
    select count(*) as count from gone`.execute(db)
  return rows[0]?.count ?? 0
}

/** Erases what deliveries that were not applied say: of a whole store, or of one customer (by a text that only they hold). */
export async function updateBodiesErased(
  db: Db,
  key: ShopKey,
  texts: readonly string[] | 'all',
  except: string,
): Promise<void> {
  const who =
    texts === 'all'
      ? sql`true`
      : sql`body like any(${texts.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`)}::text[])`
  await sql`
    update shopify_webhooks set body = null, state = 'failed', error = 'Erased because the shop asked for it.', done_at = now()
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and state in ('waiting', 'failed')
      and webhook_id <> ${except}::text and body is not null and ${who}`.execute(db)
}

export type WebhookHealthRow = {
  waiting: number
  failed: number
  lastReceivedAt: Date | null
  lastTopic: string | null
}

export async function selectHealth(db: Db, key: ShopKey): Promise<WebhookHealthRow> {
  const ofStore = sql`account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid`
  const { rows } = await sql<WebhookHealthRow>`
    select (select count(*) from shopify_webhooks where ${ofStore} and state = 'waiting') as waiting,
      (select count(*) from shopify_webhooks where ${ofStore} and state = 'failed') as failed,
      n.received_at as "lastReceivedAt", n.topic as "lastTopic"
    from (select 1) one
      left join lateral (select received_at, topic from shopify_webhooks where ${ofStore} order by id desc limit 1) n on true`.execute(
    db,
  )
  return rows[0] as WebhookHealthRow
}

export type FailedRow = {
  webhookId: string
  topic: string
  error: string | null
  attempts: number
  receivedAt: Date
  canRetry: boolean
}

/** The newest failed deliveries. Served by shopify_webhooks_failed. */
export async function selectFailed(db: Db, key: ShopKey, limit: number): Promise<FailedRow[]> {
  const { rows } = await sql<FailedRow>`
    select webhook_id as "webhookId", topic, error, attempts, received_at as "receivedAt", body is not null as "canRetry"
    from shopify_webhooks
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and state = 'failed'
    order by id desc limit ${limit}::integer`.execute(db)
  return rows
}
