import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START, seedAccount, seedCodes, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { seedBareCampaign } from '../../../test/seed-campaign.ts'
import type { CouponRow } from '../../coupons/coupon.ts'
import type { Database, Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { reserveCode } from '../../redemptions/reserve.ts'
import { rollbackCode } from '../../redemptions/rollback.ts'
import { listCodes } from '../../reports/codes.ts'
import { reportCouponPage } from '../../reports/coupon-pages.ts'
import { reportFeed, reportProfile } from '../../reports/people.ts'
import { type Assigned, assignCodes } from '../assign.ts'
import { archiveCoupon, editTerms } from '../edit-terms.ts'
import { expireAssignments } from '../expire.ts'
import { countAvailable } from '../pool.ts'
import { reserveCodes } from '../reserve.ts'
import { drawTestCode } from '../test-code.ts'
import { replaceCode } from './replace.ts'
import { revokeCode } from './revoke.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

type Story = { accountId: string; coupon: CouponRow; profileId: string; given: Assigned }

/** Somebody with a code of a coupon that has `codes` more in line. */
async function begin(codes = 3): Promise<Story> {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: codes + 1 })
  const [profileId] = (await seedProfiles(db, account.accountId, 1)) as [string]
  return { accountId: account.accountId, coupon, profileId, given: await give(account.accountId, coupon, profileId) }
}

async function give(accountId: string, coupon: CouponRow, profileId: string, now = START): Promise<Assigned> {
  const [outcome] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId], now })
  assert.ok(outcome && 'codeId' in outcome)
  return outcome
}

const revoke = ({ accountId }: Story, codeId: string, now = START) =>
  revokeCode(db, { accountId, codeId, reason: 'Shared in a forum', now })
const replace = ({ accountId, given }: Story, codeId = given.codeId, now = START) =>
  replaceCode(db, { accountId, codeId, reason: 'Did not work', now })
const order = ({ accountId }: Story, code: string, orderId = 'o-1', now = START) => ({
  accountId,
  code,
  orderId,
  subtotalMinor: 5000,
  currency: 'EUR',
  now,
})
const refusal = (code: string, message?: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && (message?.test(error.message) ?? true)

async function freeCodes({ accountId, coupon }: Story): Promise<{ id: string; code: string }[]> {
  const page = await listCodes(db, {
    accountId,
    couponId: coupon.id,
    state: 'live',
    limit: 50,
    showsCodes: true,
    now: START,
  })
  return page.items
}

async function counts({ accountId, coupon }: Story) {
  return (await reportCouponPage(db, { accountId, couponId: coupon.id, now: START })).counts
}

test('a revoked code is refused at the checkout, shown as revoked with its reason, and its person is given another', async () => {
  const story = await begin()
  const { accountId, profileId, given, coupon } = story
  const revoked = await revoke(story, given.codeId, after(1))
  assert.deepEqual([revoked.profileId, revoked.isInShop], [profileId, false])
  assert.equal((await redeemCode(db, order(story, given.code))).reason, 'withdrawn')
  const shown = await reportProfile(db, { accountId, profileId, showsCodes: true, now: START })
  assert.deepEqual(
    shown.codes.map(({ code, state, revocation }) => [code, state, revocation?.reason, revocation?.shop]),
    [[given.code, 'revoked', 'Shared in a forum', 'none']],
  )
  const feed = await reportFeed(db, { accountId, profileId, showsCodes: true, limit: 10 })
  const [event] = feed.items
  assert.deepEqual(
    [event?.metric, event?.code, event?.properties],
    ['code_revoked', given.code, { reason: 'Shared in a forum' }],
  )
  const next = await give(accountId, coupon, profileId)
  assert.notEqual(next.code, given.code)
  const { made, assigned, withdrawn, live, available } = await counts(story)
  assert.deepEqual([made, assigned, withdrawn, live, available], [4, 2, 1, 3, 2])
})

test('a code in line is revoked too: nobody is given it, and everybody else still gets one', async () => {
  const story = await begin(3)
  const [first] = await freeCodes(story)
  const revoked = await revoke(story, first?.id ?? '')
  assert.equal(revoked.profileId, null)
  const { accountId, coupon } = story
  assert.equal(await countAvailable(db, { accountId, coupon: coupon.id, now: START }), 2)
  const people = await seedProfiles(db, accountId, 3)
  const outcomes = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: people, now: START })
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['assigned', 'assigned', 'exhausted'])
  assert.ok(outcomes.every((outcome) => !('code' in outcome) || outcome.code !== first?.code))
  assert.equal((await redeemCode(db, order(story, first?.code ?? ''))).reason, 'withdrawn')
  const { made, live, withdrawn, assigned, available } = await counts(story)
  assert.deepEqual([made, live, withdrawn, assigned, available], [4, 3, 1, 3, 0])
})

test('a redeemed code is not revoked, and nothing of it changes', async () => {
  const story = await begin()
  const { given } = story
  assert.equal((await redeemCode(db, order(story, given.code))).status, 'redeemed')
  const before = await counts(story)
  await assert.rejects(revoke(story, given.codeId), refusal('code_redeemed', /new code/))
  await assert.rejects(replace(story), refusal('code_redeemed'))
  assert.deepEqual(await counts(story), before)
})

test('a code is revoked once: the second time it is out of use already', async () => {
  const story = await begin()
  await revoke(story, story.given.codeId)
  await assert.rejects(revoke(story, story.given.codeId), refusal('code_state', /out of use already/))
  await assert.rejects(revoke(story, story.coupon.id), refusal('code_not_found'))
  const { rows } =
    await sql`select 1 from events where account_id = ${story.accountId} and metric = 'code_revoked'`.execute(db)
  assert.equal(rows.length, 1)
})

test('what is over is not revoked: an expired code, closed by the clock or not, and one in the line of old terms', async () => {
  const story = await begin()
  const later = after(8 * 86_400)
  await assert.rejects(revoke(story, story.given.codeId, later), refusal('code_state', /expired/))
  await expireAssignments(db, later)
  await assert.rejects(revoke(story, story.given.codeId, later), refusal('code_state', /expired/))
  const [free] = await freeCodes(story)
  const { accountId, coupon } = story
  await editTerms(db, { accountId, couponId: coupon.id, terms: coupon.terms, now: START })
  await assert.rejects(revoke(story, free?.id ?? ''), refusal('code_state', /out of use already/))
})

test('a code of another account is not found', async () => {
  const [mine, other] = [await begin(), await begin()]
  await assert.rejects(revoke(other, mine.given.codeId), refusal('code_not_found'))
})

test('a code that an order holds can be revoked, and the order cannot redeem it afterwards', async () => {
  const story = await begin()
  const [free] = await freeCodes(story)
  assert.ok(free)
  assert.equal((await reserveCode(db, { ...order(story, free.code), seconds: 600 })).status, 'reserved')
  await revoke(story, free.id)
  assert.equal((await redeemCode(db, order(story, free.code))).reason, 'withdrawn')
  const { made, live, withdrawn, available } = await counts(story)
  assert.deepEqual([made, live, withdrawn, available], [4, 3, 1, 2])
})

test('a rollback gives a person their code back; revoked, it is not given back to anybody', async () => {
  const story = await begin()
  await redeemCode(db, order(story, story.given.code))
  await rollbackCode(db, order(story, story.given.code))
  await revoke(story, story.given.codeId)
  assert.equal((await rollbackCode(db, order(story, story.given.code))).status, 'nothing_to_undo')
  assert.equal((await redeemCode(db, order(story, story.given.code))).reason, 'withdrawn')
})

test('the last codes in line that campaigns have reserved stay for them', async () => {
  const story = await begin(2)
  const { accountId, coupon } = story
  const campaignId = await seedBareCampaign(db, accountId, 'Spring')
  const reservation = { accountId, couponId: coupon.id, campaignId, count: 2, mayExceed: false, now: START }
  await db.transaction().execute((trx) => reserveCodes(trx, reservation))
  const [free] = await freeCodes(story)
  await assert.rejects(revoke(story, free?.id ?? ''), refusal('coupon_reserved', /Add codes first/))
  await revoke(story, story.given.codeId)
  await seedCodes(db, accountId, coupon.id, 1)
  await revoke(story, free?.id ?? '')
  assert.equal(await countAvailable(db, { accountId, coupon: coupon.id, campaignId, now: START }), 2)
})

test('the code that testers see can be revoked; they get another, and no count is wrong', async () => {
  const story = await begin(3)
  const { accountId, coupon } = story
  const draw = () => drawTestCode(db, { accountId, couponId: coupon.id, now: START })
  const first = await draw()
  assert.ok('codeId' in first)
  const before = await counts(story)
  await revoke(story, first.codeId)
  assert.deepEqual(await counts(story), before)
  const second = await draw()
  assert.ok('codeId' in second && second.codeId !== first.codeId)
})

test('a replacement is a new code of the same coupon by its newest terms, with a deadline of its own', async () => {
  const story = await begin()
  const { accountId, coupon, profileId, given } = story
  const terms = { ...coupon.terms, expires: { kind: 'after_assignment' as const, seconds: 3600 } }
  await editTerms(db, { accountId, couponId: coupon.id, terms, now: START })
  await seedCodes(db, accountId, coupon.id, 2, after(60))
  const replaced = await replace(story, given.codeId, after(60))
  assert.equal(replaced.profileId, profileId)
  assert.deepEqual(replaced.replacement.expiresAt, new Date(after(3660).getTime() + 1))
  const feed = await reportFeed(db, { accountId, profileId, showsCodes: true, limit: 2 })
  assert.deepEqual(
    feed.items.map(({ metric, code }) => [metric, code]),
    [
      ['code_assigned', replaced.replacement.code],
      ['code_revoked', given.code],
    ],
  )
  const shown = await reportProfile(db, { accountId, profileId, showsCodes: true, now: after(60) })
  assert.deepEqual(
    shown.codes.map(({ code, state, revocation }) => [code, state, revocation?.isReplaced ?? null]).toSorted(),
    [
      [given.code, 'revoked', true],
      [replaced.replacement.code, 'open', null],
    ].toSorted(),
  )
  assert.equal((await redeemCode(db, order(story, given.code, 'o-2', after(61)))).reason, 'withdrawn')
  assert.equal((await redeemCode(db, order(story, replaced.replacement.code, 'o-3', after(61)))).status, 'redeemed')
})

test('without another code nothing happens: the old one still works', async () => {
  const story = await begin(0)
  await assert.rejects(replace(story), refusal('no_code', /nothing was changed/))
  const { accountId, coupon, given } = story
  const { rows } = await sql`select 1 from revocations where account_id = ${accountId}`.execute(db)
  assert.equal(rows.length, 0)
  await archiveCoupon(db, { accountId, couponId: coupon.id, now: START })
  await assert.rejects(replace(story), refusal('coupon_archived'))
  assert.equal((await redeemCode(db, order(story, given.code))).status, 'redeemed')
})

test('a code that nobody has cannot be replaced, and stays in line', async () => {
  const story = await begin()
  const [free] = await freeCodes(story)
  await assert.rejects(replace(story, free?.id ?? ''), refusal('code_state', /Nobody has this code/))
  assert.equal((await redeemCode(db, order(story, free?.code ?? ''))).status, 'redeemed')
})

test('codes that campaigns have reserved are not given as a replacement', async () => {
  const story = await begin(1)
  const { accountId, coupon } = story
  const campaignId = await seedBareCampaign(db, accountId, 'Spring')
  const reservation = { accountId, couponId: coupon.id, campaignId, count: 1, mayExceed: false, now: START }
  await db.transaction().execute((trx) => reserveCodes(trx, reservation))
  await assert.rejects(replace(story), refusal('no_code'))
})
