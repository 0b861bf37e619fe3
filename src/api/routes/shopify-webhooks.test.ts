import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { seedAccount, seedStore } from '../../../test/seed-redemptions.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { newId } from '../../lib/ids.ts'
import { seal } from '../../lib/seal.ts'
import { registerShopifyWebhookRoutes } from './shopify-webhooks.ts'

const SECRET = 's'.repeat(32)
const URL = '/webhooks/shopify'
const ORDER = JSON.stringify({ id: 1, note: 'Grüße' })

let server: TestServer
before(async () => {
  server = await openTestServer((app, deps) => registerShopifyWebhookRoutes(app, deps))
})
after(() => server[Symbol.asyncDispose]())

type Shop = { accountId: string; storeId: string; domain: string; clientSecret: string }

async function seedShop(more: Partial<Shop> = {}): Promise<Shop> {
  const accountId = more.accountId ?? (await seedAccount(server.db))
  const storeId = await seedStore(server.db, accountId, newId())
  const shop = { accountId, storeId, domain: `${newId()}.myshopify.com`, clientSecret: 'shpss_1', ...more }
  await sql`
    insert into shopify_shops (account_id, store_id, domain, base_url, state, auth, client_secret, connected_at)
    values (${accountId}::uuid, ${storeId}::uuid, ${shop.domain}::text, '', 'connected', 'token', ${seal(SECRET, shop.clientSecret)}::text,
      now())`.execute(server.db)
  return shop
}

type Sent = { body?: string | Buffer; secret?: string; headers?: Record<string, string> }

function send(shop: Pick<Shop, 'domain' | 'clientSecret'>, { body = ORDER, secret, headers = {} }: Sent = {}) {
  const signature = createHmac('sha256', secret ?? shop.clientSecret)
    .update(body)
    .digest('base64')
  return server.call('POST', URL, {
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': shop.domain,
      'x-shopify-hmac-sha256': signature,
      'x-shopify-webhook-id': newId(),
      ...headers,
    },
  })
}

async function stored(
  shop: Shop,
): Promise<{ topic: string; body: string | null; state: string; error: string | null }[]> {
  const { rows } = await sql<{ topic: string; body: string | null; state: string; error: string | null }>`
    select topic, body, state, error from shopify_webhooks where store_id = ${shop.storeId}::uuid`.execute(server.db)
  return rows
}

test('a signed delivery is stored as it came before it is answered', async () => {
  const shop = await seedShop()
  const { status } = await send(shop)
  assert.equal(status, 200)
  assert.deepEqual(await stored(shop), [{ topic: 'orders/create', body: ORDER, state: 'waiting', error: null }])
})

test('a delivery that comes again is answered and stored once, also when both come at once', async () => {
  const shop = await seedShop()
  const headers = { 'x-shopify-webhook-id': newId() }
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(shop, { headers })))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.equal((await stored(shop)).length, 1)
})

test('a wrong signature, an unknown shop and a deleted account are refused alike and leave nothing', async () => {
  const shop = await seedShop()
  const refusals = [
    await send(shop, { secret: 'another' }),
    await send(shop, { headers: { 'x-shopify-hmac-sha256': '' } }),
    await send(shop, { headers: { 'x-shopify-hmac-sha256': 'AA==' } }),
    await send({ ...shop, domain: 'nobody.myshopify.com' }),
  ]
  await sql`delete from stores where id = ${shop.storeId}::uuid`.execute(server.db)
  await sql`delete from accounts where "id" = ${shop.accountId}::uuid`.execute(server.db)
  refusals.push(await send(shop))
  assert.deepEqual(
    refusals.map(({ status, body }) => [status, body.error.code]),
    refusals.map(() => [401, 'invalid_webhook']),
  )
  assert.equal(new Set(refusals.map(({ body }) => body.error.message)).size, 1)
  const { rows } = await sql`select 1 from shopify_webhooks where store_id = ${shop.storeId}::uuid`.execute(server.db)
  assert.equal(rows.length, 0)
})

test('signed text that is no JSON is refused and noted where the merchant sees it', async () => {
  const shop = await seedShop()
  for (const body of ['{"id":', '"text"', '[1]', 'null', '']) {
    const { status, body: reply } = await send(shop, { body })
    assert.deepEqual([status, reply.error.code], [400, 'invalid_input'], body)
  }
  const rows = await stored(shop)
  assert.equal(rows.length, 5)
  assert.deepEqual(
    [...new Set(rows.map(({ state, body, error }) => `${state} ${body} ${error}`))],
    ['failed null The body is no JSON.'],
  )
})

test('a body of more than 5 MiB is refused before it is read to its end, one of 5 MiB is taken', async () => {
  const shop = await seedShop()
  const most = 5 * 1024 * 1024
  const fitting = `{"id":"${'x'.repeat(most - 9)}"}`
  assert.equal(Buffer.byteLength(fitting), most)
  assert.equal((await send(shop, { body: fitting })).status, 200)
  const { status, body } = await send(shop, { body: `${fitting} ` })
  assert.deepEqual([status, body.error.code], [413, 'payload_too_large'])
  assert.equal((await stored(shop)).length, 1)
})

test('of two accounts with the same shop each gets what its own app signed, and both what both signed', async () => {
  const one = await seedShop()
  const other = await seedShop({ domain: one.domain, clientSecret: 'shpss_2' })
  const same = await seedShop({ domain: one.domain })
  await send(one)
  await send(other)
  assert.deepEqual(await Promise.all([one, other, same].map(async (shop) => (await stored(shop)).length)), [1, 1, 1])
})

test('the shop’s domain is compared whatever its case, and a delivery without an id or topic is refused', async () => {
  const shop = await seedShop()
  assert.equal((await send({ ...shop, domain: shop.domain.toUpperCase() })).status, 200)
  for (const name of ['x-shopify-webhook-id', 'x-shopify-topic']) {
    assert.equal((await send(shop, { headers: { [name]: '' } })).status, 400, name)
  }
})

test('whoever sends what nobody can check is stopped for a while', async () => {
  const shop = await seedShop()
  const seen = new Set<number>()
  for (let n = 0; n < 310; n += 1) seen.add((await send(shop, { secret: 'another' })).status)
  assert.deepEqual([...seen], [401, 429])
})
