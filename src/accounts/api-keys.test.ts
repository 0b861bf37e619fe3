import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { insertAccount } from './accounts.sql.ts'
import { makeApiKey, prefixOf } from './api-key-format.ts'
import { createApiKey, findApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import { listAudit } from './audit.ts'
import { scopesOf } from './roles.ts'

const now = new Date('2026-06-01T10:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)
const allowedScopes = scopesOf('owner')
let database: Database

before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

async function createAccount(): Promise<string> {
  const id = newId()
  await insertAccount(database.db, { id, name: 'Brand', timeZone: 'UTC', now })
  return id
}

function createKey(accountId: string) {
  return createApiKey(database.db, {
    accountId,
    actor: 'system',
    name: 'Shop',
    scopes: ['checkout'],
    allowedScopes,
    now,
  })
}

test('a key has a recognisable prefix and 238 random bits', () => {
  const keys = Array.from({ length: 1000 }, makeApiKey)
  assert.equal(new Set(keys.map((key) => key.key)).size, 1000)
  for (const { key, prefix } of keys) {
    assert.match(key, /^oc_[0-9A-Za-z]{8}_[0-9A-Za-z]{40}$/)
    assert.equal(prefixOf(key), prefix)
  }
  for (const other of ['', 'oc_', 'Bearer x', `${keys[0]!.key}x`, keys[0]!.prefix])
    assert.equal(prefixOf(other), undefined)
})

test('a made key is known with its account and scopes; only its prefix and hash are stored', async () => {
  const accountId = await createAccount()
  const made = await createKey(accountId)
  assert.deepEqual(await findApiKey(database.db, { key: made.key, now }), {
    accountId,
    id: made.id,
    scopes: new Set(['checkout']),
  })
  const { rows } = await sql<{ row: string }>`select api_keys::text as row from api_keys`.execute(database.db)
  assert.ok(rows.every(({ row }) => !row.includes(made.key.slice(12))))
})

test('a key with the same prefix and another secret is unknown', async () => {
  const { key } = await createKey(await createAccount())
  const forged = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`
  assert.equal(await findApiKey(database.db, { key: forged, now }), undefined)
  assert.equal(await findApiKey(database.db, { key: 'oc_x', now }), undefined)
})

test('a key that shares its prefix with the key of another account opens its own account only', async () => {
  const [one, two] = [await createAccount(), await createAccount()]
  const [first, second] = [await createKey(one), await createKey(two)]
  await sql`update api_keys set prefix = ${first.prefix} where id = ${second.id}`.execute(database.db)
  const found = await findApiKey(database.db, { key: first.key, now })
  assert.equal(found?.accountId, one)
})

test('a revoked key is unknown at once and gone from the list; another account cannot revoke it', async () => {
  const [accountId, otherId] = [await createAccount(), await createAccount()]
  const { id, key } = await createKey(accountId)
  const byOther = revokeApiKey(database.db, { accountId: otherId, actor: 'system', id, now })
  await assert.rejects(byOther, { code: 'api_key_not_found' })
  assert.ok(await findApiKey(database.db, { key, now }))

  await revokeApiKey(database.db, { accountId, actor: 'system', id, now })
  assert.equal(await findApiKey(database.db, { key, now }), undefined)
  assert.deepEqual(await listApiKeys(database.db, { accountId, limit: 10 }), { items: [], next: null })
  await assert.rejects(revokeApiKey(database.db, { accountId, actor: 'system', id, now }), {
    code: 'api_key_not_found',
  })
  const audit = await listAudit(database.db, { accountId, limit: 10 })
  assert.deepEqual(
    audit.items.map((entry) => [entry.action, entry.subject]),
    [
      ['api_key.revoked', `api_key:${id}`],
      ['api_key.created', `api_key:${id}`],
    ],
  )
})

test('the last use is written at most once a minute', async () => {
  const accountId = await createAccount()
  const { key } = await createKey(accountId)
  const lastUse = async () => (await listApiKeys(database.db, { accountId, limit: 1 })).items[0]!.lastUsedAt
  assert.equal(await lastUse(), null)
  for (const [ms, expected] of [
    [0, 0],
    [59_999, 0],
    [60_000, 60_000],
    [100_000, 60_000],
  ] as const) {
    await findApiKey(database.db, { key, now: later(ms) })
    assert.equal(await lastUse(), later(expected).toISOString())
  }
})

test('nobody makes a key that may do more than they may themselves', async () => {
  const accountId = await createAccount()
  const made = createApiKey(database.db, {
    accountId,
    actor: 'key:1',
    name: 'More',
    scopes: ['checkout', 'campaigns:send'],
    allowedScopes: new Set(['account:write', 'checkout']),
    now,
  })
  await assert.rejects(made, { code: 'missing_scope', data: { scope: 'campaigns:send' } })
})

test('roles open what their people need: marketers everything but the account, viewers no codes', () => {
  assert.deepEqual(scopesOf('owner'), scopesOf('admin'))
  assert.ok(!scopesOf('marketer').has('account:write') && scopesOf('marketer').has('campaigns:send'))
  assert.deepEqual([...scopesOf('viewer')].sort(), [
    'account:read',
    'coupons:read',
    'messages:read',
    'profiles:read',
    'reports:read',
  ])
  assert.ok(scopesOf('support').has('codes:read') && !scopesOf('support').has('coupons:write'))
})
