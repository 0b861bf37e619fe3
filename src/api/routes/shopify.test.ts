import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { ApiKey } from '../../../contract/account.ts'
import type { Page } from '../../../contract/common.ts'
import type { BeginInstallation, CatalogItems, ConnectedShop, Shop, ShopList } from '../../../contract/shopify.ts'
import { type Emulator, openEmulator } from '../../../emulator/emulator.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../../test/server.ts'
import { registerRoutes } from '../routes.ts'

let emulator: Emulator
let server: TestServer
let owner: { key: string; cookie: string; accountId: string }
let clock: Date | undefined
before(async () => {
  emulator = await openEmulator({ codesPerSecond: 0 })
  const demo = { domain: emulator.shopDomain, url: emulator.url }
  const addressOf = (domain: string) => (domain === demo.domain ? demo.url : 'http://127.0.0.1:9')
  server = await openTestServer(registerRoutes, { addressOf, demo, now: () => clock ?? new Date() })
  owner = await setUpOwner(server)
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await emulator.close()
})

const DOMAIN = 'local-shop.myshopify.com'

function app(): BeginInstallation {
  return { domain: DOMAIN, clientId: emulator.clientId, clientSecret: emulator.clientSecret }
}

async function connectDemo(): Promise<ConnectedShop> {
  const { status, body } = await server.call<ConnectedShop>('POST', '/v1/stores/demo', { key: owner.key })
  assert.equal(status, 201)
  return body
}

/** The merchant's browser: from our answer to Shopify's page, "Install app", and back. The address that it is led to. */
async function install(authorizeUrl: string): Promise<URL> {
  const asked = new URL(authorizeUrl)
  assert.equal(asked.origin, emulator.url)
  const response = await fetch(`${emulator.url}/admin/oauth/authorize`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...Object.fromEntries(asked.searchParams), answer: 'install' }),
  })
  return new URL(response.headers.get('location') ?? '')
}

async function begin(cookie = owner.cookie): Promise<URL> {
  const { status, body } = await server.call<{ authorizeUrl: string }>('POST', '/v1/stores/shopify/oauth', {
    cookie,
    body: app(),
  })
  assert.equal(status, 201)
  return await install(body.authorizeUrl)
}

/** Opens the address that Shopify led to; where our server leads the browser then. */
async function comeBack(url: URL, cookie = owner.cookie): Promise<string> {
  const { status, headers } = await server.call('GET', `${url.pathname}${url.search}`, { headers: { cookie } })
  assert.equal(status, 303)
  return String(headers.location)
}

function sign(url: URL, secret = emulator.clientSecret): URL {
  const signed = new URL(url)
  signed.searchParams.delete('hmac')
  const message = [...signed.searchParams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`)
  signed.searchParams.set('hmac', createHmac('sha256', secret).update(message.join('&')).digest('hex'))
  return signed
}

function changed(url: URL, parameters: Record<string, string>): URL {
  const copy = new URL(url)
  for (const [key, value] of Object.entries(parameters)) copy.searchParams.set(key, value)
  return copy
}

test('a shop is connected by a pasted token, listed, checked and disconnected; no answer and no log holds a secret', async () => {
  const body = { method: 'token', domain: 'https://Local-Shop.myshopify.com/admin', accessToken: emulator.adminToken }
  const made = await server.call<ConnectedShop>('POST', '/v1/stores/shopify', {
    key: owner.key,
    body: { ...body, apiSecret: emulator.clientSecret },
  })
  assert.equal(made.status, 201)
  const { store, shop, isNew } = made.body
  assert.deepEqual([store.kind, shop.domain, shop.state, isNew], ['shopify', DOMAIN, 'connected', true])
  const listed = await server.call<ShopList>('GET', '/v1/stores/shopify', { key: owner.key })
  assert.deepEqual(
    listed.body.items.map(({ storeId }) => storeId),
    [store.id],
  )
  const one = await server.call<Shop>('GET', `/v1/stores/${store.id}/shop`, { key: owner.key })
  assert.equal(one.body.checksWebhooks, true)
  const checked = await server.call<Shop>('POST', `/v1/stores/${store.id}/shop/check`, { key: owner.key })
  assert.equal(checked.status, 200)
  const ended = await server.call<Shop>('POST', `/v1/stores/${store.id}/shop/disconnect`, { key: owner.key })
  assert.deepEqual([ended.body.state, ended.body.checksWebhooks], ['disconnected', false])
  for (const text of [made.text, listed.text, one.text, checked.text, ended.text, server.logs()]) {
    assert.ok(!text.includes(emulator.adminToken) && !text.includes(emulator.clientSecret))
  }
  const audit = await server.call<Page<{ action: string; subject: string; data: unknown }>>('GET', '/v1/audit', {
    key: owner.key,
  })
  const mine = audit.body.items.filter(({ subject }) => subject === `store:${store.id}`)
  assert.deepEqual(
    mine.map(({ action }) => action),
    ['store.disconnected', 'store.connected'],
  )
})

test('what is typed wrong is refused at once, before any shop is asked', async () => {
  const bodies = [
    { method: 'token', domain: 'shop.example.com', accessToken: 'shpat_x' },
    { method: 'token', domain: 'evil.com/.myshopify.com', accessToken: 'shpat_x' },
    { method: 'token', domain: '-x.myshopify.com', accessToken: 'shpat_x' },
    { method: 'token', domain: 'a.b.myshopify.com', accessToken: 'shpat_x' },
    { method: 'token', domain: 'x.myshopify.com', accessToken: 'shpat_x\r\nx: y' },
    { method: 'token', domain: 'x.myshopify.com', accessToken: '' },
    { method: 'client_credentials', domain: 'x.myshopify.com', clientId: 'a' },
    { method: 'other', domain: 'x.myshopify.com' },
  ]
  for (const body of bodies) {
    const { status, body: reply } = await server.call('POST', '/v1/stores/shopify', { key: owner.key, body })
    assert.deepEqual([status, reply.error.code], [400, 'invalid_input'], JSON.stringify(body))
  }
})

test('nobody but who may change the account connects or disconnects a shop', async () => {
  const { store } = await connectDemo()
  const { body } = await server.call<ApiKey & { key: string }>('POST', '/v1/api-keys', {
    key: owner.key,
    body: { name: 'Reader', scopes: ['account:read', 'coupons:read', 'coupons:write'] },
  })
  for (const url of [
    '/v1/stores/shopify',
    '/v1/stores/demo',
    '/v1/stores/shopify/oauth',
    `/v1/stores/${store.id}/shop/check`,
    `/v1/stores/${store.id}/shop/disconnect`,
  ]) {
    const refused = await server.call('POST', url, {
      key: body.key,
      body: url.endsWith('oauth') ? app() : { method: 'token', domain: DOMAIN, accessToken: 'x' },
    })
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'missing_scope'], url)
  }
  assert.equal((await server.call('GET', `/v1/stores/${store.id}/shop`, { key: body.key })).status, 200)
  assert.equal((await server.call('GET', '/v1/stores/shopify')).status, 401)
})

test('the demo store is connected by one call, and again by another', async () => {
  const first = await connectDemo()
  emulator.shop.app.tokens.clear()
  const again = await connectDemo()
  assert.deepEqual([again.store.id, again.isNew], [first.store.id, false])
  assert.equal(again.shop.method, 'client_credentials')
})

test('where no demo store runs, none is offered', async () => {
  await using other = await openTestServer(registerRoutes)
  const { key } = await setUpOwner(other)
  assert.equal((await other.call<ShopList>('GET', '/v1/stores/shopify', { key })).body.demo, null)
  assert.equal((await other.call('POST', '/v1/stores/demo', { key })).status, 404)
})

test('an installation leads to Shopify and back, and connects the shop', async () => {
  const back = await begin()
  assert.equal(back.searchParams.get('shop'), DOMAIN)
  const to = await comeBack(back)
  const { store } = await connectDemo().then(({ store: { id } }) => ({ store: id }))
  assert.equal(to, `/stores/${store}?connected=yes`)
})

test('an installation counts once', async () => {
  const back = await begin()
  const all = await Promise.all([comeBack(back), comeBack(back), comeBack(back), comeBack(back)])
  assert.equal(all.filter((to) => to.endsWith('?connected=yes')).length, 1, all.join(' '))
  assert.equal(all.filter((to) => to === '/stores/connect?failed=state').length, 3)
})

test('an answer that is not signed, of another shop, too old or not ours connects nothing', async () => {
  const wrong: [string, (url: URL) => URL][] = [
    ['signature', (url) => changed(url, { hmac: 'f'.repeat(64) })],
    ['signature', (url) => changed(url, { hmac: '' })],
    ['signature', (url) => changed(url, { code: 'another' })],
    ['signature', (url) => sign(url, 'shpss_another')],
    ['shop', (url) => sign(changed(url, { shop: 'other.myshopify.com' }))],
    ['shop', (url) => sign(changed(url, { shop: 'evil.example/local-shop.myshopify.com' }))],
    ['timestamp', (url) => sign(changed(url, { timestamp: String(Math.floor(Date.now() / 1000) - 301) }))],
    ['timestamp', (url) => sign(changed(url, { timestamp: 'soon' }))],
    ['state', (url) => sign(changed(url, { state: 'x' }))],
    ['state', (url) => sign(changed(url, { state: `${url.searchParams.get('state')}x` }))],
    ['shop_refused', (url) => sign(changed(url, { code: 'unknown' }))],
  ]
  const doubled = (url: URL) => new URL(`${url.href}&shop=other.myshopify.com`)
  for (const [reason, change] of [...wrong, ['signature', doubled] as (typeof wrong)[number]]) {
    assert.equal(await comeBack(change(await begin())), `/stores/connect?failed=${reason}`)
  }
})

test('an installation ends after ten minutes, and belongs to the session that began it', async () => {
  const late = await begin()
  const at = Date.now()
  clock = new Date(at + 10 * 60_000 + 1000)
  assert.equal(
    await comeBack(sign(changed(late, { timestamp: String(Math.floor(clock.getTime() / 1000)) }))),
    '/stores/connect?failed=state',
  )
  clock = undefined

  const back = await begin()
  const { cookie } = await server.call('POST', '/auth/sign-in/email', {
    body: { email: 'owner@example.com', password: 'correct horse battery' },
    headers: { origin: 'http://localhost:4321' },
  })
  assert.ok(cookie && cookie !== owner.cookie)
  assert.equal(await comeBack(back, cookie), '/stores/connect?failed=state')
  assert.equal(await comeBack(back, 'nobody=1'), '/stores/connect?failed=session')
  assert.match(await comeBack(back), /connected=yes$/)
})

test('an API key cannot begin an installation: there is no browser to come back', async () => {
  const { status, body } = await server.call('POST', '/v1/stores/shopify/oauth', { key: owner.key, body: app() })
  assert.deepEqual([status, body.error.code], [403, 'forbidden'])
})

test('installations that nobody came back from are forgotten', async () => {
  await begin()
  clock = new Date(Date.now() + 11 * 60_000)
  await begin()
  clock = undefined
  const { rows } = await sql<{ count: number }>`select count(*) as count from shopify_installations`.execute(server.db)
  assert.equal(rows[0]?.count, 1)
})

test('products and collections are found by their words and named by their ids', async () => {
  const { store } = await connectDemo()
  const find = async (path: string): Promise<CatalogItems['items']> =>
    (await server.call<CatalogItems>('GET', `/v1/stores/${store.id}/shop/${path}`, { key: owner.key })).body.items
  assert.deepEqual(
    (await find('products?search=coff')).map(({ title }) => title),
    ['House Coffee', 'Single Origin Coffee'],
  )
  const [mug] = await find('products?search=enamel%20mug')
  assert.match(mug?.id ?? '', /^\d+$/)
  assert.equal((await find('products')).length, 7)
  assert.deepEqual(await find(`products?ids=${mug?.id},gid://shopify/Product/1`), [mug])
  assert.deepEqual(
    (await find('collections?search=kit')).map(({ title }) => title),
    ['Kitchen'],
  )
  assert.deepEqual(await find('products?search=%22)%20-mug%20OR%20status:active'), [])
  const wrong = await server.call('GET', `/v1/stores/${store.id}/shop/products?ids=mug`, { key: owner.key })
  assert.deepEqual([wrong.status, wrong.body.error.code], [400, 'invalid_input'])
})

test('who tries credentials again and again is stopped', async () => {
  const body = { method: 'token', domain: DOMAIN, accessToken: 'shpat_wrong' }
  const statuses: number[] = []
  for (let attempt = 0; attempt < 21; attempt += 1) {
    statuses.push((await server.call('POST', '/v1/stores/shopify', { key: owner.key, body })).status)
  }
  assert.deepEqual([statuses[0], statuses[19], statuses[20]], [409, 409, 429])
})

test('the shop of another account, and a custom store, are no shop', async () => {
  const { body } = await server.call<Page<{ id: string; kind: string }>>('GET', '/v1/stores', { key: owner.key })
  const custom = body.items.find(({ kind }) => kind === 'custom')
  for (const path of ['shop', 'shop/products']) {
    const answer = await server.call('GET', `/v1/stores/${custom?.id}/${path}`, { key: owner.key })
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'store_not_connected'])
  }
  const unknown = await server.call('GET', `/v1/stores/${owner.accountId}/shop`, { key: owner.key })
  assert.equal(unknown.status, 404)
})
