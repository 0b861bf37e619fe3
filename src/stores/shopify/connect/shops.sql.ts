import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'

type ShopState = 'connected' | 'unauthorized' | 'uninstalled' | 'disconnected'
export type ShopAuth = 'oauth' | 'client_credentials' | 'token'

/** How a shop is reached. Secrets are sealed. */
export type ShopRow = {
  storeId: string
  domain: string
  baseUrl: string
  state: ShopState
  stateReason: string | null
  auth: ShopAuth
  clientId: string | null
  clientSecret: string | null
  accessToken: string | null
  refreshToken: string | null
  tokenExpiresAt: Date | null
  scopes: string[]
  plan: string | null
  seesCustomers: boolean
  connectedAt: Date
  factsReadAt: Date | null
}

const COLUMNS = sql.raw(`
  store_id as "storeId", domain, base_url as "baseUrl", state, state_reason as "stateReason", auth, client_id as "clientId",
  client_secret as "clientSecret", access_token as "accessToken", refresh_token as "refreshToken",
  token_expires_at as "tokenExpiresAt", scopes, plan, sees_customers as "seesCustomers", connected_at as "connectedAt",
  facts_read_at as "factsReadAt"`)

export type ShopKey = { accountId: string; storeId: string }

export async function selectShop(db: Db, shop: ShopKey): Promise<ShopRow | undefined> {
  const { rows } = await sql<ShopRow>`
    select ${COLUMNS} from shopify_shops
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid`.execute(db)
  return rows[0]
}

/** Served by shopify_shops_of_account. */
export async function selectShopOfDomain(db: Db, accountId: string, domain: string): Promise<ShopRow | undefined> {
  const { rows } = await sql<ShopRow>`
    select ${COLUMNS} from shopify_shops where account_id = ${accountId}::uuid and domain = ${domain}`.execute(db)
  return rows[0]
}

/** Holds the account's row until the transaction ends, so that its shops are connected one after another. */
export async function lockAccount(db: Db, accountId: string): Promise<void> {
  await sql`select 1 from accounts where id = ${accountId}::uuid for no key update`.execute(db)
}

export type ShopConnection = Omit<ShopRow, 'state' | 'stateReason' | 'connectedAt' | 'factsReadAt'> & { now: Date }

/**
 * Connects the shop of a store, or connects it anew: everything about the way it is reached is replaced at once.
 *
 * Returns false when another store of the account has the shop (shopify_shops_of_account decides).
 */
export async function upsertShop(db: Db, accountId: string, shop: ShopConnection): Promise<boolean> {
  const { rows } = await sql`
    insert into shopify_shops (account_id, store_id, domain, base_url, state, auth, client_id, client_secret, access_token,
      refresh_token, token_expires_at, scopes, plan, sees_customers, connected_at, facts_read_at)
    select ${accountId}::uuid, ${shop.storeId}::uuid, ${shop.domain}::text, ${shop.baseUrl}::text, 'connected', ${shop.auth}::text,
      ${shop.clientId}::text, ${shop.clientSecret}::text, ${shop.accessToken}::text, ${shop.refreshToken}::text,
      ${shop.tokenExpiresAt}::timestamptz, ${shop.scopes}::text[], ${shop.plan}::text, ${shop.seesCustomers}::boolean,
      ${shop.now}::timestamptz, ${shop.now}::timestamptz
    where not exists (select from shopify_shops other where other.account_id = ${accountId}::uuid
      and other.domain = ${shop.domain}::text and other.store_id <> ${shop.storeId}::uuid)
    on conflict (account_id, store_id) do update set
      base_url = excluded.base_url, state = 'connected', state_reason = null, auth = excluded.auth,
      client_id = excluded.client_id, client_secret = excluded.client_secret, access_token = excluded.access_token,
      refresh_token = excluded.refresh_token, token_expires_at = excluded.token_expires_at, scopes = excluded.scopes,
      plan = excluded.plan, sees_customers = excluded.sees_customers, connected_at = excluded.connected_at,
      facts_read_at = excluded.facts_read_at, renewing_until = null
    returning store_id`.execute(db)
  return rows.length === 1
}

/**
 * Says that this process renews the token; false where another does, or did since `accessToken` was read.
 *
 * The row's lock makes racing callers come one after another, and the second no longer finds what it asks for.
 */
export async function claimRenewal(
  db: Db,
  shop: ShopKey,
  accessToken: string | null,
  seconds: number,
): Promise<boolean> {
  const { rows } = await sql`
    update shopify_shops set renewing_until = clock_timestamp() + make_interval(secs => ${seconds}::double precision)
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid and state = 'connected'
      and access_token is not distinct from ${accessToken}::text
      and (renewing_until is null or renewing_until < clock_timestamp())
    returning store_id`.execute(db)
  return rows.length === 1
}

export type RenewedToken = { accessToken: string; refreshToken: string | null; expiresAt: Date | null }

/** Stores a renewed token; nothing happens where the shop was connected anew meanwhile. */
export async function updateToken(db: Db, shop: ShopKey, old: string | null, token: RenewedToken): Promise<void> {
  await sql`
    update shopify_shops set access_token = ${token.accessToken}::text,
      refresh_token = coalesce(${token.refreshToken}::text, refresh_token),
      token_expires_at = ${token.expiresAt}::timestamptz, renewing_until = null
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid
      and access_token is not distinct from ${old}::text`.execute(db)
}

/** Makes the next call renew the token. */
export async function updateTokenExpired(db: Db, shop: ShopKey, accessToken: string | null): Promise<void> {
  await sql`
    update shopify_shops set token_expires_at = clock_timestamp()
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid
      and access_token is not distinct from ${accessToken}::text`.execute(db)
}

/** Gives the renewal up, so that the next call may try. */
export async function releaseRenewal(db: Db, shop: ShopKey, accessToken: string | null): Promise<void> {
  await sql`
    update shopify_shops set renewing_until = null
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid
      and access_token is not distinct from ${accessToken}::text`.execute(db)
}

/** Marks a connected shop whose token was refused, unless it has another token by now. */
export async function updateShopUnauthorized(
  db: Db,
  shop: ShopKey,
  accessToken: string | null,
  reason: string,
): Promise<void> {
  await sql`
    update shopify_shops set state = 'unauthorized', state_reason = ${reason}::text
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid and state = 'connected'
      and access_token is not distinct from ${accessToken}::text`.execute(db)
}

export async function listShopRows(db: Db, accountId: string): Promise<ShopRow[]> {
  const { rows } = await sql<ShopRow>`
    select ${COLUMNS} from shopify_shops where account_id = ${accountId}::uuid order by store_id`.execute(db)
  return rows
}

/** Puts a shop back to connected, so that its credentials are tried; false where there are none, or its state is another by now. */
export async function updateShopRetried(db: Db, shop: ShopKey, state: ShopState): Promise<boolean> {
  const { rows } = await sql`
    update shopify_shops set state = 'connected', state_reason = null, renewing_until = null
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid and state = ${state}::text
      and access_token is not null
    returning store_id`.execute(db)
  return rows.length === 1
}

/** Takes a connected shop out of work; its credentials stay, to be tried again. */
export async function updateShopDisconnected(db: Db, shop: ShopKey, reason: string): Promise<void> {
  await sql`
    update shopify_shops set state = 'disconnected', state_reason = ${reason}::text
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid and state = 'connected'`.execute(db)
}

export async function deleteShopSecrets(db: Db, shop: ShopKey): Promise<void> {
  await sql`
    update shopify_shops set state = 'disconnected', state_reason = null, client_secret = null, access_token = null,
      refresh_token = null, token_expires_at = null, renewing_until = null
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid`.execute(db)
}

export type FactsChange = { scopes: string[]; plan: string; seesCustomers: boolean; now: Date }

export async function updateShopFacts(db: Db, shop: ShopKey, facts: FactsChange): Promise<void> {
  await sql`
    update shopify_shops set scopes = ${facts.scopes}::text[], plan = ${facts.plan}::text,
      sees_customers = ${facts.seesCustomers}::boolean, facts_read_at = ${facts.now}::timestamptz
    where account_id = ${shop.accountId}::uuid and store_id = ${shop.storeId}::uuid`.execute(db)
}

/**
 * Claims shops whose facts are a day old, for an hour. One statement: a second caller no longer finds them.
 *
 * Reads every shop of the installation, a row a store: some thousands at most, once a minute.
 */
export async function claimReading(db: Db, now: Date, limit: number): Promise<ShopKey[]> {
  const { rows } = await sql<ShopKey>`
    update shopify_shops s set facts_read_at = ${now}::timestamptz - interval '23 hours'
    from (
      select account_id, store_id from shopify_shops
      where state = 'connected' and facts_read_at <= ${now}::timestamptz - interval '24 hours'
      order by facts_read_at limit ${limit}::integer for update skip locked
    ) due
    where s.account_id = due.account_id and s.store_id = due.store_id
    returning s.account_id as "accountId", s.store_id as "storeId"`.execute(db)
  return rows
}
