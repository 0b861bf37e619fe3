import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { CampaignWhen } from '../../contract/campaigns.ts'
import { terms } from '../../contract/coupons.ts'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedCodes, seedCoupon, seedProfiles, TWENTY_PERCENT } from '../../test/seed.ts'
import {
  countStates,
  type FakeChannel,
  onList,
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
} from '../../test/seed-campaign.ts'
import { assignCodes } from '../codes/assign.ts'
import { editTerms } from '../codes/edit-terms.ts'
import { runAddCodes } from '../codes/generate.ts'
import { countAvailable } from '../codes/pool.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { addMembers, createList } from '../profiles/lists.ts'
import { addMissingCodes } from './add-missing.ts'
import { copyCampaign, describeCampaign, updateCampaign } from './campaigns.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from './moves.ts'
import { reviewCampaign } from './review.ts'
import { runCampaign } from './run-campaign.ts'
import { scheduleCampaign } from './schedule.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const HOUR = 3600
const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
const at = (seconds: number, spreadHours = 0): CampaignWhen => ({
  kind: 'at',
  at: after(seconds).toISOString(),
  spreadHours,
})
const schedule = (seeded: SeededCampaign, now = START) => scheduleCampaign(db, { ...seeded, channel: 'outbox', now })
const review = (seeded: SeededCampaign, now = START) => reviewCampaign(db, { ...seeded, channel: 'outbox', now })
const run = (seeded: SeededCampaign, channel: FakeChannel, now: Date) =>
  runCampaign(
    db,
    runInput(seeded, channel, () => now),
  )
const describe = (seeded: SeededCampaign) => describeCampaign(db, seeded)

/** How many codes of the campaign's coupon anybody can draw. */
function available({ accountId, coupon }: SeededCampaign): Promise<number> {
  return countAvailable(db, { accountId, coupon: coupon.id, now: START })
}

async function seedDraft(
  options: Parameters<typeof seedCampaign>[1] & { when?: CampaignWhen; holdWithoutCode?: boolean },
): Promise<SeededCampaign> {
  const seeded = await seedCampaign(db, options)
  const { when, holdWithoutCode } = options
  await updateCampaign(db, { ...seeded, when, holdWithoutCode })
  return seeded
}

test('each person gets one mail, however many of the lists hold them, and none on an excluded list', async () => {
  const seeded = await seedCampaign(db, { people: 4, codes: 9 })
  const { accountId, profileIds } = seeded
  const second = await createList(db, { accountId, name: 'Second', now: START })
  const staff = await createList(db, { accountId, name: 'Staff', now: START })
  const more = await seedProfiles(db, accountId, 2)
  await addMembers(db, { accountId, listId: second.id, profileIds: [...more, ...profileIds.slice(0, 3)], now: START })
  await addMembers(db, { accountId, listId: staff.id, profileIds: [profileIds[0] ?? '', more[0] ?? ''], now: START })
  const both = onList(seeded.listId, staff.id)
  await updateCampaign(db, {
    ...seeded,
    audience: { ...both, include: [...both.include, { kind: 'list', id: second.id }] },
  })
  const found = await review(seeded)
  assert.deepEqual([found.recipients, found.skipped], [4, [{ reason: 'excluded', count: 2 }]])
  assert.equal(found.coupons[0]?.needed, 4)
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  const wanted = [...profileIds.slice(1), more[1]].map((id) => `person-${id}@example.com`)
  assert.deepEqual(channel.mails.map((mail) => mail.to).toSorted(), wanted.toSorted())
  assert.deepEqual(await countStates(db, accountId), { sent: 4 })
})

test('a list cannot be included and excluded at once', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const audience = onList(seeded.listId, seeded.listId)
  await assert.rejects(updateCampaign(db, { ...seeded, audience }), refusal('invalid_input'))
  assert.deepEqual((await describe(seeded)).audience.exclude, [])
})

test('with too few codes and the option to hold, people wait and are sent as soon as codes are there', async () => {
  const seeded = await seedDraft({ people: 5, codes: 2, holdWithoutCode: true })
  const found = await review(seeded)
  assert.deepEqual([found.problems, found.notices.map((notice) => notice.code)], [[], ['held_without_code']])
  await schedule(seeded)
  const channel = openFakeChannel()
  assert.equal(await run(seeded, channel, START), 'later')
  assert.equal(channel.mails.length, 2)
  const { state, counts } = await describe(seeded)
  assert.deepEqual([state, counts.waitingForCodes, counts.planned, counts.skipped], ['sending', 3, 3, 0])
  await seedCodes(db, seeded.accountId, seeded.coupon.id, 1)
  assert.equal(await available(seeded), 0, 'codes that are made now are the campaign’s')
  assert.equal(await run(seeded, channel, after(10)), 'later')
  assert.equal((await describe(seeded)).counts.waitingForCodes, 2)
  await seedCodes(db, seeded.accountId, seeded.coupon.id, 5)
  assert.equal(await available(seeded), 3)
  assert.equal(await run(seeded, channel, after(20)), 'done')
  assert.equal(new Set(channel.mails.map((mail) => mail.to)).size, 5)
  assert.equal((await describe(seeded)).counts.waitingForCodes, 0)
})

test('people who wait for codes are cancelled with their campaign, and nothing stays reserved', async () => {
  const seeded = await seedDraft({ people: 3, codes: 1, holdWithoutCode: true })
  await schedule(seeded)
  await run(seeded, openFakeChannel(), START)
  const { counts } = await cancelCampaign(db, { ...seeded, now: START })
  assert.deepEqual([counts.cancelled, counts.waitingForCodes], [2, 0])
  await seedCodes(db, seeded.accountId, seeded.coupon.id, 4)
  assert.equal(await available(seeded), 4)
})

test('the audience that shrank until the start gives back what it needs no more', async () => {
  const seeded = await seedDraft({ people: 5, when: { kind: 'now', spreadHours: 10 } })
  await schedule(seeded)
  await sql`update profiles set email_consent = 'unsubscribed' where id = any(${seeded.profileIds.slice(0, 3)}::uuid[])`.execute(
    db,
  )
  assert.equal(await available(seeded), 0)
  await run(seeded, openFakeChannel(), START)
  assert.equal(await available(seeded), 3)
})

test('the audience that grew takes what is there beyond its reservation, and who is left is skipped', async () => {
  const seeded = await seedDraft({ people: 3, codes: 4, when: at(HOUR) })
  await schedule(seeded)
  const late = await seedProfiles(db, seeded.accountId, 3)
  await addMembers(db, { ...seeded, profileIds: late, now: START })
  await run(seeded, openFakeChannel(), after(HOUR))
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 4, skipped: 2 })
  assert.ok(
    (await readMessages(db, seeded.accountId)).every(({ state, reason }) => state === 'sent' || reason === 'no_code'),
  )
})

test('the button adds exactly the missing codes, once however often it is pressed at once', async () => {
  for (let round = 0; round < 3; round += 1) {
    const seeded = await seedDraft({ people: 9, codes: 4 })
    const input = { ...seeded, channel: 'outbox' as const, now: START }
    await Promise.all(Array.from({ length: 10 }, () => review(seeded))) // opens the connections: else one press comes after the other
    const pressed = await Promise.all(Array.from({ length: 10 }, () => addMissingCodes(db, input)))
    const jobs = pressed.flatMap((reply) => reply.jobs)
    assert.deepEqual(
      jobs.map((job) => job.wanted),
      [5],
    )
    assert.equal((await review(seeded)).coupons[0]?.underWay, 5)
    await runAddCodes(db, { ...seeded, jobId: jobs[0]?.id ?? '', now: () => START })
    assert.deepEqual((await review(seeded)).problems, [])
    assert.deepEqual(await addMissingCodes(db, input), { jobs: [] })
  }
})

test('of a campaign whose people wait, the button adds codes for those', async () => {
  const seeded = await seedDraft({ people: 4, codes: 1, holdWithoutCode: true })
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  const { jobs } = await addMissingCodes(db, { ...seeded, channel: 'outbox', now: START })
  assert.deepEqual(
    jobs.map((job) => job.wanted),
    [3],
  )
  await runAddCodes(db, { ...seeded, jobId: jobs[0]?.id ?? '', now: () => START })
  assert.equal(await run(seeded, channel, after(5)), 'done')
  assert.equal(channel.mails.length, 4)
})

test('of two coupons the button adds what people who wait miss of each', async () => {
  const html = "{% coupon_code 'WELCOME20' %} {% coupon_code 'SPRING' %}{% unsubscribe %}"
  const seeded = await seedDraft({ people: 3, codes: 1, holdWithoutCode: true, mail: { html } })
  await seedCoupon(db, seeded, { name: 'SPRING', codes: 2 })
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  assert.equal(channel.mails.length, 1)
  const { jobs } = await addMissingCodes(db, { ...seeded, channel: 'outbox', now: START })
  assert.deepEqual(jobs.map((job) => job.wanted).toSorted(), [1, 2])
  for (const job of jobs) await runAddCodes(db, { ...seeded, jobId: job.id, now: () => START })
  assert.equal(await run(seeded, channel, after(5)), 'done')
  assert.equal(channel.mails.length, 3)
})

test('a coupon that expired while people wait for its codes pauses the campaign; with new terms it goes on', async () => {
  const seeded = await seedDraft({ people: 3, codes: 0, holdWithoutCode: true })
  const { accountId, coupon } = seeded
  const expires = { kind: 'at' as const, at: after(HOUR).toISOString() }
  const edit = (now: Date, changed: object) =>
    editTerms(db, { accountId, couponId: coupon.id, terms: terms.parse({ ...TWENTY_PERCENT, ...changed }), now })
  await edit(START, { expires })
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  await assert.rejects(edit(START, {}), refusal('coupon_reserved'))
  await run(seeded, channel, after(HOUR))
  const { state, pausedReason } = await describe(seeded)
  assert.equal(state, 'paused')
  assert.match(pausedReason ?? '', /WELCOME20 has expired/)
  await edit(after(HOUR), {})
  await resumeCampaign(db, { ...seeded, now: after(HOUR) })
  await run(seeded, channel, after(HOUR))
  await seedCodes(db, accountId, coupon.id, 3, after(HOUR))
  assert.equal(await run(seeded, channel, after(HOUR)), 'done')
  assert.equal(channel.mails.length, 3)
})

test('a copy is a draft of the same content that has neither codes nor a time', async () => {
  const seeded = await seedDraft({ people: 2, when: at(HOUR), holdWithoutCode: true })
  await schedule(seeded)
  const copy = await copyCampaign(db, { ...seeded, now: START })
  const { audience, templateId } = await describe(seeded)
  assert.deepEqual(
    [copy.name, copy.state, copy.audience, copy.templateId, copy.when, copy.holdWithoutCode],
    ['Welcome (copy)', 'draft', audience, templateId, { kind: 'now', spreadHours: 0 }, true],
  )
})

/** A channel at whose tenth mail something is done; no mail is answered from then on until it is done. */
function interruptedBy(work: () => Promise<unknown>): FakeChannel {
  let done: Promise<unknown> | undefined
  const channel: FakeChannel = openFakeChannel(async (email) => {
    if (channel.mails.length >= 10) {
      done ??= work()
      await done
    }
    return { status: 'sent', providerId: email.messageId }
  })
  return channel
}

test('cancelling while mails go out leaves at most a batch of codes with people who got none', async () => {
  const seeded = await seedDraft({ people: 2500 })
  await schedule(seeded)
  await run(
    seeded,
    interruptedBy(() => cancelCampaign(db, { ...seeded, now: START })),
    START,
  )
  assert.equal(await available(seeded), 1500)
})

async function countBound(accountId: string): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from message_codes where account_id = ${accountId}`.execute(db)
  return rows[0]?.count
}

test('a process that takes over draws no codes before what is ready is sent', async () => {
  const seeded = await seedDraft({ people: 2500 })
  await schedule(seeded)
  for (const time of ['first', 'second']) {
    await run(
      seeded,
      interruptedBy(() => pauseCampaign(db, { ...seeded, now: START })),
      START,
    )
    assert.equal(await countBound(seeded.accountId), 1000, `interrupted for the ${time} time`)
    await resumeCampaign(db, { ...seeded, now: START })
  }
})

test('what a campaign reserved and did not draw is given back when it ends', async () => {
  const seeded = await seedDraft({ people: 4, codes: 9, when: { kind: 'now', spreadHours: 2 } })
  const { accountId, coupon } = seeded
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  const sent = new Set(channel.mails.map((mail) => mail.to))
  const waiting = seeded.profileIds.filter((id) => !sent.has(`person-${id}@example.com`))
  await assignCodes(db, { accountId, couponId: coupon.id, profileIds: waiting.slice(0, 2), now: START })
  await run(seeded, channel, after(2 * HOUR))
  assert.deepEqual([channel.mails.length, await available(seeded)], [4, 5])
})
