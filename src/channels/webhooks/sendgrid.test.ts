import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { WebhookRequest } from './provider-event.ts'
import { readSendgridWebhook } from './sendgrid.ts'

/** Events signed by `openssl dgst -sha256 -sign` with a key of the curve prime256v1. */
const VECTOR = JSON.parse(
  readFileSync(new URL('../../../test/data/sendgrid-events.json', import.meta.url), 'utf8'),
) as {
  publicKey: string
  timestamp: string
  signature: string
  body: string
}
/** From SendGrid's own libraries: their test of the signature. */
const PUBLISHED = {
  publicKey:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==',
  signature: 'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
  timestamp: '1588788367',
  body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
}
const OURS = '01890000-0000-7000-8000-000000000001'

function request({ signature, timestamp, body }: typeof PUBLISHED | typeof VECTOR): WebhookRequest {
  return {
    method: 'POST',
    url: 'https://shop.example/hooks',
    headers: {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    },
    rawBody: Buffer.from(body),
  }
}
const momentOf = (vector: { timestamp: string }): Date => new Date(Number(vector.timestamp) * 1000)

test("SendGrid's own example is taken, and is no event", () => {
  assert.deepEqual(readSendgridWebhook(request(PUBLISHED), PUBLISHED, momentOf(PUBLISHED)), { events: [] })
})

test('every event of a batch becomes what it means for the person; what is not understood is passed over', () => {
  const result = readSendgridWebhook(request(VECTOR), VECTOR, momentOf(VECTOR))
  assert.ok('events' in result)
  const [first] = result.events
  assert.deepEqual(first, {
    eventId: 'e-2',
    kind: 'delivered',
    providerId: 's-1',
    messageId: OURS,
    address: 'zoe@example.com',
    isPermanent: false,
    reason: '250 OK',
    at: new Date(1795600000_000),
  })
  assert.deepEqual(
    result.events.map(({ eventId, kind, isPermanent, messageId }) => [eventId, kind, isPermanent, messageId === OURS]),
    [
      ['e-2', 'delivered', false, true],
      ['e-3', 'deferred', false, true],
      ['e-4', 'bounced', true, true],
      ['e-5', 'bounced', false, true],
      ['e-6', 'bounced', true, true],
      ['e-7', 'complained', true, true],
      ['e-8', 'opted_out', true, true],
      ['e-9', 'failed', false, true],
      ['e-10', 'complained', true, true],
      ['e-11', 'opted_out', true, true],
      ['e-12', 'opted_out', true, true],
      ['e-14', 'bounced', true, false],
    ],
  )
})

test('a request that was changed, is unsigned, too old or from the future is refused', () => {
  const now = momentOf(VECTOR)
  const changed = [
    request({ ...VECTOR, body: VECTOR.body.replace('zoe', 'max') }),
    request({ ...VECTOR, timestamp: '1795600002' }),
    request({ ...VECTOR, signature: PUBLISHED.signature }),
    request({ ...VECTOR, signature: 'garbage' }),
    request({ ...VECTOR, timestamp: 'soon' }),
    { ...request(VECTOR), headers: {} },
  ]
  for (const one of changed) assert.ok('refused' in readSendgridWebhook(one, VECTOR, now))
  for (const publicKey of ['', 'garbage', PUBLISHED.publicKey])
    assert.ok('refused' in readSendgridWebhook(request(VECTOR), { publicKey }, now))
  for (const [seconds, isTaken] of [
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ] as const) {
    const result = readSendgridWebhook(request(VECTOR), VECTOR, new Date(now.getTime() + seconds * 1000))
    assert.equal('events' in result, isTaken, `${seconds} s`)
  }
})
