import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START } from '../../test/seed.ts'
import {
  countStates,
  type FakeChannel,
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../test/seed-campaign.ts'
import { requireAccount } from '../accounts/account.ts'
import { describeCampaign, requireCampaign } from '../campaigns/campaigns.ts'
import { resumeCampaign } from '../campaigns/moves.ts'
import { type RunInput, runCampaign } from '../campaigns/run-campaign.ts'
import { revokeCode } from '../codes/revoke/revoke.ts'
import type { Database, Db } from '../db/database.ts'
import { unsubscribe } from '../profiles/unsubscribe.ts'
import { readPreferencesToken } from './links.ts'
import { recoverMessages } from './recover.ts'
import { sendMessages } from './send.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

async function seedStarted(people: number): Promise<SeededCampaign> {
  const seeded = await seedCampaign(db, { people })
  await start(db, seeded)
  return seeded
}

/** Begins to send and dies while the channel is at work: nothing of what it did is written down afterwards. */
async function dieWhileSending(seeded: SeededCampaign, channel: FakeChannel): Promise<void> {
  const power = new AbortController()
  const input: RunInput = { ...runInput(seeded, channel), signal: power.signal }
  const dead = new Promise<never>(() => {})
  const reached = Promise.withResolvers<void>()
  channel.send = async (email) => {
    channel.mails.push(email)
    reached.resolve()
    return await dead
  }
  void runCampaign(db, input)
  await reached.promise
  const isClaimed = async (): Promise<boolean> => {
    const { planned = 0, ready = 0 } = await countStates(db, seeded.accountId)
    return planned + ready === 0
  }
  while (!(await isClaimed())) await sleep(10) // the other lanes claim theirs
}

test("a mail that was taken is sent, with the moment and the subject, and the person's feed says so", async () => {
  const seeded = await seedStarted(1)
  const channel = openFakeChannel()
  assert.equal(await runCampaign(db, runInput(seeded, channel)), 'done')
  const { rows } = await sql`
    select m.state, m.subject, m.sent_at as "sentAt", m.provider_id = m.id::text as "isOurs", e.metric
    from messages m join events e on e.account_id = m.account_id and e.message_id = m.id
    where m.account_id = ${seeded.accountId}`.execute(db)
  const told = { state: 'sent', subject: 'Welcome', sentAt: START, isOurs: true, metric: 'message_sent' }
  assert.deepEqual(rows, [told])
  const [mail] = channel.mails
  assert.match(mail?.headers['List-Unsubscribe'] ?? '', /^<https:\/\/shop\.example\/unsubscribe\/[\w-]+\.[\w-]+>$/)
  assert.equal(mail?.headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click')
  assert.match(mail?.html ?? '', /WELCOME20-[2-9A-Z]{11}/)
})

test('links of a mail lead to the pages on which its person unsubscribes and chooses', async () => {
  const html = '<p>{% unsubscribe %} {% manage_preferences %}</p>'
  const seeded = await seedCampaign(db, { people: 1, mail: { html } })
  await start(db, seeded)
  const channel = openFakeChannel()
  await runCampaign(db, runInput(seeded, channel))
  const [mail] = channel.mails
  assert.match(mail?.html ?? '', /href="https:\/\/shop\.example\/unsubscribe\/[\w.-]+"/)
  const token = mail?.html.match(/href="https:\/\/shop\.example\/preferences\/([\w.-]+)"/)?.[1] ?? ''
  assert.equal(readPreferencesToken('s'.repeat(32), token)?.profileId, seeded.profileIds[0])
})

test('a refused mail is rejected with the reason, keeps its code and is not tried again', async () => {
  const seeded = await seedStarted(2)
  const channel = openFakeChannel(() => ({ status: 'rejected', fault: 'address', reason: '550 no such user' }))
  assert.equal(await runCampaign(db, runInput(seeded, channel)), 'done')
  const messages = await readMessages(db, seeded.accountId)
  assert.deepEqual(
    messages.map(({ state, reason, codes }) => [state, reason, codes.length]),
    Array(2).fill(['rejected', '550 no such user', 1]),
  )
  assert.equal(channel.mails.length, 2)
})

test('a deferred mail waits 1, 2, 4 and 8 minutes and is rejected after the fifth time', async () => {
  const seeded = await seedStarted(1)
  const channel = openFakeChannel(() => ({ status: 'deferred', reason: '451 later' }))
  const tries: number[] = []
  for (let minute = 0; minute <= 20; minute += 1) {
    const sentBefore = channel.mails.length
    await runCampaign(
      db,
      runInput(seeded, channel, () => after(minute * 60)),
    )
    if (channel.mails.length > sentBefore) tries.push(minute)
  }
  assert.deepEqual(tries, [0, 1, 3, 7, 15])
  const [message] = await readMessages(db, seeded.accountId)
  assert.deepEqual([message?.state, message?.reason, message?.attempt], ['rejected', '451 later', 5])
  assert.equal((await describeCampaign(db, seeded)).state, 'sent')
})

test('a mail that comes too fast for the provider waits as long as it asks, and is never rejected for that', async () => {
  const seeded = await seedStarted(1)
  let isBusy = true
  const channel = openFakeChannel((email) =>
    isBusy
      ? { status: 'throttled', reason: '454 slower', retryAfterMs: 30_000 }
      : { status: 'sent', providerId: `${email.attempt}` },
  )
  for (let half = 0; half < 10; half += 1) {
    for (const second of [half * 30, half * 30 + 29])
      await runCampaign(
        db,
        runInput(seeded, channel, () => after(second)),
      )
    assert.equal(channel.mails.length, half + 1)
    const [message] = await readMessages(db, seeded.accountId)
    assert.deepEqual([message?.state, message?.attempt, message?.reason], ['ready', 0, '454 slower'])
  }
  isBusy = false
  await runCampaign(
    db,
    runInput(seeded, channel, () => after(300)),
  )
  const [message] = await readMessages(db, seeded.accountId)
  assert.deepEqual([message?.state, message?.attempt], ['sent', 1])
})

test('a channel that takes no mail at all pauses the campaign and loses nothing', async () => {
  const seeded = await seedStarted(30)
  let isBroken = true
  const channel = openFakeChannel((email) =>
    isBroken ? { status: 'blocked', reason: '535 wrong password' } : { status: 'sent', providerId: email.messageId },
  )
  await runCampaign(db, runInput(seeded, channel))
  const paused = await describeCampaign(db, seeded)
  assert.equal(paused.state, 'paused')
  assert.match(paused.pausedReason ?? '', /535 wrong password/)
  assert.deepEqual(await countStates(db, seeded.accountId), { ready: 30 })
  assert.ok(channel.mails.length <= channel.concurrency, 'the rest of the batch was tried all the same')
  isBroken = false
  await resumeCampaign(db, { ...seeded, now: START })
  await runCampaign(db, runInput(seeded, channel))
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 30 })
  const attempts = (await readMessages(db, seeded.accountId)).map((message) => message.attempt)
  assert.deepEqual(new Set(attempts), new Set([1]), 'what nobody looked at counted as a try')
})

test('a mail whose answer was lost is unknown and never sent again', async () => {
  const seeded = await seedStarted(3)
  const channel = openFakeChannel(() => ({ status: 'unknown', reason: 'connection closed' }))
  await runCampaign(db, runInput(seeded, channel))
  await recoverMessages(db, after(86_400))
  await runCampaign(
    db,
    runInput(seeded, channel, () => after(86_400)),
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { unknown: 3 })
  assert.equal(channel.mails.length, 3)
  assert.equal((await describeCampaign(db, seeded)).counts.unknown, 3)
})

test('who unsubscribes after the message was made ready gets no mail', async () => {
  const seeded = await seedStarted(4)
  const blocked = openFakeChannel(() => ({ status: 'blocked', reason: 'down' }))
  await runCampaign(db, runInput(seeded, blocked))
  const [profileId] = seeded.profileIds as [string]
  const [message] = (await readMessages(db, seeded.accountId)).filter((row) => row.profileId === profileId)
  await unsubscribe(db, { ...seeded, profileId, messageId: message?.id ?? '', now: START })
  await resumeCampaign(db, { ...seeded, now: START })
  const channel = openFakeChannel()
  await runCampaign(db, runInput(seeded, channel))
  assert.equal(channel.mails.length, 3)
  const skipped = (await readMessages(db, seeded.accountId)).find((row) => row.state === 'skipped')
  assert.deepEqual([skipped?.profileId, skipped?.reason], [profileId, 'unsubscribed'])
})

/** A campaign of one whose mail was put off, and whose code was revoked since. */
async function seedRevoked(codes: number): Promise<SeededCampaign & { code: string }> {
  const seeded = await seedCampaign(db, { people: 1, codes })
  await start(db, seeded)
  await runCampaign(
    db,
    runInput(
      seeded,
      openFakeChannel(() => ({ status: 'deferred', reason: '451 later' })),
    ),
  )
  const [message] = await readMessages(db, seeded.accountId)
  const code = message?.codes[0] ?? ''
  const { rows } = await sql<{
    id: string
  }>`select id from codes where account_id = ${seeded.accountId} and code = ${code}`.execute(db)
  await revokeCode(db, { ...seeded, codeId: rows[0]?.id ?? '', reason: 'Shared', now: after(10) })
  return { ...seeded, code }
}

test('a code that is revoked before its mail goes out is not told: the mail brings another', async () => {
  const seeded = await seedRevoked(2)
  const channel = openFakeChannel()
  await runCampaign(
    db,
    runInput(seeded, channel, () => after(120)),
  )
  const [mail] = channel.mails
  assert.equal(channel.mails.length, 1)
  assert.ok(!mail?.html.includes(seeded.code))
  assert.match(mail?.html ?? '', /WELCOME20-[2-9A-Z]{11}/)
})

test('a mail whose code was revoked and whose coupon gives no more is skipped with the reason', async () => {
  const seeded = await seedRevoked(1)
  await sql`update coupons set archived_at = ${START} where account_id = ${seeded.accountId}`.execute(db)
  const channel = openFakeChannel()
  await runCampaign(
    db,
    runInput(seeded, channel, () => after(120)),
  )
  assert.deepEqual(channel.mails, [])
  const [message] = await readMessages(db, seeded.accountId)
  assert.deepEqual([message?.state, message?.reason], ['skipped', 'code_withdrawn'])
})

test('two processes that send one campaign at once send each message once', async () => {
  const seeded = await seedStarted(500)
  const channels = [openFakeChannel(), openFakeChannel(), openFakeChannel()]
  await Promise.all(channels.map((channel) => runCampaign(db, runInput(seeded, channel))))
  const sent = channels.flatMap((channel) => channel.mails.map((mail) => mail.to))
  assert.equal(sent.length, 500)
  assert.equal(new Set(sent).size, 500)
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 500 })
  const codes = (await readMessages(db, seeded.accountId)).flatMap((message) => message.codes)
  assert.equal(new Set(codes).size, 500)
})

test('of several who claim the same messages at the same moment each message has one', async () => {
  const seeded = await seedStarted(600)
  await runCampaign(
    db,
    runInput(
      seeded,
      openFakeChannel(() => ({ status: 'blocked', reason: 'down' }), 'outbox'),
    ),
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { ready: 600 })
  const campaign = await requireCampaign(db, seeded)
  const channel = openFakeChannel(undefined, 'outbox')
  const input = runInput(seeded, channel)
  const templateVersionId = campaign.templateVersionId ?? ''
  const mail = await input.mails(db, seeded.accountId, templateVersionId)
  const sender = { account: await requireAccount(db, seeded), publicUrl: input.publicUrl, secret: input.secret }
  const of = { campaignId: seeded.campaignId, templateVersionId }
  const send = () => sendMessages(db, { ...input, of, smartSending: false, mail, sender })
  for (let round = 0; round < 4; round += 1) await Promise.all([1, 2, 3, 4].map(send))
  assert.deepEqual([channel.mails.length, new Set(channel.mails.map((sent) => sent.to)).size], [600, 600])
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 600 })
})

test("a mail server's messages are unknown once the lease of a dead process ran out, and not before", async () => {
  const seeded = await seedStarted(5)
  const channel = openFakeChannel()
  await dieWhileSending(seeded, channel)
  assert.deepEqual(await countStates(db, seeded.accountId), { sending: 5 })
  assert.equal(await recoverMessages(db, after(59)), 0)
  const other = openFakeChannel()
  assert.equal(
    await runCampaign(
      db,
      runInput(seeded, other, () => after(59)),
    ),
    'later',
  )
  assert.equal(
    await runCampaign(
      db,
      runInput(seeded, other, () => after(60)),
    ),
    'done',
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { unknown: 5 })
  assert.equal(other.mails.length, 0)
})

test('the outbox is written again once the lease of a dead process ran out', async () => {
  const seeded = await seedStarted(5)
  await dieWhileSending(seeded, openFakeChannel(undefined, 'outbox'))
  const other = openFakeChannel(undefined, 'outbox')
  assert.equal(
    await runCampaign(
      db,
      runInput(seeded, other, () => after(59)),
    ),
    'later',
  )
  await recoverMessages(db, after(60))
  assert.deepEqual(await countStates(db, seeded.accountId), { ready: 5 })
  assert.equal(
    await runCampaign(
      db,
      runInput(seeded, other, () => after(60)),
    ),
    'done',
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 5 })
  assert.equal(other.mails.length, 5)
})

test('an answer that arrives after the lease ran out still makes the message certain', async () => {
  const seeded = await seedStarted(1)
  const answer = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const slow = openFakeChannel(async (email) => {
    reached.resolve()
    await answer.promise
    return { status: 'sent', providerId: email.messageId }
  })
  const running = runCampaign(db, runInput(seeded, slow))
  await reached.promise
  await recoverMessages(db, after(61))
  assert.deepEqual(await countStates(db, seeded.accountId), { unknown: 1 })
  answer.resolve()
  await running
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 1 })
})
