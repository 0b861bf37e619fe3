import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ProviderEvent, WebhookRequest } from './provider-event.ts'
import { readSesWebhook } from './ses.ts'
import { findCertificateUrl, isSnsUrl } from './sns.ts'
import { openSnsClient } from './sns-client.ts'

/** Messages signed by `openssl dgst -sha1|-sha256 -sign` over the text that AWS documents, and the certificate of that key. */
const VECTORS = JSON.parse(readFileSync(new URL('../../../test/data/sns-messages.json', import.meta.url), 'utf8')) as {
  topicArn: string
  certificate: string
  messages: Record<string, Record<string, string>>
}
const SECRET = { topicArn: VECTORS.topicArn, certificate: VECTORS.certificate }
const NOW = new Date('2026-11-25T10:00:30Z')
const OURS = '01890000-0000-7000-8000-000000000001'
const AT = new Date('2026-11-25T10:00:00Z')

function request(name: string, change: Record<string, unknown> = {}): WebhookRequest {
  const body = JSON.stringify({ ...VECTORS.messages[name], ...change })
  return { method: 'POST', url: 'https://shop.example/hooks', headers: {}, rawBody: Buffer.from(body) }
}

function read(name: string): ProviderEvent[] {
  const result = readSesWebhook(request(name), SECRET, NOW)
  assert.ok('events' in result, JSON.stringify(result))
  return result.events
}

test('every report of SES becomes what it means for the person, with our id from the tag or the Message-ID', () => {
  const common = { providerId: 'ses-1', messageId: OURS, address: 'zoe@example.com', at: AT }
  const temporary = { ...common, isPermanent: false }
  const diagnosis = 'smtp; 550 5.1.1 user unknown'
  const complained = { ...common, kind: 'complained', isPermanent: true, reason: 'abuse', messageId: null }
  const cases: [string, unknown[]][] = [
    [
      'bounce',
      [
        {
          ...common,
          eventId: 'sns-bounce:0',
          kind: 'bounced',
          isPermanent: true,
          reason: `Permanent General: ${diagnosis}`,
        },
      ],
    ],
    ['softBounce', [{ ...temporary, eventId: 'sns-softBounce:0', kind: 'bounced', reason: 'Transient MailboxFull' }]],
    [
      'complaint',
      [
        { ...complained, eventId: 'sns-complaint:0' },
        { ...complained, eventId: 'sns-complaint:1', address: 'max@example.com' },
      ],
    ],
    ['delivery', [{ ...temporary, eventId: 'sns-delivery:0', kind: 'delivered', reason: null }]],
    ['delay', [{ ...temporary, eventId: 'sns-delay:0', kind: 'deferred', reason: 'smtp; 452 4.2.2 full' }]],
    [
      'reject',
      [
        {
          ...temporary,
          eventId: 'sns-reject:0',
          kind: 'failed',
          reason: 'Bad content',
          at: new Date('2026-11-25T09:59:00Z'),
        },
      ],
    ],
    ['open', []],
    ['strange', []],
  ]
  for (const [name, events] of cases) assert.deepEqual(read(name), events, name)
})

test('SNS asks whether we want a topic: the answer is a URL to fetch, and only one of SNS', () => {
  const url = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=y'
  assert.deepEqual(readSesWebhook(request('subscription'), SECRET, NOW), {
    subscription: { url, topicArn: SECRET.topicArn },
  })
  assert.deepEqual(readSesWebhook(request('foreignSubscription'), SECRET, NOW), {
    refused: 'The URL that confirms does not lie at SNS.',
  })
})

test('a message that was changed, is of another topic or signed by another certificate is refused', () => {
  for (const change of [
    { Message: '{}' },
    { MessageId: 'other' },
    { Subject: 'other' },
    { Timestamp: '2026-11-25T10:00:02.000Z' },
    { Signature: 'AAAA' },
    { SignatureVersion: '1' },
    { SigningCertURL: 'https://sns.eu-central-1.amazonaws.com.evil.example/x.pem' },
    { SigningCertURL: 'http://sns.eu-central-1.amazonaws.com/x.pem' },
    { Type: 'Other' },
    { TopicArn: 'arn:aws:sns:eu-central-1:999999999999:onecode' },
  ])
    assert.ok('refused' in readSesWebhook(request('bounce', change), SECRET, NOW), JSON.stringify(change))
  const wrong = { topicArn: 'arn:aws:sns:eu-central-1:999999999999:onecode', certificate: SECRET.certificate }
  assert.deepEqual(readSesWebhook(request('bounce'), wrong, NOW), { refused: 'The message is of another topic.' })
  assert.deepEqual(readSesWebhook(request('bounce'), { ...SECRET, topicArn: '' }, NOW), {
    refused: 'The message is of another topic.',
  })
  assert.ok('refused' in readSesWebhook(request('bounce'), { ...SECRET, certificate: 'no certificate' }, NOW))
  const garbage = { ...request('bounce'), rawBody: Buffer.from('<xml/>') }
  assert.deepEqual(readSesWebhook(garbage, SECRET, NOW), { refused: 'The request is no message of SNS.' })
})

test('a message older than the hour for which SNS tries, or from the future, is refused', () => {
  const reads = (now: string): boolean => 'events' in readSesWebhook(request('bounce'), SECRET, new Date(now))
  assert.equal(reads('2026-11-25T11:00:00Z'), true)
  assert.equal(reads('2026-11-25T11:05:02Z'), false)
  assert.equal(reads('2026-11-25T08:55:00Z'), false)
})

test('a certificate that has run out signs nothing', () => {
  const now = new Date('2050-01-01T00:00:00Z')
  assert.deepEqual(readSesWebhook(request('bounce'), SECRET, now), { refused: 'The signature is wrong.' })
})

test('what a message points at is fetched from SNS alone', async () => {
  const bad = [
    'https://sns.evil.example/x.pem',
    'https://evil.example/sns.eu-central-1.amazonaws.com/x.pem',
    'https://sns.eu-central-1.amazonaws.com:8443/x.pem',
    'https://user@evil.example/?sns.eu-central-1.amazonaws.com',
    'https://bucket.s3.amazonaws.com/x.pem',
    'https://sns.eu.central.amazonaws.com/x.pem',
    'file:///etc/passwd',
    '',
  ]
  using client = openSnsClient()
  for (const url of bad) {
    assert.equal(isSnsUrl(url), false, url)
    assert.equal(await client.fetchCertificate(url), undefined)
    assert.equal(await client.confirm(url), false)
  }
  assert.ok(isSnsUrl('https://sns.us-east-1.amazonaws.com/x.pem'))
  assert.ok(isSnsUrl('https://sns.cn-north-1.amazonaws.com.cn/x.pem'))
  assert.equal(findCertificateUrl(request('bounce')), VECTORS.messages.bounce?.SigningCertURL)
})
