import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testProviderFailures } from '../../../test/provider-failures.ts'
import { openProviderServer, type ProviderAnswer } from '../../../test/provider-server.ts'
import { SAMPLE_EMAIL } from '../../../test/sample-email.ts'
import { openPostmark } from './postmark.ts'

const open = (baseUrl: string) =>
  openPostmark({ provider: 'postmark', serverToken: 't-1', messageStream: 'broadcast', baseUrl }, { timeoutMs: 500 })

/** Replies as documented at https://postmarkapp.com/developer/api/overview#error-codes. */
const refuse = (status: number, ErrorCode: number, Message: string): ProviderAnswer => ({
  status,
  json: { ErrorCode, Message },
})
const LOST = {
  messageId: SAMPLE_EMAIL.messageId,
  attempt: 1,
  to: SAMPLE_EMAIL.to,
  sentAt: new Date('2026-11-01T10:00:00Z'),
}

testProviderFailures('Postmark', { message: SAMPLE_EMAIL, open })

test('Postmark gets the mail with its headers, our Message-ID, our id as metadata, its stream, and no tracking', async () => {
  const json = {
    To: 'zoe@example.com',
    SubmittedAt: '2026-11-01T10:00:00Z',
    MessageID: 'p-1',
    ErrorCode: 0,
    Message: 'OK',
  }
  await using server = await openProviderServer(() => ({ status: 200, json }))
  await using channel = open(server.url)
  assert.deepEqual(await channel.send(SAMPLE_EMAIL), { status: 'sent', providerId: 'p-1' })
  const [request] = server.requests
  assert.equal(`${request?.method} ${request?.path}`, 'POST /email')
  assert.equal(request?.headers['x-postmark-server-token'], 't-1')
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    From: SAMPLE_EMAIL.from,
    To: SAMPLE_EMAIL.to,
    ReplyTo: SAMPLE_EMAIL.replyTo,
    Subject: SAMPLE_EMAIL.subject,
    HtmlBody: SAMPLE_EMAIL.html,
    TextBody: SAMPLE_EMAIL.text,
    Headers: [
      { Name: 'List-Unsubscribe', Value: '<https://shop.example/unsubscribe/x>' },
      { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
      { Name: 'Feedback-ID', Value: 'c1:a1:campaign:onecode' },
      { Name: 'Message-ID', Value: `<${SAMPLE_EMAIL.messageId}.2@linden.example>` },
      { Name: 'X-PM-KeepID', Value: 'true' },
    ],
    MessageStream: 'broadcast',
    Metadata: { onecode_message: SAMPLE_EMAIL.messageId },
    TrackOpens: false,
    TrackLinks: 'None',
  })
})

test("Postmark's error codes mean what its documentation says; an inactive recipient is a bad address", async () => {
  const cases: [ProviderAnswer, unknown][] = [
    [refuse(422, 406, 'You tried to send to a recipient that has been marked as inactive.'), ['rejected', 'address']],
    [refuse(422, 300, "Invalid 'To' address."), ['rejected', 'content']],
    [refuse(401, 10, 'Bad or missing API token.'), ['blocked', undefined]],
    [refuse(422, 400, 'Sender Signature not found.'), ['blocked', undefined]],
    [refuse(422, 405, 'Not allowed to send: out of credits.'), ['blocked', undefined]],
    [refuse(422, 1235, 'The message stream was not found.'), ['blocked', undefined]],
    [refuse(422, 429, 'Rate limit exceeded.'), ['throttled', undefined]],
    [{ status: 200, json: { ErrorCode: 300, Message: 'strange', MessageID: 'x' } }, ['unknown', undefined]],
  ]
  for (const [answer, expected] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    const outcome = await channel.send(SAMPLE_EMAIL)
    assert.deepEqual([outcome.status, 'fault' in outcome ? outcome.fault : undefined], expected)
  }
})

test('Postmark tells whether it has a message by our id; an answer that is none makes nothing certain', async () => {
  const cases: [ProviderAnswer, unknown][] = [
    [
      { status: 200, json: { TotalCount: 1, Messages: [{ MessageID: 'p-9' }] } },
      { status: 'found', providerId: 'p-9' },
    ],
    [{ status: 200, json: { TotalCount: 0, Messages: [] } }, { status: 'absent' }],
    [
      { status: 200, body: 'x' },
      { status: 'unavailable', reason: 'HTTP 200' },
    ],
    [
      { status: 500, json: { Messages: [] } },
      { status: 'unavailable', reason: 'HTTP 500' },
    ],
    ['reset', { status: 'unavailable', reason: 'socket hang up' }],
  ]
  for (const [answer, expected] of cases) {
    await using server = await openProviderServer(() => answer)
    await using channel = open(server.url)
    assert.deepEqual(await channel.lookUp?.(LOST), expected)
    const query = new URL(server.requests[0]?.path ?? '', server.url).searchParams
    assert.equal(query.get('metadata_onecode_message'), SAMPLE_EMAIL.messageId)
    assert.equal(query.get('messagestream'), 'broadcast')
  }
})

test('the token of Postmark is tested without sending, with the kind of its message stream as a fact', async () => {
  const json = { ID: 'broadcast', ServerID: 1, Name: 'Newsletters', MessageStreamType: 'Broadcasts' }
  await using server = await openProviderServer(({ headers }) =>
    headers['x-postmark-server-token'] === 't-1' ? { status: 200, json } : refuse(401, 10, 'Bad token'),
  )
  await using channel = open(server.url)
  const facts = ['Message stream Newsletters, of the kind Broadcasts.']
  assert.deepEqual(await channel.verify(), { ok: true, facts })
  await using wrong = openPostmark({
    provider: 'postmark',
    serverToken: 'no',
    messageStream: 'broadcast',
    baseUrl: server.url,
  })
  assert.deepEqual(await wrong.verify(), { ok: false, reason: '401: 10 Bad token' })
})
