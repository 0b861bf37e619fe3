import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestDatabase } from '../../test/database.ts'
import { NOW, seedAccount } from '../../test/seed-redemptions.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { createStore } from './create-store.ts'
import { listStores, requireStore, requireStoreOfCall } from './find-store.ts'
import { updateStore } from './update-store.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const SHOP = {
  name: 'Shop',
  kind: 'custom' as const,
  url: 'https://shop.example',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  sellsSubscriptions: false,
  now: NOW,
}

test('a store that was created is found as it was given', async () => {
  const accountId = await seedAccount(database.db)
  const store = await createStore(database.db, { ...SHOP, accountId })
  assert.deepEqual(await requireStore(database.db, { accountId, storeId: store.id }), store)
  assert.deepEqual(store, {
    id: store.id,
    name: 'Shop',
    kind: 'custom',
    url: 'https://shop.example',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    sellsSubscriptions: false,
    retentionDays: 30,
    createdAt: NOW.toISOString(),
  })
})

test('a second store of the same name is refused, whatever its case', async () => {
  const accountId = await seedAccount(database.db)
  await createStore(database.db, { ...SHOP, accountId })
  await assert.rejects(createStore(database.db, { ...SHOP, accountId, name: 'SHOP' }), { code: 'name_taken' })
})

test('an unknown currency or time zone is refused', async () => {
  const accountId = await seedAccount(database.db)
  await assert.rejects(createStore(database.db, { ...SHOP, accountId, currency: 'XQQ' }), { code: 'unknown_currency' })
  await assert.rejects(createStore(database.db, { ...SHOP, accountId, timeZone: 'Mars' }), {
    code: 'unknown_time_zone',
  })
})

test('a store of another account does not exist', async () => {
  const store = await createStore(database.db, { ...SHOP, accountId: await seedAccount(database.db) })
  const accountId = await seedAccount(database.db)
  await assert.rejects(requireStore(database.db, { accountId, storeId: store.id }), { code: 'store_not_found' })
  await assert.rejects(updateStore(database.db, { accountId, storeId: store.id, name: 'X' }), {
    code: 'store_not_found',
  })
})

test('an update changes what is given and nothing else', async () => {
  const accountId = await seedAccount(database.db)
  const store = await createStore(database.db, { ...SHOP, accountId })
  const changed = await updateStore(database.db, { accountId, storeId: store.id, name: 'shop', url: null })
  assert.deepEqual(changed, { ...store, name: 'shop', url: null })
  assert.deepEqual(await updateStore(database.db, { accountId, storeId: store.id }), changed)
  const kept = await updateStore(database.db, { accountId, storeId: store.id, retentionDays: 7 })
  assert.deepEqual(kept, { ...changed, retentionDays: 7 })
})

test('an update to the name of another store is refused', async () => {
  const accountId = await seedAccount(database.db)
  await createStore(database.db, { ...SHOP, accountId })
  const second = await createStore(database.db, { ...SHOP, accountId, name: 'Second' })
  await assert.rejects(updateStore(database.db, { accountId, storeId: second.id, name: 'shop' }), {
    code: 'name_taken',
  })
  await assert.rejects(updateStore(database.db, { accountId, storeId: second.id, timeZone: 'Mars' }), {
    code: 'unknown_time_zone',
  })
})

test('stores are listed oldest first, page by page', async () => {
  const accountId = await seedAccount(database.db)
  const names = ['A', 'B', 'C']
  for (const name of names) await createStore(database.db, { ...SHOP, accountId, name })
  const first = await listStores(database.db, { accountId, limit: 2 })
  assert.ok(first.next)
  const second = await listStores(database.db, { accountId, limit: 2, cursor: first.next })
  assert.deepEqual(
    [...first.items, ...second.items].map((store) => store.name),
    names,
  )
  assert.equal(second.next, null)
})

test('a call means the store that it names, or the only one', async () => {
  const accountId = await seedAccount(database.db)
  await assert.rejects(requireStoreOfCall(database.db, { accountId }), { code: 'store_ambiguous' })
  const only = await createStore(database.db, { ...SHOP, accountId })
  assert.equal((await requireStoreOfCall(database.db, { accountId })).id, only.id)
  const second = await createStore(database.db, { ...SHOP, accountId, name: 'Second' })
  await assert.rejects(requireStoreOfCall(database.db, { accountId }), { code: 'store_ambiguous' })
  assert.equal((await requireStoreOfCall(database.db, { accountId, storeId: second.id })).id, second.id)
  await assert.rejects(requireStoreOfCall(database.db, { accountId, storeId: newId() }), { code: 'store_not_found' })
})
