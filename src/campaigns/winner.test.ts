import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { AbTest } from '../../contract/campaigns.ts'
import { openTestDatabase } from '../../test/database.ts'
import { after, START } from '../../test/seed.ts'
import {
  countStates,
  type FakeChannel,
  MAIL,
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
} from '../../test/seed-campaign.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'
import { createTemplate } from '../messages/templates.ts'
import { listVariants } from '../messages/variants.ts'
import { redeemCode } from '../redemptions/redeem.ts'
import { copyCampaign, describeCampaign, listCampaignsAtWork, updateCampaign } from './campaigns.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from './moves.ts'
import { reviewCampaign } from './review.ts'
import { runCampaign } from './run-campaign.ts'
import { scheduleCampaign } from './schedule.ts'
import { bestOf, pickWinner } from './winner.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const HOUR = 3600
const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
const schedule = (seeded: SeededCampaign) => scheduleCampaign(db, { ...seeded, channel: 'outbox', now: START })
const run = (seeded: SeededCampaign, channel: FakeChannel, now: Date) =>
  runCampaign(
    db,
    runInput(seeded, channel, () => now),
  )
const subjects = (channel: FakeChannel): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { subject } of channel.mails) counts[subject.trim()] = (counts[subject.trim()] ?? 0) + 1
  return counts
}

async function seedTest(people: number, changes: Partial<AbTest> = {}): Promise<SeededCampaign> {
  const seeded = await seedCampaign(db, { people, mail: { subject: 'First' } })
  const { accountId } = seeded
  const second = await createTemplate(db, { accountId, name: 'Second', ...MAIL, subject: 'Second', now: START })
  const ab = { templateId: second.id, sharePercent: 40, metric: 'redeemed' as const, afterHours: 4, ...changes }
  await updateCampaign(db, { ...seeded, ab })
  return seeded
}

/** Redeems the codes of `count` people who got the mail with this subject. */
async function redeem(seeded: SeededCampaign, variant: 'a' | 'b', count: number): Promise<void> {
  const { rows } = await sql<{ code: string }>`
    select k.code from messages m join message_codes x on x.message_id = m.id join codes k on k.id = x.code_id
    where m.campaign_id = ${seeded.campaignId} and m.variant = ${variant} and m.state = 'sent' limit ${count}`.execute(
    db,
  )
  assert.equal(rows.length, count)
  for (const { code } of rows) {
    const order = { accountId: seeded.accountId, code, orderId: newId(), subtotalMinor: 5000, currency: 'EUR' }
    assert.equal((await redeemCode(db, { ...order, now: after(60) })).status, 'redeemed')
  }
}

test('the share gets one of the two messages, half each, and the rest get the winner when its time has come', async () => {
  const seeded = await seedTest(300)
  await schedule(seeded)
  const channel = openFakeChannel()
  assert.equal(await run(seeded, channel, START), 'later')
  const { First = 0, Second = 0 } = subjects(channel)
  assert.ok(First > 35 && First < 90 && Second > 35 && Second < 90, `${First} and ${Second} of 300 at 40 %`)
  await redeem(seeded, 'b', 3)
  await redeem(seeded, 'a', 1)
  assert.equal((await describeCampaign(db, seeded)).ab?.decidesAt, after(4 * HOUR).toISOString())
  const isAtWork = async (now: Date) => (await listCampaignsAtWork(db, now)).some(({ id }) => id === seeded.campaignId)
  assert.deepEqual([await isAtWork(after(4 * HOUR - 1)), await isAtWork(after(4 * HOUR))], [false, true])
  assert.equal(await run(seeded, channel, after(4 * HOUR - 1)), 'later')
  assert.equal(channel.mails.length, First + Second)
  assert.equal(await run(seeded, channel, after(4 * HOUR)), 'done')
  assert.deepEqual(subjects(channel), { First, Second: 300 - First })
  const { state, ab } = await describeCampaign(db, seeded)
  assert.deepEqual([state, ab?.winner], ['sent', 'b'])
  assert.equal(new Set((await readMessages(db, seeded.accountId)).flatMap(({ codes }) => codes)).size, 300)
  const variants = await listVariants(db, seeded)
  assert.deepEqual(
    variants.map(({ variant, sent, redeemed }) => [variant, sent, redeemed]),
    [
      ['a', First, 1],
      ['b', Second, 3],
    ],
  )
})

test('a winner that somebody picks goes out at once; picked once, by whoever comes first', async () => {
  const seeded = await seedTest(60, { afterHours: null })
  await schedule(seeded)
  const channel = openFakeChannel()
  assert.equal(await run(seeded, channel, START), 'later')
  const tested = channel.mails.length
  assert.ok(tested < 60)
  assert.equal(
    (await listCampaignsAtWork(db, after(1e6))).some(({ id }) => id === seeded.campaignId),
    false,
  )
  const picks = await Promise.allSettled(
    (['a', 'b', 'a', 'b'] as const).map((winner) => pickWinner(db, { ...seeded, winner, now: after(60) })),
  )
  assert.equal(picks.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const pick of picks) if (pick.status === 'rejected') assert.ok(refusal('campaign_state')(pick.reason))
  assert.equal(await run(seeded, channel, after(60)), 'done')
  const { ab } = await describeCampaign(db, seeded)
  const rest = channel.mails.slice(tested).map((mail) => mail.subject)
  assert.deepEqual(new Set(rest), new Set([ab?.winner === 'a' ? 'First' : 'Second']))
  assert.equal(channel.mails.length, 60)
})

test('the clock and a person who pick at once agree on one winner for everybody', async () => {
  for (let round = 0; round < 4; round += 1) {
    const seeded = await seedTest(40)
    await schedule(seeded)
    const channel = openFakeChannel()
    await run(seeded, channel, START)
    const tested = channel.mails.length
    const late = after(4 * HOUR)
    await Promise.allSettled([pickWinner(db, { ...seeded, winner: 'b', now: late }), run(seeded, channel, late)])
    await run(seeded, channel, late)
    const { ab, state } = await describeCampaign(db, seeded)
    assert.equal(state, 'sent')
    const rest = new Set(channel.mails.slice(tested).map((mail) => mail.subject))
    assert.deepEqual(rest, new Set([ab?.winner === 'a' ? 'First' : 'Second']))
  }
})

test('a test with everybody has no rest: both messages go out and the campaign is sent', async () => {
  const seeded = await seedTest(80, { sharePercent: 100 })
  await schedule(seeded)
  const channel = openFakeChannel()
  assert.equal(await run(seeded, channel, START), 'done')
  const { First = 0, Second = 0 } = subjects(channel)
  assert.ok(First > 20 && Second > 20 && First + Second === 80)
  await assert.rejects(pickWinner(db, { ...seeded, winner: 'a', now: START }), refusal('campaign_state'))
})

test('a test that is paused over its time picks when it is resumed; a cancelled one sends nothing more', async () => {
  const seeded = await seedTest(40)
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  await pauseCampaign(db, { ...seeded, now: START })
  await resumeCampaign(db, { ...seeded, now: after(9 * HOUR) })
  assert.equal(await run(seeded, channel, after(9 * HOUR)), 'done')
  assert.equal(channel.mails.length, 40)

  const other = await seedTest(40)
  await schedule(other)
  await run(other, openFakeChannel(), START)
  await cancelCampaign(db, { ...other, now: START })
  await assert.rejects(pickWinner(db, { ...other, winner: 'a', now: START }), refusal('campaign_state'))
  const states = await countStates(db, other.accountId)
  assert.equal((states.sent ?? 0) + (states.cancelled ?? 0), 40)
})

test('opens and clicks count as they are written down as events', async () => {
  const seeded = await seedTest(40, { metric: 'clicked' })
  await schedule(seeded)
  await run(seeded, openFakeChannel(), START)
  await sql`
    insert into events (account_id, id, profile_id, metric, at, message_id)
    select account_id, uuid_v7(now()), profile_id, 'message_clicked', now(), id from messages
    where campaign_id = ${seeded.campaignId} and variant = 'b'`.execute(db)
  const [a, b] = await listVariants(db, seeded)
  assert.deepEqual([a?.clicked, b?.clicked, b?.opened], [0, b?.sent, 0])
  await run(seeded, openFakeChannel(), after(4 * HOUR))
  assert.equal((await describeCampaign(db, seeded)).ab?.winner, 'b')
})

test('the winner is the higher share of what was sent, and the first where both are equal', () => {
  const row = (variant: 'a' | 'b', sent: number, redeemed: number) => {
    return { variant, recipients: sent, sent, redeemed, opened: 0, clicked: 0 }
  }
  assert.equal(bestOf([row('a', 100, 10), row('b', 10, 2)], 'redeemed'), 'b')
  assert.equal(bestOf([row('a', 100, 10), row('b', 10, 1)], 'redeemed'), 'a')
  assert.equal(bestOf([row('a', 0, 0), row('b', 0, 0)], 'redeemed'), 'a')
  assert.equal(bestOf([], 'opened'), 'a')
})

test('the review looks at both messages, and a test with a rest goes out at one time', async () => {
  const seeded = await seedTest(4)
  const { accountId } = seeded
  const html = "{% coupon_code 'NOPE' %}{% unsubscribe %}"
  const broken = await createTemplate(db, { accountId, name: 'Broken', ...MAIL, html, now: START })
  const ab = { templateId: broken.id, sharePercent: 50, metric: 'redeemed' as const, afterHours: 1 }
  await updateCampaign(db, { ...seeded, ab, when: { kind: 'now', spreadHours: 2 } })
  const { problems } = await reviewCampaign(db, { ...seeded, channel: 'outbox', now: START })
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['time_of_test', 'unknown_coupon'],
  )
  const same = { ...ab, templateId: seeded.templateId }
  await assert.rejects(updateCampaign(db, { ...seeded, ab: same }), refusal('invalid_input'))
  assert.deepEqual((await copyCampaign(db, { ...seeded, now: START })).ab?.templateId, broken.id)
  assert.equal((await updateCampaign(db, { ...seeded, ab: null })).ab, null)
})

test('the messages of a test are of one channel, and a copy keeps smart sending as it is', async () => {
  const seeded = await seedTest(1)
  const { accountId } = seeded
  const text = { channel: 'sms' as const, subject: '', previewText: '', html: '', text: 'Hello' }
  const { id: templateId } = await createTemplate(db, { accountId, name: 'Text', ...text, now: START })
  const ab = { templateId, sharePercent: 40, metric: 'redeemed' as const, afterHours: 4 }
  await assert.rejects(updateCampaign(db, { ...seeded, ab }), refusal('invalid_input'))
  await updateCampaign(db, { accountId, campaignId: seeded.campaignId, smartSending: false })
  assert.equal((await copyCampaign(db, { ...seeded, now: START })).smartSending, false)
})

test('picking touches the people who wait for it alone: neither those of the test nor who is passed over', async () => {
  const seeded = await seedTest(60, { afterHours: null })
  await schedule(seeded)
  await sql`update profiles set email_consent = 'unsubscribed' where id = any(${seeded.profileIds.slice(0, 20)}::uuid[])`.execute(
    db,
  )
  const power = new AbortController()
  const channel = openFakeChannel((email) => {
    power.abort()
    return { status: 'sent', providerId: email.messageId }
  })
  await runCampaign(db, { ...runInput(seeded, channel), signal: power.signal })
  await sql`update messages set state = 'planned' where account_id = ${seeded.accountId} and variant = 'a'`.execute(db)
  const read = async () => {
    const { rows } = await sql<{ id: string; variant: string | null; state: string; row: string }>`
      select id, variant, state, template_version_id || ' ' || due_at as row from messages where account_id = ${seeded.accountId} order by id`.execute(
      db,
    )
    return rows
  }
  const before1 = await read()
  await pickWinner(db, { ...seeded, winner: 'b', now: after(60) })
  const after1 = await read()
  const changed = before1.filter(({ row }, at) => row !== after1[at]?.row)
  const waited = before1.filter(({ variant, state }) => variant === null && state === 'planned')
  assert.ok(waited.length > 0 && before1.some(({ variant, state }) => variant === null && state === 'skipped'))
  assert.ok(before1.some(({ variant, state }) => variant === 'a' && state === 'planned'))
  assert.deepEqual(changed, waited)
})

test('a test in which everybody takes part has no winner to pick', async () => {
  const seeded = await seedTest(10, { sharePercent: 100, afterHours: null })
  await schedule(seeded)
  await assert.rejects(pickWinner(db, { ...seeded, winner: 'b', now: after(60) }), refusal('campaign_state'))
  await run(seeded, openFakeChannel(), START)
  await sql`update campaigns set state = 'paused' where id = ${seeded.campaignId}`.execute(db)
  await assert.rejects(pickWinner(db, { ...seeded, winner: 'b', now: after(60) }), refusal('campaign_state'))
})
