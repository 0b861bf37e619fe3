import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openEmulator } from '../../../../emulator/emulator.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import { seedAccount } from '../../../../test/seed-redemptions.ts'
import { openShop, SECRET, type TestShop } from '../../../../test/shop.ts'
import type { Database } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { requireStore } from '../../find-store.ts'
import { ReadShop } from '../generated/shop.ts'
import { checkShop, refreshShops } from './check-shop.ts'
import { type ConnectInput, connectShop } from './connect-shop.ts'
import { disconnectShop } from './disconnect-shop.ts'
import { listShops, requireShop } from './find-shop.ts'
import { openShop as openConnected } from './open-shop.ts'
import { claimReading } from './shops.sql.ts'

const NOW = new Date('2027-03-01T09:00:00Z')
let database: Database
/** A shop that never answers; asked at once, because giving up takes its time. */
let silence: Server
let givenUp: Promise<unknown>
before(async () => {
  database = await openTestDatabase()
  silence = createServer(() => {})
  const accountId = await seedAccount(database.db)
  const address = await listen(silence)
  givenUp = connectShop(database.db, SECRET, pasted(accountId, address, 'shpat_x')).catch((error: unknown) => error)
})
after(async () => {
  silence.closeAllConnections()
  silence.close()
  await database[Symbol.asyncDispose]()
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

function pasted(accountId: string, url: string, accessToken: string, more: Partial<ConnectInput> = {}): ConnectInput {
  return {
    accountId,
    actor: 'user:1',
    domain: 'local-shop.myshopify.com',
    addressOf: () => url,
    access: { auth: 'token', accessToken, clientSecret: null },
    now: NOW,
    ...more,
  }
}

function clientCredentials({ emulator }: Pick<TestShop, 'emulator'>): ConnectInput['access'] {
  return { auth: 'client_credentials', clientId: emulator.clientId, clientSecret: emulator.clientSecret }
}

async function countShops(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from shopify_shops`.execute(database.db)
  return rows[0]?.count ?? -1
}

async function tokenOf({ db, storeId }: TestShop): Promise<{ sealed: string; client: string | null }> {
  const { rows } = await sql<{ sealed: string; client: string | null }>`
    select access_token as sealed, client_secret as client from shopify_shops where store_id = ${storeId}`.execute(db)
  return rows[0] ?? { sealed: '', client: null }
}

test('a shop is connected by a pasted token: its facts become a store, and calls go through', async (t) => {
  const { db, client, emulator, accountId, storeId } = await openShop(t, { database, now: NOW })
  const store = await requireStore(db, { accountId, storeId })
  assert.deepEqual(store, {
    id: storeId,
    name: 'Local Shop',
    kind: 'shopify',
    url: emulator.url,
    currency: 'CAD',
    timeZone: 'America/Toronto',
    sellsSubscriptions: true,
    retentionDays: 30,
    createdAt: NOW.toISOString(),
  })
  assert.deepEqual(await requireShop(db, { accountId, storeId }), {
    storeId,
    domain: 'local-shop.myshopify.com',
    adminUrl: `${emulator.url}/admin`,
    state: 'connected',
    stateReason: null,
    method: 'token',
    scopes: [
      'read_all_orders',
      'read_customers',
      'read_orders',
      'read_products',
      'write_customers',
      'write_discounts',
      'write_orders',
    ],
    missingScopes: [],
    plan: 'Grow',
    seesCustomers: true,
    checksWebhooks: true,
    connectedAt: NOW.toISOString(),
    factsReadAt: NOW.toISOString(),
    tokenExpiresAt: null,
  })
  const { shop } = await client.request(ReadShop, {})
  assert.equal(shop.myshopifyDomain, emulator.shopDomain)
})

test('secrets are stored sealed', async (t) => {
  const shop = await openShop(t, { database })
  const { sealed, client } = await tokenOf(shop)
  const { rows } = await sql<{ all: string }>`select s::text as all from shopify_shops s`.execute(shop.db)
  assert.ok(sealed.length > 60 && client)
  for (const { all } of rows) {
    assert.ok(!all.includes(shop.emulator.adminToken) && !all.includes(shop.emulator.clientSecret))
  }
})

test('a shop on the Basic plan hides its customers, one on a higher plan shows them', async (t) => {
  for (const [plan, sees] of [
    ['basic', false],
    ['plus', true],
  ] as const) {
    const shop = await openShop(t, { database, plan })
    assert.equal((await requireShop(shop.db, shop)).seesCustomers, sees)
    await fetch(`${shop.emulator.url}/_emulator/customers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', firstName: 'Ada' }),
    })
    assert.equal((await checkShop(shop.db, SECRET, { ...shop, now: NOW })).seesCustomers, sees)
  }
})

test('connecting the same shop again, in another way, keeps its store', async (t) => {
  const shop = await openShop(t, { database })
  await fetch(`${shop.emulator.url}/_emulator/tokens/revoke`, { method: 'POST' })
  await assert.rejects(shop.client.request(ReadShop, {}), { kind: 'unauthorized' })
  const stopped = await requireShop(shop.db, shop)
  assert.equal(stopped.state, 'unauthorized')
  assert.match(stopped.stateReason ?? '', /token/)
  await assert.rejects(shop.client.request(ReadShop, {}), { code: 'store_not_connected' })

  const again = await connectShop(shop.db, SECRET, {
    ...pasted(shop.accountId, shop.emulator.url, ''),
    access: clientCredentials(shop),
  })
  assert.deepEqual([again.isNew, again.store.id], [false, shop.storeId])
  assert.equal((await shop.client.request(ReadShop, {})).shop.currencyCode, 'CAD')
  const { method, state, stateReason } = await requireShop(shop.db, shop)
  assert.deepEqual(
    { method, state, stateReason },
    { method: 'client_credentials', state: 'connected', stateReason: null },
  )
})

test('of several who connect the same shop in the same moment all get the one store', async (t) => {
  if (database.kind === 'pglite') return t.skip('one connection: nothing happens at the same time')
  await using emulator = await openEmulator()
  const accountId = await seedAccount(database.db)
  const input = pasted(accountId, emulator.url, emulator.adminToken)
  const others: ReturnType<typeof connectShop>[] = []
  const first = await database.db.transaction().execute(async (trx) => {
    const made = await connectShop(trx, SECRET, input)
    others.push(connectShop(database.db, SECRET, input), connectShop(database.db, SECRET, input))
    await waitForLocks(2)
    return made
  })
  for (const { store, isNew } of await Promise.all(others)) {
    assert.deepEqual([store.id, isNew], [first.store.id, false])
  }
  assert.equal((await listShops(database.db, accountId)).length, 1)
})

/** Waits until so many connections stand before a lock. */
async function waitForLocks(count: number): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      database.db,
    )
    if (rows.length >= count) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('of several workers that look for shops to read at the same time one gets each', async (t) => {
  if (database.kind === 'pglite') return t.skip('one connection: nothing happens at the same time')
  const shop = await openShop(t, { database, now: NOW })
  const later = new Date(NOW.getTime() + 86_400_000)
  await sql`update shopify_shops set facts_read_at = null where store_id <> ${shop.storeId}`.execute(database.db)
  const counts = await database.db.transaction().execute(async (trx) => {
    const first = await claimReading(trx, later, 20)
    return [first.length, (await claimReading(database.db, later, 20)).length]
  })
  assert.deepEqual(counts, [1, 0])
  assert.deepEqual(await claimReading(database.db, later, 20), [])
})

test('two accounts may connect the same shop, and neither sees the store of the other', async (t) => {
  const shop = await openShop(t, { database })
  const other = await seedAccount(database.db)
  const made = await connectShop(shop.db, SECRET, pasted(other, shop.emulator.url, shop.emulator.adminToken))
  assert.equal(made.isNew, true)
  await assert.rejects(requireShop(shop.db, { accountId: other, storeId: shop.storeId }), { code: 'store_not_found' })
  await assert.rejects(openConnected(shop.db, SECRET, { accountId: other, storeId: shop.storeId }), {
    code: 'store_not_connected',
  })
})

test('a second shop of the same name is named after its address as well', async (t) => {
  const { accountId } = await openShop(t, { database })
  await using second = await openEmulator({ shopDomain: 'second.myshopify.com' })
  const input = pasted(accountId, second.url, second.adminToken, { domain: 'second.myshopify.com' })
  assert.equal((await connectShop(database.db, SECRET, input)).store.name, 'Local Shop (second.myshopify.com)')
  const named = { ...input, name: 'Local Shop' }
  assert.equal((await connectShop(database.db, SECRET, named)).isNew, false)
})

test("credentials of another shop are not taken for a store's shop", async (t) => {
  const shop = await openShop(t, { database })
  await using second = await openEmulator({ shopDomain: 'second.myshopify.com' })
  const input = pasted(shop.accountId, second.url, second.adminToken, { storeId: shop.storeId })
  await assert.rejects(connectShop(shop.db, SECRET, input), { code: 'shop_refused', message: /not second/ })
})

test('a shop that changed its currency is refused with the reason, and its work stops', async (t) => {
  const shop = await openShop(t, { database })
  shop.emulator.shop.settings.currency = 'USD'
  const input = pasted(shop.accountId, shop.emulator.url, shop.emulator.adminToken)
  const refusal = { code: 'shop_currency_changed', data: { currency: 'CAD', shopCurrency: 'USD' } }
  await assert.rejects(connectShop(shop.db, SECRET, input), refusal)
  assert.equal((await requireShop(shop.db, shop)).state, 'connected')
  await assert.rejects(checkShop(shop.db, SECRET, { ...shop, now: NOW }), refusal)
  const { state, stateReason } = await requireShop(shop.db, shop)
  assert.equal(state, 'disconnected')
  assert.match(stateReason ?? '', /CAD.*USD/)
  shop.emulator.shop.settings.currency = 'CAD'
  assert.equal((await checkShop(shop.db, SECRET, { ...shop, now: NOW })).state, 'connected')
})

test('what a shop changes about itself is taken over when its facts are a day old, by one worker only', async (t) => {
  const shop = await openShop(t, { database, now: NOW })
  const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000)
  const failures: unknown[] = []
  const refresh = (now: Date) => refreshShops(shop.db, SECRET, now, (_shop, error) => failures.push(error))
  await sql`update shopify_shops set facts_read_at = null where store_id <> ${shop.storeId}`.execute(shop.db)
  assert.equal(await refresh(later(23)), 0)
  Object.assign(shop.emulator.shop.settings, { timezone: 'Europe/Berlin', sellsSubscriptions: false, plan: 'plus' })
  const counts = await Promise.all([refresh(later(24)), refresh(later(24)), refresh(later(24))])
  assert.deepEqual(counts.sort(), [0, 0, 1])
  assert.deepEqual(failures, [])
  const store = await requireStore(shop.db, shop)
  assert.deepEqual([store.timeZone, store.sellsSubscriptions], ['Europe/Berlin', false])
  const { plan, factsReadAt } = await requireShop(shop.db, shop)
  assert.deepEqual([plan, factsReadAt], ['Plus', later(24).toISOString()])

  shop.emulator.faults.add({ kind: 'http_502', times: 20 })
  assert.equal(await refresh(later(49)), 1)
  assert.equal(failures.length, 1)
  shop.emulator.faults.clear()
  assert.deepEqual([await refresh(later(49.5)), await refresh(later(50.1))], [0, 1])
})

test('disconnecting forgets every secret, and connecting again takes the same store', async (t) => {
  const shop = await openShop(t, { database })
  await disconnectShop(shop.db, shop)
  assert.deepEqual(await tokenOf(shop), { sealed: null, client: null })
  await assert.rejects(shop.client.request(ReadShop, {}), { code: 'store_not_connected' })
  await assert.rejects(checkShop(shop.db, SECRET, { ...shop, now: NOW }), { code: 'store_not_connected' })
  const input = pasted(shop.accountId, shop.emulator.url, shop.emulator.adminToken)
  assert.equal((await connectShop(shop.db, SECRET, input)).store.id, shop.storeId)
})

test('a wrong token, wrong keys or a missing scope connect nothing and say what to do', async () => {
  await using emulator = await openEmulator()
  const accountId = await seedAccount(database.db)
  const count = await countShops()
  await assert.rejects(connectShop(database.db, SECRET, pasted(accountId, emulator.url, 'shpat_wrong')), {
    code: 'shop_refused',
    message: /does not accept these credentials/,
  })
  const wrongKeys = { auth: 'client_credentials' as const, clientId: emulator.clientId, clientSecret: 'wrong' }
  await assert.rejects(
    connectShop(database.db, SECRET, { ...pasted(accountId, emulator.url, ''), access: wrongKeys }),
    { code: 'shop_refused' },
  )
  emulator.shop.app.tokens.get(emulator.adminToken)!.scopes = ['read_orders', 'read_discounts']
  emulator.shop.app.scopes = ['read_orders', 'read_discounts']
  await assert.rejects(connectShop(database.db, SECRET, pasted(accountId, emulator.url, emulator.adminToken)), {
    code: 'shop_scope_missing',
    message: /write_discounts: without it no codes/,
  })
  assert.equal(await countShops(), count)
})

test('a shop without the lesser scopes is connected, and it is said what does not work', async () => {
  await using emulator = await openEmulator()
  emulator.shop.app.tokens.get(emulator.adminToken)!.scopes = ['write_discounts']
  emulator.shop.app.scopes = ['write_discounts']
  const accountId = await seedAccount(database.db)
  const { store } = await connectShop(database.db, SECRET, pasted(accountId, emulator.url, emulator.adminToken))
  const shop = await requireShop(database.db, { accountId, storeId: store.id })
  assert.deepEqual(
    shop.missingScopes.map(({ scope }) => scope),
    ['read_orders', 'read_customers', 'read_products'],
  )
  assert.equal(shop.seesCustomers, false)
  assert.equal(shop.checksWebhooks, false)
})

test('a shop that answers a page, leads elsewhere, is unknown or breaks off is unavailable; nothing is stored', async () => {
  const asked: string[] = []
  const page = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'text/html').end('<h1>Sorry, this shop is currently unavailable.</h1>')
  })
  const elsewhere = createServer((_request, response) => {
    response.writeHead(302, { location: pageUrl }).end()
  })
  const breaking = createServer((request) => request.socket.destroy())
  const missing = createServer((_request, response) => {
    response.writeHead(404).end('not found')
  })
  const pageUrl = await listen(page)
  const servers = [page, elsewhere, breaking]
  const accountId = await seedAccount(database.db)
  const count = await countShops()
  for (const server of servers) {
    const url = server === page ? pageUrl : await listen(server)
    for (const access of [
      { auth: 'token' as const, accessToken: 'shpat_x', clientSecret: null },
      { auth: 'client_credentials' as const, clientId: 'a', clientSecret: 'b' },
    ]) {
      await assert.rejects(connectShop(database.db, SECRET, { ...pasted(accountId, url, ''), access }), {
        code: 'shop_unavailable',
      })
    }
  }
  assert.equal(asked.length, 2, 'a redirect is not followed')
  const unknown = pasted(accountId, await listen(missing), 'shpat_x')
  await assert.rejects(connectShop(database.db, SECRET, unknown), { code: 'shop_refused', message: /404/ })
  const nobody = pasted(accountId, 'http://127.0.0.1:9', 'shpat_x')
  await assert.rejects(connectShop(database.db, SECRET, nobody), { code: 'shop_unavailable' })
  assert.equal(await countShops(), count)
  for (const server of [...servers, missing]) server.close()
})

test('a token of 24 hours is renewed before its end, once for all who call at the same time', async (t) => {
  const shop = await openShop(t, { database })
  const { db, accountId, storeId, emulator } = shop
  await connectShop(db, SECRET, { ...pasted(accountId, emulator.url, ''), access: clientCredentials(shop) })
  const issued = emulator.shop.app.tokens.size
  await sql`update shopify_shops set token_expires_at = clock_timestamp() + interval '5 seconds' where store_id = ${storeId}`.execute(
    db,
  )
  const clients = await Promise.all(Array.from({ length: 8 }, () => openConnected(db, SECRET, { accountId, storeId })))
  await Promise.all(clients.map((client) => client.request(ReadShop, {})))
  assert.equal(emulator.shop.app.tokens.size, issued + 1)
  const expiresAt = new Date((await requireShop(db, shop)).tokenExpiresAt ?? 0)
  assert.ok(expiresAt.getTime() - Date.now() > 23 * 3_600_000)
})

test('a token that still lasts is used while another process renews it', async (t) => {
  const shop = await openShop(t, { database })
  const { db, accountId, storeId, emulator } = shop
  await connectShop(db, SECRET, { ...pasted(accountId, emulator.url, ''), access: clientCredentials(shop) })
  const issued = emulator.shop.app.tokens.size
  await sql`
    update shopify_shops set token_expires_at = clock_timestamp() + interval '5 minutes',
      renewing_until = clock_timestamp() + interval '20 seconds' where store_id = ${storeId}`.execute(db)
  await shop.client.request(ReadShop, {})
  assert.equal(emulator.shop.app.tokens.size, issued)
})

test('a token that was revoked early is replaced where the app can ask for another', async (t) => {
  const shop = await openShop(t, { database })
  const { db, accountId, emulator } = shop
  await connectShop(db, SECRET, { ...pasted(accountId, emulator.url, ''), access: clientCredentials(shop) })
  emulator.shop.app.tokens.clear()
  assert.equal((await shop.client.request(ReadShop, {})).shop.currencyCode, 'CAD')
  emulator.shop.app.tokens.clear()
  emulator.shop.app.clientSecret = 'another'
  await assert.rejects(shop.client.request(ReadShop, {}), { kind: 'unauthorized' })
  assert.equal((await requireShop(db, shop)).state, 'unauthorized')
  await assert.rejects(checkShop(db, SECRET, { ...shop, now: NOW }), { code: 'shop_refused' })
  assert.equal((await requireShop(db, shop)).state, 'unauthorized')
})

test('a shop that does not answer at all is given up after a while', async () => {
  const error = await givenUp
  assert.ok(error instanceof AppError)
  assert.equal(error.code, 'shop_unavailable')
  assert.match(error.message, /did not answer in time/)
})
