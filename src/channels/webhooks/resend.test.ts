import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { WebhookRequest } from './provider-event.ts'
import { readResendWebhook } from './resend.ts'

/** The example that Svix publishes for checks by hand. */
const PUBLISHED = {
  signingSecret: 'whsec_plJ3nmyCDGBKInavdOK15jsl',
  id: 'msg_loFOjxBNrRLzqYUf',
  timestamp: '1731705121',
  signature: 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
  body: '{"event_type":"ping","data":{"success":true}}',
}
const KEY = Buffer.from('a key of 24 bytes, sure.')
const SECRET = { signingSecret: `whsec_${KEY.toString('base64')}` }
const OURS = '01890000-0000-7000-8000-000000000001'
const NOW = new Date('2026-11-25T10:00:00Z')

function request(
  given: { id: string; timestamp: string; signature: string; body: string },
  prefix = 'svix',
): WebhookRequest {
  return {
    method: 'POST',
    url: 'https://shop.example/hooks',
    headers: {
      [`${prefix}-id`]: given.id,
      [`${prefix}-timestamp`]: given.timestamp,
      [`${prefix}-signature`]: given.signature,
    },
    rawBody: Buffer.from(given.body),
  }
}

/** Signed by the words of the standard: HMAC-SHA256 over id, time and body. */
function signed(payload: unknown, at: Date = NOW): WebhookRequest {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const timestamp = `${at.getTime() / 1000}`
  const signature = createHmac('sha256', KEY).update(`msg_1.${timestamp}.${body}`).digest('base64')
  return request({ id: 'msg_1', timestamp, body, signature: `v1,b3RoZXI= v1,${signature}` })
}

const event = (type: string, more: Record<string, unknown> = {}): unknown => ({
  type,
  created_at: '2026-11-25T09:59:00.000Z',
  data: {
    created_at: '2026-11-25T09:58:00.000Z',
    email_id: 'r-1',
    from: 'Shop <shop@linden.example>',
    to: ['zoe@example.com'],
    subject: 'Hi',
    tags: { onecode_message: OURS },
    ...more,
  },
})

test('the published example of Standard Webhooks is taken, under both names of its headers, and is no event', () => {
  const now = new Date(Number(PUBLISHED.timestamp) * 1000)
  for (const prefix of ['svix', 'webhook'])
    assert.deepEqual(readResendWebhook(request(PUBLISHED, prefix), PUBLISHED, now), { events: [] })
})

test('every report of Resend becomes what it means for the person, with our id from the tag', () => {
  const common = { eventId: 'msg_1', providerId: 'r-1', messageId: OURS, address: 'zoe@example.com' }
  const at = new Date('2026-11-25T09:59:00Z')
  const bounce = { message: 'No such user', type: 'Permanent', subType: 'General' }
  const cases: [unknown, unknown][] = [
    [event('email.delivered'), { kind: 'delivered', isPermanent: false, reason: null }],
    [event('email.delivery_delayed'), { kind: 'deferred', isPermanent: false, reason: null }],
    [event('email.bounced', { bounce }), { kind: 'bounced', isPermanent: true, reason: 'No such user' }],
    [
      event('email.bounced', { bounce: { ...bounce, type: 'Transient' } }),
      { kind: 'bounced', isPermanent: false, reason: 'No such user' },
    ],
    [event('email.complained'), { kind: 'complained', isPermanent: true, reason: null }],
    [
      event('email.failed', { failed: { reason: 'reached_daily_quota' } }),
      { kind: 'failed', isPermanent: false, reason: 'reached_daily_quota' },
    ],
    [
      event('email.suppressed', { suppressed: { message: 'on the list', type: 'OnAccountSuppressionList' } }),
      { kind: 'bounced', isPermanent: true, reason: 'on the list' },
    ],
  ]
  for (const [payload, expected] of cases)
    assert.deepEqual(readResendWebhook(signed(payload), SECRET, NOW), {
      events: [{ ...common, at, ...(expected as object) }],
    })
})

test('what is signed and not understood is no event, and a tag that is none of ours is no id', () => {
  for (const payload of [event('email.opened'), event('domain.created'), { type: 7 }, 'garbage', []])
    assert.deepEqual(readResendWebhook(signed(payload), SECRET, NOW), { events: [] })
  for (const tags of [{ onecode_message: 'x' }, [{ name: 'onecode_message', value: OURS }], undefined]) {
    const result = readResendWebhook(signed(event('email.delivered', { tags })), SECRET, NOW)
    assert.equal('events' in result && result.events[0]?.messageId, null)
  }
})

test('a request that was changed, is unsigned, too old or from the future is refused', () => {
  const good = signed(event('email.delivered'))
  const refused = [
    { ...good, rawBody: Buffer.from(`${good.rawBody} `) },
    { ...good, headers: { ...good.headers, 'svix-id': 'msg_2' } },
    { ...good, headers: { ...good.headers, 'svix-signature': 'v1,AAAA' } },
    { ...good, headers: { ...good.headers, 'svix-timestamp': 'soon' } },
    { ...good, headers: {} },
    signed(event('email.delivered'), new Date('2026-11-25T09:54:59Z')),
    signed(event('email.delivered'), new Date('2026-11-25T10:05:01Z')),
  ]
  for (const one of refused) assert.ok('refused' in readResendWebhook(one, SECRET, NOW))
  assert.ok('refused' in readResendWebhook(good, { signingSecret: 'whsec_%%%' }, NOW))
  assert.ok('refused' in readResendWebhook(good, { signingSecret: PUBLISHED.signingSecret }, NOW))
  assert.ok(
    'events' in readResendWebhook(signed(event('email.delivered'), new Date('2026-11-25T09:55:00Z')), SECRET, NOW),
  )
})
