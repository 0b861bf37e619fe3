import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProviderFailures } from '../../../test/provider-failures.ts'
import { openProviderServer } from '../../../test/provider-server.ts'
import { SAMPLE_SMS } from '../../../test/sample-sms.ts'
import { openHttpSms } from './http.ts'
import type { HttpSmsSettings } from './sms-settings.ts'

const SETTINGS: HttpSmsSettings = {
  provider: 'http',
  method: 'POST',
  url: 'https://sms.example/send',
  headers: { 'X-Api-Key': 'k', 'X-Reference': '{{id}}' },
  bodyKind: 'json',
  body: '{"to":"{{to}}","from":"{{ from }}","text":"{{body}}","ref":"{{id}}"}',
  acceptedStatuses: [200, 202],
  idPath: 'messages.0.id',
  allowsPrivateAddresses: true,
}
const open = (url: string, settings: Partial<HttpSmsSettings> = {}) =>
  openHttpSms({ ...SETTINGS, url, ...settings }, { timeoutMs: 500 })

testProviderFailures('HTTP', { message: SAMPLE_SMS, open })

test('a JSON body carries any text unharmed, headers carry the id, and the id of the reply is found by its path', async () => {
  await using server = await openProviderServer(() => ({ status: 202, json: { messages: [{ id: 77 }] } }))
  await using channel = open(`${server.url}/send?x=1`)
  assert.deepEqual(await channel.send(SAMPLE_SMS), { status: 'sent', providerId: '77' })
  const [request] = server.requests
  assert.equal(`${request?.method} ${request?.path}`, 'POST /send?x=1')
  assert.equal(request?.headers['content-type'], 'application/json')
  assert.deepEqual([request?.headers['x-api-key'], request?.headers['x-reference']], ['k', SAMPLE_SMS.messageId])
  const { to, from, body, messageId } = SAMPLE_SMS
  assert.deepEqual(JSON.parse(request?.body ?? ''), { to, from, text: body, ref: messageId })
})

test('a form body carries any text unharmed, and without a path our own id is kept', async () => {
  await using server = await openProviderServer(() => ({ status: 200, body: 'OK' }))
  const { idPath: _, ...settings } = SETTINGS
  const form = { bodyKind: 'form', body: 'To={{to_digits}}&Text={{body}}&from={{from}}' } as const
  await using channel = openHttpSms({ ...settings, ...form, url: server.url, method: 'PUT' })
  assert.deepEqual(await channel.send({ ...SAMPLE_SMS, from: null }), {
    status: 'sent',
    providerId: SAMPLE_SMS.messageId,
  })
  assert.equal(server.requests[0]?.method, 'PUT')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(server.requests[0]?.body)), {
    To: SAMPLE_SMS.to.slice(1),
    Text: SAMPLE_SMS.body,
    from: '',
  })
})

test('a service that answers 200 without the id that it gives to what it takes leaves the message unknown', async () => {
  for (const json of [{ error: 'no credit' }, { messages: [] }, { messages: [{ id: null }] }, { messages: 'id' }]) {
    await using server = await openProviderServer(() => ({ status: 200, json }))
    await using channel = open(server.url)
    assert.equal((await channel.send(SAMPLE_SMS)).status, 'unknown')
  }
  await using server = await openProviderServer(() => ({ status: 201, json: { messages: [{ id: 'x' }] } }))
  await using channel = open(server.url)
  assert.equal((await channel.send(SAMPLE_SMS)).status, 'unknown', 'a 2xx that is not among the accepted statuses')
})

test('a text cannot add a header, and a header of the settings that is none is told, not thrown', async () => {
  await using server = await openProviderServer(() => ({ status: 200, json: { messages: [{ id: 'x' }] } }))
  await using channel = open(server.url, { headers: { 'X-Text': '{{body}}' } })
  assert.equal((await channel.send({ ...SAMPLE_SMS, body: 'a\r\nX-Evil: 1\u0000é' })).status, 'sent')
  assert.equal(server.requests[0]?.headers['x-text'], 'aX-Evil: 1')
  assert.equal(server.requests[0]?.headers['x-evil'], undefined)
  await using broken = open(server.url, { headers: { 'X Text': 'a\nb' } })
  assert.equal((await broken.send(SAMPLE_SMS)).status, 'blocked')
})

test('the idempotency header carries the message id, and makes repeats harmless as long as the service says', async () => {
  await using server = await openProviderServer(() => ({ status: 200, json: { messages: [{ id: 'x' }] } }))
  await using channel = open(server.url, { idempotencyHeader: 'Idempotency-Key', repeatableForMs: 60_000 })
  assert.deepEqual([channel.idempotency, channel.repeatableForMs], ['key', 60_000])
  await channel.send(SAMPLE_SMS)
  await channel.send({ ...SAMPLE_SMS, attempt: 2 })
  assert.deepEqual(
    server.requests.map((request) => request.headers['idempotency-key']),
    [SAMPLE_SMS.messageId, SAMPLE_SMS.messageId],
  )
  await using plain = open(server.url)
  assert.deepEqual([plain.idempotency, plain.repeatableForMs], ['none', 0])
})

test('an address of the own network is not called unless that is allowed, and it stops all messages', async () => {
  await using server = await openProviderServer(() => ({ status: 200 }))
  for (const url of [
    server.url,
    server.url.replace('http', 'https'),
    'https://169.254.169.254/latest',
    'https://[::1]/',
  ]) {
    await using channel = open(url, { allowsPrivateAddresses: false })
    assert.equal((await channel.send(SAMPLE_SMS)).status, 'blocked', url)
  }
  assert.equal(server.requests.length, 0)
})

test('a template that cannot work is told when it is tested, and sends nothing', async () => {
  const cases: [Partial<HttpSmsSettings>, RegExp][] = [
    [{ body: '{"to":"{{to}}","text":"{{text}}"}' }, /\{\{text\}\} is not known/],
    [{ body: '{"text":"{{body}}"}' }, /must contain/],
    [{ body: '{"to":{{to}},"text":{{body}}}' }, /inside quotes/],
    [{ headers: { 'x-a': '{{nobody}}' } }, /\{\{nobody\}\} is not known/],
  ]
  await using server = await openProviderServer(() => ({ status: 200 }))
  for (const [settings, words] of cases) {
    await using channel = open(server.url, settings)
    const verified = await channel.verify()
    assert.match(verified.ok ? '' : verified.reason, words)
    assert.equal((await channel.send(SAMPLE_SMS)).status, 'blocked')
  }
  assert.equal(server.requests.length, 0)
  await using channel = open(server.url)
  assert.equal((await channel.verify()).ok, true)
})
