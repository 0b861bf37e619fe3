import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START } from '../../test/seed.ts'
import {
  MAIL,
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../test/seed-campaign.ts'
import { assignCodes } from '../codes/assign.ts'
import { runAddCodes } from '../codes/generate.ts'
import { countAvailable } from '../codes/pool.ts'
import { revokeCode } from '../codes/revoke/revoke.ts'
import type { Database, Db } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { findWebView } from '../messages/find-sent.ts'
import { resendMessage } from '../messages/resend/resend-message.ts'
import { createMailCache, createTemplate } from '../messages/templates.ts'
import { redeemCode } from '../redemptions/redeem.ts'
import { reportCampaign } from '../reports/campaigns.ts'
import { reportCouponPage } from '../reports/coupon-pages.ts'
import { addMissingCodes } from './add-missing.ts'
import { copyCampaign, updateCampaign } from './campaigns.ts'
import { reviewCampaign } from './review.ts'
import { runCampaign } from './run-campaign.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const review = (seeded: SeededCampaign) => reviewCampaign(db, { ...seeded, channel: 'outbox', now: START })

/** The same campaign once more, to the same people, as a draft. */
async function repeat(seeded: SeededCampaign): Promise<SeededCampaign> {
  const { id } = await copyCampaign(db, { ...seeded, now: START })
  await updateCampaign(db, { ...seeded, campaignId: id, smartSending: false })
  return { ...seeded, campaignId: id }
}

async function send(seeded: SeededCampaign): Promise<void> {
  await start(db, seeded)
  await runCampaign(db, runInput(seeded, openFakeChannel()))
}

type Told = { profileId: string; messageId: string; state: string; reason: string | null; codes: string[] }

/** What became of the messages of a campaign, by person. */
async function readTold({ accountId, campaignId }: SeededCampaign): Promise<Map<string, Told>> {
  const { rows } = await sql<{ id: string }>`
    select id from messages where account_id = ${accountId} and campaign_id = ${campaignId} and kind = 'campaign'`.execute(
    db,
  )
  const ids = new Set(rows.map((row) => row.id))
  const messages = (await readMessages(db, accountId)).filter((message) => ids.has(message.id))
  return new Map(messages.map((message) => [message.profileId, { ...message, messageId: message.id }]))
}

const order = ({ accountId }: SeededCampaign, code: string) => ({
  accountId,
  code,
  orderId: code,
  subtotalMinor: 5000,
  currency: 'EUR',
  now: START,
})

test('new_each_entry: every campaign draws for everybody, and a person’s codes of both are good', async () => {
  const first = await seedCampaign(db, { people: 5, codes: 8, reusePolicy: 'new_each_entry' })
  await send(first)
  const second = await repeat(first)
  const found = await review(second)
  const [need] = found.coupons
  assert.deepEqual([need?.needed, need?.kept, need?.alreadyHad, need?.missing], [5, 0, 0, 2])
  assert.deepEqual(
    found.problems.map((problem) => problem.code),
    ['codes_missing'],
  )
  const { jobs } = await addMissingCodes(db, { ...second, channel: 'outbox', now: START })
  assert.deepEqual(
    jobs.map((job) => job.wanted),
    [2],
  )
  await runAddCodes(db, { ...second, jobId: jobs[0]?.id ?? '', now: () => START })
  await send(second)
  const [before, now] = [await readTold(first), await readTold(second)]
  const all = [...before.values(), ...now.values()].flatMap((message) => message.codes)
  assert.deepEqual([all.length, new Set(all).size], [10, 10])
  for (const code of [
    ...(before.get(first.profileIds[0] ?? '')?.codes ?? []),
    ...(now.get(first.profileIds[0] ?? '')?.codes ?? []),
  ])
    assert.equal((await redeemCode(db, order(first, code))).status, 'redeemed')
  const { counts } = await reportCouponPage(db, { ...first, couponId: first.coupon.id, now: START })
  assert.deepEqual([counts.assigned, counts.redeemed, counts.available, counts.reserved], [10, 2, 0, 0])
  const reports = [await reportCampaign(db, first), await reportCampaign(db, second)]
  assert.deepEqual(
    reports.map((report) => report.sent),
    [5, 5],
  )
})

test('new_each_entry: while the second campaign waits, its codes are reserved for everybody', async () => {
  const first = await seedCampaign(db, { people: 3, codes: 7, reusePolicy: 'new_each_entry' })
  await send(first)
  const second = await repeat(first)
  await start(db, second)
  assert.equal(await countAvailable(db, { ...first, coupon: first.coupon.id, now: START }), 1)
})

test('new_each_entry: the page of each message and a copy sent again show its own code', async () => {
  const first = await seedCampaign(db, { people: 1, codes: 3, reusePolicy: 'new_each_entry' })
  const [profileId] = first.profileIds as [string]
  const second = await repeat(first)
  await send(first)
  await send(second)
  const deps = { publicUrl: 'https://shop.example', secret: 's'.repeat(32), mails: createMailCache() }
  const { accountId } = first
  for (const campaign of [first, second]) {
    const told = (await readTold(campaign)).get(profileId)
    const [code] = told?.codes ?? []
    const page = await findWebView(db, deps, { accountId, messageId: told?.messageId ?? '' })
    assert.ok(code && page?.html.includes(code))
    const { rows } = await sql<{
      id: string
    }>`select id from codes where account_id = ${accountId} and code = ${code}`.execute(db)
    const asked = {
      accountId,
      codeId: rows[0]?.id ?? '',
      requestKey: newId(),
      channel: 'outbox' as const,
      now: after(60),
    }
    const resent = await resendMessage(db, asked)
    const copy = (await readMessages(db, accountId)).find((message) => message.id === resent.id)
    assert.deepEqual(copy?.codes, [code])
  }
})

test('new_each_entry: after a power cut between draw and message, and with three workers at once, each message has one code', async () => {
  const seeded = await seedCampaign(db, { people: 40, codes: 40, reusePolicy: 'new_each_entry' })
  const other = await createTemplate(db, { accountId: seeded.accountId, name: 'Other', ...MAIL, now: START })
  await updateCampaign(db, {
    ...seeded,
    ab: { templateId: other.id, sharePercent: 100, metric: 'clicked', afterHours: 1 },
  })
  await start(db, seeded)
  await sql`create function cut_here() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`.execute(
    db,
  )
  await sql`create trigger power_cut before insert on message_codes execute function cut_here()`.execute(db)
  await assert.rejects(runCampaign(db, runInput(seeded, openFakeChannel())), /power cut/)
  await sql`drop trigger power_cut on message_codes`.execute(db)
  const channel = openFakeChannel()
  await Promise.all([1, 2, 3].map(() => runCampaign(db, runInput(seeded, channel))))
  const told = [...(await readTold(seeded)).values()]
  assert.deepEqual([channel.mails.length, new Set(told.flatMap((message) => message.codes)).size], [40, 40])
  const { rows } = await sql<{
    count: number
  }>`select count(*) as count from assignments where account_id = ${seeded.accountId}`.execute(db)
  assert.equal(rows[0]?.count, 40)
})

test('once: the second campaign shows open codes again, skips who had theirs, and draws for those who never had one', async () => {
  const first = await seedCampaign(db, { people: 4, codes: 4, reusePolicy: 'once' })
  const { accountId, coupon, profileIds } = first
  const [used, expired, keeper, fresh] = profileIds as [string, string, string, string]
  const outcomes = await assignCodes(db, {
    accountId,
    couponId: coupon.id,
    profileIds: [used, expired, keeper],
    now: START,
  })
  const codeOf = (id: string) => {
    const outcome = outcomes.find(({ profileId }) => profileId === id)
    assert.ok(outcome && 'code' in outcome)
    return outcome
  }
  await redeemCode(db, order(first, codeOf(used).code))
  await sql`update assignments set expires_at = ${after(-1)} where account_id = ${accountId} and profile_id = ${expired}`.execute(
    db,
  )
  const found = await review(first)
  const [need] = found.coupons
  assert.deepEqual([need?.needed, need?.kept, need?.alreadyHad, need?.available, need?.missing], [1, 1, 2, 1, 0])
  assert.deepEqual([found.problems, found.notices.map((notice) => notice.code)], [[], ['already_had']])
  assert.match(found.notices[0]?.message ?? '', /they had theirs .*: 2\./)
  await send(first)
  const told = await readTold(first)
  const seen = (id: string) => [told.get(id)?.state, told.get(id)?.reason]
  assert.deepEqual([used, expired].map(seen), [
    ['skipped', 'already_had'],
    ['skipped', 'already_had'],
  ])
  assert.deepEqual([keeper, fresh].map(seen), [
    ['sent', null],
    ['sent', null],
  ])
  assert.deepEqual(told.get(keeper)?.codes, [codeOf(keeper).code])
  const report = await reportCampaign(db, first)
  assert.deepEqual([report.sent, report.skippedBecause], [2, [{ reason: 'already_had', count: 2 }]])
  const { counts } = await reportCouponPage(db, { accountId, couponId: coupon.id, now: START })
  assert.deepEqual([counts.assigned, counts.available, counts.reserved], [4, 0, 0])
})

test('once: where people are held until codes are there, who had theirs does not wait for one', async () => {
  const seeded = await seedCampaign(db, { people: 2, codes: 1, reusePolicy: 'once' })
  const { accountId, coupon, profileIds } = seeded
  const [used] = profileIds as [string]
  const [outcome] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [used], now: START })
  assert.ok(outcome && 'code' in outcome)
  await redeemCode(db, order(seeded, outcome.code))
  await updateCampaign(db, { ...seeded, holdWithoutCode: true })
  await send(seeded)
  const told = await readTold(seeded)
  assert.deepEqual(
    profileIds.map((id) => [told.get(id)?.state, told.get(id)?.reason]),
    [
      ['skipped', 'already_had'],
      ['planned', 'no_code'],
    ],
  )
})

test('once: a code taken back by hand counts as never had', async () => {
  const seeded = await seedCampaign(db, { people: 1, codes: 2, reusePolicy: 'once' })
  const { accountId, coupon, profileIds } = seeded
  const [outcome] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds, now: START })
  assert.ok(outcome && 'codeId' in outcome)
  await revokeCode(db, { accountId, codeId: outcome.codeId, reason: 'Lost', now: START })
  const [need] = (await review(seeded)).coupons
  assert.deepEqual([need?.needed, need?.alreadyHad], [1, 0])
  await send(seeded)
  assert.equal((await readTold(seeded)).get(profileIds[0] ?? '')?.state, 'sent')
})
