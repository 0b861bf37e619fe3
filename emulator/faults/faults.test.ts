import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmulator } from '../emulator.ts'
import { basicInput, CREATE_BASIC, callAdmin, callControl, createBasic } from '../test-client.ts'

const CREATE = (code: string): [string, object] => [CREATE_BASIC, { input: basicInput(code) }]

test('a lost reply has done its work, a reset connection has not', async () => {
  await using emulator = await openEmulator()
  emulator.faults.add({ kind: 'reply_lost' })
  await assert.rejects(callAdmin(emulator, ...CREATE('DONE')))
  emulator.faults.add({ kind: 'connection_reset' })
  await assert.rejects(callAdmin(emulator, ...CREATE('UNDONE')))
  assert.deepEqual([emulator.shop.codes.has('DONE'), emulator.shop.codes.has('UNDONE')], [true, false])
})

test('a time-out holds the connection and ends it, before or after the work', async () => {
  await using emulator = await openEmulator()
  emulator.faults.add({ kind: 'timeout', delayMs: 20 })
  await assert.rejects(callAdmin(emulator, ...CREATE('BEFORE')))
  emulator.faults.add({ kind: 'timeout_after', delayMs: 20 })
  await assert.rejects(callAdmin(emulator, ...CREATE('AFTER')))
  assert.deepEqual([emulator.shop.codes.has('BEFORE'), emulator.shop.codes.has('AFTER')], [false, true])
})

test('429 comes with Retry-After, 502 as a page, each as often as asked', async () => {
  await using emulator = await openEmulator()
  await callControl(emulator, '/faults', { kind: 'http_429', retryAfterSeconds: 3 })
  await callControl(emulator, '/faults', { kind: 'http_502', times: 2 })
  const send = (): Promise<Response> =>
    fetch(`${emulator.url}/admin/api/2026-10/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': emulator.adminToken },
      body: '{"query":"{ shop { name } }"}',
    })
  const replies = [await send(), await send(), await send(), await send()]
  assert.deepEqual(
    replies.map((reply) => reply.status),
    [429, 502, 502, 200],
  )
  assert.equal(replies[0]?.headers.get('retry-after'), '3.0')
})

test('a fault waits for the document that it is meant for, and lets some through first', async () => {
  await using emulator = await openEmulator()
  await callControl(emulator, '/faults', { kind: 'throttled', match: 'discountNodesCount', skip: 1 })
  const count = async (): Promise<string | undefined> =>
    (await callAdmin(emulator, '{ discountNodesCount { count } }')).errors?.[0]?.extensions.code
  assert.equal((await callAdmin(emulator, '{ shop { name } }')).errors, undefined)
  assert.deepEqual([await count(), await count(), await count()], [undefined, 'THROTTLED', undefined])
})

test('an unknown fault, setting, plan or address is refused and changes nothing', async () => {
  await using emulator = await openEmulator()
  const before = JSON.stringify(emulator.shop.settings)
  assert.ok((await callControl(emulator, '/faults', { kind: 'meteor' })).error)
  assert.ok((await callControl(emulator, '/settings', { usageLagMs: 1, colour: 'red' })).error)
  assert.ok((await callControl(emulator, '/settings', { usageLagMs: 'soon' })).error)
  assert.ok((await callControl(emulator, '/settings', { plan: 'gold' })).error)
  assert.ok((await callControl(emulator, '/app', { webhooks: { 'shop/redact': 'nonsense' } })).error)
  assert.equal(emulator.shop.app.declaredWebhooks.size, 0)
  assert.equal(JSON.stringify(emulator.shop.settings), before)
})

test('moving the clock past its end expires a discount', async () => {
  await using emulator = await openEmulator({ startAt: Date.parse('2026-03-01T00:00:00Z') })
  await createBasic(emulator, 'MARCH', { endsAt: '2026-03-31T00:00:00Z' })
  const read = async (): Promise<string> =>
    (
      await callAdmin(
        emulator,
        '{ codeDiscountNodeByCode(code: "march") { codeDiscount { ... on DiscountCodeBasic { status } } } }',
      )
    ).data.codeDiscountNodeByCode.codeDiscount.status
  assert.equal(await read(), 'ACTIVE')
  await callControl(emulator, '/clock', { set: '2026-04-01T00:00:00Z' })
  assert.equal(await read(), 'EXPIRED')
})
