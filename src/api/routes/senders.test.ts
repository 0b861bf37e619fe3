import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { ErrorReply } from '../../../contract/common.ts'
import type { Sender, Senders, TestMail } from '../../../contract/senders.ts'
import type { Suppression } from '../../../contract/suppressions.ts'
import { openTestSenders } from '../../../test/seed-campaign.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../../test/server.ts'
import { openTwilioServer } from '../../../test/sms-services.ts'
import { openSmtpSink } from '../../../test/smtp-sink.ts'
import { suppress } from '../../profiles/suppression/suppress.ts'
import { registerSenderRoutes } from './senders.ts'
import { registerSuppressionRoutes } from './suppressions.ts'

let server: TestServer
let owner: { key: string; cookie: string; accountId: string }
before(async () => {
  server = await openTestServer((app, deps) => {
    registerSenderRoutes(app, deps)
    registerSuppressionRoutes(app, deps)
  })
  owner = await setUpOwner(server)
})
afterAll(() => server[Symbol.asyncDispose]())

const setup = (port: number) => ({
  provider: 'smtp',
  settings: { host: '127.0.0.1', port, security: 'none' },
  secrets: {},
})

async function auditOf(prefix: string): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    select action from audit_log where action like ${`${prefix}%`} order by id`.execute(server.db)
  return rows.map((row) => row.action)
}

test('an owner adds a sender, mails themself a test, activates it and everything is in the audit log without a secret', async () => {
  await using sink = await openSmtpSink()
  const { cookie } = owner
  const body = {
    name: 'Main',
    fromAddress: 'hello@shop.example',
    setup: { ...setup(sink.port), settings: { ...setup(sink.port).settings } },
  }
  const made = await server.call<Sender>('POST', '/v1/senders', { cookie, body })
  assert.equal(made.status, 201, made.text)
  const url = `/v1/senders/${made.body.id}`
  const tested = await server.call<TestMail>('POST', `${url}/test-mail`, { cookie, body: {} })
  assert.deepEqual(tested.body, { to: 'owner@example.com', status: 'sent', reason: null })
  assert.equal(sink.mails.length, 1)
  assert.equal((await server.call<Sender>('POST', `${url}/activate`, { cookie, body: {} })).body.isActive, true)
  const withSecret = { ...setup(sink.port), secrets: { password: 'very-secret' } }
  const changed = await server.call('PATCH', url, { cookie, body: { setup: withSecret } })
  assert.equal(changed.status, 200, changed.text)
  const listed = await server.call<Senders>('GET', '/v1/senders', { cookie })
  assert.equal(listed.body.fallback, 'outbox')
  assert.deepEqual(listed.body.items[0]?.secretsSet, ['password'])
  assert.equal((await server.call('DELETE', url, { cookie })).body.error.code, 'sender_active')
  await server.call('POST', `${url}/deactivate`, { cookie, body: {} })
  assert.equal((await server.call('DELETE', url, { cookie })).status, 204)
  const deeds = ['created', 'activated', 'updated', 'deactivated', 'removed']
  assert.deepEqual(
    await auditOf('sender.'),
    deeds.map((deed) => `sender.${deed}`),
  )
  const { rows } = await sql<{ found: number }>`
    select count(*) as found from audit_log where data::text like '%very-secret%'`.execute(server.db)
  assert.equal(rows[0]?.found, 0)
  assert.ok(!server.logs().includes('very-secret'))
})

test('a test mail goes to a person who is signed in, never to where a key says', async () => {
  const made = await server.call<Sender>('POST', '/v1/senders', {
    key: owner.key,
    body: { name: 'Keyed', setup: setup(1) },
  })
  const answer = await server.call('POST', `/v1/senders/${made.body.id}/test-mail`, { key: owner.key, body: {} })
  assert.deepEqual([answer.status, answer.body.error.code], [403, 'forbidden'])
})

test('a test text goes to the number that a person who is signed in typed, and is in the audit log', async () => {
  await using twilio = await openTwilioServer()
  const senders = openTestSenders({ twilioBaseUrl: twilio.url })
  await using texting = await openTestServer(registerSenderRoutes, { senders })
  const { key, cookie, accountId } = await setUpOwner(texting)
  const setup = { provider: 'twilio', settings: { accountSid: 'AC1' }, secrets: { authToken: 'token' } }
  const made = await texting.call<Sender>('POST', '/v1/senders', { cookie, body: { name: 'Texts', setup } })
  const url = `/v1/senders/${made.body.id}`
  const send = (to: string, by: object = { cookie }) =>
    texting.call<TestMail & ErrorReply>('POST', `${url}/test-text`, { ...by, body: { to } })
  assert.equal((await send('+353 86 123 4567')).body.error.code, 'sender_missing')
  await texting.call('PATCH', url, { cookie, body: { fromAddress: '+15005550006' } })
  const told = await send('+353 86 123 4567')
  assert.deepEqual(told.body, { to: '+353861234567', status: 'sent', reason: null }, told.text)
  const [text] = twilio.texts
  assert.deepEqual([text?.to, text?.body], ['+353861234567', 'Linden & Co: a test of the sender Texts. It works.'])

  for (const bad of ['086 123 4567', '+353', 'nobody', 'a@b.example'])
    assert.deepEqual((await send(bad)).body.error?.data.field, 'to', bad)
  assert.equal((await send('+353861234567', { key })).status, 403)
  const gone = {
    channel: 'sms' as const,
    address: '+353861234567',
    reason: 'manual' as const,
    detail: null,
    at: new Date(),
  }
  await suppress(texting.db, { accountId, addresses: [gone] })
  assert.match((await send('+353861234567')).body.error.message, /suppressed/)
  assert.equal(twilio.texts.length, 1)
  assert.equal((await texting.call('POST', `${url}/test-mail`, { cookie, body: {} })).body.error.code, 'sender_kind')
  const { rows } = await sql<{ data: object }>`
    select data from audit_log where action = 'sender.tested'`.execute(texting.db)
  assert.deepEqual(
    rows.map((row) => row.data),
    [{ to: '+353861234567', status: 'sent' }],
  )
})

test('an account tests its senders 20 times a minute at most', async () => {
  const made = await server.call<Sender>('POST', '/v1/senders', {
    key: owner.key,
    body: { name: 'Busy', setup: setup(1) },
  })
  const statuses: number[] = []
  for (let i = 0; i < 22; i += 1)
    statuses.push(
      (await server.call('POST', `/v1/senders/${made.body.id}/verify`, { key: owner.key, body: {} })).status,
    )
  assert.equal(statuses[0], 200)
  assert.equal(statuses.at(-1), 429)
  const url = `/v1/senders/${made.body.id}/test-text`
  const text = await server.call('POST', url, { cookie: owner.cookie, body: { to: '+353861234567' } })
  assert.equal(text.status, 429, 'test texts count as well')
})

test('an unknown setting and a wrong address are refused at their field', async () => {
  const { key } = owner
  const wrong = { ...setup(25), settings: { host: 'x', hots: 'y' } }
  const unknown = await server.call('POST', '/v1/senders', { key, body: { name: 'x', setup: wrong } })
  assert.deepEqual([unknown.status, unknown.body.error.code], [400, 'invalid_input'])
  const body = { name: 'x', fromAddress: 'a b@c', setup: setup(25) }
  const from = await server.call('POST', '/v1/senders', { key, body })
  assert.deepEqual([from.status, from.body.error.data.field], [400, 'fromAddress'])
})

test('an address is suppressed and taken off again over HTTP, both in the audit log, and the list comes as CSV', async () => {
  const { key } = owner
  const made = await server.call<Suppression>('POST', '/v1/suppressions', { key, body: { address: 'A@Example.com' } })
  assert.deepEqual([made.status, made.body.address, made.body.reason], [201, 'a@example.com', 'manual'])
  const csv = await server.call('GET', '/v1/suppressions.csv', { key })
  assert.match(csv.text, /email,a@example\.com,manual/)
  assert.match(String(csv.headers['content-disposition']), /attachment/)
  assert.equal((await server.call('DELETE', `/v1/suppressions/${made.body.id}`, { key })).status, 204)
  assert.deepEqual(await auditOf('suppression.'), ['suppression.added', 'suppression.removed'])
})
