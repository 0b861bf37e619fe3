import assert from 'node:assert/strict'
import { test } from 'node:test'
import PostalMime from 'postal-mime'
import { testProviderFailures } from '../../../test/provider-failures.ts'
import { openProviderServer, type ProviderAnswer } from '../../../test/provider-server.ts'
import { SAMPLE_EMAIL } from '../../../test/sample-email.ts'
import { openSes } from './ses.ts'

const NOW = new Date('2026-11-01T10:00:00Z')
const open = (baseUrl: string) =>
  openSes(
    {
      provider: 'ses',
      region: 'eu-central-1',
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret',
      configurationSet: 'onecode',
      baseUrl,
    },
    { timeoutMs: 500, now: () => NOW },
  )

const refuse = (status: number, type: string, message: string): ProviderAnswer => ({
  status,
  json: { message },
  headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazonaws.ses/` },
})

testProviderFailures('SES', { message: SAMPLE_EMAIL, open })

test('SES gets the whole mail, headers and Message-ID as they are, our id as tag, signed for its region', async () => {
  await using server = await openProviderServer(() => ({ status: 200, json: { MessageId: 'ses-1' } }))
  await using channel = open(server.url)
  assert.deepEqual(await channel.send(SAMPLE_EMAIL), { status: 'sent', providerId: 'ses-1' })
  const [request] = server.requests
  assert.equal(`${request?.method} ${request?.path}`, 'POST /v2/email/outbound-emails')
  assert.equal(request?.headers['x-amz-date'], '20261101T100000Z')
  assert.match(
    String(request?.headers.authorization),
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261101\/eu-central-1\/ses\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  )
  const { Content, ...rest } = JSON.parse(request?.body ?? '')
  assert.deepEqual(rest, {
    Destination: { ToAddresses: ['zoe@example.com'] },
    ConfigurationSetName: 'onecode',
    EmailTags: [{ Name: 'onecode_message', Value: SAMPLE_EMAIL.messageId }],
  })
  const mail = await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64'))
  const headers = new Map(mail.headers.map((header) => [header.key, header.value]))
  assert.equal(mail.messageId, `<${SAMPLE_EMAIL.messageId}.2@linden.example>`)
  assert.equal(headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
  assert.equal(headers.get('list-unsubscribe'), '<https://shop.example/unsubscribe/x>')
  assert.equal(headers.get('feedback-id'), SAMPLE_EMAIL.feedbackId)
  assert.deepEqual(
    [mail.subject, mail.text?.trim(), mail.html?.trim()],
    [SAMPLE_EMAIL.subject, 'Grüße', '<p>Grüße</p>'],
  )
  assert.deepEqual(mail.replyTo, [{ name: 'Help, please', address: 'help@linden.example' }])
})

test("SES's errors mean what its documentation says", async () => {
  const unverified = 'Email address is not verified. The following identities failed the check: zoe@example.com'
  const cases: [ProviderAnswer, unknown][] = [
    [refuse(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'), ['throttled', undefined]],
    [refuse(400, 'LimitExceededException', 'Daily message quota exceeded.'), ['throttled', undefined]],
    [refuse(400, 'AccountSuspendedException', 'The account is suspended.'), ['blocked', undefined]],
    [refuse(400, 'SendingPausedException', 'Sending is paused.'), ['blocked', undefined]],
    [refuse(400, 'MailFromDomainNotVerifiedException', 'Domain not verified.'), ['blocked', undefined]],
    [refuse(403, 'SignatureDoesNotMatch', 'The signature does not match.'), ['blocked', undefined]],
    [refuse(404, 'NotFoundException', 'Configuration set <onecode> does not exist.'), ['blocked', undefined]],
    [refuse(400, 'MessageRejected', unverified), ['rejected', 'account']],
    [refuse(400, 'MessageRejected', 'The message contains a virus.'), ['rejected', 'content']],
    [refuse(400, 'BadRequestException', 'Domain contains illegal character'), ['rejected', 'content']],
    [
      { status: 400, json: { __type: 'com.amazonaws.ses#TooManyRequestsException', message: 'slower' } },
      ['throttled', undefined],
    ],
  ]
  for (const [answer, expected] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    const outcome = await channel.send(SAMPLE_EMAIL)
    assert.deepEqual([outcome.status, 'fault' in outcome ? outcome.fault : undefined], expected)
  }
})

test('the keys of SES are tested without sending, with quota and sandbox as facts', async () => {
  const json = {
    SendingEnabled: true,
    ProductionAccessEnabled: false,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 3 },
  }
  await using server = await openProviderServer(() => ({ status: 200, json }))
  await using channel = open(server.url)
  assert.deepEqual(await channel.verify(), {
    ok: true,
    facts: [
      '1 mails a second, 200 in 24 hours, 3 of them used.',
      'The account is in the sandbox: mail goes to verified addresses only.',
    ],
  })
  assert.equal(`${server.requests[0]?.method} ${server.requests[0]?.path}`, 'GET /v2/email/account')
  await using refusing = await openProviderServer(() => refuse(403, 'InvalidSignatureException', 'Wrong key'))
  await using wrong = open(refusing.url)
  assert.deepEqual(await wrong.verify(), { ok: false, reason: '403: Wrong key' })
})
