import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProviderFailures } from '../../../test/provider-failures.ts'
import { openProviderServer, type ProviderAnswer } from '../../../test/provider-server.ts'
import { SAMPLE_EMAIL } from '../../../test/sample-email.ts'
import { openResend } from './resend.ts'

const open = (baseUrl: string) => openResend({ provider: 'resend', apiKey: 're_1', baseUrl }, { timeoutMs: 500 })

/** Replies as documented at https://resend.com/docs/api-reference/errors. */
const refuse = (status: number, name: string, message: string): ProviderAnswer => ({
  status,
  json: { statusCode: status, name, message },
})

testProviderFailures('Resend', { message: SAMPLE_EMAIL, open })

test('Resend gets the mail with its headers, our id as tag and as key, and nothing that changes with the attempt', async () => {
  await using server = await openProviderServer(() => ({ status: 200, json: { id: 'r-1' } }))
  await using channel = open(server.url)
  assert.deepEqual(await channel.send(SAMPLE_EMAIL), { status: 'sent', providerId: 'r-1' })
  await channel.send({ ...SAMPLE_EMAIL, attempt: 3 })
  const [first, second] = server.requests
  assert.equal(`${first?.method} ${first?.path}`, 'POST /emails')
  assert.equal(first?.headers.authorization, 'Bearer re_1')
  assert.equal(first?.headers['idempotency-key'], SAMPLE_EMAIL.messageId)
  assert.deepEqual(JSON.parse(first?.body ?? ''), {
    from: SAMPLE_EMAIL.from,
    to: [SAMPLE_EMAIL.to],
    reply_to: SAMPLE_EMAIL.replyTo,
    subject: SAMPLE_EMAIL.subject,
    html: SAMPLE_EMAIL.html,
    text: SAMPLE_EMAIL.text,
    headers: { ...SAMPLE_EMAIL.headers, 'Feedback-ID': SAMPLE_EMAIL.feedbackId },
    tags: [{ name: 'onecode_message', value: SAMPLE_EMAIL.messageId }],
  })
  assert.deepEqual([second?.body, second?.headers['idempotency-key']], [first?.body, first?.headers['idempotency-key']])
})

test('a lost answer of Resend is asked for again with the same key, three times in all', async () => {
  const answers: ProviderAnswer[] = ['reset', { status: 502 }, { status: 200, json: { id: 'r-2' } }]
  await using server = await openProviderServer(() => answers.shift() ?? 'reset')
  await using channel = open(server.url)
  assert.deepEqual(await channel.send(SAMPLE_EMAIL), { status: 'sent', providerId: 'r-2' })
  assert.equal((await channel.send(SAMPLE_EMAIL)).status, 'unknown')
  assert.equal(server.requests.length, 6)
  assert.equal(new Set(server.requests.map((request) => request.headers['idempotency-key'])).size, 1)
})

test("Resend's own errors mean what its documentation says", async () => {
  const cases: [ProviderAnswer, string][] = [
    [refuse(403, 'invalid_api_key', 'API key is invalid.'), 'blocked'],
    [refuse(403, 'validation_error', 'The linden.example domain is not verified.'), 'blocked'],
    [refuse(422, 'invalid_from_address', 'Invalid `from` field.'), 'blocked'],
    [refuse(422, 'missing_required_field', 'Missing `to` field.'), 'rejected'],
    [refuse(429, 'rate_limit_exceeded', 'Too many requests.'), 'throttled'],
    [refuse(429, 'daily_quota_exceeded', 'You have reached your daily email quota.'), 'throttled'],
    [refuse(409, 'concurrent_idempotent_requests', 'Same key, still in progress.'), 'deferred'],
    [refuse(409, 'invalid_idempotent_request', 'Same key, another payload.'), 'unknown'],
  ]
  for (const [answer, status] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    const outcome = await channel.send(SAMPLE_EMAIL)
    assert.equal(outcome.status, status, JSON.stringify(outcome))
  }
})

test('the key of Resend is tested without sending: its domains are facts, a key that may only send is fine', async () => {
  const domains = { data: [{ id: 'd', name: 'linden.example', status: 'verified' }] }
  const cases: [ProviderAnswer, boolean, RegExp][] = [
    [{ status: 200, json: domains }, true, /linden\.example: verified/],
    [refuse(401, 'restricted_api_key', 'This API key is restricted to only send emails.'), true, /may send/],
    [refuse(403, 'invalid_api_key', 'API key is invalid.'), false, /API key is invalid/],
    [{ status: 200, body: 'hello' }, false, /cannot be read/],
    ['reset', false, /hang up|ECONNRESET/],
  ]
  for (const [answer, ok, words] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    const verified = await channel.verify()
    assert.equal(verified.ok, ok)
    assert.match(verified.ok ? verified.facts.join() : verified.reason, words)
    assert.deepEqual(
      server.requests.map((request) => `${request.method} ${request.path}`),
      ['GET /domains'],
    )
  }
})
