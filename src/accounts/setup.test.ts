import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { listMemberships, requireAccount, updateAccount } from './account.ts'
import { findApiKey } from './api-keys.ts'
import { listAudit } from './audit.ts'
import { type CreateFirstStore, needsSetup, type SetUpInput, setUp } from './setup.ts'

const now = new Date('2026-06-01T10:00:00Z')
const input: SetUpInput = {
  email: 'Owner@Example.com',
  password: 'ten letters',
  accountName: 'Brand',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  now,
}

const createFirstStore: CreateFirstStore = async (trx, store) => {
  const id = newId()
  await sql`
    insert into stores (account_id, id, name, kind, currency, time_zone, created_at)
    values (${store.accountId}, ${id}, ${store.name}, 'custom', ${store.currency}, ${store.timeZone}, ${store.now})
  `.execute(trx)
  return { id }
}

async function count(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from auth_users) as users, (select count(*) from accounts) as accounts,
      (select count(*) from account_members) as members, (select count(*) from stores) as stores,
      (select count(*) from api_keys) as keys`.execute(db)
  return rows[0]!
}

test('set-up makes owner, account, store and key, and is written in the audit log', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  assert.equal(await needsSetup(db), true)
  const made = await setUp(db, input, createFirstStore)
  assert.equal(await needsSetup(db), false)
  assert.deepEqual(await listMemberships(db, { userId: made.userId }), [
    { id: made.accountId, name: 'Brand', role: 'owner' },
  ])
  const key = await findApiKey(db, { key: made.apiKey, now })
  assert.equal(key?.accountId, made.accountId)
  assert.equal(key?.scopes.size, 14)
  const audit = await listAudit(db, { accountId: made.accountId, limit: 10 })
  assert.deepEqual(
    audit.items.map((entry) => entry.action),
    ['api_key.created', 'account.set_up'],
  )
  await assert.rejects(setUp(db, input, createFirstStore), { code: 'already_set_up' })
})

test('of ten racing set-ups one makes the owner', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const racing = Array.from({ length: 10 }, (_, i) =>
    setUp(db, { ...input, email: `o${i}@example.com` }, createFirstStore),
  )
  const results = await Promise.allSettled(racing)
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
  for (const result of results) {
    if (result.status === 'rejected') assert.equal(result.reason.code, 'already_set_up')
  }
  assert.deepEqual(await count(db), { users: 1, accounts: 1, members: 1, stores: 1, keys: 1 })
})

test('a set-up that breaks half-way leaves nothing and can be repeated', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const broken: CreateFirstStore = async (trx, store) => {
    await createFirstStore(trx, store)
    throw new Error('the power went')
  }
  await assert.rejects(setUp(db, input, broken), /the power went/)
  assert.deepEqual(await count(db), { users: 0, accounts: 0, members: 0, stores: 0, keys: 0 })
  await setUp(db, input, createFirstStore)
  assert.deepEqual(await count(db), { users: 1, accounts: 1, members: 1, stores: 1, keys: 1 })
})

test('an unknown currency or time zone is refused before anything is made', async () => {
  await using database = await openTestDatabase()
  await assert.rejects(setUp(database.db, { ...input, currency: 'XQQ' }, createFirstStore), {
    code: 'unknown_currency',
  })
  await assert.rejects(setUp(database.db, { ...input, timeZone: 'Mars' }, createFirstStore), {
    code: 'unknown_time_zone',
  })
  assert.equal(await needsSetup(database.db), true)
})

test('an account is changed field by field, null empties one, and each change is in the audit log', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const { accountId } = await setUp(db, input, createFirstStore)
  const who = { accountId, actor: 'user:1', now }
  await updateAccount(db, { ...who, senderName: 'Brand', senderEmail: 'hello@example.com', timeZone: 'UTC' })
  const account = await updateAccount(db, { ...who, senderName: null })
  assert.deepEqual(account, {
    id: accountId,
    name: 'Brand',
    timeZone: 'UTC',
    senderName: null,
    senderEmail: 'hello@example.com',
    postalAddress: null,
    bounceLimit: 500,
    complaintLimit: 30,
    trackOpens: true,
    trackClicks: true,
    smsOptOut: 'Reply STOP to opt out.',
    smsHelp: null,
    quietFrom: 9,
    quietUntil: 20,
    smartEmailHours: 16,
    smartSmsHours: 24,
    createdAt: now.toISOString(),
  })
  assert.deepEqual(await updateAccount(db, who), account)
  assert.deepEqual(await requireAccount(db, { accountId }), account)
  const audit = await listAudit(db, { accountId, limit: 10 })
  assert.deepEqual(audit.items[0]?.data, { senderName: null })
  await assert.rejects(updateAccount(db, { ...who, quietFrom: 20 }), { code: 'invalid_input' })
  await assert.rejects(updateAccount(db, { ...who, timeZone: 'Mars' }), { code: 'unknown_time_zone' })
  await assert.rejects(updateAccount(db, { ...who, accountId: newId(), name: 'x' }), { code: 'account_not_found' })
})
