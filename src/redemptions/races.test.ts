import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { CheckoutReply } from '../../contract/codes.ts'
import { openTestDatabase } from '../../test/database.ts'
import {
  drawCode,
  NOW,
  type SeededCoupon,
  seedCode,
  seedCodes,
  seedCoupon,
  seedProfile,
} from '../../test/seed-redemptions.ts'
import type { Database } from '../db/database.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { newId } from '../lib/ids.ts'
import { redeemCode } from './redeem.ts'
import { createRedeemQueue } from './redeem-queue.ts'
import { reserveCode } from './reserve.ts'
import { rollbackCode } from './rollback.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const order = (coupon: SeededCoupon, code: string, orderId: string, email?: string) => ({
  accountId: coupon.accountId,
  code,
  orderId,
  email,
  subtotalMinor: 5000,
  currency: 'EUR',
  now: NOW,
})

function outcomes(replies: CheckoutReply[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const reply of replies) {
    const key = reply.reason ?? reply.status
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Codes whose state, ledger and accepted redemptions do not say the same. */
async function findDisagreements(coupon: SeededCoupon): Promise<unknown[]> {
  const { rows } = await sql`
    select c.code, c.state, l.sum, r.accepted, a.state as assignment
    from codes c
      left join assignments a on a.account_id = c.account_id and a.code_id = c.id
      cross join lateral (select coalesce(sum(delta), 0) as sum from redemption_ledger
        where account_id = c.account_id and code_id = c.id) l
      cross join lateral (select count(*) as accepted from redemptions
        where account_id = c.account_id and code_id = c.id and state = 'accepted') r
    where c.account_id = ${coupon.accountId}::uuid
      and not ((c.state = 'redeemed' and l.sum = 1 and r.accepted = 1 and a.state in ('redeemed', 'out'))
        or (c.state = 'live' and l.sum = 0 and r.accepted = 0 and a.state is distinct from 'redeemed'))`.execute(
    database.db,
  )
  return rows
}

test('of 500 racing redeems of one code one wins', async () => {
  for (const redeem of [
    (input: ReturnType<typeof order>) => redeemCode(database.db, input),
    createRedeemQueue(database.db),
  ]) {
    const coupon = await seedCoupon(database.db)
    await seedCode(database.db, coupon, 'ONE', { profileId: await seedProfile(database.db, coupon.accountId, 'a@b.c') })
    const calls = Array.from({ length: 500 }, (_, n) => redeem(order(coupon, 'ONE', `o-${n}`)))
    assert.deepEqual(outcomes(await Promise.all(calls)), { redeemed: 1, already_redeemed: 499 })
    assert.deepEqual(await findDisagreements(coupon), [])
  }
})

test('one order that redeems a code many times at once has one redemption', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  const replies = await Promise.all(
    Array.from({ length: 60 }, () => redeemCode(database.db, order(coupon, 'ONE', 'same'))),
  )
  assert.deepEqual(outcomes(replies), { redeemed: 60 })
  assert.equal(new Set(replies.map((reply) => reply.redemptionId)).size, 1)
})

test('redeems and rollbacks of the same codes at once leave state, ledger and redemptions in step', async () => {
  const coupon = await seedCoupon(database.db)
  const codes = ['A', 'B', 'C', 'D']
  const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
  await seedCode(database.db, coupon, 'A', { profileId })
  await seedCodes(database.db, coupon, codes.slice(1))
  const queue = createRedeemQueue(database.db)
  for (let round = 0; round < 5; round += 1) {
    const calls = Array.from({ length: 240 }, (_, n) => {
      const [code, orderId] = [codes[n % 4] as string, `o-${n % 7}`]
      if (n % 3 === 0) return redeemCode(database.db, order(coupon, code, orderId))
      if (n % 3 === 1) return queue(order(coupon, code, orderId))
      return rollbackCode(database.db, { accountId: coupon.accountId, code, orderId, now: NOW })
    })
    await Promise.all(calls)
    assert.deepEqual(await findDisagreements(coupon), [])
  }
  const { rows } = await sql<{ undone: number }>`
    select count(*) as undone from redemption_ledger where account_id = ${coupon.accountId}::uuid and delta = -1`.execute(
    database.db,
  )
  assert.ok((rows[0]?.undone ?? 0) > 0, 'something was rolled back')
})

test('an order that reserved a code in a race is the one that can redeem it', async () => {
  for (let round = 0; round < 10; round += 1) {
    const coupon = await seedCoupon(database.db)
    await seedCode(database.db, coupon, 'ONE')
    const calls = Array.from({ length: 40 }, (_, n) =>
      n % 2 === 0
        ? reserveCode(database.db, { ...order(coupon, 'ONE', `o-${n}`), seconds: 60 })
        : redeemCode(database.db, order(coupon, 'ONE', `o-${n}`)),
    )
    const replies = await Promise.all(calls)
    const { reserved = 0, redeemed = 0 } = outcomes(replies)
    assert.equal(reserved + redeemed, 1, JSON.stringify(outcomes(replies)))
    const winner = replies.findIndex((reply) => reply.status !== 'refused')
    const last = await redeemCode(database.db, order(coupon, 'ONE', `o-${winner}`))
    assert.equal(last.status, 'redeemed')
    assert.deepEqual(await findDisagreements(coupon), [])
  }
})

test('a customer with many codes of a once-per-customer coupon uses one, and the others stay unused', async () => {
  const coupon = await seedCoupon(database.db, { terms: { oncePerCustomer: true } })
  const codes = Array.from({ length: 60 }, (_, n) => `C-${n}`)
  await seedCodes(database.db, coupon, codes)
  const queue = createRedeemQueue(database.db)
  const replies = await Promise.all(
    codes.map((code, n) =>
      n % 2 === 0
        ? redeemCode(database.db, order(coupon, code, `o-${n}`, 'ada@example.com'))
        : queue(order(coupon, code, `o-${n}`, 'ADA@example.com')),
    ),
  )
  assert.deepEqual(outcomes(replies), { redeemed: 1, customer_already_used: 59 })
  assert.deepEqual(await findDisagreements(coupon), [])
})

test('a code that is redeemed while it is drawn is nobody else’s afterwards', async () => {
  for (let round = 0; round < 40; round += 1) {
    const coupon = await seedCoupon(database.db)
    const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
    await seedCode(database.db, coupon, 'ONE')
    const [reply, drawn] = await Promise.all([
      redeemCode(database.db, order(coupon, 'ONE', 'o')),
      drawCode(database.db, coupon, profileId),
    ])
    assert.equal(reply.status, 'redeemed')
    const { rows } = await sql<{ state: string; owner: string | null; redeemer: string | null; events: number }>`
      select a.state, a.profile_id as owner, r.profile_id as redeemer,
        (select count(*) from events e where e.account_id = r.account_id and e.redemption_id = r.id) as events
      from assignments a join redemptions r on r.account_id = a.account_id and r.code_id = a.code_id
      where a.account_id = ${coupon.accountId}::uuid`.execute(database.db)
    const expected = drawn
      ? { state: 'redeemed', owner: profileId, redeemer: profileId, events: 1 }
      : { state: 'out', owner: null, redeemer: null, events: 0 }
    assert.deepEqual(rows, [expected])
  }
})

test('a draw that commits after the redeem has looked decides whose code it was', { timeout: 20_000 }, async (t) => {
  if (database.kind === 'pglite') return t.skip('PGlite has one connection: two transactions cannot overlap')
  const coupon = await seedCoupon(database.db)
  const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  const codeId = await seedCode(database.db, coupon, 'ONE')
  const redeeming = await database.db.transaction().execute(async (tx) => {
    await sql`
      insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, assigned_at)
      values (${coupon.accountId}::uuid, ${codeId}::uuid, ${coupon.poolId}::uuid, ${coupon.couponId}::uuid, ${profileId}::uuid,
        'open', ${NOW}::timestamptz)`.execute(tx)
    const call = redeemCode(database.db, order(coupon, 'ONE', 'o', 'ADA@example.com'))
    await untilSomebodyWaits()
    return { call }
  })
  const reply = await redeeming.call
  assert.equal(reply.status, 'redeemed')
  assert.equal(reply.recipientMatches, true)
  assert.deepEqual(await findDisagreements(coupon), [])
})

test('a rollback against a draw for the same profile leaves it one open code', async () => {
  for (let round = 0; round < 20; round += 1) {
    const coupon = await seedCoupon(database.db)
    const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
    await seedCode(database.db, coupon, 'OLD', { profileId })
    await seedCode(database.db, coupon, 'NEW')
    await redeemCode(database.db, order(coupon, 'OLD', 'o'))
    const undo = { accountId: coupon.accountId, code: 'OLD', orderId: 'o', now: NOW }
    const [back] = await Promise.all([rollbackCode(database.db, undo), drawCode(database.db, coupon, profileId)])
    assert.equal(back.status, 'rolled_back')
    const { rows } = await sql<{ open: number }>`
      select count(*) as open from assignments where account_id = ${coupon.accountId}::uuid and state = 'open'`.execute(
      database.db,
    )
    assert.equal(rows[0]?.open, 1)
    assert.deepEqual(await findDisagreements(coupon), [])
  }
})

test("a customer's second use in a race leaves the caller's transaction alive", { timeout: 20_000 }, async (t) => {
  if (database.kind === 'pglite') return t.skip('PGlite has one connection: two transactions cannot overlap')
  const coupon = await seedCoupon(database.db, { terms: { oncePerCustomer: true } })
  await seedCodes(database.db, coupon, ['A', 'B'])
  const { call } = await database.db.transaction().execute(async (first) => {
    assert.equal((await redeemCode(first, order(coupon, 'A', 'o-1', 'ada@example.com'))).status, 'redeemed')
    const call = database.db.transaction().execute(async (second) => {
      const refused = await redeemCode(second, order(coupon, 'B', 'o-2', 'ada@example.com'))
      const other = await redeemCode(second, order(coupon, 'B', 'o-3', 'eve@example.com'))
      return [refused.reason, other.status]
    })
    await untilSomebodyWaits()
    return { call }
  })
  assert.deepEqual(await call, ['customer_already_used', 'redeemed'])
  assert.deepEqual(await findDisagreements(coupon), [])
})

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      database.db,
    )
    if ((rows[0]?.waiting ?? 0) > 0) return
  }
}

test('the database itself takes no second accepted redemption of a code, and no order twice for one', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONCE')
  assert.equal((await redeemCode(database.db, order(coupon, 'ONCE', 'first'))).status, 'redeemed')
  const insertAgain = async (changes: Record<string, unknown>): Promise<string | undefined> => {
    try {
      await sql`
        insert into redemptions select (jsonb_populate_record(r, ${JSON.stringify({ id: newId(), ...changes })}::jsonb)).*
        from redemptions r where account_id = ${coupon.accountId}::uuid and order_id = 'first'`.execute(database.db)
      return undefined
    } catch (error) {
      return brokenConstraint(error)
    }
  }
  assert.equal(await insertAgain({ order_id: 'second' }), 'redemptions_accepted')
  const ofShop = { order_id: 'third', state: 'repeated', source: 'shop' }
  assert.equal(await insertAgain(ofShop), undefined, 'a second use is kept as a fact')
  assert.equal(await insertAgain(ofShop), 'redemptions_order')
})
