import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { type CheckoutReply, REFUSAL_TEXT } from '../../contract/codes.ts'
import { openTestDatabase } from '../../test/database.ts'
import {
  drawCode,
  NOW,
  type SeededCoupon,
  seedAccount,
  seedCode,
  seedCodes,
  seedCoupon,
  seedProfile,
  seedStore,
} from '../../test/seed-redemptions.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { redeemCode } from './redeem.ts'
import { createRedeemQueue } from './redeem-queue.ts'
import { reserveCode } from './reserve.ts'
import { rollbackCode } from './rollback.ts'
import { validateCode } from './validate.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const CODE = 'WELCOME20-23456789ABC'
const cart = <More extends object>(coupon: { accountId: string }, more: More = {} as More) => ({
  accountId: coupon.accountId,
  code: CODE,
  subtotalMinor: 5000,
  currency: 'EUR',
  now: NOW,
  ...more,
})
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)

async function assigned(options: Parameters<typeof seedCoupon>[1] = {}, email = 'ada@example.com') {
  const coupon = await seedCoupon(database.db, options)
  const profileId = await seedProfile(database.db, coupon.accountId, email)
  const codeId = await seedCode(database.db, coupon, CODE, { profileId })
  return { coupon, profileId, codeId }
}

async function readCode(coupon: SeededCoupon, codeId: string) {
  const { rows } = await sql<{ state: string; assignment: string | null; sum: number; accepted: number }>`
    select c.state, (select a.state from assignments a where a.account_id = c.account_id and a.code_id = c.id) as assignment,
      (select coalesce(sum(delta), 0) from redemption_ledger l where l.account_id = c.account_id and l.code_id = c.id) as sum,
      (select count(*) from redemptions r where r.account_id = c.account_id and r.code_id = c.id and r.state = 'accepted') as accepted
    from codes c where c.account_id = ${coupon.accountId}::uuid and c.id = ${codeId}::uuid`.execute(database.db)
  return rows[0]
}

async function readEvents(accountId: string) {
  const { rows } = await sql<{ metric: string; profileId: string; properties: Record<string, unknown> }>`
    select metric, profile_id as "profileId", properties from events where account_id = ${accountId}::uuid order by at, metric`.execute(
    database.db,
  )
  return rows
}

function refusal(reply: CheckoutReply): string | null {
  assert.equal(reply.status, 'refused')
  assert.equal(reply.message, REFUSAL_TEXT)
  assert.equal(reply.discountMinor, null)
  assert.equal(reply.redemptionId, null)
  return reply.reason
}

test('a valid code tells what it takes off and changes nothing', async () => {
  const { coupon, codeId } = await assigned()
  const reply = await validateCode(
    database.db,
    cart(coupon, { code: ' welcome20-23456789abc ', email: 'ADA@example.com' }),
  )
  assert.deepEqual(reply, {
    status: 'valid',
    message: null,
    reason: null,
    coupon: 'WELCOME20',
    code: CODE,
    discountMinor: 1000,
    currency: 'EUR',
    freeShipping: false,
    combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false },
    expiresAt: null,
    reservedUntil: null,
    redemptionId: null,
    recipientMatches: true,
  })
  assert.deepEqual(await readCode(coupon, codeId), { state: 'live', assignment: 'open', sum: 0, accepted: 0 })
})

test('a code typed with look-alikes and without its dash is found', async () => {
  const { coupon } = await assigned()
  const reply = await validateCode(database.db, cart(coupon, { code: 'we1c0me2o23456789 abc' }))
  assert.equal(reply.code, CODE)
})

test('a redeemed code is stored with order, ledger and event, and its profile may get a fresh one', async () => {
  const { coupon, profileId, codeId } = await assigned()
  const reply = await redeemCode(database.db, cart(coupon, { orderId: 'o-1', email: 'eve@example.com' }))
  assert.equal(reply.status, 'redeemed')
  assert.equal(reply.discountMinor, 1000)
  assert.equal(reply.recipientMatches, false)
  assert.ok(reply.redemptionId)
  assert.deepEqual(await readCode(coupon, codeId), { state: 'redeemed', assignment: 'redeemed', sum: 1, accepted: 1 })
  const events = await readEvents(coupon.accountId)
  assert.deepEqual(
    events.filter((event) => event.metric !== 'code_assigned'),
    [
      {
        metric: 'code_redeemed',
        profileId,
        properties: { orderId: 'o-1', subtotalMinor: 5000, discountMinor: 1000, currency: 'EUR' },
      },
    ],
  )
})

test('a second order with a used code is refused, the same order gets its redemption again', async () => {
  const { coupon } = await assigned()
  const first = await redeemCode(database.db, cart(coupon, { orderId: 'o-1' }))
  assert.equal(refusal(await redeemCode(database.db, cart(coupon, { orderId: 'o-2' }))), 'already_redeemed')
  assert.equal(refusal(await validateCode(database.db, cart(coupon))), 'already_redeemed')
  assert.deepEqual(await redeemCode(database.db, cart(coupon, { orderId: 'o-1' })), first)
})

test('the recipient is unknown when the order or the profile has no email', async () => {
  const { coupon } = await assigned()
  assert.equal((await redeemCode(database.db, cart(coupon, { orderId: 'o-1' }))).recipientMatches, null)
})

test('a code of another account or store is unknown', async () => {
  const { coupon } = await assigned()
  const accountId = await seedAccount(database.db)
  await seedStore(database.db, accountId)
  assert.equal(refusal(await redeemCode(database.db, cart({ accountId }, { orderId: 'o' }))), 'unknown_code')
  const storeId = await seedStore(database.db, coupon.accountId, 'Second')
  assert.equal(refusal(await validateCode(database.db, cart(coupon, { storeId }))), 'unknown_code')
})

test('a call must name the store where the account has several', async () => {
  const { coupon } = await assigned()
  await seedStore(database.db, coupon.accountId, 'Second')
  await assert.rejects(validateCode(database.db, cart(coupon)), { code: 'store_ambiguous' })
  assert.equal((await validateCode(database.db, cart(coupon, { storeId: coupon.storeId }))).status, 'valid')
  await assert.rejects(validateCode(database.db, cart(coupon, { storeId: newId() })), { code: 'store_not_found' })
})

test('an unknown currency is an error, not a refusal', async () => {
  const { coupon } = await assigned()
  const bad = cart(coupon, { currency: 'XQQ', orderId: 'o', seconds: 60 })
  const calls = [validateCode, reserveCode, redeemCode].map((call) => call(database.db, bad))
  for (const call of [...calls, createRedeemQueue(database.db)(bad)]) {
    await assert.rejects(call, { code: 'unknown_currency' })
  }
})

test('an assigned code is over at its own deadline, one in line at that of its terms or bucket', async () => {
  const coupon = await seedCoupon(database.db)
  const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
  await seedCode(database.db, coupon, CODE, { profileId, expiresAt: later(50) })
  const bucket = await seedCoupon(database.db, { bucketEndsAt: later(100) })
  await seedCode(database.db, bucket, 'IN-LINE')
  const at = (of: SeededCoupon, code: string, seconds: number) =>
    validateCode(database.db, cart(of, { code, now: later(seconds) }))
  assert.equal((await at(coupon, CODE, 49)).expiresAt, later(50).toISOString())
  assert.equal(refusal(await at(coupon, CODE, 50)), 'expired')
  assert.equal((await at(bucket, 'IN-LINE', 99)).expiresAt, later(100).toISOString())
  assert.equal(refusal(await at(bucket, 'IN-LINE', 100)), 'expired')
})

test('a closed pool withdraws what stands in line, and assigned codes stay good', async () => {
  const { coupon } = await assigned()
  await seedCode(database.db, coupon, 'IN-LINE')
  await sql`update pool_heads set closed_at = ${NOW}::timestamptz where pool_id = ${coupon.poolId}::uuid`.execute(
    database.db,
  )
  assert.equal(refusal(await validateCode(database.db, cart(coupon, { code: 'IN-LINE' }))), 'withdrawn')
  assert.equal((await validateCode(database.db, cart(coupon))).status, 'valid')
})

test('codes that are not live are unknown, withdrawn and revoked ones are withdrawn', async () => {
  const { coupon, codeId } = await assigned()
  const become = (state: string) =>
    sql`update codes set state = ${state}::text where id = ${codeId}::uuid`.execute(database.db)
  for (const [state, expected] of [
    ['made', 'unknown_code'],
    ['failed', 'unknown_code'],
    ['withdrawn', 'withdrawn'],
  ] as const) {
    await become(state)
    assert.equal(refusal(await redeemCode(database.db, cart(coupon, { orderId: 'o' }))), expected)
  }
  await become('live')
  await sql`update assignments set state = 'revoked' where code_id = ${codeId}::uuid`.execute(database.db)
  assert.equal(refusal(await redeemCode(database.db, cart(coupon, { orderId: 'o' }))), 'withdrawn')
})

test('an unassigned code that is redeemed leaves the line and keeps its place for the count', async () => {
  const coupon = await seedCoupon(database.db)
  const [first, second] = await seedCodes(database.db, coupon, ['A', 'B'])
  assert.equal((await redeemCode(database.db, cart(coupon, { code: 'A', orderId: 'o' }))).status, 'redeemed')
  const { rows } = await sql`
    select profile_id as "profileId", state, position from assignments where code_id = ${first}::uuid`.execute(
    database.db,
  )
  assert.deepEqual(rows, [{ profileId: null, state: 'out', position: 1 }])
  assert.deepEqual(await readEvents(coupon.accountId), [])
  const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
  assert.equal(await drawCode(database.db, coupon, profileId), second)
})

test('a reserved code is held for its order until the time is over', async () => {
  const { coupon } = await assigned()
  const reserve = (orderId: string, seconds: number, at: number) =>
    reserveCode(database.db, cart(coupon, { orderId, seconds, now: later(at) }))
  assert.equal((await reserve('o-1', 60, 0)).reservedUntil, later(60).toISOString())
  assert.equal(refusal(await reserve('o-2', 60, 59)), 'held_by_another_order')
  assert.equal(
    refusal(await redeemCode(database.db, cart(coupon, { orderId: 'o-2', now: later(59) }))),
    'held_by_another_order',
  )
  assert.equal(refusal(await validateCode(database.db, cart(coupon))), 'held_by_another_order')
  assert.equal((await reserve('o-1', 60, 30)).reservedUntil, later(90).toISOString())
  assert.equal(refusal(await reserve('o-2', 60, 89)), 'held_by_another_order')
  assert.equal((await reserve('o-2', 60, 90)).status, 'reserved')
  assert.equal((await redeemCode(database.db, cart(coupon, { orderId: 'o-2', now: later(91) }))).status, 'redeemed')
})

test('a reservation never outlasts the code', async () => {
  const coupon = await seedCoupon(database.db, { bucketEndsAt: later(30) })
  await seedCode(database.db, coupon, CODE)
  const reply = await reserveCode(database.db, { ...cart(coupon), orderId: 'o', seconds: 900 })
  assert.equal(reply.reservedUntil, later(30).toISOString())
})

test('a code that an order holds is not given to anybody', async () => {
  const coupon = await seedCoupon(database.db)
  const [, second] = await seedCodes(database.db, coupon, ['A', 'B'])
  await reserveCode(database.db, { ...cart(coupon, { code: 'A' }), code: 'A', orderId: 'o', seconds: 60 })
  assert.equal(await drawCode(database.db, coupon, await seedProfile(database.db, coupon.accountId, 'a@b.c')), second)
})

test('a rolled back code can be used again and its profile has it back', async () => {
  const { coupon, codeId, profileId } = await assigned()
  const { redemptionId } = await redeemCode(database.db, cart(coupon, { orderId: 'o-1' }))
  const undo = { accountId: coupon.accountId, code: CODE, orderId: 'o-1', now: later(1) }
  assert.deepEqual(await rollbackCode(database.db, { ...undo, orderId: 'o-2' }), {
    status: 'nothing_to_undo',
    redemptionId: null,
  })
  assert.deepEqual(await rollbackCode(database.db, undo), { status: 'rolled_back', redemptionId })
  assert.deepEqual(await rollbackCode(database.db, undo), { status: 'nothing_to_undo', redemptionId: null })
  assert.deepEqual(await readCode(coupon, codeId), { state: 'live', assignment: 'open', sum: 0, accepted: 0 })
  assert.deepEqual((await readEvents(coupon.accountId)).at(-1), {
    metric: 'redemption_rolled_back',
    profileId,
    properties: { orderId: 'o-1' },
  })
  assert.equal((await redeemCode(database.db, cart(coupon, { orderId: 'o-2' }))).status, 'redeemed')
})

test('a code that is rolled back after its profile got a fresh one is revoked', async () => {
  const { coupon, codeId, profileId } = await assigned()
  await redeemCode(database.db, cart(coupon, { orderId: 'o-1' }))
  await seedCode(database.db, coupon, 'FRESH', { profileId })
  await rollbackCode(database.db, { accountId: coupon.accountId, code: CODE, orderId: 'o-1', now: NOW })
  assert.deepEqual(await readCode(coupon, codeId), { state: 'live', assignment: 'revoked', sum: 0, accepted: 0 })
  assert.equal(refusal(await redeemCode(database.db, cart(coupon, { orderId: 'o-2' }))), 'withdrawn')
})

test('a rolled back code without a profile stays out of the line and can be used', async () => {
  const coupon = await seedCoupon(database.db)
  const codeId = await seedCode(database.db, coupon, CODE)
  await redeemCode(database.db, cart(coupon, { orderId: 'o-1' }))
  await rollbackCode(database.db, { accountId: coupon.accountId, code: CODE, orderId: 'o-1', now: NOW })
  assert.deepEqual(await readCode(coupon, codeId), { state: 'live', assignment: 'out', sum: 0, accepted: 0 })
  assert.equal(
    await drawCode(database.db, coupon, await seedProfile(database.db, coupon.accountId, 'a@b.c')),
    undefined,
  )
  assert.equal((await redeemCode(database.db, cart(coupon, { orderId: 'o-2' }))).status, 'redeemed')
})

test('rolling back an order that only holds the code lets go of it', async () => {
  const { coupon } = await assigned()
  await reserveCode(database.db, { ...cart(coupon), orderId: 'o-1', seconds: 60 })
  const undo = { accountId: coupon.accountId, code: CODE, now: NOW }
  assert.equal((await rollbackCode(database.db, { ...undo, orderId: 'o-2' })).status, 'nothing_to_undo')
  assert.equal((await rollbackCode(database.db, { ...undo, orderId: 'o-1' })).status, 'released')
  assert.equal((await redeemCode(database.db, cart(coupon, { orderId: 'o-2' }))).status, 'redeemed')
})

test('once per customer counts the email over all codes of the coupon until it is rolled back', async () => {
  const coupon = await seedCoupon(database.db, { terms: { oncePerCustomer: true } })
  await seedCodes(database.db, coupon, ['A', 'B'])
  const redeem = (code: string, orderId: string, email?: string) =>
    redeemCode(database.db, cart(coupon, { code, orderId, email }))
  assert.equal(refusal(await redeem('A', 'o-1')), 'email_required')
  assert.equal((await redeem('A', 'o-1', 'Ada@Example.com')).status, 'redeemed')
  assert.equal(refusal(await redeem('B', 'o-2', ' ada@example.COM ')), 'customer_already_used')
  await rollbackCode(database.db, { accountId: coupon.accountId, code: 'A', orderId: 'o-1', now: NOW })
  assert.equal((await redeem('B', 'o-2', 'ada@example.com')).status, 'redeemed')
})

test("redeem and roll back work inside a caller's transaction and leave with it", async () => {
  const { coupon, codeId } = await assigned({ terms: { oncePerCustomer: true } })
  const undo = new Error('undo')
  await assert.rejects(
    database.db.transaction().execute(async (tx) => {
      const reply = await redeemCode(tx, cart(coupon, { orderId: 'o-1', email: 'a@b.c' }))
      assert.equal(reply.status, 'redeemed')
      const back = await rollbackCode(tx, { accountId: coupon.accountId, code: CODE, orderId: 'o-1', now: NOW })
      assert.equal(back.status, 'rolled_back')
      throw undo
    }),
    undo,
  )
  assert.deepEqual(await readCode(coupon, codeId), { state: 'live', assignment: 'open', sum: 0, accepted: 0 })
})

test('gathered redeems answer like single ones, each for itself', async () => {
  const coupon = await seedCoupon(database.db)
  const once = await seedCoupon(database.db, {
    ...coupon,
    name: 'ONCE',
    prefix: 'ONCE',
    terms: { oncePerCustomer: true },
  })
  await seedCodes(database.db, coupon, ['A', 'B', 'C'])
  await seedCodes(database.db, once, ['X', 'Y'])
  const redeem = createRedeemQueue(database.db)
  const calls = [
    ['A', 'o-1'],
    ['A', 'o-2'],
    ['B', 'o-3'],
    ['NONE', 'o-4'],
    ['X', 'o-5'],
    ['Y', 'o-6'],
    ['C', 'o-\u00007'],
  ] as const
  const settled = await Promise.allSettled(
    calls.map(([code, orderId]) => redeem(cart(coupon, { code, orderId, email: 'a@b.c' }))),
  )
  const seen = settled.map((one) => (one.status === 'rejected' ? 'error' : (one.value.reason ?? one.value.status)))
  assert.deepEqual(seen.slice(0, 2).toSorted(), ['already_redeemed', 'redeemed'])
  assert.deepEqual(seen.slice(2, 4), ['redeemed', 'unknown_code'])
  assert.deepEqual(seen.slice(4, 6).toSorted(), ['customer_already_used', 'redeemed'])
  assert.equal(seen[6], 'error')
})
