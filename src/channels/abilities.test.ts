import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmailSettings } from './email/email-settings.ts'
import { openEmailChannel } from './email/open-email-channel.ts'
import { openSmsChannel } from './sms/open-sms-channel.ts'
import type { SmsSettings } from './sms/sms-settings.ts'

const EMAIL: EmailSettings[] = [
  { provider: 'smtp', host: '127.0.0.1', port: 2525, security: 'auto', connections: 3 },
  { provider: 'ses', region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b' },
  { provider: 'resend', apiKey: 're' },
  { provider: 'postmark', serverToken: 't', messageStream: 'broadcast' },
  { provider: 'sendgrid', apiKey: 'SG' },
]
const SMS: SmsSettings[] = [
  { provider: 'twilio', accountSid: 'AC', authToken: 't' },
  {
    provider: 'http',
    method: 'POST',
    url: 'https://sms.example/send',
    headers: {},
    bodyKind: 'form',
    body: 'to={{to}}&text={{body}}',
    acceptedStatuses: [200],
    allowsPrivateAddresses: false,
  },
]

test('each provider is opened by its settings and can settle a lost answer only by what it says it can', async () => {
  for (const open of [
    ...EMAIL.map((one) => () => openEmailChannel(one)),
    ...SMS.map((one) => () => openSmsChannel(one)),
  ]) {
    await using channel = open()
    assert.equal(channel.lookUp !== undefined, channel.idempotency === 'query', channel.name)
    assert.equal(channel.repeatableForMs > 0, channel.idempotency === 'key', channel.name)
    assert.ok(channel.concurrency > 0)
  }
  const names = [...EMAIL.map((one) => openEmailChannel(one).name), ...SMS.map((one) => openSmsChannel(one).name)]
  assert.deepEqual(names, ['smtp', 'ses', 'resend', 'postmark', 'sendgrid', 'twilio', 'http'])
})
