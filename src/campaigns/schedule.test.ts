import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { CampaignWhen } from '../../contract/campaigns.ts'
import { terms } from '../../contract/coupons.ts'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedCodes, seedProfiles, TWENTY_PERCENT } from '../../test/seed.ts'
import {
  type FakeChannel,
  onList,
  openFakeChannel,
  runInput,
  type SeededCampaign,
  seedCampaign,
} from '../../test/seed-campaign.ts'
import { assignCodes } from '../codes/assign.ts'
import { editTerms } from '../codes/edit-terms.ts'
import { countAvailable } from '../codes/pool.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { updateTemplate } from '../messages/templates.ts'
import { createCampaign, describeCampaign, listCampaignsAtWork, updateCampaign } from './campaigns.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign, unscheduleCampaign } from './moves.ts'
import { reviewCampaign } from './review.ts'
import { runCampaign } from './run-campaign.ts'
import { rescheduleCampaign, scheduleCampaign } from './schedule.ts'

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

async function isAtWork({ campaignId }: SeededCampaign, now: Date): Promise<boolean> {
  return (await listCampaignsAtWork(db, now)).some((work) => work.id === campaignId)
}

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

test('a scheduled campaign keeps its codes until its time, and then goes out', async () => {
  const seeded = await seedDraft({ people: 3, codes: 5, when: at(HOUR) })
  const scheduled = await schedule(seeded)
  assert.deepEqual([scheduled.state, scheduled.startsAt], ['scheduled', after(HOUR).toISOString()])
  assert.equal(await available(seeded), 2)
  const channel = openFakeChannel()
  assert.equal(await isAtWork(seeded, after(HOUR - 1)), false)
  assert.equal(await run(seeded, channel, after(HOUR - 1)), 'later')
  assert.equal(channel.mails.length, 0)
  assert.equal(await isAtWork(seeded, after(HOUR)), true)
  assert.equal(await run(seeded, channel, after(HOUR)), 'done')
  assert.equal(channel.mails.length, 3)
  assert.deepEqual([(await describe(seeded)).state, await available(seeded)], ['sent', 2])
})

test('two campaigns that are scheduled at once cannot both have the last codes', async () => {
  for (let round = 0; round < 5; round += 1) {
    const first = await seedDraft({ people: 5, codes: 7, when: at(HOUR) })
    const audience = onList(first.listId)
    const other = await createCampaign(db, { ...first, name: 'Other', audience, when: at(HOUR), now: START })
    const second = { ...first, campaignId: other.id }
    const results = await Promise.allSettled([schedule(first), schedule(second)])
    const refused = results.filter((result) => result.status === 'rejected')
    assert.equal(refused.length, 1)
    assert.ok(refusal('campaign_not_sendable')(refused[0]?.reason))
    assert.deepEqual(
      new Set([(await describe(first)).state, (await describe(second)).state]),
      new Set(['draft', 'scheduled']),
    )
    assert.equal(await available(first), 2)
  }
})

test('a draw by hand that races with scheduling takes no code that the campaign counts on', async () => {
  for (let round = 0; round < 5; round += 1) {
    const seeded = await seedDraft({ people: 4, codes: 6 })
    const { accountId, coupon } = seeded
    const others = await seedProfiles(db, accountId, 4)
    const draws = others.map((id) => assignCodes(db, { accountId, couponId: coupon.id, profileIds: [id], now: START }))
    const [scheduled] = await Promise.allSettled([schedule(seeded), ...draws])
    if (scheduled.status === 'rejected') continue
    const channel = openFakeChannel()
    await run(seeded, channel, START)
    assert.equal(channel.mails.length, 4)
  }
})

test('scheduling, unscheduling, cancelling and starting race: one after the other, and no code is lost or kept', async () => {
  for (let round = 0; round < 8; round += 1) {
    const seeded = await seedDraft({ people: 3, codes: 5, when: at(HOUR) })
    await schedule(seeded)
    const channel = openFakeChannel()
    const input = { ...seeded, now: after(HOUR) }
    const moves = await Promise.allSettled([
      unscheduleCampaign(db, input),
      cancelCampaign(db, input),
      run(seeded, channel, after(HOUR)),
      rescheduleCampaign(db, { ...input, channel: 'outbox', when: at(3 * HOUR) }),
    ])
    for (const move of moves)
      if (move.status === 'rejected') assert.ok(refusal('campaign_state')(move.reason), `${move.reason}`)
    const { state, counts } = await describe(seeded)
    assert.ok(['draft', 'cancelled', 'sent'].includes(state), state)
    assert.equal(counts.sent, channel.mails.length)
    const { rows } = await sql`select 1 from code_reservations where account_id = ${seeded.accountId}`.execute(db)
    assert.equal(rows.length, 0, `a campaign that is ${state} has codes reserved`)
  }
})

test('unscheduling gives the codes back; the terms can be edited again, and the newest template goes out', async () => {
  const seeded = await seedDraft({ people: 3, when: at(HOUR) })
  const { accountId, coupon } = seeded
  await schedule(seeded)
  await updateTemplate(db, { ...seeded, subject: 'Newer', now: START })
  const edit = () => editTerms(db, { accountId, couponId: coupon.id, terms: terms.parse(TWENTY_PERCENT), now: START })
  await assert.rejects(edit, refusal('coupon_reserved'))
  await assert.rejects(updateCampaign(db, { ...seeded, name: 'Other' }), refusal('campaign_state'))
  assert.equal((await unscheduleCampaign(db, { ...seeded, now: START })).state, 'draft')
  assert.equal(await available(seeded), 3)
  await edit()
  await seedCodes(db, accountId, coupon.id, 3)
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, after(HOUR))
  assert.deepEqual(
    channel.mails.map((mail) => mail.subject),
    ['Newer', 'Newer', 'Newer'],
  )
})

test('a time that has passed, or lies more than a year ahead, is refused; so is a reschedule to it', async () => {
  const seeded = await seedDraft({ people: 1, when: at(-1) })
  const problems = async () => (await review(seeded)).problems.map((problem) => problem.code)
  assert.deepEqual(await problems(), ['time_passed'])
  await assert.rejects(schedule(seeded), refusal('campaign_not_sendable'))
  await updateCampaign(db, { ...seeded, when: at(367 * 86_400) })
  assert.deepEqual(await problems(), ['time_too_far'])
  await updateCampaign(db, { ...seeded, when: at(HOUR) })
  await schedule(seeded)
  const input = { ...seeded, channel: 'outbox' as const, now: START }
  await assert.rejects(rescheduleCampaign(db, { ...input, when: at(0) }), refusal('campaign_not_sendable'))
  assert.equal((await describe(seeded)).startsAt, after(HOUR).toISOString())
  assert.equal((await rescheduleCampaign(db, { ...input, when: at(60) })).startsAt, after(60).toISOString())
  assert.equal((await rescheduleCampaign(db, { ...input, when: { kind: 'now', spreadHours: 0 } })).state, 'preparing')
})

test('a coupon that expires before the last mail is refused', async () => {
  const seeded = await seedDraft({ people: 50, when: at(HOUR, 3) })
  const expires = { kind: 'at' as const, at: after(2 * HOUR).toISOString() }
  const { accountId, coupon } = seeded
  await editTerms(db, {
    accountId,
    couponId: coupon.id,
    terms: terms.parse({ ...TWENTY_PERCENT, expires }),
    now: START,
  })
  await seedCodes(db, accountId, coupon.id, 50)
  const problems = async () => (await review(seeded)).problems.map(({ code }) => code)
  assert.deepEqual(await problems(), ['coupon_expired'])
  await updateCampaign(db, { ...seeded, when: at(HOUR) })
  assert.deepEqual(await problems(), [])
  await updateCampaign(db, { ...seeded, when: at(2 * HOUR) })
  assert.deepEqual(await problems(), ['coupon_expired'])
})

test('a campaign that is spread sends evenly, each person at the same time whenever it is asked', async () => {
  const seeded = await seedDraft({ people: 400, when: { kind: 'now', spreadHours: 4 } })
  assert.ok(new Date((await review(seeded)).endsAt) > after(3.8 * HOUR))
  await schedule(seeded)
  const channel = openFakeChannel()
  const counts: number[] = []
  for (const hours of [0, 1, 2, 3, 4]) {
    const result = await run(seeded, channel, after(hours * HOUR))
    assert.equal(result, hours === 4 ? 'done' : 'later')
    counts.push(channel.mails.length)
  }
  const [none = 0, first = 0, second = 0, third = 0, all = 0] = counts
  assert.ok(none < 10 && all === 400, `${counts}`)
  for (const part of [first - none, second - first, third - second, all - third])
    assert.ok(part > 60 && part < 140, `${counts}`)
  assert.equal(await isAtWork(seeded, after(5 * HOUR)), false)
})

test('between two messages that are due a worker does not look at the campaign, and codes are drawn when they are due', async () => {
  const seeded = await seedDraft({ people: 5, when: { kind: 'now', spreadHours: 4 } })
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  const { rows } = await sql<{ dueAt: Date }>`
    select due_at as "dueAt" from messages where campaign_id = ${seeded.campaignId} and state = 'planned' order by due_at`.execute(
    db,
  )
  const next = rows[0]?.dueAt
  assert.ok(next)
  assert.equal(await isAtWork(seeded, new Date(next.getTime() - 1)), false)
  assert.equal(await isAtWork(seeded, next), true)
  const { rows: drawn } = await sql`select 1 from assignments where account_id = ${seeded.accountId}`.execute(db)
  assert.equal(drawn.length, 5 - rows.length)
})

test('at local times each gets it when their clocks show it: by their zone, else their phone, else the account', async () => {
  const seeded = await seedDraft({ people: 7, when: { kind: 'local', at: '2027-03-02T09:00' } })
  const { accountId, profileIds } = seeded
  await sql`update accounts set time_zone = 'America/New_York' where id = ${accountId}`.execute(db)
  const set = (nth: number, properties: Record<string, string>, phone: string | null = null) =>
    sql`update profiles set properties = ${JSON.stringify(properties)}::jsonb, phone = ${phone} where id = ${profileIds[nth] ?? ''}`.execute(
      db,
    )
  await set(0, { $timezone: 'Asia/Tokyo', timezone: 'Europe/Berlin' })
  await set(1, { timezone: 'Europe/Berlin' })
  await set(2, { $timezone: 'Mars/Phobos', timezone: 'Europe/London' })
  await set(3, {}, '+4915112345678')
  await set(4, { timezone: 'GMT+2 (Berlin)' }, '+12125550123')
  await set(5, {}, '+34612345678')
  await schedule(seeded)
  await run(seeded, openFakeChannel(), new Date('2027-03-01T20:00:00Z'))
  const { rows } = await sql<{ profileId: string; dueAt: Date }>`
    select profile_id as "profileId", due_at as "dueAt" from messages where campaign_id = ${seeded.campaignId}`.execute(
    db,
  )
  const due = new Map(rows.map((row) => [row.profileId, row.dueAt.toISOString().slice(5, 16)]))
  assert.deepEqual(
    profileIds.map((id) => due.get(id)),
    ['03-02T00:00', '03-02T08:00', '03-02T09:00', '03-02T08:00', '03-02T14:00', '03-02T14:00', '03-02T14:00'],
  )
})

test('whose local time has passed already gets it at once, and the review says how many', async () => {
  const seeded = await seedDraft({ people: 3, when: { kind: 'local', at: '2027-03-01T09:00' } })
  const [tokyo = ''] = seeded.profileIds
  await sql`update profiles set properties = '{"$timezone": "Asia/Tokyo"}' where id = ${tokyo}`.execute(db)
  await sql`update accounts set time_zone = 'America/New_York' where id = ${seeded.accountId}`.execute(db)
  const { notices, problems, startsAt } = await review(seeded)
  assert.deepEqual([problems, startsAt], [[], START.toISOString()])
  assert.deepEqual(
    notices.map(({ code, data }) => [code, data.passed]),
    [['local_time_passed', 1]],
  )
  assert.equal((await schedule(seeded)).state, 'preparing')
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  assert.deepEqual(
    channel.mails.map((mail) => mail.to),
    [`person-${tokyo}@example.com`],
  )
  await run(seeded, channel, new Date('2027-03-01T14:00:00Z'))
  assert.equal(channel.mails.length, 3)
})

test('a paused campaign keeps its codes, and what became due meanwhile goes out when it is resumed', async () => {
  const seeded = await seedDraft({ people: 4, when: { kind: 'now', spreadHours: 2 } })
  await schedule(seeded)
  const channel = openFakeChannel()
  await run(seeded, channel, START)
  await pauseCampaign(db, { ...seeded, now: START })
  assert.equal(await available(seeded), 0)
  await resumeCampaign(db, { ...seeded, now: after(3 * HOUR) })
  assert.equal(await run(seeded, channel, after(3 * HOUR)), 'done')
  assert.equal(channel.mails.length, 4)
})
