import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { callAdmin, callControl, createBasic } from '../test-client.ts'

interface Received {
  headers: IncomingHttpHeaders
  body: string
}

interface Listener extends AsyncDisposable {
  url: string
  received: Received[]
  /** HTTP status of the next answers. */
  status: number
  waitFor(count: number): Promise<void>
}

async function listen(): Promise<Listener> {
  const received: Received[] = []
  let wake = (): void => {}
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(listener.status).end()
      wake()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const listener: Listener = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    status: 200,
    async waitFor(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return listener
}

async function subscribe(emulator: Emulator, topic: string, input: object): Promise<string[]> {
  const query = `mutation($topic: WebhookSubscriptionTopic!, $input: WebhookSubscriptionInput!) {
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $input) { webhookSubscription { id } userErrors { message } } }`
  const reply = await callAdmin(emulator, query, { topic, input })
  return reply.data.webhookSubscriptionCreate.userErrors.map((error: { message: string }) => error.message)
}

/** Lets the answers of the listener arrive, then moves the clock until the next attempt. */
async function nextAttempt(emulator: Emulator, listener: Listener, count: number): Promise<void> {
  await listener.waitFor(count)
  const [delivery] = emulator.shop.deliveries
  while (delivery?.lastStatus === '' || emulator.clock.pending() === 0) {
    if (emulator.shop.subscriptions.size === 0) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  emulator.clock.advance(4 * 3600 * 1000)
}

test('an order reaches a subscriber with its headers, signed over the raw body', async () => {
  await using emulator = await openEmulator()
  await using listener = await listen()
  assert.deepEqual(await subscribe(emulator, 'ORDERS_CREATE', { uri: listener.url, name: 'orders' }), [])
  await createBasic(emulator, 'HOOK')
  await callControl(emulator, '/checkout', { codes: ['HOOK'], email: 'ann@example.com' })
  await listener.waitFor(1)
  const { headers, body } = listener.received[0] as Received
  assert.equal(headers['x-shopify-topic'], 'orders/create')
  assert.equal(headers['x-shopify-shop-domain'], emulator.shopDomain)
  assert.equal(headers['x-shopify-name'], 'orders')
  assert.equal(
    headers['x-shopify-hmac-sha256'],
    createHmac('sha256', emulator.clientSecret).update(body).digest('base64'),
  )
  for (const name of ['webhook-id', 'event-id', 'triggered-at', 'api-version'])
    assert.ok(headers[`x-shopify-${name}`], name)
  assert.equal(JSON.parse(body).discount_codes[0].code, 'HOOK')
})

test('a refused delivery is tried eight times more with the same id, then its subscription is gone', async () => {
  await using emulator = await openEmulator()
  await using listener = await listen()
  listener.status = 500
  await subscribe(emulator, 'DISCOUNTS_CREATE', { uri: listener.url })
  emulator.clock.freeze(true)
  await createBasic(emulator, 'FAIL')
  for (let attempt = 1; attempt <= 9; attempt += 1) await nextAttempt(emulator, listener, attempt)
  const [delivery] = emulator.shop.deliveries
  while (delivery?.state === 'waiting') await new Promise((resolve) => setImmediate(resolve))
  assert.equal(listener.received.length, 9)
  assert.equal(new Set(listener.received.map((one) => one.headers['x-shopify-webhook-id'])).size, 1)
  assert.deepEqual([delivery?.state, emulator.shop.subscriptions.size], ['failed', 0])
})

test('deliveries can be lost and doubled on purpose', async () => {
  await using emulator = await openEmulator({ seed: 1 })
  await using listener = await listen()
  await subscribe(emulator, 'DISCOUNTS_CREATE', { uri: listener.url })
  await callControl(emulator, '/settings', { webhookDropRate: 1 })
  await createBasic(emulator, 'LOST')
  assert.equal(emulator.shop.deliveries.at(-1)?.state, 'dropped')
  await callControl(emulator, '/settings', { webhookDropRate: 0, webhookDuplicateRate: 1 })
  await createBasic(emulator, 'TWICE')
  await listener.waitFor(2)
  assert.equal(new Set(listener.received.map((one) => one.headers['x-shopify-webhook-id'])).size, 1)
  assert.match(listener.received[0]?.body ?? '', /Discount TWICE/)
})

test('a filter and a list of fields cut what is sent', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 0 })
  await using listener = await listen()
  await subscribe(emulator, 'DISCOUNTS_CREATE', {
    uri: listener.url,
    filter: 'title:"Discount WANTED"',
    includeFields: ['title'],
  })
  await createBasic(emulator, 'OTHER')
  await createBasic(emulator, 'WANTED')
  await listener.waitFor(1)
  assert.deepEqual(
    listener.received.map((one) => JSON.parse(one.body)),
    [{ title: 'Discount WANTED' }],
  )
})

test('an address is refused in the words of the API', async () => {
  await using emulator = await openEmulator({ settings: { allowLocalHttpWebhooks: false } })
  const cases: [string, string][] = [
    ['http://example.com/a', 'Address protocol http:// is not supported'],
    ['https://other.myshopify.com/a', 'Address cannot be a Shopify or an internal domain'],
    ['https://localhost/a', 'Address cannot be a Shopify or an internal domain'],
    ['', "Address can't be blank"],
    ['nonsense', 'Address is invalid'],
  ]
  for (const [uri, message] of cases)
    assert.deepEqual(await subscribe(emulator, 'ORDERS_CREATE', { uri }), [message], uri)
})

test('a custom app on the Basic plan gets no personal data', async () => {
  await using emulator = await openEmulator({ plan: 'basic' })
  await using listener = await listen()
  await subscribe(emulator, 'ORDERS_CREATE', { uri: listener.url })
  await callControl(emulator, '/checkout', { email: 'ann@example.com' })
  await listener.waitFor(1)
  assert.equal(listener.received[0]?.body.includes('ann@example.com'), false)
})
