import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { WebhookRequest } from './provider-event.ts'
import { readTwilioWebhook } from './twilio.ts'

const SECRET = { authToken: '12345' }
const NOW = new Date('2026-11-25T10:00:00Z')
const OURS = '01890000-0000-7000-8000-000000000002'
const PERSON = '+491701234567'
const sid = (letter: string): string => `SM${letter.repeat(32)}`

/** Signatures made by `getExpectedTwilioSignature` of the npm package twilio 6.2.0; the first is also in Twilio's documentation. */
const VECTORS = {
  docs: {
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    form: 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212',
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  },
  status: {
    url: `https://shop.example/hooks/twilio?account=1&message=${OURS}`,
    form: `MessageSid=${sid('a')}&SmsSid=${sid('a')}&MessageStatus=undelivered&ErrorCode=30005&To=%2B491701234567&From=%2B15005550006&AccountSid=AC${'0'.repeat(32)}&ApiVersion=2010-04-01`,
    signature: '79kiaScXpDPQpwGniR9Lwz5qANE=',
  },
  stop: {
    url: 'https://shop.example/hooks/twilio',
    form: `MessageSid=${sid('b')}&SmsMessageSid=${sid('b')}&SmsStatus=received&Body=+Stop.+%C3%A4%2B%26%3D&From=%2B491701234567&To=%2B15005550006&NumMedia=0`,
    signature: '2aQuPyGHlk4OLC2UezJTs6ue3mM=',
  },
  repeated: {
    url: 'https://shop.example:8443/hooks/twilio',
    form: `MessageSid=${sid('c')}&Body=hello&From=%2B491701234567&Media=b&Media=a&Media=b`,
    signature: 'ihJH4rznADQFy9mAXsvAEe+RI3I=',
  },
  port: {
    url: 'https://shop.example/hooks/twilio',
    form: `MessageSid=${sid('d')}&Body=HELP&From=%2B491701234567`,
    signature: 'gApr/vKk5xW5NlcjOkw5DwikAsQ=', // over https://shop.example:443/…
  },
}

function request({ url, form, signature }: { url: string; form: string; signature: string }): WebhookRequest {
  return { method: 'POST', url, headers: { 'x-twilio-signature': signature }, rawBody: Buffer.from(form) }
}

/** A request signed as Twilio documents it: the URL, then names and values in the order of the names. */
function signed(fields: Record<string, string>, url = 'https://shop.example/hooks'): WebhookRequest {
  const text = Object.keys(fields)
    .toSorted()
    .map((name) => name + fields[name])
  const signature = createHmac('sha1', SECRET.authToken)
    .update(url + text.join(''))
    .digest('base64')
  return request({ url, form: new URLSearchParams(fields).toString(), signature })
}

function readOne(one: WebhookRequest) {
  const result = readTwilioWebhook(one, SECRET, NOW)
  assert.ok('events' in result, JSON.stringify(result))
  return result.events[0]
}

test("requests that Twilio's own library signed are taken, whatever is in them, and with or without the port", () => {
  assert.equal(readOne(request(VECTORS.docs)), undefined)
  assert.deepEqual(readOne(request(VECTORS.status)), {
    eventId: `${sid('a')}:undelivered`,
    kind: 'bounced',
    providerId: sid('a'),
    messageId: OURS,
    address: PERSON,
    isPermanent: true,
    reason: '30005',
    at: NOW,
  })
  assert.equal(readOne(request(VECTORS.stop))?.kind, 'incoming') // more than the keyword
  assert.equal(readOne(request(VECTORS.repeated))?.reason, 'hello')
  assert.equal(readOne(request(VECTORS.port))?.kind, 'help')
})

test('a status says whether the text arrived, and whether the number is bad or the person wants none', () => {
  const cases: [string, string, unknown][] = [
    ['queued', '', undefined],
    ['sent', '', undefined],
    ['delivered', '', ['delivered', false, null]],
    ['undelivered', '30003', ['bounced', false, '30003 Unreachable']],
    ['undelivered', '30006', ['bounced', true, '30006 Unreachable']],
    ['undelivered', '30007', ['failed', false, '30007 Unreachable']],
    ['failed', '21610', ['opted_out', true, '21610 Unreachable']],
    ['failed', '21211', ['bounced', true, '21211 Unreachable']],
    ['failed', '30001', ['failed', false, '30001 Unreachable']],
  ]
  for (const [MessageStatus, ErrorCode, expected] of cases) {
    const error = ErrorCode ? { ErrorCode, ErrorMessage: 'Unreachable' } : {}
    const event = readOne(signed({ MessageSid: sid('e'), MessageStatus, To: PERSON, From: '+15005550006', ...error }))
    assert.deepEqual(event && [event.kind, event.isPermanent, event.reason], expected, MessageStatus + ErrorCode)
    assert.equal(event?.address ?? PERSON, PERSON)
  }
})

test('STOP, START and HELP in all their words are what the person asks for; any other text is passed on', () => {
  const cases: [string, string][] = [
    ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'END', 'QUIT', 'CANCEL', 'REVOKE', 'OPTOUT', 'stop'].map(
      (word): [string, string] => [word, 'opted_out'],
    ),
    ['HELP', 'help'],
    ['START', 'opted_in'],
    ['When do you open?', 'incoming'],
    ['', 'incoming'],
  ]
  for (const [Body, kind] of cases) {
    const event = readOne(
      signed({ MessageSid: sid('f'), SmsStatus: 'received', Body, From: PERSON, To: '+15005550006' }),
    )
    assert.deepEqual(event, {
      eventId: sid('f'),
      kind,
      providerId: sid('f'),
      messageId: null,
      address: PERSON,
      isPermanent: kind === 'opted_out',
      reason: Body,
      at: NOW,
    })
  }
})

test('where Twilio has read the text itself, its word counts', () => {
  const fields = { MessageSid: sid('f'), Body: 'ARRÊT', From: PERSON, OptOutType: 'STOP' }
  assert.equal(readOne(signed(fields))?.kind, 'opted_out')
  assert.equal(readOne(signed({ ...fields, OptOutType: 'constructor' }))?.kind, 'incoming')
})

test('a request that was changed, signed for another address or with another token is refused', () => {
  const good = request(VECTORS.status)
  const refused = [
    { ...good, url: `${good.url}1` },
    { ...good, url: good.url.replace('https', 'http') },
    { ...good, rawBody: Buffer.from(VECTORS.status.form.replace('30005', '30003')) },
    { ...good, rawBody: Buffer.from(`${VECTORS.status.form}&x=y`) },
    { ...good, headers: {} },
    { ...good, headers: { 'x-twilio-signature': '' } },
    { ...good, method: 'GET' },
  ]
  for (const one of refused) assert.ok('refused' in readTwilioWebhook(one, SECRET, NOW))
  assert.ok('refused' in readTwilioWebhook(good, { authToken: '54321' }, NOW))
})
