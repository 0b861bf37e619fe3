import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after as afterAll, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { createSenderBody } from '../../../contract/senders.ts'
import { after, START, seedAccount, seedCodes } from '../../../test/seed.ts'
import {
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../../test/seed-campaign.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { updateAccount } from '../../accounts/account.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import { newId } from '../../lib/ids.ts'
import { applyProviderEvents, forgetOldEvents } from '../../messages/feedback/apply-events.ts'
import { recoverMessages } from '../../messages/recover.ts'
import { createSender } from '../../messages/senders/senders.ts'
import { requestTest } from '../../messages/test-sends/request-test.ts'
import { runTests } from '../../messages/test-sends/run-tests.ts'
import { createProfile, requireProfile } from '../../profiles/profiles.ts'
import { listSuppressions } from '../../profiles/suppression/suppress.ts'
import { registerWebhookRoutes } from './webhooks.ts'

const SECRET = 's'.repeat(32)
const SIGNING = `whsec_${Buffer.from('x'.repeat(24)).toString('base64')}`

let server: TestServer
let clock = START
before(async () => {
  server = await openTestServer((app, deps) => registerWebhookRoutes(app, deps), { secret: SECRET, now: () => clock })
})
afterAll(() => server[Symbol.asyncDispose]())

type Seeded = SeededCampaign & { senderId: string }

/** A campaign that went out by Resend; `answer` says how each mail fared. */
async function seedSent(people: number, answer?: Parameters<typeof openFakeChannel>[0]): Promise<Seeded> {
  const { db } = server
  const seeded = await seedCampaign(db, { people })
  const setup = { provider: 'resend', settings: {}, secrets: { apiKey: 're_1', webhookSecret: SIGNING } }
  const body = createSenderBody.parse({ name: 'Resend', fromAddress: 'a@shop.example', setup })
  const facts = { accountId: seeded.accountId, secret: SECRET, publicUrl: 'http://localhost:4321', now: START }
  const { id } = await createSender(db, { ...body, ...facts })
  await start(db, seeded)
  const paced = { senderId: id, perSecond: null, perDay: null, warmUpFrom: null }
  const identity = { fromName: null, fromAddress: 'a@shop.example', replyTo: null, paced, repeatKey: null }
  const channel = openFakeChannel(answer ?? ((email) => ({ status: 'sent', providerId: `re-${email.messageId}` })))
  await runCampaign(db, { ...runInput(seeded, channel), identity })
  return { ...seeded, senderId: id }
}

type Told = { type: string; messageId?: string; providerId?: string; to?: string; bounce?: object; second?: number }

function reportOf({ type, messageId, providerId, to = 'x@example.com', bounce, second = 1 }: Told): string {
  const tags = messageId === undefined ? undefined : { onecode_message: messageId }
  const data = { email_id: providerId ?? 'unknown-id', to: [to], tags, bounce }
  return JSON.stringify({ type, created_at: after(second).toISOString(), data })
}

function sign(id: string, body: string, at: Date = clock): Record<string, string> {
  return {
    'content-type': 'application/json',
    'svix-id': id,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(SIGNING).sign(id, at, body),
  }
}

async function report(senderId: string, told: Told, id: string = newId()): Promise<number> {
  const body = reportOf(told)
  return (await server.call('POST', `/webhooks/resend/${senderId}`, { headers: sign(id, body), body })).status
}

async function storedOf(accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from provider_events where account_id = ${accountId}`.execute(server.db)
  return rows[0]?.count ?? 0
}

type Fate = {
  id: string
  state: string
  bounce: string | null
  delivered: boolean
  complained: boolean
  address: string
}
async function fatesOf(accountId: string): Promise<Fate[]> {
  const { rows } = await sql<Fate>`
    select id, state, bounce, delivered_at is not null as delivered, complained_at is not null as complained, address
    from messages where account_id = ${accountId} order by id`.execute(server.db)
  return rows
}

async function metricsOf(messageId: string): Promise<string[]> {
  const { rows } = await sql<{ metric: string }>`
    select metric from events where message_id = ${messageId} and metric like 'message_%' order by metric`.execute(
    server.db,
  )
  return rows.map((row) => row.metric)
}

test('a report is stored before it is answered, once however often it comes, and applied afterwards', async () => {
  const seeded = await seedSent(2)
  const [first] = await fatesOf(seeded.accountId)
  const told = {
    type: 'email.bounced',
    providerId: `re-${first!.id}`,
    bounce: { type: 'Permanent', message: '550 gone' },
  }
  const id = newId()
  const answers = await Promise.all(Array.from({ length: 10 }, () => report(seeded.senderId, told, id)))
  assert.deepEqual(new Set(answers), new Set([200]))
  assert.equal(await storedOf(seeded.accountId), 1)
  assert.equal((await fatesOf(seeded.accountId))[0]?.bounce, null)
  const counts = await Promise.all([1, 2, 3].map(() => applyProviderEvents(server.db, START)))
  assert.equal(
    counts.reduce((sum, one) => sum + one, 0),
    1,
  )
  const [after1] = await fatesOf(seeded.accountId)
  assert.deepEqual([after1?.state, after1?.bounce], ['sent', 'hard'])
  const { items } = await listSuppressions(server.db, { accountId: seeded.accountId, limit: 10 })
  assert.deepEqual(
    items.map(({ address, reason, detail }) => [address, reason, detail]),
    [[first!.address, 'bounced', '550 gone']],
  )
  assert.deepEqual(await metricsOf(first!.id), ['message_bounced', 'message_sent'])
})

test('a mail whose answer was lost is sent when its provider reports on it', async () => {
  const seeded = await seedSent(3, () => ({ status: 'unknown', reason: 'connection closed' }))
  await sql`update messages set state = 'unknown', is_uncertain = false where account_id = ${seeded.accountId}`.execute(
    server.db,
  )
  const [first, second] = await fatesOf(seeded.accountId)
  await report(seeded.senderId, { type: 'email.delivered', messageId: first!.id })
  await report(seeded.senderId, { type: 'email.delivery_delayed', messageId: second!.id })
  await applyProviderEvents(server.db, START)
  assert.deepEqual(
    (await fatesOf(seeded.accountId)).map(({ state, delivered }) => [state, delivered]),
    [
      ['sent', true],
      ['sent', false],
      ['unknown', false],
    ],
  )
  assert.deepEqual(await metricsOf(first!.id), ['message_sent'])
})

test('a report on a mail that is still with us makes it sent when the process that sent it is gone', async () => {
  const seeded = await seedSent(1)
  await sql`
    update messages set state = 'sending', provider_id = null, lease_until = ${START}, channel = 'resend'
    where account_id = ${seeded.accountId}`.execute(server.db)
  const [message] = await fatesOf(seeded.accountId)
  await report(seeded.senderId, { type: 'email.delivered', messageId: message!.id, providerId: 're-9' })
  await applyProviderEvents(server.db, START)
  assert.equal((await fatesOf(seeded.accountId))[0]?.state, 'sending')
  await recoverMessages(server.db, after(1))
  assert.equal((await readMessages(server.db, seeded.accountId))[0]?.state, 'sent')
})

test('whatever the order and however often reports come, messages, addresses and feed end the same', async () => {
  const kinds = ['email.delivered', 'email.bounced', 'email.complained', 'email.delivery_delayed'] as const
  const told = fc.record({
    kind: fc.constantFrom(...kinds),
    isPermanent: fc.boolean(),
    message: fc.integer({ min: 0, max: 1 }),
    second: fc.integer({ min: 1, max: 5 }),
  })
  const history = fc.tuple(fc.array(told, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat(5)))
  await fc.assert(
    fc.asyncProperty(history, async ([events, order]) => {
      const outcomes = []
      for (const shuffled of [events, events.toReversed(), [...events, ...events]]) {
        const seeded = await seedSent(2)
        const fates = await fatesOf(seeded.accountId)
        for (const event of shuffled) {
          const { kind: type, second } = event
          const bounce = { type: event.isPermanent ? 'Permanent' : 'Transient', message: 'no' }
          const id = `evt-${events.indexOf(event)}`
          await report(seeded.senderId, { type, messageId: fates[event.message]!.id, bounce, second }, id)
          if (order.next().value === 0) await applyProviderEvents(server.db, START)
        }
        await applyProviderEvents(server.db, START)
        const after1 = await fatesOf(seeded.accountId)
        const { items } = await listSuppressions(server.db, { accountId: seeded.accountId, limit: 10 })
        const hit = after1.map(({ address }) => items.some((one) => one.address === address))
        const metrics = await Promise.all(after1.map(({ id }) => metricsOf(id)))
        outcomes.push(
          after1.map(({ state, bounce, delivered, complained }, i) => [
            state,
            bounce,
            delivered,
            complained,
            hit[i],
            metrics[i],
          ]),
        )
      }
      assert.deepEqual(outcomes[1], outcomes[0])
      assert.deepEqual(outcomes[2], outcomes[0])
    }),
    { numRuns: 5 },
  )
})

test('an address is suppressed after five soft bounces in a row, and one that arrives in between begins the row anew', async () => {
  const { db } = server
  const seeded = await seedSent(1)
  const [profileId] = seeded.profileIds
  const ids: string[] = []
  for (let i = 0; i < 6; i += 1) {
    const id = newId()
    await sql`
      insert into messages (account_id, id, template_version_id, profile_id, channel, state, address, created_at, sent_at, provider_id, sender_id)
      select account_id, ${id}::uuid, template_version_id, profile_id, channel, 'sent', address, created_at, ${after(i * 100)}, ${id}, sender_id
      from messages where account_id = ${seeded.accountId} and profile_id = ${profileId} limit 1`.execute(db)
    ids.push(id)
  }
  const soft = (id: string, second: number) =>
    report(seeded.senderId, {
      type: 'email.bounced',
      messageId: id,
      bounce: { type: 'Transient', message: 'full' },
      second,
    })
  const suppressed = async () => (await listSuppressions(db, { accountId: seeded.accountId, limit: 9 })).items.length
  await sql`update messages set sent_at = ${START} where account_id = ${seeded.accountId} and id <> all(${ids})`.execute(
    db,
  )
  for (const [i, id] of ids.slice(0, 4).entries()) await soft(id, i * 100 + 50)
  await report(seeded.senderId, { type: 'email.delivered', messageId: ids[5]!, second: 510 })
  await soft(ids[4]!, 450)
  await applyProviderEvents(db, START)
  assert.equal(await suppressed(), 0, 'the last one arrived')
  await sql`update messages set delivered_at = null where id = ${ids[5]!}`.execute(db)
  await soft(ids[5]!, 550)
  await applyProviderEvents(db, START)
  assert.equal(await suppressed(), 1)
})

test('a complaint suppresses the address of the message, and one about a mail that is none of ours the address that it names', async () => {
  const seeded = await seedSent(1)
  const [message] = await fatesOf(seeded.accountId)
  await report(seeded.senderId, { type: 'email.complained', messageId: message!.id })
  await report(seeded.senderId, { type: 'email.complained', to: 'Tester@Example.com' })
  await applyProviderEvents(server.db, START)
  const { items } = await listSuppressions(server.db, { accountId: seeded.accountId, limit: 10 })
  assert.deepEqual(
    items.map(({ address, reason }) => [address, reason]).toSorted(),
    [
      [message!.address, 'complained'],
      ['tester@example.com', 'complained'],
    ].toSorted(),
  )
})

test('a wrong signature, an old one, another body, an unknown sender and too much are refused and nothing is stored', async () => {
  const seeded = await seedSent(1)
  const path = `/webhooks/resend/${seeded.senderId}`
  const body = reportOf({ type: 'email.complained' })
  const good = sign('evt-1', body)
  const post = async (url: string, headers: Record<string, string>, text: string) =>
    (await server.call('POST', url, { headers, body: text })).status
  assert.equal(await post(path, { ...good, 'svix-signature': 'v1,AAAA' }, body), 401)
  assert.equal(await post(path, good, body.replace('complained', 'delivered')), 401)
  assert.equal(await post(path, sign('evt-1', body, after(-600)), body), 401)
  assert.equal(await post(path, { 'content-type': 'application/json' }, body), 401)
  assert.equal(await post(`/webhooks/resend/${newId()}`, good, body), 404)
  assert.equal(await post('/webhooks/resend/nonsense', good, body), 404)
  assert.equal(await post(`/webhooks/postmark/${seeded.senderId}`, good, body), 404)
  const large = ' '.repeat(1024 * 1024 + 1)
  assert.equal(await post(path, sign('evt-2', large), large), 413)
  assert.equal(await post(path, sign('evt-3', 'no json'), 'no json'), 200, 'signed and not understood: no event')
  assert.equal(await storedOf(seeded.accountId), 0)
  assert.equal(await post(path, good, body), 200)
  assert.equal(await storedOf(seeded.accountId), 1)
})

test("a provider's report about another account's message changes nothing there", async () => {
  const mine = await seedSent(1)
  const other = await seedSent(1)
  const [message] = await fatesOf(other.accountId)
  await report(mine.senderId, {
    type: 'email.bounced',
    messageId: message!.id,
    providerId: `re-${message!.id}`,
    bounce: { type: 'Permanent' },
  })
  await applyProviderEvents(server.db, START)
  assert.equal((await fatesOf(other.accountId))[0]?.bounce, null)
})

test('reports are forgotten 30 days after they were applied, those that wait never', async () => {
  const seeded = await seedSent(1)
  await report(seeded.senderId, { type: 'email.delivered' })
  await forgetOldEvents(server.db, after(40 * 86_400))
  assert.equal(await storedOf(seeded.accountId), 1)
  await applyProviderEvents(server.db, START)
  await forgetOldEvents(server.db, after(29 * 86_400))
  assert.equal(await storedOf(seeded.accountId), 1)
  await forgetOldEvents(server.db, after(31 * 86_400))
  assert.equal(await storedOf(seeded.accountId), 0)
})

test('a test message that comes back is noted with it, in nobody’s feed, and holds no other report up', async () => {
  const { db } = server
  const seeded = await seedSent(1)
  const { accountId, templateId, senderId } = seeded
  const request = { accountId, templateId, addresses: ['tester@example.com'], profileId: null, requestKey: 'one' }
  await seedCodes(db, accountId, seeded.coupon.id, 1)
  const { templateVersionId, messages } = await requestTest(db, { ...request, channel: 'outbox', now: START })
  await runTests(db, { ...runInput(seeded, openFakeChannel()), templateVersionId })
  const [mine] = messages
  assert.equal(
    await report(senderId, { type: 'email.bounced', messageId: mine?.id ?? '', bounce: { type: 'Permanent' } }),
    200,
  )
  assert.equal(await applyProviderEvents(db, after(2)), 1)
  assert.equal((await fatesOf(accountId)).find(({ id }) => id === mine?.id)?.bounce, 'hard')
  assert.deepEqual(await metricsOf(mine?.id ?? ''), [])
})

test('STOP and START of a text message: the last word of the person counts, in whichever order it arrives', async () => {
  const { db } = server
  const { accountId } = await seedAccount(db)
  const setup = { provider: 'twilio', settings: { accountSid: 'AC1' }, secrets: { authToken: 'token' } }
  const body = createSenderBody.parse({ name: 'Twilio', setup })
  const facts = { accountId, secret: SECRET, publicUrl: 'http://localhost:4321', now: START }
  const { id } = await createSender(db, { ...body, ...facts })
  const phone = '+353861234567'
  const profile = await createProfile(db, { accountId, phone, smsConsent: 'subscribed', now: START })
  const write = async (text: string, sid: string) => {
    const form = { Body: text, From: phone, To: '+353860000000', MessageSid: sid, SmsStatus: 'received' }
    const url = `/webhooks/twilio/${id}`
    const signed = `http://localhost:4321${url}${Object.entries(form)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => name + value)
      .join('')}`
    const signature = createHmac('sha1', 'token').update(signed).digest('base64')
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
    return await server.call('POST', url, { headers, body: new URLSearchParams(form).toString() })
  }
  const say = async (text: string, sid: string): Promise<number> => (await write(text, sid)).status
  const state = async () => {
    const { smsConsent } = await requireProfile(db, { accountId, profileId: profile.id })
    return [smsConsent, (await listSuppressions(db, { accountId, limit: 9 })).items.length]
  }
  assert.equal(await say('STOP', 'SM1'), 200)
  await applyProviderEvents(db, START)
  assert.deepEqual(await state(), ['unsubscribed', 1])
  clock = after(60)
  assert.equal(await say('START', 'SM2'), 200)
  await applyProviderEvents(db, START)
  assert.deepEqual(await state(), ['subscribed', 0])
  clock = after(30)
  assert.equal(await say('stop', 'SM3'), 200)
  clock = START
  await applyProviderEvents(db, START)
  assert.deepEqual(await state(), ['subscribed', 0], 'the STOP was said before the START')

  await updateAccount(db, { accountId, actor: 'system', now: START, smsHelp: 'Linden & Co: shop.example/help' })
  const help = await write('HELP', 'SM4')
  assert.match(String(help.headers['content-type']), /^text\/xml/)
  assert.match(help.text, /<Response><Message>Linden &amp; Co: shop\.example\/help<\/Message><\/Response>$/)
  assert.match((await write('HELP', 'SM4')).text, /<Response><\/Response>$/, 'the same HELP is answered once')
  assert.match((await write('STOP', 'SM5')).text, /<Response><\/Response>$/)
  await applyProviderEvents(db, START)
})

test('sixty refused reports a minute from one address are enough', async () => {
  const statuses = []
  for (let i = 0; i < 70; i += 1) {
    const headers = { 'content-type': 'application/json' }
    statuses.push((await server.call('POST', `/webhooks/resend/${newId()}`, { headers, body: '{}' })).status)
  }
  assert.equal(statuses.at(-1), 429)
  clock = START
})
