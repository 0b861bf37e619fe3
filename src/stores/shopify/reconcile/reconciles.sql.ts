import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'

export type ReconcileRow = {
  ordersUntil: Date | null
  completeAt: Date | null
  dueAt: Date
  startedAt: Date | null
  ordersRead: number
  ordersFound: number
  error: string | null
  gapFrom: Date | null
  gapUntil: Date | null
  webhooksCheckedAt: Date | null
  webhooksMissing: string[]
  webhooksError: string | null
}

const COLUMNS = sql`orders_until as "ordersUntil", complete_at as "completeAt", due_at as "dueAt", started_at as "startedAt",
  orders_read as "ordersRead", orders_found as "ordersFound", error, gap_from as "gapFrom", gap_until as "gapUntil",
  webhooks_checked_at as "webhooksCheckedAt", webhooks_missing as "webhooksMissing", webhooks_error as "webhooksError"`

const OF = (key: ShopKey) => sql`account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid`

/** Connected shops that are to be looked at: their time has come, or they were connected since they were looked at last. */
export async function selectDueStores(db: Db, now: Date, limit: number): Promise<ShopKey[]> {
  const { rows } = await sql<ShopKey>`
    select s.account_id as "accountId", s.store_id as "storeId" from shopify_shops s
      left join shopify_reconciles r on r.account_id = s.account_id and r.store_id = s.store_id
    where s.state = 'connected' and (r.due_at is null or r.due_at <= ${now}::timestamptz or r.started_at < s.connected_at)
    order by r.due_at nulls first limit ${limit}::integer`.execute(db)
  return rows
}

export type ShopFactsRow = {
  connectedAt: Date
  scopes: string[]
  currency: string
  canCheckWebhooks: boolean
}

export async function selectShopFacts(db: Db, key: ShopKey): Promise<ShopFactsRow | undefined> {
  const { rows } = await sql<ShopFactsRow>`
    select h.connected_at as "connectedAt", h.scopes, s.currency, h.client_secret is not null as "canCheckWebhooks"
    from shopify_shops h join stores s on s.account_id = h.account_id and s.id = h.store_id
    where h.account_id = ${key.accountId}::uuid and h.store_id = ${key.storeId}::uuid and h.state = 'connected'`.execute(
    db,
  )
  return rows[0]
}

/** Begins a round, and sets when the next one is due. */
export async function upsertStarted(db: Db, key: ShopKey, now: Date, dueAt: Date): Promise<ReconcileRow> {
  const { rows } = await sql<ReconcileRow>`
    insert into shopify_reconciles (account_id, store_id, due_at, started_at)
    values (${key.accountId}::uuid, ${key.storeId}::uuid, ${dueAt}::timestamptz, ${now}::timestamptz)
    on conflict (account_id, store_id) do update set due_at = excluded.due_at, started_at = excluded.started_at
    returning ${COLUMNS}`.execute(db)
  return rows[0] as ReconcileRow
}

export async function selectReconcile(db: Db, key: ShopKey): Promise<ReconcileRow | undefined> {
  const { rows } = await sql<ReconcileRow>`select ${COLUMNS} from shopify_reconciles where ${OF(key)}`.execute(db)
  return rows[0]
}

/** Moves the sure point, never back: everything that the shop changed before it has been applied. */
export async function updateOrdersRead(
  db: Db,
  key: ShopKey,
  page: { until: Date; read: number; found: number },
): Promise<void> {
  await sql`
    update shopify_reconciles set orders_until = greatest(orders_until, ${page.until}::timestamptz),
      orders_read = orders_read + ${page.read}::bigint, orders_found = orders_found + ${page.found}::bigint
    where ${OF(key)}`.execute(db)
}

export async function updateGap(db: Db, key: ShopKey, gap: { from: Date; until: Date }): Promise<void> {
  await sql`
    update shopify_reconciles set gap_from = ${gap.from}::timestamptz, gap_until = ${gap.until}::timestamptz where ${OF(key)}`.execute(
    db,
  )
}

export async function updateWebhooksChecked(
  db: Db,
  key: ShopKey,
  seen: { missing: string[]; error: string | null; now: Date },
): Promise<void> {
  await sql`
    update shopify_reconciles set webhooks_checked_at = ${seen.now}::timestamptz, webhooks_missing = ${seen.missing}::text[],
      webhooks_error = ${seen.error}::text
    where ${OF(key)}`.execute(db)
}

/** Ends a round. It is due again at `dueAt` where that is given, unless somebody asked for it sooner. */
export async function updateEnded(
  db: Db,
  key: ShopKey,
  end: { completeAt: Date; error: null; dueAt: Date | null } | { error: string; dueAt: Date },
): Promise<void> {
  const completeAt = 'completeAt' in end ? end.completeAt : null
  await sql`
    update shopify_reconciles set complete_at = coalesce(${completeAt}::timestamptz, complete_at), error = ${end.error}::text,
      due_at = least(due_at, ${end.dueAt}::timestamptz)
    where ${OF(key)}`.execute(db)
}

/** Makes a store due now; `withWebhooks` has its subscriptions looked at too. */
export async function upsertDueNow(db: Db, key: ShopKey, now: Date, withWebhooks: boolean): Promise<void> {
  await sql`
    insert into shopify_reconciles as r (account_id, store_id, due_at)
    values (${key.accountId}::uuid, ${key.storeId}::uuid, ${now}::timestamptz)
    on conflict (account_id, store_id) do update set due_at = least(r.due_at, excluded.due_at),
      webhooks_checked_at = case when ${withWebhooks}::boolean then null else r.webhooks_checked_at end`.execute(db)
}
