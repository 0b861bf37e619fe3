import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../../test/database.ts'
import { NOW } from '../../../../test/seed-redemptions.ts'
import { SECRET } from '../../../../test/shop.ts'
import { applyNews, putWebhook } from '../../../../test/shop-news.ts'
import { openSyncShop, type SyncShop } from '../../../../test/sync-shop.ts'
import type { Database } from '../../../db/database.ts'
import { syncStore } from '../../../worker/sync-store.ts'
import { checkShop, refreshShops } from '../connect/check-shop.ts'
import { connectShop } from '../connect/connect-shop.ts'
import { requireShop } from '../connect/find-shop.ts'
import { openShop as openConnectedShop } from '../connect/open-shop.ts'
import { describeSync, listStoresToSync } from '../sync/describe-sync.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

/** Later than everything that a test does before the news. */
const LATER = new Date(Date.now() + 3_600_000)

/** A shop that was connected at NOW, with 20 codes that wait to be brought into it. */
async function openWaiting(t: Parameters<typeof openSyncShop>[0]): Promise<SyncShop> {
  const shop = await openSyncShop(t, { database, now: NOW })
  await shop.add(await shop.createCoupon('WELCOME'), 20)
  return shop
}

/** Tells of something about the app that happened at `at` by the shop's clock. */
async function tell(shop: SyncShop, topic: string, body: unknown, at = NOW): Promise<void> {
  const webhookId = await putWebhook(shop.db, shop, topic, body)
  await sql`update shopify_webhooks set triggered_at = ${at} where webhook_id = ${webhookId}`.execute(shop.db)
  assert.equal(await applyNews(shop.db, shop), 1)
}

async function work(shop: SyncShop): Promise<void> {
  const deps = { database: { db: shop.db }, secret: SECRET, leaseMs: 300, now: () => new Date() }
  await syncStore(deps, { accountId: shop.accountId, id: shop.storeId }, AbortSignal.timeout(5000))
}

function connectAgain(shop: SyncShop, now: Date) {
  const { emulator, accountId } = shop
  return connectShop(shop.db, SECRET, {
    accountId,
    actor: 'user:1',
    domain: emulator.shopDomain,
    addressOf: () => emulator.url,
    access: { auth: 'token', accessToken: emulator.adminToken, clientSecret: emulator.clientSecret },
    now,
  })
}

const codesInShop = (shop: SyncShop): number => shop.emulator.shop.codes.size
const isToBeSynced = async (shop: SyncShop): Promise<boolean> =>
  (await listStoresToSync(shop.db, new Date())).some(({ id }) => id === shop.storeId)

async function auditOf({ db, accountId }: SyncShop): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    select action from audit_log where account_id = ${accountId} order by id`.execute(db)
  return rows.map((row) => row.action)
}

test('when the app is removed from the shop work stops and the store says so; connecting it again goes on where it was', async (t) => {
  const shop = await openWaiting(t)
  assert.equal(await isToBeSynced(shop), true)
  await tell(shop, 'app/uninstalled', { id: 1 })
  const { state, stateReason } = await requireShop(shop.db, shop)
  assert.deepEqual([state, stateReason], ['uninstalled', 'The app was removed from the shop.'])
  const status = await describeSync(shop.db, { ...shop, now: NOW })
  assert.equal(status.state, 'uninstalled')
  assert.match(status.problem ?? '', /Install it again and connect the store/)
  assert.equal(await isToBeSynced(shop), false)
  await work(shop)
  await shop.sync()
  assert.equal(codesInShop(shop), 0, 'neither a new sync nor one that was under way')
  await assert.rejects(openConnectedShop(shop.db, SECRET, shop), { code: 'store_not_connected' })

  const { store, isNew } = await connectAgain(shop, LATER)
  assert.deepEqual([store.id, isNew], [shop.storeId, false])
  assert.equal(await isToBeSynced(shop), true)
  await shop.finish()
  assert.equal(codesInShop(shop), 21, 'the codes and the seed code')
  assert.equal((await describeSync(shop.db, { ...shop, now: NOW })).state, 'idle')
})

test('the removal is noted once however often it is told, and not of a shop that was disconnected by hand', async (t) => {
  const shop = await openWaiting(t)
  for (const _ of [1, 2]) await tell(shop, 'app/uninstalled', { id: 1 })
  assert.deepEqual(await auditOf(shop), ['store.connected', 'store.uninstalled'])
  await sql`update shopify_shops set state = 'disconnected', state_reason = null where store_id = ${shop.storeId}`.execute(
    shop.db,
  )
  await tell(shop, 'app/uninstalled', { id: 1 })
  assert.equal((await requireShop(shop.db, shop)).state, 'disconnected')
})

test('a removal that is told after the shop was connected again, and was before it, changes nothing', async (t) => {
  const shop = await openWaiting(t)
  await connectAgain(shop, LATER)
  await tell(shop, 'app/uninstalled', { id: 1 }, new Date(LATER.getTime() - 1000))
  assert.equal((await requireShop(shop.db, shop)).state, 'connected')
  await tell(shop, 'app/uninstalled', { id: 1 }, LATER)
  assert.equal((await requireShop(shop.db, shop)).state, 'uninstalled')
})

test('when the scopes change they are read at once; without those for codes work stops until they are back', async (t) => {
  const shop = await openWaiting(t)
  const { app } = shop.emulator.shop
  const all = [...app.scopes]
  const grant = (scopes: string[]): void => {
    app.scopes = scopes
    for (const token of app.tokens.values()) token.scopes = [...scopes]
  }
  const failures: unknown[] = []
  const readFacts = () => refreshShops(shop.db, SECRET, NOW, (_shop, error) => failures.push(error))

  grant(['write_discounts'])
  assert.equal(await readFacts(), 0, 'nobody has told of it')
  await tell(shop, 'app/scopes_update', { current: ['write_discounts'] })
  assert.equal(await readFacts(), 1)
  const lesser = await requireShop(shop.db, shop)
  assert.deepEqual([lesser.state, lesser.scopes], ['connected', ['write_discounts']])
  assert.ok(lesser.missingScopes.some(({ scope }) => scope === 'read_orders'))

  grant(['read_orders'])
  await tell(shop, 'app/scopes_update', { current: ['read_orders'] })
  await readFacts()
  assert.equal(failures.length, 1)
  const stopped = await requireShop(shop.db, shop)
  assert.equal(stopped.state, 'disconnected')
  assert.match(stopped.stateReason ?? '', /may not use write_discounts: without it no codes can be put into the shop/)
  assert.equal(await isToBeSynced(shop), false)
  await work(shop)
  assert.equal(codesInShop(shop), 0)

  grant(all)
  assert.equal((await checkShop(shop.db, SECRET, { ...shop, now: NOW })).state, 'connected')
  await shop.finish()
  assert.equal(codesInShop(shop), 21)
})
