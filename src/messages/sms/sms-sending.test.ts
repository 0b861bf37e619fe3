import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START } from '../../../test/seed.ts'
import {
  countStates,
  openTestSenders,
  readMessages,
  runInput,
  type SeededCampaign,
} from '../../../test/seed-campaign.ts'
import { seedTexts } from '../../../test/seed-texts.ts'
import {
  addHttp,
  addTwilio,
  httpSetup,
  openSmsService,
  openTwilioServer,
  refuse,
  type ServedText,
  takeIt,
} from '../../../test/sms-services.ts'
import { describeCampaign } from '../../campaigns/campaigns.ts'
import { resumeCampaign } from '../../campaigns/moves.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { Database, Db } from '../../db/database.ts'
import { recoverMessages } from '../recover.ts'
import type { OpenSenders } from '../senders/open-senders.ts'
import { activateSender, listSenders, updateSender } from '../senders/senders.ts'

const facts = { secret: 's'.repeat(32), publicUrl: 'https://shop.example', allowsPrivateAddresses: true, now: START }

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

/** What the worker's job of a campaign does, at a moment. */
async function run(senders: OpenSenders, seeded: SeededCampaign, second = 0): Promise<void> {
  await senders.withSenders(db, seeded.accountId, (inUse, changed) =>
    runCampaign(db, { ...runInput(seeded, inUse.channel), ...inUse, now: () => after(second), signal: changed }),
  )
}

function openSenders(url?: string): OpenSenders {
  return openTestSenders({ twilioBaseUrl: url, allowsPrivateAddresses: true, lookMs: 20 })
}

async function healthOf(accountId: string, senderId: string, second = 0) {
  const { items } = await listSenders(db, { ...facts, now: after(second), accountId, fallback: 'outbox' })
  return items.find((sender) => sender.id === senderId)?.health
}

async function sendersOf(accountId: string): Promise<unknown[]> {
  const { rows } = await sql`
    select state, channel, sender_id as "senderId", count(*)::int as count from messages where account_id = ${accountId}
    group by 1, 2, 3 order by 1, 2`.execute(db)
  return rows
}

test('texts go through the active sender, from its number, each once, with the address that finds the message again', async () => {
  const seeded = await seedTexts(db, 12)
  const { accountId } = seeded
  await using twilio = await openTwilioServer()
  const senderId = await addTwilio(db, accountId)
  await using senders = openSenders(twilio.url)
  await run(senders, seeded)
  assert.deepEqual(await sendersOf(accountId), [{ state: 'sent', channel: 'twilio', senderId, count: 12 }])
  assert.equal(new Set(twilio.texts.map((text) => text.to)).size, 12)
  assert.equal(twilio.texts.length, 12)
  assert.deepEqual([...new Set(twilio.texts.map((text) => text.from))], ['+15005550006'])
  const messages = await readMessages(db, accountId)
  assert.deepEqual(twilio.texts.map((text) => text.id).toSorted(), messages.map((message) => message.id).toSorted())
  const { body = '' } = twilio.requests[0] ?? {}
  assert.match(
    new URLSearchParams(body).get('StatusCallback') ?? '',
    new RegExp(`^https://shop.example/webhooks/twilio/${senderId}\\?message=`),
  )
})

test('a service that wants fewer slows its sender, and its texts wait as long as it asks', async () => {
  const seeded = await seedTexts(db, 30)
  const { accountId } = seeded
  await using twilio = await openTwilioServer((text, nth) =>
    nth > 10 && nth <= 20 ? refuse(429, 20429, 'Too Many Requests', { 'retry-after': '30' }) : takeIt(text),
  )
  const senderId = await addTwilio(db, accountId, { perSecond: 1000 })
  await using senders = openSenders(twilio.url)
  await run(senders, seeded)
  assert.deepEqual(await countStates(db, accountId), { sent: 20, ready: 10 })
  assert.equal((await healthOf(accountId, senderId, 1))?.state, 'slowed')
  const waiting = (await readMessages(db, accountId)).filter((message) => message.state === 'ready')
  assert.deepEqual(
    [...new Set(waiting.map(({ attempt, reason }) => `${attempt} ${reason}`))],
    ['0 429: 20429 Too Many Requests'],
  )
  await run(senders, seeded, 29)
  assert.equal(twilio.texts.length, 30)
  await run(senders, seeded, 30)
  assert.deepEqual(await countStates(db, accountId), { sent: 30 })
})

test('a wrong token pauses the campaign with the words of the service, nothing is lost, and it goes on where it was', async () => {
  const seeded = await seedTexts(db, 30)
  const { accountId } = seeded
  let isWrong = true
  await using twilio = await openTwilioServer((text) => (isWrong ? refuse(401, 20003, 'Authenticate') : takeIt(text)))
  await addTwilio(db, accountId)
  await using senders = openSenders(twilio.url)
  await run(senders, seeded)
  const { state, pausedReason } = await describeCampaign(db, seeded)
  assert.deepEqual([state, pausedReason], ['paused', 'The SMS service refuses us: 401: 20003 Authenticate'])
  assert.deepEqual(await countStates(db, accountId), { ready: 30 })
  isWrong = false
  await sql`update sender_pace set open_until = null, failures = 0 where account_id = ${accountId}`.execute(db)
  const before = twilio.texts.length
  await resumeCampaign(db, { ...seeded, now: START })
  await run(senders, seeded)
  assert.deepEqual(await countStates(db, accountId), { sent: 30 })
  assert.equal(new Set(twilio.texts.slice(before).map((text) => text.to)).size, 30)
  assert.equal(twilio.texts.length - before, 30)
})

test('a text whose answer was lost is unknown and never sent again', async () => {
  const seeded = await seedTexts(db, 8)
  const { accountId } = seeded
  await using twilio = await openTwilioServer((text, nth) => (nth % 4 === 0 ? 'reset' : takeIt(text)))
  await addTwilio(db, accountId)
  await using senders = openSenders(twilio.url)
  await run(senders, seeded)
  await recoverMessages(db, after(86_400))
  await run(senders, seeded, 86_400)
  assert.deepEqual(await countStates(db, accountId), { sent: 6, unknown: 2 })
  assert.equal(twilio.texts.length, 8)
})

test('with a header that promises it, a lost answer is asked for again under the same id, until the promise ends', async () => {
  const seeded = await seedTexts(db, 6)
  const { accountId } = seeded
  const lost = new Set<string>()
  await using service = await openSmsService((text) => {
    if (lost.has(text.id) || text.to.endsWith('5')) return { status: 202, json: { id: text.id } }
    lost.add(text.id)
    return 'reset'
  })
  await addHttp(db, accountId, service.url, { settings: { idempotency: { header: 'Idempotency-Key', minutes: 60 } } })
  await using senders = openSenders()
  await run(senders, seeded)
  assert.deepEqual(await countStates(db, accountId), { sent: 1, ready: 5 })
  await sql`update sender_pace set open_until = null, failures = 0 where account_id = ${accountId}`.execute(db)
  await run(senders, seeded, 60)
  assert.deepEqual(await countStates(db, accountId), { sent: 6 })
  assert.deepEqual([service.texts.length, new Set(service.texts.map((text) => text.id)).size], [11, 6])
  assert.ok(service.requests.every(({ headers, body }) => headers['idempotency-key'] === JSON.parse(body).id))
  assert.ok(service.requests.every(({ headers }) => headers['x-api-key'] === 'hush-hush'))
})

test('of a process that dies, a text at Twilio is unknown, one at a service that knows our ids is asked for again', async () => {
  for (const kind of ['twilio', 'http'] as const) {
    const seeded = await seedTexts(db, 1)
    const { accountId } = seeded
    const reached = Promise.withResolvers<void>()
    let dead: Promise<void> | undefined
    {
      const answer = (text: ServedText, nth: number) => {
        reached.resolve()
        return nth === 1 ? 'hang' : kind === 'twilio' ? takeIt(text) : { status: 202, json: { id: text.id } }
      }
      await using service = kind === 'twilio' ? await openTwilioServer(answer) : await openSmsService(answer)
      const settings = { idempotency: { header: 'Idempotency-Key', minutes: 60 } }
      if (kind === 'twilio') await addTwilio(db, accountId)
      else await addHttp(db, accountId, service.url, { settings })
      await using first = openSenders(service.url)
      await using second = openSenders(service.url)
      dead = run(first, seeded)
      await reached.promise
      await recoverMessages(db, after(61))
      await run(second, seeded, 61)
      assert.deepEqual(await countStates(db, accountId), kind === 'twilio' ? { unknown: 1 } : { sent: 1 })
      assert.deepEqual(service.texts.length, kind === 'twilio' ? 1 : 2)
      assert.equal(new Set(service.texts.map((text) => text.id)).size, 1)
    }
    await dead
    assert.deepEqual(await countStates(db, accountId), kind === 'twilio' ? { unknown: 1 } : { sent: 1 })
  }
})

test('what may have arrived is not repeated under other settings of the service, nor through another sender, nor too late', async () => {
  const settings = { idempotency: { header: 'Idempotency-Key', minutes: 60 } }
  for (const change of ['settings', 'pace', 'sender', 'time'] as const) {
    const seeded = await seedTexts(db, 1)
    const { accountId } = seeded
    await using service = await openSmsService((text, nth) =>
      nth === 1 ? 'reset' : { status: 202, json: { id: text.id } },
    )
    await using twilio = await openTwilioServer()
    const senderId = await addHttp(db, accountId, service.url, { settings })
    const ids = { ...facts, accountId, senderId }
    await using senders = openSenders(twilio.url)
    await run(senders, seeded)
    if (change === 'settings') await updateSender(db, { ...ids, setup: httpSetup(`${service.url}/other`, settings) })
    if (change === 'pace') await updateSender(db, { ...ids, perSecond: 50, setup: httpSetup(service.url, settings) })
    if (change === 'sender') await addTwilio(db, accountId, { name: 'Other' })
    await run(senders, seeded, change === 'time' ? 58 * 60 : 60)
    const [message] = await readMessages(db, accountId)
    const isSame = change === 'pace'
    assert.deepEqual([message?.state, message?.reason], isSame ? ['sent', null] : ['unknown', 'answer_lost'], change)
    assert.deepEqual([service.texts.length, twilio.texts.length], [isSame ? 2 : 1, 0], change)
    assert.deepEqual(await sendersOf(accountId), [{ state: message?.state, channel: 'http', senderId, count: 1 }])
  }
})

test('a sender that is changed in the middle of a campaign: each text goes out once, through one of the two', async () => {
  const seeded = await seedTexts(db, 200)
  const { accountId } = seeded
  await using service = await openSmsService()
  const httpId = await addHttp(db, accountId, service.url, { name: 'Other service', isActive: false })
  const switched = Promise.withResolvers<void>()
  await using twilio = await openTwilioServer((text, nth) => {
    if (nth === 15) void activateSender(db, { ...facts, accountId, senderId: httpId }).then(() => switched.resolve())
    return takeIt(text)
  })
  const twilioId = await addTwilio(db, accountId)
  await using senders = openSenders(twilio.url)
  for (let round = 0; round < 20; round += 1) await run(senders, seeded)
  await switched.promise
  assert.deepEqual(await countStates(db, accountId), { sent: 200 })
  const all = [...twilio.texts, ...service.texts].map((text) => text.to)
  assert.deepEqual([all.length, new Set(all).size], [200, 200])
  assert.ok(service.texts.length > 0 && twilio.texts.length >= 15)
  assert.deepEqual(await sendersOf(accountId), [
    { state: 'sent', channel: 'http', senderId: httpId, count: service.texts.length },
    { state: 'sent', channel: 'twilio', senderId: twilioId, count: twilio.texts.length },
  ])
})

test('two processes that send one campaign share the pace of its sender', async () => {
  const seeded = await seedTexts(db, 60)
  await using twilio = await openTwilioServer()
  await addTwilio(db, seeded.accountId, { perSecond: 5 })
  await using first = openSenders(twilio.url)
  await using second = openSenders(twilio.url)
  for (const [at, total] of [
    [0, 5],
    [1, 10],
    [2, 15],
  ] as const) {
    await Promise.all([run(first, seeded, at), run(second, seeded, at)])
    assert.equal(twilio.texts.length, total)
  }
  assert.equal(new Set(twilio.texts.map((text) => text.to)).size, 15)
})

test('a number to which the country is closed, or a bad one, is no failure of the sender', async () => {
  const seeded = await seedTexts(db, 12)
  const codes = [21408, 21408, 21608, 21608, 21612, 21612, 21211, 21617, 21610]
  await using twilio = await openTwilioServer((_text, nth) => refuse(400, codes[nth % codes.length] ?? 0, 'no'))
  const senderId = await addTwilio(db, seeded.accountId)
  await using senders = openSenders(twilio.url)
  await run(senders, seeded)
  assert.deepEqual(await countStates(db, seeded.accountId), { rejected: 12 })
  assert.equal((await healthOf(seeded.accountId, senderId))?.state, 'well')
})
