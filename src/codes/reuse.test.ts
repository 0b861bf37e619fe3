import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { ReusePolicy } from '../../contract/coupons.ts'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedAccount, seedCodes, seedCoupon, seedProfiles } from '../../test/seed.ts'
import { seedBareCampaign } from '../../test/seed-campaign.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { redeemCode } from '../redemptions/redeem.ts'
import { rollbackCode } from '../redemptions/rollback.ts'
import { type AssignOutcome, assignCodes } from './assign.ts'
import { createAssignQueue } from './assign-queue.ts'
import { changeCoupon } from './change-coupon.ts'
import { expireAssignments } from './expire.ts'
import { countAvailable } from './pool.ts'
import { reserveCodes } from './reserve.ts'
import { replaceCode } from './revoke/replace.ts'
import { revokeCode } from './revoke/revoke.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const WEEK = 7 * 86_400
const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

type Story = { accountId: string; coupon: CouponRow; profileId: string }

async function begin(policy: ReusePolicy, codes = 9): Promise<Story> {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes, reusePolicy: policy })
  const [profileId] = (await seedProfiles(db, account.accountId, 1)) as [string]
  return { accountId: account.accountId, coupon, profileId }
}

type Given = Extract<AssignOutcome, { codeId: string }>

async function draw(story: Story, occasion: { entry?: string; campaignId?: string } = {}, now = START) {
  const { accountId, coupon, profileId } = story
  const [outcome] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId], ...occasion, now })
  assert.ok(outcome)
  return outcome
}

async function drawCode(...given: Parameters<typeof draw>): Promise<Given> {
  const outcome = await draw(...given)
  assert.ok('codeId' in outcome, outcome.status)
  return outcome
}

const order = ({ accountId }: Story, code: string, now = START) => ({
  accountId,
  code,
  orderId: 'o-1',
  subtotalMinor: 5000,
  currency: 'EUR',
  now,
})

test('new_each_entry: another entry gives a new code while the earlier one is open, the same entry the same code', async () => {
  const story = await begin('new_each_entry')
  const first = await drawCode(story, { entry: 'order 1' })
  const again = await drawCode(story, { entry: 'order 1' }, after(60))
  const second = await drawCode(story, { entry: 'order 2' }, after(60))
  assert.deepEqual([first.status, again.status, second.status], ['assigned', 'kept', 'assigned'])
  assert.equal(again.code, first.code)
  assert.notEqual(second.code, first.code)
  for (const { code } of [first, second])
    assert.equal((await redeemCode(db, { ...order(story, code, after(90)), orderId: code })).status, 'redeemed')
})

test('new_each_entry: an entry whose code is used or expired gets no second one, however often it is asked', async () => {
  const story = await begin('new_each_entry')
  const { code } = await drawCode(story, { entry: 'order 1' })
  await drawCode(story, { entry: 'order 2' })
  await redeemCode(db, order(story, code))
  assert.equal((await draw(story, { entry: 'order 1' })).status, 'already_had')
  assert.equal((await draw(story, { entry: 'order 2' }, after(WEEK))).status, 'already_had')
  assert.equal((await draw(story, { entry: 'order 3' }, after(WEEK))).status, 'assigned')
})

test('new_each_entry: each campaign draws a code of its own, and an entry with the name of one is another', async () => {
  const story = await begin('new_each_entry')
  const [one, other] = [
    await seedBareCampaign(db, story.accountId, 'One'),
    await seedBareCampaign(db, story.accountId, 'Other'),
  ]
  const occasions = [{ campaignId: one }, { campaignId: one }, { campaignId: other }, { entry: one }]
  const codes: string[] = []
  for (const occasion of occasions) codes.push((await drawCode(story, occasion)).code)
  assert.equal(codes[0], codes[1])
  assert.equal(new Set(codes).size, 3)
})

test('new_each_entry: a campaign whose code is over before its message goes out draws another for the person', async () => {
  const story = await begin('new_each_entry')
  const campaignId = await seedBareCampaign(db, story.accountId, 'Spring')
  const first = await drawCode(story, { campaignId })
  assert.equal((await draw(story, { campaignId }, after(WEEK - 1))).status, 'kept')
  const second = await drawCode(story, { campaignId }, after(WEEK))
  assert.deepEqual([second.status, second.code === first.code], ['assigned', false])
  assert.deepEqual(await draw(story, { campaignId }, after(WEEK + 1)), { ...second, status: 'kept' })
})

test('new_each_entry: a draw that names no entry is refused and draws nothing', async () => {
  const story = await begin('new_each_entry')
  await assert.rejects(draw(story), refusal('entry_required'))
  assert.equal(await countAvailable(db, { ...story, coupon: story.coupon.id, now: START }), 9)
})

test('the other policies do not look at the entry', async () => {
  for (const policy of ['until_used_or_expired', 'once'] as const) {
    const story = await begin(policy)
    const first = await drawCode(story, { entry: 'order 1' })
    assert.deepEqual(await draw(story, { entry: 'order 2' }), { ...first, status: 'kept' })
    assert.deepEqual(await draw(story), { ...first, status: 'kept' })
  }
})

test('once: who has an open code keeps it; after redemption or expiry there is never another, whatever is in line', async () => {
  const [used, expired, closed] = [await begin('once'), await begin('once'), await begin('once')]
  const { code } = await drawCode(used)
  assert.equal((await draw(used, {}, after(60))).status, 'kept')
  await redeemCode(db, order(used, code))
  assert.deepEqual(await draw(used), { status: 'already_had', profileId: used.profileId })
  await drawCode(expired)
  assert.equal((await draw(expired, {}, after(WEEK))).status, 'already_had')
  await drawCode(closed)
  await expireAssignments(db, after(WEEK))
  const campaignId = await seedBareCampaign(db, closed.accountId, 'One')
  assert.equal((await draw(closed, { campaignId }, after(WEEK))).status, 'already_had')
  assert.equal(await countAvailable(db, { ...used, coupon: used.coupon.id, now: START }), 8)
})

test('once: with an empty line, who had theirs is told so, and who never had one finds it empty', async () => {
  const story = await begin('once', 1)
  const { code } = await drawCode(story)
  await redeemCode(db, order(story, code))
  const [other] = (await seedProfiles(db, story.accountId, 1)) as [string]
  assert.equal((await draw(story)).status, 'already_had')
  assert.equal((await draw({ ...story, profileId: other })).status, 'exhausted')
})

test('a code taken back by hand makes room for another in its place, and a replacement is given in that place', async () => {
  for (const policy of ['once', 'new_each_entry'] as const) {
    const story = await begin(policy)
    const { accountId } = story
    const byHand = (codeId: string, seconds: number) => ({ accountId, codeId, reason: 'Lost', now: after(seconds) })
    const first = await drawCode(story, { entry: 'order 1' })
    const { replacement } = await replaceCode(db, byHand(first.codeId, 1))
    assert.equal((await drawCode(story, { entry: 'order 1' }, after(2))).code, replacement.code)
    await revokeCode(db, byHand(replacement.codeId, 3))
    const third = await drawCode(story, { entry: 'order 1' }, after(4))
    assert.equal(third.status, 'assigned')
    await redeemCode(db, order(story, third.code, after(5)))
    assert.equal((await draw(story, { entry: 'order 1' }, after(6))).status, 'already_had')
    await assert.rejects(replaceCode(db, byHand(third.codeId, 7)), {
      code: 'code_redeemed',
      message: policy === 'once' ? /one of another coupon/ : /Give the person a new code/,
    })
  }
})

test('a redemption that is undone opens the code again, also beside an open one of another entry', async () => {
  for (const policy of ['once', 'new_each_entry'] as const) {
    const story = await begin(policy)
    const first = await drawCode(story, { entry: 'order 1' })
    await redeemCode(db, order(story, first.code))
    await draw(story, { entry: 'order 2' })
    assert.equal((await rollbackCode(db, order(story, first.code))).status, 'rolled_back')
    assert.deepEqual(await draw(story, { entry: 'order 1' }), { ...first, status: 'kept' })
  }
})

test('200 racing assignments of 60 people from a pool of 50 give 50 codes, one for each place, by either policy', async () => {
  for (const policy of ['new_each_entry', 'once'] as const) {
    const { accountId, coupon } = await begin(policy, 50)
    const people = await seedProfiles(db, accountId, 60)
    const assignOne = createAssignQueue(db)
    const calls = Array.from({ length: 200 }, (_, i) => {
      const entry = `order ${Math.floor(i / 60) % 2}`
      const profileId = people[i % 60] as string
      const input = { accountId, couponId: coupon.id, entry, now: START }
      const work =
        i % 4 < 2
          ? assignOne({ ...input, profileId })
          : assignCodes(db, { ...input, profileIds: [profileId] }).then(([outcome]) => outcome)
      return work.then((outcome) => ({
        outcome,
        place: policy === 'new_each_entry' ? `${profileId} ${entry}` : profileId,
      }))
    })
    const codes = new Map<string, string>()
    for (const { outcome, place } of await Promise.all(calls)) {
      if (!outcome || !('code' in outcome)) continue
      assert.equal(codes.get(place) ?? outcome.code, outcome.code, `${policy}: two codes in one place`)
      codes.set(place, outcome.code)
    }
    assert.deepEqual([codes.size, new Set(codes.values()).size], [50, 50], policy)
    const { rows } = await sql<{ count: number }>`
        select count(*) as count from assignments where account_id = ${accountId}`.execute(db)
    assert.equal(rows[0]?.count, 50)
  }
})

test('gathered single calls for several entries of one person give each entry its own code', async () => {
  const { accountId, coupon, profileId } = await begin('new_each_entry')
  const assignOne = createAssignQueue(db)
  const entries = ['order 1', 'order 2', 'order 1', 'order 3', 'order 2']
  const outcomes = await Promise.all(
    entries.map((entry) => assignOne({ accountId, couponId: coupon.id, profileId, entry, now: START })),
  )
  const codes = outcomes.map((outcome) => ('code' in outcome ? outcome.code : null))
  assert.deepEqual(new Set(codes).size, 3)
  assert.deepEqual([codes[2], codes[4]], [codes[0], codes[1]])
})

test('the database itself refuses a second code in a place: open ones of every policy, used ones where the place has a name', async () => {
  const cases = [
    { policy: 'until_used_or_expired', state: 'open', refused: 'assignments_open' },
    { policy: 'until_used_or_expired', state: 'redeemed', refused: null },
    { policy: 'new_each_entry', state: 'open', refused: 'assignments_open' },
    { policy: 'new_each_entry', state: 'redeemed', refused: 'assignments_scope' },
    { policy: 'once', state: 'expired', refused: 'assignments_scope' },
    { policy: 'once', state: 'revoked', refused: null },
  ] as const
  for (const { policy, state, refused } of cases) {
    const story = await begin(policy)
    const { codeId } = await drawCode(story, { entry: 'order 1' })
    await sql`update assignments set state = ${state} where account_id = ${story.accountId} and code_id = ${codeId}`.execute(
      db,
    )
    const second = sql`
      insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, scope, assigned_at)
      select account_id, uuid_v7(${START}), pool_id, coupon_id, profile_id, 'open', scope, assigned_at from assignments
      where account_id = ${story.accountId} and code_id = ${codeId}`.execute(db)
    const broken = await second.then(
      () => null,
      (error: unknown) => brokenConstraint(error),
    )
    const expected: (string | null)[] =
      refused === 'assignments_open' ? ['assignments_open', 'assignments_scope'] : [refused]
    assert.ok(expected.includes(broken ?? null), `${policy}, ${state}: ${broken}`)
  }
})

test('the policy can be changed until somebody was given a code or a campaign reserved one', async () => {
  const story = await begin('until_used_or_expired')
  const { accountId, coupon } = story
  const change = (policy: ReusePolicy) => changeCoupon(db, { accountId, couponId: coupon.id, reusePolicy: policy })
  await change('once')
  assert.equal((await requireCoupon(db, { accountId, coupon: coupon.id })).reusePolicy, 'once')
  const campaignId = await seedBareCampaign(db, accountId, 'Spring')
  const reservation = { accountId, couponId: coupon.id, campaignId, count: 1, mayExceed: false, now: START }
  await db.transaction().execute((trx) => reserveCodes(trx, reservation))
  await assert.rejects(change('new_each_entry'), refusal('reuse_policy_fixed'))
  await sql`delete from code_reservations where account_id = ${accountId}`.execute(db)
  await change('new_each_entry')
  await drawCode(story, { entry: 'order 1' })
  await assert.rejects(change('once'), refusal('reuse_policy_fixed'))
  await changeCoupon(db, { accountId, couponId: coupon.id, reusePolicy: 'new_each_entry', description: 'Thanks' })
  const now = await requireCoupon(db, { accountId, coupon: coupon.id })
  assert.deepEqual([now.reusePolicy, now.description], ['new_each_entry', 'Thanks'])
})

test('of a draw and a change of the policy at the same moment one comes first, and the code is of the policy that it was drawn by', async () => {
  for (let i = 0; i < 10; i += 1) {
    const story = await begin('until_used_or_expired')
    const { accountId, coupon } = story
    const [, changed] = await Promise.allSettled([
      draw(story, { entry: 'order 1' }),
      changeCoupon(db, { accountId, couponId: coupon.id, reusePolicy: 'once' }),
    ])
    const { rows } = await sql<{
      scope: string
    }>`select scope from assignments where account_id = ${accountId}`.execute(db)
    assert.deepEqual(rows, [{ scope: changed.status === 'fulfilled' ? 'once' : '' }])
  }
})

test('codes added later are drawn by the policy too', async () => {
  const story = await begin('once', 0)
  assert.equal((await draw(story)).status, 'exhausted')
  await seedCodes(db, story.accountId, story.coupon.id, 2)
  const { code } = await drawCode(story)
  assert.equal((await drawCode(story)).code, code)
})
