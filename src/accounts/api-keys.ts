import type { ApiKey, Scope } from '../../contract/account.ts'
import type { Page } from '../../contract/common.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { hashApiKey, isSameHash, makeApiKey, prefixOf } from './api-key-format.ts'
import {
  insertApiKey,
  selectApiKeys,
  selectApiKeysByPrefix,
  updateApiKeyRevoked,
  updateApiKeyUse,
} from './api-keys.sql.ts'
import { recordAudit } from './audit.ts'

/** How often the last use of a key is written down. */
const USE_WRITTEN_EVERY_MS = 60_000

export type CreateApiKeyInput = {
  accountId: string
  /** Who makes it, for the audit log. */
  actor: string
  name: string
  scopes: Scope[]
  /** What the maker may do: nobody hands out more. */
  allowedScopes: ReadonlySet<Scope>
  now: Date
}

/** Makes a key. The reply is the only place where the whole key is ever seen. Throws `missing_scope`. */
export async function createApiKey(db: Db, input: CreateApiKeyInput): Promise<ApiKey & { key: string }> {
  const { accountId, actor, name, now } = input
  const scopes = [...new Set(input.scopes)]
  const tooMuch = scopes.find((scope) => !input.allowedScopes.has(scope))
  if (tooMuch) {
    throw new AppError('missing_scope', 'Leave out the scopes that you do not have yourself.', { scope: tooMuch })
  }
  const id = newId()
  const { key, prefix, hash } = makeApiKey()
  const createdBy = actor.startsWith('user:') ? actor.slice('user:'.length) : null
  await inTransaction(db, async (trx) => {
    await insertApiKey(trx, { accountId, id, name, prefix, hash, scopes, createdBy, now })
    const subject = `api_key:${id}`
    await recordAudit(trx, {
      accountId,
      actor,
      action: 'api_key.created',
      subject,
      data: { name, prefix, scopes },
      now,
    })
  })
  return { id, name, prefix, scopes, createdAt: now.toISOString(), lastUsedAt: null, key }
}

type ListApiKeysInput = { accountId: string; cursor?: string | undefined; limit: number }

/** The account's keys in use, newest first. */
export async function listApiKeys(db: Db, input: ListApiKeysInput): Promise<Page<ApiKey>> {
  const rows = await selectApiKeys(db, input.accountId, decodeIdCursor(input.cursor), input.limit + 1)
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    }),
  )
}

type RevokeApiKeyInput = { accountId: string; actor: string; id: string; now: Date }

/** Ends a key at once, in every process. Throws `api_key_not_found`, also for a key that was ended before. */
export async function revokeApiKey(db: Db, input: RevokeApiKeyInput): Promise<void> {
  const { accountId, actor, id, now } = input
  await inTransaction(db, async (trx) => {
    const key = await updateApiKeyRevoked(trx, accountId, id, now)
    if (!key)
      throw new AppError('api_key_not_found', 'List the keys of this account and use the id of one of them.', { id })
    const subject = `api_key:${id}`
    await recordAudit(trx, { accountId, actor, action: 'api_key.revoked', subject, data: { prefix: key.prefix }, now })
  })
}

export type KnownApiKey = { accountId: string; id: string; scopes: ReadonlySet<Scope> }

/** The key's account and scopes; undefined for one that was never made, or was revoked. Notes its use. */
export async function findApiKey(db: Db, input: { key: string; now: Date }): Promise<KnownApiKey | undefined> {
  const prefix = prefixOf(input.key)
  if (!prefix) return undefined
  const hash = hashApiKey(input.key)
  const stored = (await selectApiKeysByPrefix(db, prefix)).find((row) => isSameHash(row.hash, hash))
  if (!stored) return undefined

  const unlessSince = new Date(input.now.getTime() - USE_WRITTEN_EVERY_MS)
  if (!stored.lastUsedAt || stored.lastUsedAt <= unlessSince) await updateApiKeyUse(db, stored, input.now, unlessSince)
  return { accountId: stored.accountId, id: stored.id, scopes: new Set(stored.scopes) }
}
