import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'

export type NewDataRequest = ShopKey & {
  id: string
  customerId: string | null
  email: string | null
  phone: string | null
  orderIds: string[]
  now: Date
}

export async function insertDataRequest(db: Db, request: NewDataRequest): Promise<void> {
  await sql`
    insert into data_requests (account_id, id, store_id, customer_id, email, phone, order_ids, requested_at)
    values (${request.accountId}::uuid, ${request.id}::uuid, ${request.storeId}::uuid, ${request.customerId}::text, ${request.email}::text,
      ${request.phone}::text, ${request.orderIds}::text[], ${request.now}::timestamptz)`.execute(db)
}

export type DataRequestRow = Omit<NewDataRequest, 'now' | 'accountId'> & { requestedAt: Date; fetchedAt: Date | null }

const COLUMNS = sql`id, store_id as "storeId", customer_id as "customerId", email, phone, order_ids as "orderIds",
  requested_at as "requestedAt", fetched_at as "fetchedAt"`

/** The newest requests of a store. Served by data_requests_store. */
export async function selectDataRequests(db: Db, key: ShopKey, limit: number): Promise<DataRequestRow[]> {
  const { rows } = await sql<DataRequestRow>`
    select ${COLUMNS} from data_requests
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
    order by id desc limit ${limit}::integer`.execute(db)
  return rows
}

/** One request; notes that its file was fetched. */
export async function updateFetched(db: Db, key: ShopKey, id: string, now: Date): Promise<DataRequestRow | undefined> {
  const { rows } = await sql<DataRequestRow>`
    update data_requests set fetched_at = coalesce(fetched_at, ${now}::timestamptz)
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and id = ${id}::uuid
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

/** Requests name a person: they go when the person or the shop is to be forgotten. */
export async function deleteDataRequests(db: Db, key: ShopKey, customerId: string | 'all'): Promise<void> {
  const who = customerId === 'all' ? sql`true` : sql`customer_id = ${customerId}::text`
  await sql`
    delete from data_requests
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and ${who}`.execute(db)
}
