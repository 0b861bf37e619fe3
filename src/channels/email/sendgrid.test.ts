import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProviderFailures } from '../../../test/provider-failures.ts'
import { openProviderServer, type ProviderAnswer } from '../../../test/provider-server.ts'
import { SAMPLE_EMAIL } from '../../../test/sample-email.ts'
import { openSendgrid } from './sendgrid.ts'

const open = (baseUrl: string) => openSendgrid({ provider: 'sendgrid', apiKey: 'SG.1', baseUrl }, { timeoutMs: 500 })

const refuse = (status: number, message: string, field: string | null): ProviderAnswer => ({
  status,
  json: { errors: [{ message, field, help: null }] },
})

testProviderFailures('SendGrid', { message: SAMPLE_EMAIL, open })

test('SendGrid gets the mail with its headers, our id as custom argument, and every tracking switched off', async () => {
  await using server = await openProviderServer(() => ({ status: 202, headers: { 'x-message-id': 's-1' } }))
  await using channel = open(server.url)
  assert.deepEqual(await channel.send(SAMPLE_EMAIL), { status: 'sent', providerId: 's-1' })
  const [request] = server.requests
  assert.equal(`${request?.method} ${request?.path}`, 'POST /v3/mail/send')
  assert.equal(request?.headers.authorization, 'Bearer SG.1')
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    personalizations: [
      { to: [{ email: 'zoe@example.com' }], custom_args: { onecode_message: SAMPLE_EMAIL.messageId } },
    ],
    from: { email: 'shop@linden.example', name: 'Café Größe' },
    reply_to: { email: 'help@linden.example', name: 'Help, please' },
    subject: SAMPLE_EMAIL.subject,
    content: [
      { type: 'text/plain', value: SAMPLE_EMAIL.text },
      { type: 'text/html', value: SAMPLE_EMAIL.html },
    ],
    headers: { ...SAMPLE_EMAIL.headers, 'Feedback-ID': SAMPLE_EMAIL.feedbackId },
    tracking_settings: {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
    },
  })
})

test("SendGrid's errors: a sender that is not verified blocks, a field that is wrong rejects with the words", async () => {
  const cases: [ProviderAnswer, string, RegExp][] = [
    [refuse(403, 'The from address does not match a verified Sender Identity.', 'from'), 'blocked', /verified Sender/],
    [refuse(400, 'The from email does not contain a valid address.', 'from.email'), 'blocked', /from\.email/],
    [refuse(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email'), 'rejected', /to\.0\.email/],
    [refuse(413, 'The payload is too large.', null), 'rejected', /413: The payload/],
    [refuse(401, 'Maximum credits exceeded', null), 'blocked', /credits/],
  ]
  for (const [answer, status, words] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    const outcome = await channel.send(SAMPLE_EMAIL)
    assert.equal(outcome.status, status)
    assert.match('reason' in outcome ? outcome.reason : '', words)
  }
})

test('SendGrid that wants fewer names the moment from which on, which counts from its own clock', async () => {
  const headers = { date: 'Sun, 01 Nov 2026 10:00:00 GMT', 'x-ratelimit-reset': '1793527245' }
  await using server = await openProviderServer(() => ({ status: 429, json: {}, headers }))
  await using channel = open(server.url)
  assert.deepEqual(await channel.send(SAMPLE_EMAIL), {
    status: 'throttled',
    reason: 'HTTP 429',
    retryAfterMs: 45_000,
  })
})

test('the key of SendGrid is tested without sending: it must have the scope to send', async () => {
  const cases: [ProviderAnswer, unknown][] = [
    [
      { status: 200, json: { scopes: ['mail.send', 'x'] } },
      { ok: true, facts: ['This key may send mail.'] },
    ],
    [
      { status: 200, json: { scopes: ['stats.read'] } },
      { ok: false, reason: 'This key may not send: it lacks the scope mail.send.' },
    ],
    [refuse(401, 'authorization required', null), { ok: false, reason: '401: authorization required' }],
  ]
  for (const [answer, expected] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    assert.deepEqual(await channel.verify(), expected)
  }
})
