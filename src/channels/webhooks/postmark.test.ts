import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PostmarkSecret, readPostmarkWebhook } from './postmark.ts'
import type { WebhookRequest } from './provider-event.ts'

const OURS = '01890000-0000-7000-8000-000000000001'
const NOW = new Date('2026-11-25T10:00:00Z')
const SECRET = { token: 'a long token' }
const COMMON = { MessageID: 'p-1', ServerID: 1, MessageStream: 'broadcast', Metadata: { onecode_message: OURS } }

function request(
  payload: unknown,
  headers: Record<string, string> = { 'x-webhook-token': SECRET.token },
): WebhookRequest {
  const rawBody = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  return { method: 'POST', url: 'https://shop.example/hooks', headers, rawBody }
}

/** Bodies as documented at https://postmarkapp.com/developer/webhooks/webhooks-overview. */
const bounce = (Type: string, Inactive: boolean) => ({
  RecordType: 'Bounce',
  ID: 42,
  Type,
  TypeCode: 1,
  Name: Type,
  Email: 'zoe@example.com',
  Inactive,
  Description: 'The server could not deliver.',
  Details: 'smtp;550 5.1.1 no such user',
  BouncedAt: '2026-11-25T09:59:00Z',
  ...COMMON,
})
const change = (SuppressSending: boolean, SuppressionReason: string | null) => ({
  RecordType: 'SubscriptionChange',
  ChangedAt: '2026-11-25T09:59:00Z',
  Recipient: 'zoe@example.com',
  Origin: 'Recipient',
  SuppressSending,
  SuppressionReason,
  ...COMMON,
})

test('every report of Postmark becomes what it means for the person, with our id from the metadata', () => {
  const delivery = {
    RecordType: 'Delivery',
    Recipient: 'zoe@example.com',
    DeliveredAt: '2026-11-25T09:59:00Z',
    ...COMMON,
  }
  const spam = {
    RecordType: 'SpamComplaint',
    ID: 43,
    Email: 'zoe@example.com',
    BouncedAt: '2026-11-25T09:59:00Z',
    ...COMMON,
  }
  const words = 'smtp;550 5.1.1 no such user'
  const cases: [unknown, string, boolean, string | null, string][] = [
    [delivery, 'delivered', false, null, 'Delivery:p-1:zoe@example.com'],
    [bounce('HardBounce', true), 'bounced', true, `HardBounce: ${words}`, 'Bounce:p-1:42'],
    [bounce('SoftBounce', false), 'bounced', false, `SoftBounce: ${words}`, 'Bounce:p-1:42'],
    [bounce('SoftBounce', true), 'bounced', true, `SoftBounce: ${words}`, 'Bounce:p-1:42'],
    [bounce('Transient', false), 'deferred', false, `Transient: ${words}`, 'Bounce:p-1:42'],
    [bounce('SpamComplaint', false), 'complained', true, `SpamComplaint: ${words}`, 'Bounce:p-1:42'],
    [bounce('Unsubscribe', false), 'opted_out', true, `Unsubscribe: ${words}`, 'Bounce:p-1:42'],
    [spam, 'complained', true, null, 'SpamComplaint:p-1:43'],
    [
      change(true, 'ManualSuppression'),
      'opted_out',
      true,
      'ManualSuppression',
      'SubscriptionChange:p-1:zoe@example.com:2026-11-25T09:59:00Z',
    ],
  ]
  for (const [payload, kind, isPermanent, reason, eventId] of cases) {
    const expected = {
      eventId,
      kind,
      providerId: 'p-1',
      messageId: OURS,
      address: 'zoe@example.com',
      isPermanent,
      reason,
    }
    const result = readPostmarkWebhook(request(payload), SECRET, NOW)
    assert.deepEqual(result, { events: [{ ...expected, at: new Date('2026-11-25T09:59:00Z') }] })
  }
})

test('an address that somebody reactivated is no consent of the person, and what is not understood is no event', () => {
  for (const payload of [change(false, null), { RecordType: 'Open' }, { RecordType: 'Bounce' }, 'garbage', null])
    assert.deepEqual(readPostmarkWebhook(request(payload), SECRET, NOW), { events: [] })
})

test('only who knows the login or the token is heard, and an empty secret lets nobody in', () => {
  const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString('base64')}` })
  const login: PostmarkSecret = { user: 'postmark', password: 'pass:word' }
  const good = bounce('HardBounce', true)
  const cases: [WebhookRequest, PostmarkSecret, boolean][] = [
    [request(good, basic('postmark:pass:word')), login, true],
    [request(good, basic('postmark:password')), login, false],
    [request(good, basic('')), login, false],
    [request(good, {}), login, false],
    [request(good, basic('postmark:')), { user: 'postmark', password: '' }, false],
    [request(good), SECRET, true],
    [request(good, { 'x-webhook-token': 'a wrong token' }), SECRET, false],
    [{ ...request(good, {}), url: 'https://shop.example/hooks?token=a%20long%20token' }, SECRET, true],
    [{ ...request(good, {}), url: 'https://shop.example/hooks?token=' }, { token: '' }, false],
  ]
  for (const [one, secret, isTaken] of cases) assert.equal('events' in readPostmarkWebhook(one, secret, NOW), isTaken)
})
