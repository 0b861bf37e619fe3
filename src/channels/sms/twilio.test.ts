import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProviderFailures } from '../../../test/provider-failures.ts'
import { openProviderServer, type ProviderAnswer } from '../../../test/provider-server.ts'
import { SAMPLE_SMS } from '../../../test/sample-sms.ts'
import { openTwilio } from './twilio.ts'

const ACCOUNT = { provider: 'twilio', accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' } as const
const SID = `SM${'a'.repeat(32)}`
const open = (baseUrl: string) => openTwilio({ ...ACCOUNT, baseUrl }, { timeoutMs: 500 })

/** Replies as documented at https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions. */
const refuse = (status: number, code: number, message: string): ProviderAnswer => ({
  status,
  json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
})

testProviderFailures('Twilio', { message: SAMPLE_SMS, open })

test('Twilio gets one form with the text as it is, and our id in the address of its status callback', async () => {
  await using server = await openProviderServer(() => ({ status: 201, json: { sid: SID, status: 'queued' } }))
  const settings = { ...ACCOUNT, baseUrl: server.url }
  await using channel = openTwilio({ ...settings, statusCallbackUrl: 'https://shop.example/hooks?account=1' })
  assert.deepEqual(await channel.send(SAMPLE_SMS), { status: 'sent', providerId: SID })
  await using service = openTwilio({ ...settings, messagingServiceSid: `MG${'1'.repeat(32)}` })
  await service.send({ ...SAMPLE_SMS, from: null })
  const [first, second] = server.requests
  assert.equal(`${first?.method} ${first?.path}`, `POST /2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json`)
  assert.equal(first?.headers.authorization, `Basic ${btoa(`${ACCOUNT.accountSid}:token`)}`)
  assert.equal(first?.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(first?.body)), {
    To: SAMPLE_SMS.to,
    From: SAMPLE_SMS.from,
    Body: SAMPLE_SMS.body,
    StatusCallback: `https://shop.example/hooks?account=1&message=${SAMPLE_SMS.messageId}`,
  })
  assert.deepEqual(Object.fromEntries(new URLSearchParams(second?.body)), {
    To: SAMPLE_SMS.to,
    Body: SAMPLE_SMS.body,
    MessagingServiceSid: `MG${'1'.repeat(32)}`,
  })
})

test("Twilio's error codes mean what its documentation says; 21610 is an opt-out", async () => {
  const cases: [ProviderAnswer, unknown][] = [
    [refuse(400, 21610, 'Attempt to send to unsubscribed recipient'), ['rejected', 'opted_out']],
    [refuse(400, 21211, "Invalid 'To' Phone Number"), ['rejected', 'address']],
    [refuse(400, 21614, "'To' number is not a valid mobile number"), ['rejected', 'address']],
    [refuse(400, 21408, 'Permission to send has not been enabled for the region'), ['rejected', 'content']],
    [refuse(400, 21609, "The 'StatusCallback' URL is not a valid URL"), ['blocked', undefined]],
    [refuse(400, 21617, 'The concatenated message body exceeds the 1600 character limit'), ['rejected', 'content']],
    [refuse(400, 21606, 'The From phone number is not a valid message-capable number'), ['blocked', undefined]],
    [refuse(401, 20003, 'Authenticate'), ['blocked', undefined]],
    [refuse(429, 20429, 'Too Many Requests'), ['throttled', undefined]],
    [
      refuse(400, 21611, 'This From number has exceeded the maximum number of queued messages'),
      ['throttled', undefined],
    ],
    [refuse(500, 20500, 'Internal Server Error'), ['unknown', undefined]],
    [{ status: 201, json: { sid: 'what' } }, ['unknown', undefined]],
  ]
  for (const [answer, expected] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    const outcome = await channel.send(SAMPLE_SMS)
    assert.deepEqual([outcome.status, 'fault' in outcome ? outcome.fault : undefined], expected)
  }
})

test('Twilio is asked for a lost message by its number; time and text must both be right', async () => {
  const sentAt = new Date('2026-11-01T10:00:00Z')
  const made = (body: string, at: string, direction = 'outbound-api') => ({
    sid: SID,
    body,
    direction,
    date_created: at,
    date_sent: null,
  })
  const now = 'Sun, 01 Nov 2026 10:00:02 +0000'
  const text = SAMPLE_SMS.body
  const cases: [unknown[], string | null, string][] = [
    [[made(text, now)], text, 'found'],
    [[made(text, now)], null, 'found'],
    [[], text, 'absent'],
    [[made(text, 'Sat, 31 Oct 2026 10:00:02 +0000')], text, 'absent'],
    [[made(text, 'Sun, 01 Nov 2026 10:59:59 +0000')], text, 'found'],
    [[made(text, 'Sun, 01 Nov 2026 09:00:01 +0000')], text, 'found'],
    [[made(text, 'Sun, 01 Nov 2026 08:59:59 +0000')], text, 'absent'],
    [[made('other', 'Sun, 01 Nov 2026 09:50:01 +0000')], text, 'unavailable'],
    [[made('other', 'Sun, 01 Nov 2026 10:10:01 +0000')], text, 'absent'],
    [[{ ...made('', now), body: null }, made('other', now)], null, 'unavailable'],
    [[made(text, now, 'inbound')], text, 'absent'],
    [[made('other', now)], text, 'unavailable'],
    [[made('other', now), made(text, now)], text, 'found'],
    [[made('other', now), made(text, now)], null, 'unavailable'],
  ]
  for (const [messages, body, status] of cases) {
    await using server = await openProviderServer(() => ({ status: 200, json: { messages } }))
    await using channel = open(server.url)
    const found = await channel.lookUp?.({ ...SAMPLE_SMS, body, sentAt })
    assert.equal(found?.status, status, JSON.stringify([messages, body]))
    assert.equal(new URL(server.requests[0]?.path ?? '', server.url).searchParams.get('To'), SAMPLE_SMS.to)
  }
  for (const answer of ['reset', { status: 500, json: { messages: [] } }, { status: 200, json: {} }] as const) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    assert.equal((await channel.lookUp?.({ ...SAMPLE_SMS, sentAt }))?.status, 'unavailable')
  }
})

test('the login of Twilio is tested without sending; a trial is a fact, a suspended account a failure', async () => {
  const account = (status: string, type: string): ProviderAnswer => ({
    status: 200,
    json: { friendly_name: 'Linden', status, type },
  })
  const cases: [ProviderAnswer, unknown][] = [
    [account('active', 'Full'), { ok: true, facts: ['Account Linden: active.'] }],
    [
      account('active', 'Trial'),
      { ok: true, facts: ['Account Linden: active.', 'A trial account: texts go to verified numbers only.'] },
    ],
    [account('suspended', 'Full'), { ok: false, reason: 'Account Linden: suspended.' }],
    [refuse(401, 20003, 'Authenticate'), { ok: false, reason: '401: 20003 Authenticate' }],
  ]
  for (const [answer, expected] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    assert.deepEqual(await channel.verify(), expected)
    assert.equal(
      `${server.requests[0]?.method} ${server.requests[0]?.path}`,
      `GET /2010-04-01/Accounts/${ACCOUNT.accountSid}.json`,
    )
  }
})
