import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type StoreRow = {
  id: string
  name: string
  kind: 'custom' | 'shopify'
  url: string | null
  currency: string
  timeZone: string
  sellsSubscriptions: boolean
  retentionDays: number
  createdAt: Date
}

const COLUMNS = sql`id, name, kind, url, currency, time_zone as "timeZone", sells_subscriptions as "sellsSubscriptions",
  retention_days as "retentionDays", created_at as "createdAt"`

/** Returns false when the account has a store of this name; `stores_name` decides. */
export async function insertStore(db: Db, accountId: string, store: StoreRow): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    insert into stores (account_id, id, name, kind, url, currency, time_zone, sells_subscriptions, retention_days, created_at)
    values (${accountId}::uuid, ${store.id}::uuid, ${store.name}::text, ${store.kind}::text, ${store.url}::text,
      ${store.currency}::text, ${store.timeZone}::text, ${store.sellsSubscriptions}::boolean,
      ${store.retentionDays}::integer, ${store.createdAt}::timestamptz)
    on conflict (account_id, lower(name)) do nothing
    returning id`.execute(db)
  return rows.length === 1
}

export type StoreChange = {
  name?: string | undefined
  url?: string | null | undefined
  timeZone?: string | undefined
  sellsSubscriptions?: boolean | undefined
  retentionDays?: number | undefined
}

/** Sets what is given; undefined leaves a column as it is. A name that is taken violates `stores_name`. */
export async function updateStoreRow(
  db: Db,
  accountId: string,
  storeId: string,
  change: StoreChange,
): Promise<StoreRow | undefined> {
  const { rows } = await sql<StoreRow>`
    update stores set name = coalesce(${change.name ?? null}::text, name),
      url = case when ${change.url !== undefined}::boolean then ${change.url ?? null}::text else url end,
      time_zone = coalesce(${change.timeZone ?? null}::text, time_zone),
      sells_subscriptions = coalesce(${change.sellsSubscriptions ?? null}::boolean, sells_subscriptions),
      retention_days = coalesce(${change.retentionDays ?? null}::integer, retention_days)
    where account_id = ${accountId}::uuid and id = ${storeId}::uuid
      and not exists (select from stores other where other.account_id = ${accountId}::uuid
        and lower(other.name) = lower(${change.name ?? null}::text) and other.id <> ${storeId}::uuid)
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

export async function findStoreRow(db: Db, accountId: string, storeId: string): Promise<StoreRow | undefined> {
  const { rows } = await sql<StoreRow>`
    select ${COLUMNS} from stores where account_id = ${accountId}::uuid and id = ${storeId}::uuid`.execute(db)
  return rows[0]
}

/** The first `limit` stores after `after`, oldest first. Served by the primary key: ids rise with time. */
export async function listStoreRows(
  db: Db,
  accountId: string,
  after: string | undefined,
  limit: number,
): Promise<StoreRow[]> {
  const { rows } = await sql<StoreRow>`
    select ${COLUMNS} from stores
    where account_id = ${accountId}::uuid and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    order by id limit ${limit}::integer`.execute(db)
  return rows
}
