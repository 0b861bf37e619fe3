import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { NOW, type SeededCoupon, seedCode, seedCodes, seedCoupon, seedProfile } from '../../../test/seed-redemptions.ts'
import { shopOrder } from '../../../test/shop-orders.ts'
import { assignCodes } from '../../codes/assign.ts'
import type { Database } from '../../db/database.ts'
import { redeemCode } from '../redeem.ts'
import { rollbackCode } from '../rollback.ts'
import { giveOwedCodes } from './give-owed.ts'
import { recordCustomerKnown, recordOrder, recordUnknownUses } from './record-order.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const record = (coupon: SeededCoupon, order: ReturnType<typeof shopOrder>) =>
  recordOrder(database.db, { ...coupon, order, now: NOW })

type Seen = { orderId: string | null; state: string; matches: boolean | null; isRenewal: boolean }

async function read(coupon: SeededCoupon): Promise<Seen[]> {
  const { rows } = await sql<Seen>`
    select order_id as "orderId", state, recipient_matches as matches, is_renewal as "isRenewal" from redemptions
    where account_id = ${coupon.accountId}::uuid order by redeemed_at, order_id`.execute(database.db)
  return rows
}

async function count(coupon: SeededCoupon, table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)} where account_id = ${coupon.accountId}::uuid`.execute(database.db)
  return rows[0]?.count ?? 0
}

async function linkCustomer(coupon: SeededCoupon, customerId: string, profileId: string): Promise<void> {
  await sql`
    insert into shop_customers (account_id, store_id, customer_id, profile_id, is_origin, told_at)
    values (${coupon.accountId}::uuid, ${coupon.storeId}::uuid, ${customerId}::text, ${profileId}::uuid, false, ${NOW})`.execute(
    database.db,
  )
}

test('an order redeems the code that it used, whatever its case, and tells the feed of who had it', async () => {
  const coupon = await seedCoupon(database.db)
  const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  await seedCode(database.db, coupon, 'ONE-ABC', { profileId })
  assert.deepEqual(await record(coupon, shopOrder('1', ['one-abc'], { email: 'ADA@example.com' })), { codes: 1 })
  assert.deepEqual(await read(coupon), [{ orderId: '1', state: 'accepted', matches: true, isRenewal: false }])
  const { rows } = await sql`
    select r.subtotal_minor as subtotal, r.discount_minor as discount, r.profile_id as profile, e.metric, a.state
    from redemptions r
      join events e on e.account_id = r.account_id and e.redemption_id = r.id
      join assignments a on a.account_id = r.account_id and a.code_id = r.code_id
    where r.account_id = ${coupon.accountId}::uuid`.execute(database.db)
  assert.deepEqual(rows, [
    { subtotal: 5000, discount: 1000, profile: profileId, metric: 'code_redeemed', state: 'redeemed' },
  ])
})

test('an order without a code of ours leaves nothing', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  const other = await seedCoupon(database.db)
  await seedCode(database.db, other, 'THEIRS')
  for (const codes of [[], ['SUMMER'], ['THEIRS'], ['']]) {
    assert.deepEqual(await record(coupon, shopOrder('1', codes)), { codes: 0 })
  }
  assert.equal(await count(coupon, 'redemptions'), 0)
})

test('an order told of many times is one redemption, one ledger row and one event', async () => {
  const coupon = await seedCoupon(database.db)
  const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  await seedCode(database.db, coupon, 'ONE', { profileId })
  for (let n = 0; n < 3; n += 1) await record(coupon, shopOrder('1', ['ONE']))
  assert.equal(await count(coupon, 'redemptions'), 1)
  assert.equal(await count(coupon, 'redemption_ledger'), 1)
  const { rows } = await sql`
    select 1 from events where account_id = ${coupon.accountId}::uuid and metric = 'code_redeemed'`.execute(database.db)
  assert.equal(rows.length, 1)
})

test('a code counts in whatever state it was: unconfirmed, withdrawn, expired, revoked', async () => {
  const coupon = await seedCoupon(database.db)
  for (const state of ['made', 'withdrawn', 'failed']) {
    const [id] = await seedCodes(database.db, coupon, [`C-${state}`])
    await sql`
      update codes set state = ${state}::text, position = case when ${state}::text = 'made' then null else position end
      where account_id = ${coupon.accountId}::uuid and id = ${id}::uuid`.execute(database.db)
  }
  for (const state of ['expired', 'revoked']) {
    const profileId = await seedProfile(database.db, coupon.accountId, `${state}@example.com`)
    const own = await seedCoupon(database.db, { ...coupon, name: state })
    const id = await seedCode(database.db, own, `C-${state}`, { profileId })
    await sql`
      update assignments set state = ${state}::text where account_id = ${coupon.accountId}::uuid and code_id = ${id}::uuid`.execute(
      database.db,
    )
  }
  const codes = ['made', 'withdrawn', 'failed', 'expired', 'revoked'].map((state) => `C-${state}`)
  assert.deepEqual(await record(coupon, shopOrder('1', codes)), { codes: 5 })
  const { rows } = await sql<{ n: number; states: string[]; placed: boolean }>`
    select count(*) as n, array_agg(distinct c.state) as states, bool_and(c.position is not null) as placed
    from codes c join redemptions r on r.account_id = c.account_id and r.code_id = c.id and r.state = 'accepted'
    where c.account_id = ${coupon.accountId}::uuid`.execute(database.db)
  assert.deepEqual(rows, [{ n: 5, states: ['redeemed'], placed: true }])
})

test('a second order with the code is kept and changes nothing for the code', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  await record(coupon, shopOrder('1', ['ONE']))
  await record(coupon, shopOrder('2', ['ONE'], { seconds: 60 }))
  await record(coupon, shopOrder('3', ['ONE'], { seconds: 90, isRenewal: true }))
  assert.deepEqual(
    (await read(coupon)).map(({ orderId, state, isRenewal }) => [orderId, state, isRenewal]),
    [
      ['1', 'accepted', false],
      ['2', 'repeated', false],
      ['3', 'repeated', true],
    ],
  )
  assert.equal(await count(coupon, 'redemption_ledger'), 1)
})

test('an earlier order that is told of late is the redemption, and the ledger says so without losing a row', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  await record(coupon, shopOrder('2', ['ONE'], { seconds: 60 }))
  await record(coupon, shopOrder('1', ['ONE']))
  assert.deepEqual(
    (await read(coupon)).map(({ orderId, state }) => [orderId, state]),
    [
      ['1', 'accepted'],
      ['2', 'repeated'],
    ],
  )
  const { rows } = await sql<{ delta: number }>`
    select l.delta from redemption_ledger l join redemptions r on r.account_id = l.account_id and r.id = l.redemption_id
    where l.account_id = ${coupon.accountId}::uuid order by r.order_id desc, l.delta desc`.execute(database.db)
  assert.deepEqual(
    rows.map((row) => row.delta),
    [1, -1, 1],
  )
})

test('a renewal never comes before the checkout that began the subscription, even when its date says so', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  await record(coupon, shopOrder('2', ['ONE'], { isRenewal: true, seconds: -60 }))
  await record(coupon, shopOrder('1', ['ONE']))
  assert.deepEqual(
    (await read(coupon)).map(({ orderId, state }) => [orderId, state]),
    [
      ['2', 'repeated'],
      ['1', 'accepted'],
    ],
  )
})

test('an older message changes nothing, and no message takes a cancellation or a refund back', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  const cancelledAt = new Date(NOW.getTime() + 5000)
  await record(coupon, {
    ...shopOrder('1', ['ONE'], { email: 'new@example.com', cancelledAt, refundedMinor: 4000 }),
    updatedAt: cancelledAt,
  })
  await record(coupon, shopOrder('1', ['ONE'], { email: 'old@example.com', subtotalMinor: 1 }))
  await record(coupon, {
    ...shopOrder('1', ['ONE'], { email: 'newest@example.com' }),
    updatedAt: new Date(NOW.getTime() + 9000),
  })
  const { rows } = await sql`
    select order_email as email, subtotal_minor as subtotal, cancelled_at as "cancelledAt", refunded_minor as refunded
    from redemptions where account_id = ${coupon.accountId}::uuid`.execute(database.db)
  assert.deepEqual(rows, [{ email: 'newest@example.com', subtotal: 5000, cancelledAt, refunded: 4000 }])
})

test('who redeemed is judged by email, by the customer whom we know, and not at all where the shop shows neither', async () => {
  const coupon = await seedCoupon(database.db)
  const ada = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  const eve = await seedProfile(database.db, coupon.accountId, 'eve@example.com')
  await linkCustomer(coupon, '77', ada)
  await linkCustomer(coupon, '88', eve)
  const orders: [Parameters<typeof shopOrder>[2], boolean | null][] = [
    [{ email: 'ADA@example.com' }, true],
    [{ email: 'eve@example.com' }, false],
    [{ email: 'ada@work.example', customerId: '77' }, true],
    [{ customerId: '77' }, true],
    [{ customerId: '88' }, false],
    [{ customerId: '99' }, null],
    [{}, null],
  ]
  for (const [index, [fields, expected]] of orders.entries()) {
    const own = await seedCoupon(database.db, { ...coupon, name: `C${index}` })
    await seedCode(database.db, own, `CODE-${index}`, { profileId: ada })
    await record(own, shopOrder(`o-${index}`, [`CODE-${index}`], fields))
    const { rows } = await sql<{ matches: boolean | null }>`
      select recipient_matches as matches from redemptions
      where account_id = ${coupon.accountId}::uuid and order_id = ${`o-${index}`}::text`.execute(database.db)
    assert.equal(rows[0]?.matches, expected, JSON.stringify(fields))
  }
  await linkCustomer(coupon, '99', eve)
  await recordCustomerKnown(database.db, { ...coupon, customerId: '99' })
  assert.equal((await read(coupon)).find((one) => one.orderId === 'o-5')?.matches, false)
})

test('a use without an order counts, and the order that turns up later takes its place', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCodes(database.db, coupon, ['ONE', 'TWO'])
  const use = { ...coupon, codes: ['one', 'TWO', 'NOBODY'], currency: 'EUR', now: NOW }
  await record(coupon, shopOrder('2', ['TWO']))
  assert.equal(await recordUnknownUses(database.db, use), 1)
  assert.equal(await recordUnknownUses(database.db, use), 0)
  await record(coupon, shopOrder('1', ['ONE'], { seconds: -90 }))
  await record(coupon, shopOrder('1', ['ONE'], { seconds: -90 }))
  assert.deepEqual(
    (await read(coupon)).map(({ orderId, state }) => [orderId, state]),
    [
      ['1', 'accepted'],
      ['2', 'accepted'],
    ],
  )
  assert.equal(await count(coupon, 'redemption_ledger'), 2)
})

test('what a shop told of cannot be rolled back or redeemed by the checkout API', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  await record(coupon, shopOrder('1', ['ONE']))
  const undone = await rollbackCode(database.db, { ...coupon, code: 'ONE', orderId: '1', now: NOW })
  assert.equal(undone.status, 'nothing_to_undo')
  const reply = await redeemCode(database.db, {
    ...coupon,
    code: 'ONE',
    orderId: '2',
    subtotalMinor: 1,
    currency: 'EUR',
    now: NOW,
  })
  assert.equal(reply.reason, 'already_redeemed')
})

test('after a cancelled order the code stays used, and the coupon decides whether the person gets a new one', async () => {
  for (const onCancel of ['stay_used', 'new_code']) {
    const coupon = await seedCoupon(database.db)
    await sql`update coupons set on_cancel = ${onCancel}::text where account_id = ${coupon.accountId}::uuid`.execute(
      database.db,
    )
    const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
    await seedCode(database.db, coupon, 'ONE', { profileId })
    const cancelled = shopOrder('1', ['ONE'], { cancelledAt: NOW })
    await record(coupon, cancelled)
    assert.equal(await giveOwedCodes(database.db, NOW), 0, 'the line is empty')
    await seedCodes(database.db, coupon, ['TWO', 'THREE'])
    await Promise.all([giveOwedCodes(database.db, NOW), giveOwedCodes(database.db, NOW)])
    await record(coupon, cancelled)
    await giveOwedCodes(database.db, NOW)
    const { rows } = await sql<{ code: string; state: string }>`
      select c.code, a.state from assignments a join codes c on c.account_id = a.account_id and c.id = a.code_id
      where a.account_id = ${coupon.accountId}::uuid and a.profile_id = ${profileId}::uuid order by c.position`.execute(
      database.db,
    )
    const fresh = onCancel === 'new_code' ? [{ code: 'TWO', state: 'open' }] : []
    assert.deepEqual(rows, [{ code: 'ONE', state: 'redeemed' }, ...fresh])
  }
})

test('a new code for a cancelled order takes the place of the old one, also where the coupon gives each person one only', async () => {
  for (const policy of ['once', 'new_each_entry']) {
    const coupon = await seedCoupon(database.db)
    await sql`update coupons set on_cancel = 'new_code', reuse_policy = ${policy}::text where account_id = ${coupon.accountId}::uuid`.execute(
      database.db,
    )
    const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
    const ask = async () => {
      const wanted = { ...coupon, profileIds: [profileId], entry: 'order 1', now: NOW }
      return (await assignCodes(database.db, wanted))[0]
    }
    await seedCodes(database.db, coupon, ['ONE'])
    await ask()
    await record(coupon, shopOrder('1', ['ONE'], { cancelledAt: NOW }))
    assert.equal(await giveOwedCodes(database.db, NOW), 0, 'the line is empty')
    assert.equal((await ask())?.status, 'already_had', 'until there is another, the old one keeps its place')
    await seedCodes(database.db, coupon, ['TWO', 'THREE', 'FOUR'])
    await Promise.all([giveOwedCodes(database.db, NOW), giveOwedCodes(database.db, NOW)])
    const kept = await ask()
    assert.deepEqual([kept?.status, kept && 'code' in kept && kept.code], ['kept', 'TWO'])
    await record(coupon, shopOrder('2', ['TWO']))
    assert.equal((await ask())?.status, 'already_had')
    await record(coupon, shopOrder('2', ['TWO'], { cancelledAt: NOW }))
    await giveOwedCodes(database.db, NOW)
    const third = await ask()
    assert.deepEqual([third?.status, third && 'code' in third && third.code], ['kept', 'THREE'])
  }
})

test('of an archived coupon no new code is owed for ever', async () => {
  const coupon = await seedCoupon(database.db)
  await sql`update coupons set on_cancel = 'new_code', archived_at = ${NOW} where account_id = ${coupon.accountId}::uuid`.execute(
    database.db,
  )
  const [id] = await seedCodes(database.db, coupon, ['ONE'])
  const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  await sql`
    insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, assigned_at)
    values (${coupon.accountId}::uuid, ${id}::uuid, ${coupon.poolId}::uuid, ${coupon.couponId}::uuid, ${profileId}::uuid, 'open', ${NOW})`.execute(
    database.db,
  )
  await record(coupon, shopOrder('1', ['ONE'], { cancelledAt: NOW }))
  assert.equal(await giveOwedCodes(database.db, NOW), 1)
  assert.equal(await giveOwedCodes(database.db, NOW), 0)
})
