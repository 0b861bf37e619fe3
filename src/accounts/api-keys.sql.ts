import { sql } from 'kysely'
import type { Scope } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'

export type ApiKeyRow = {
  id: string
  name: string
  prefix: string
  scopes: Scope[]
  createdAt: Date
  lastUsedAt: Date | null
}

type NewApiKey = Pick<ApiKeyRow, 'id' | 'name' | 'prefix' | 'scopes'> & {
  accountId: string
  hash: string
  createdBy: string | null
  now: Date
}

export async function insertApiKey(db: Db, key: NewApiKey): Promise<void> {
  await sql`
    insert into api_keys (account_id, id, name, prefix, hash, scopes, created_by, created_at)
    values (${key.accountId}, ${key.id}, ${key.name}, ${key.prefix}, ${key.hash}, ${key.scopes}::text[], ${key.createdBy}, ${key.now})
  `.execute(db)
}

/** Keys in use, newest first, along the primary key. */
export async function selectApiKeys(
  db: Db,
  accountId: string,
  before: string | undefined,
  limit: number,
): Promise<ApiKeyRow[]> {
  const { rows } = await sql<ApiKeyRow>`
    select id, name, prefix, scopes, created_at as "createdAt", last_used_at as "lastUsedAt" from api_keys
    where account_id = ${accountId} and revoked_at is null ${before === undefined ? sql`` : sql`and id < ${before}::uuid`}
    order by account_id desc, id desc limit ${limit}`.execute(db)
  return rows
}

export type StoredApiKey = { accountId: string; id: string; hash: string; scopes: Scope[]; lastUsedAt: Date | null }

/** Keys in use with this prefix, of any account: the one lookup that does not know the account yet. Index api_keys_prefix. */
export async function selectApiKeysByPrefix(db: Db, prefix: string): Promise<StoredApiKey[]> {
  const { rows } = await sql<StoredApiKey>`
    select account_id as "accountId", id, hash, scopes, last_used_at as "lastUsedAt" from api_keys
    where prefix = ${prefix} and revoked_at is null`.execute(db)
  return rows
}

/** Notes the use unless one was noted since `unlessSince`; of racing requests one writes. */
export async function updateApiKeyUse(
  db: Db,
  key: { accountId: string; id: string },
  now: Date,
  unlessSince: Date,
): Promise<void> {
  await sql`
    update api_keys set last_used_at = ${now}
    where account_id = ${key.accountId} and id = ${key.id}
      and (last_used_at is null or last_used_at <= ${unlessSince})`.execute(db)
}

/** Ends a key; undefined when the account has no such key in use. */
export async function updateApiKeyRevoked(
  db: Db,
  accountId: string,
  id: string,
  now: Date,
): Promise<{ prefix: string } | undefined> {
  const { rows } = await sql<{ prefix: string }>`
    update api_keys set revoked_at = ${now}
    where account_id = ${accountId} and id = ${id} and revoked_at is null returning prefix`.execute(db)
  return rows[0]
}
