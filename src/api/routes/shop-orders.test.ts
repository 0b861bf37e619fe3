import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import type { ApiKey } from '../../../contract/account.ts'
import type { ShopOrders } from '../../../contract/shop-orders.ts'
import type { ConnectedShop } from '../../../contract/shopify.ts'
import { type Emulator, openEmulator } from '../../../emulator/emulator.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../../test/server.ts'
import { newId } from '../../lib/ids.ts'
import { registerRoutes } from '../routes.ts'

let emulator: Emulator
let server: TestServer
let key: string
let accountId: string
let storeId: string
const woken: string[] = []
before(async () => {
  emulator = await openEmulator({ codesPerSecond: 0 })
  const demo = { domain: emulator.shopDomain, url: emulator.url }
  const wakeWorker = async (queue: string, { id }: { id: string }) => void woken.push(`${queue} ${id}`)
  server = await openTestServer(registerRoutes, { addressOf: () => emulator.url, demo, wakeWorker })
  ;({ key, accountId } = await setUpOwner(server))
  const { body } = await server.call<ConnectedShop>('POST', '/v1/stores/demo', { key })
  storeId = body.store.id
})
after(async () => {
  await server[Symbol.asyncDispose]()
  await emulator.close()
})
beforeEach(() => woken.splice(0))

async function putWebhook(state: 'failed' | 'applied', body: string | null): Promise<string> {
  const id = `delivery-${newId()}`
  await sql`
    insert into shopify_webhooks (account_id, store_id, webhook_id, id, topic, body, state, attempts, due_at, error, received_at)
    values (${accountId}::uuid, ${storeId}::uuid, ${id}, ${newId()}::uuid, 'orders/create', ${body}, ${state}, 8, now(),
      'the order has no id', now())`.execute(server.db)
  return id
}

async function putDataRequest(): Promise<string> {
  const id = newId()
  await sql`
    insert into data_requests (account_id, id, store_id, customer_id, email, requested_at)
    values (${accountId}::uuid, ${id}::uuid, ${storeId}::uuid, '7', 'ada@example.com', now())`.execute(server.db)
  return id
}

async function readOrders(): Promise<ShopOrders> {
  const { status, body } = await server.call<ShopOrders>('GET', `/v1/stores/${storeId}/orders`, { key })
  assert.equal(status, 200)
  return body
}

async function lastAudit(): Promise<{ action: string; data: unknown }> {
  const { body } = await server.call<{ items: { action: string; data: unknown }[] }>('GET', '/v1/audit', { key })
  return body.items[0] as { action: string; data: unknown }
}

test('a delivery that failed is shown with its error, and is applied again when somebody says so, once', async () => {
  const webhookId = await putWebhook('failed', '{}')
  const { webhooks, failures } = await readOrders()
  assert.deepEqual(webhooks.failed, 1)
  assert.equal(webhooks.address, 'http://localhost:4321/webhooks/shopify')
  assert.deepEqual(
    failures.map((one) => [one.webhookId, one.error, one.canRetry]),
    [[webhookId, 'the order has no id', true]],
  )
  const again = `/v1/stores/${storeId}/webhooks/${webhookId}/retry`
  const both = await Promise.all([server.call('POST', again, { key }), server.call('POST', again, { key })])
  assert.deepEqual(both.map(({ status }) => status).sort(), [204, 404])
  assert.deepEqual([(await readOrders()).webhooks.waiting, (await readOrders()).failures], [1, []])
  assert.deepEqual(await lastAudit(), { ...(await lastAudit()), action: 'webhook.retried', data: { webhookId } })
})

test('a delivery that was applied, or whose body is gone, cannot be applied again', async () => {
  for (const webhookId of [await putWebhook('applied', '{}'), await putWebhook('failed', null), 'unknown']) {
    const { status, body } = await server.call('POST', `/v1/stores/${storeId}/webhooks/${webhookId}/retry`, { key })
    assert.deepEqual([status, body.error.code], [404, 'webhook_not_found'])
  }
})

test('a store is compared with its shop when somebody asks for it', async () => {
  const { status } = await server.call('POST', `/v1/stores/${storeId}/orders/check`, { key })
  assert.equal(status, 202)
  assert.deepEqual(woken, [`reconcile-store ${storeId}`])
  const { dueAt } = (await readOrders()).comparison
  assert.ok(dueAt && new Date(dueAt) <= new Date())
})

test('what is known of a customer who asks is a file, and that it was fetched is written down', async () => {
  const requestId = await putDataRequest()
  await server.call('POST', '/v1/profiles', { key, body: { email: 'ada@example.com', firstName: 'Ada' } })
  const url = `/v1/stores/${storeId}/data-requests/${requestId}/file`
  const { status, headers, text } = await server.call('GET', url, { key })
  assert.equal(status, 200)
  assert.match(String(headers['content-disposition']), /^attachment; filename="customer-[0-9a-f-]+\.json"$/)
  assert.match(text, /ada@example\.com/)
  assert.equal((await lastAudit()).action, 'customer.data_exported')
  const [shown] = (await readOrders()).dataRequests
  assert.ok(shown?.id === requestId && shown.fetchedAt !== null)
  const unknown = await server.call('GET', url.replace(requestId, newId()), { key })
  assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'data_request_not_found'])
})

test('terms of a discount that is not there cannot be put back', async () => {
  const { status, body } = await server.call('POST', `/v1/stores/${storeId}/drift/restore`, {
    key,
    body: { poolId: newId() },
  })
  assert.deepEqual([status, body.error.code], [404, 'drift_not_found'])
})

test('who may only read changes nothing and sees no personal data', async () => {
  const requestId = await putDataRequest()
  const { body } = await server.call<ApiKey & { key: string }>('POST', '/v1/api-keys', {
    key,
    body: { name: 'Reader', scopes: ['account:read', 'coupons:read'] },
  })
  const calls: [string, string][] = [
    ['POST', `/v1/stores/${storeId}/orders/check`],
    ['POST', `/v1/stores/${storeId}/webhooks/x/retry`],
    ['GET', `/v1/stores/${storeId}/data-requests/${requestId}/file`],
    ['POST', `/v1/stores/${storeId}/drift/restore`],
  ]
  for (const [method, url] of calls) {
    const refused = await server.call(method, url, {
      key: body.key,
      body: method === 'POST' ? { poolId: newId() } : undefined,
    })
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'missing_scope'], url)
  }
  assert.equal((await server.call('GET', `/v1/stores/${storeId}/orders`, { key: body.key })).status, 200)
  assert.equal((await server.call('GET', `/v1/stores/${newId()}/orders`, { key })).status, 404)
})
