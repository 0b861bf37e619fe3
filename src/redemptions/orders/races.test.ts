import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import {
  drawCode,
  NOW,
  type SeededCoupon,
  seedCode,
  seedCodes,
  seedCoupon,
  seedProfile,
} from '../../../test/seed-redemptions.ts'
import { shopOrder } from '../../../test/shop-orders.ts'
import { assignCodes } from '../../codes/assign.ts'
import type { Database } from '../../db/database.ts'
import { redeemCode } from '../redeem.ts'
import { giveOwedCodes } from './give-owed.ts'
import { recordOrder, recordUnknownUses } from './record-order.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const record = (coupon: SeededCoupon, order: ReturnType<typeof shopOrder>) =>
  recordOrder(database.db, { ...coupon, order, now: NOW })

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
      and not (c.state = 'redeemed' and l.sum = 1 and r.accepted = 1 and a.state in ('redeemed', 'out'))`.execute(
    database.db,
  )
  return rows
}

test('of orders with one code that come at the same moment the first is accepted and the others are flagged', async () => {
  for (let round = 0; round < 5; round += 1) {
    const coupon = await seedCoupon(database.db)
    await seedCode(database.db, coupon, 'ONE')
    const orders = Array.from({ length: 30 }, (_, n) => shopOrder(`${n % 15}`, ['ONE'], { seconds: n % 15 }))
    await Promise.all(orders.toReversed().map((order) => record(coupon, order)))
    const { rows } = await sql<{ orderId: string; state: string }>`
      select order_id as "orderId", state from redemptions where account_id = ${coupon.accountId}::uuid
      order by redeemed_at`.execute(database.db)
    assert.deepEqual(
      rows,
      Array.from({ length: 15 }, (_, n) => ({ orderId: `${n}`, state: n === 0 ? 'accepted' : 'repeated' })),
    )
    assert.deepEqual(await findDisagreements(coupon), [])
  }
})

test('orders with several codes in any order do not stop each other', async () => {
  const coupon = await seedCoupon(database.db)
  const codes = ['A', 'B', 'C', 'D']
  await seedCodes(database.db, coupon, codes)
  const orders = Array.from({ length: 40 }, (_, n) =>
    shopOrder(`${n}`, n % 2 === 0 ? codes : codes.toReversed(), { seconds: n }),
  )
  const uses = { ...coupon, codes: codes.toReversed(), currency: 'EUR', now: NOW }
  await Promise.all(orders.flatMap((order) => [record(coupon, order), recordUnknownUses(database.db, uses)]))
  assert.deepEqual(await findDisagreements(coupon), [])
})

test('an order, a draw and a checkout that meet at one code leave it redeemed once', async () => {
  for (let round = 0; round < 15; round += 1) {
    const coupon = await seedCoupon(database.db)
    const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
    await seedCode(database.db, coupon, 'ONE')
    const cart = { ...coupon, code: 'ONE', orderId: 'cart', subtotalMinor: 5000, currency: 'EUR', now: NOW }
    await Promise.all([
      record(coupon, shopOrder('1', ['ONE'])),
      drawCode(database.db, coupon, profileId),
      redeemCode(database.db, cart),
      record(coupon, shopOrder('2', ['ONE'], { seconds: 1 })),
    ])
    assert.deepEqual(await findDisagreements(coupon), [])
  }
})

test('who was given their new code and used it meanwhile gets no second one from a worker that comes late', {
  timeout: 20_000,
}, async (t) => {
  if (database.kind === 'pglite') return t.skip('PGlite has one connection: two transactions cannot overlap')
  const { db } = database
  const coupon = await seedCoupon(db)
  const { accountId, couponId } = coupon
  await sql`update coupons set on_cancel = 'new_code' where account_id = ${accountId}::uuid`.execute(db)
  const profileId = await seedProfile(db, accountId, 'ada@example.com')
  await seedCode(db, coupon, 'ONE', { profileId })
  await seedCodes(db, coupon, ['TWO', 'THREE'])
  await record(coupon, shopOrder('1', ['ONE'], { cancelledAt: NOW }))
  const { late } = await db.transaction().execute(async (trx) => {
    await sql`select 1 from coupons where account_id = ${accountId}::uuid for no key update`.execute(trx)
    const late = giveOwedCodes(db, NOW)
    await untilSomebodyWaits()
    await assignCodes(trx, { accountId, couponId, profileIds: [profileId], now: NOW })
    await sql`update redemptions set new_code = 'given' where account_id = ${accountId}::uuid`.execute(trx)
    await sql`update assignments set state = 'redeemed' where account_id = ${accountId}::uuid and state = 'open'`.execute(
      trx,
    )
    return { late }
  })
  assert.equal(await late, 0)
  const { rows } =
    await sql`select 1 from assignments where account_id = ${accountId}::uuid and state = 'open'`.execute(db)
  assert.equal(rows.length, 0)
})

async function untilSomebodyWaits(): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db)
    if ((rows[0]?.waiting ?? 0) > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('nobody waited')
}
