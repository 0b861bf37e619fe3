import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { START } from '../../../test/seed.ts'
import { openTestSenders, runInput, type SeededCampaign } from '../../../test/seed-campaign.ts'
import { seedTexts } from '../../../test/seed-texts.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { addHttp, addTwilio, openTwilioServer, takeIt } from '../../../test/sms-services.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import { applyProviderEvents } from '../../messages/feedback/apply-events.ts'
import { registerWebhookRoutes } from './webhooks.ts'

let server: TestServer
before(async () => {
  const facts = { secret: 's'.repeat(32), publicUrl: 'https://shop.example', now: () => START }
  server = await openTestServer((app, deps) => registerWebhookRoutes(app, deps), facts)
})
afterAll(() => server[Symbol.asyncDispose]())

type Sent = SeededCampaign & { callbacks: { url: string; to: string }[] }

/** A campaign that went out by Twilio, with the addresses that Twilio was told to report to; the answer to the last text is lost. */
async function seedSent(people: number): Promise<Sent> {
  const { db } = server
  const seeded = await seedTexts(db, people)
  await using twilio = await openTwilioServer((text, nth) => (nth === people ? 'reset' : takeIt(text)))
  await addTwilio(db, seeded.accountId)
  await using senders = openTestSenders({ twilioBaseUrl: twilio.url })
  await senders.withSenders(db, seeded.accountId, ({ smsChannel, ...inUse }) =>
    runCampaign(db, { ...runInput(seeded, inUse.channel), ...inUse, smsChannel: { ...smsChannel, concurrency: 1 } }),
  )
  const callbacks = twilio.requests.map(({ body }) => {
    const form = new URLSearchParams(body)
    return { url: form.get('StatusCallback') ?? '', to: form.get('To') ?? '' }
  })
  return { ...seeded, callbacks }
}

/** Reports as Twilio does, to the address that it was given with the message. */
async function report(callback: { url: string; to: string }, status: string, code = ''): Promise<number> {
  const form: Record<string, string> = {
    MessageSid: `SM${'b'.repeat(24)}${callback.to.slice(-8)}`,
    MessageStatus: status,
    To: callback.to,
  }
  if (code) form.ErrorCode = code
  const signed =
    callback.url +
    Object.keys(form)
      .toSorted()
      .map((name) => name + form[name])
      .join('')
  const signature = createHmac('sha1', 'token').update(signed).digest('base64')
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
  const { pathname, search } = new URL(callback.url)
  return (await server.call('POST', pathname + search, { headers, body: new URLSearchParams(form).toString() })).status
}

test('what Twilio reports finds its message: delivered, bad number, opted out, refused by the carrier, and the lost one', async () => {
  const { accountId, callbacks } = await seedSent(6)
  const reports = [
    ['delivered'],
    ['undelivered', '30006'],
    ['failed', '21610'],
    ['undelivered', '30034'],
    ['undelivered', '30003'],
    ['delivered'],
  ]
  for (const [nth, [status = '', code]] of reports.entries()) {
    const callback = callbacks[nth] ?? assert.fail()
    assert.equal(await report(callback, status, code), 200)
    assert.equal(await report(callback, status, code), 200, 'told twice')
  }
  await applyProviderEvents(server.db, START)
  const { rows } = await sql<{ address: string; fate: unknown[] }>`
    select m.address, json_build_array(m.state, m.bounce, m.delivered_at is not null, p.sms_consent, (
        select s.channel || ' ' || s.reason from suppressions s
        where s.account_id = m.account_id and s.address in (m.address, lower(p.email)))) as fate
    from messages m join profiles p on p.account_id = m.account_id and p.id = m.profile_id
    where m.account_id = ${accountId}`.execute(server.db)
  const fates = new Map(rows.map(({ address, fate }) => [address, fate]))
  assert.deepEqual(
    callbacks.map(({ to }) => fates.get(to)),
    [
      ['sent', null, true, 'subscribed', null],
      ['sent', 'hard', false, 'subscribed', 'sms bounced'],
      ['rejected', null, false, 'unsubscribed', 'sms unsubscribed'],
      ['rejected', null, false, 'subscribed', null],
      ['sent', 'soft', false, 'subscribed', null],
      ['sent', null, true, 'subscribed', null],
    ],
  )
})

test('another SMS service has no address to report to', async () => {
  const { accountId } = await seedTexts(server.db, 1)
  const id = await addHttp(server.db, accountId, 'https://sms.example/send')
  const headers = { 'content-type': 'application/json' }
  assert.equal((await server.call('POST', `/webhooks/http/${id}`, { headers, body: '{}' })).status, 401)
})
