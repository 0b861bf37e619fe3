import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { addRedeemCode, removeRedeemCodes } from '../../../../emulator/discounts/redeem-codes.ts'
import type { Discount } from '../../../../emulator/shop/discount.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import { seedProfiles } from '../../../../test/seed.ts'
import { openShop, type TestShop } from '../../../../test/shop.ts'
import { buy, seedShopCoupon, workerOf } from '../../../../test/shop-codes.ts'
import { assignCodes } from '../../../codes/assign.ts'
import type { Database } from '../../../db/database.ts'
import { reportCouponPage } from '../../../reports/coupon-pages.ts'
import type { ShopifyClient } from '../client/client.ts'
import { type CheckedDiscount, selectCheckedOne } from './drift.sql.ts'
import { listDrift } from './list-drift.ts'
import { walkCodes } from './walk-codes.ts'
import { selectWalk } from './walks.sql.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const NOWHERE = 'http://127.0.0.1:9'
const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `CODE-${n}`)

/** A coupon whose codes are in the shop, and what a merchant and a worker do. */
async function open(t: { after: (work: () => Promise<void>) => void }, count: number) {
  const shop = await openShop(t, { database, seed: 7 })
  const coupon = await seedShopCoupon(shop, namesOf(count))
  const worker = workerOf(shop, NOWHERE)
  const discount = [...shop.emulator.shop.discounts.values()].at(-1) as Discount
  return {
    shop,
    coupon,
    worker,
    discount,
    removeInShop: (codes: readonly string[]) => {
      const ids = discount.codes.filter((one) => codes.includes(one.code)).map((one) => one.id)
      assert.equal(removeRedeemCodes(shop.emulator.shop, discount, new Set(ids)), codes.length)
    },
    draw: async (profileIds: string[]) =>
      await assignCodes(shop.db, {
        accountId: shop.accountId,
        couponId: coupon.couponId,
        profileIds,
        now: worker.now(),
      }),
    counts: async () =>
      (await reportCouponPage(shop.db, { ...shop, couponId: coupon.couponId, now: worker.now() })).counts,
    drift: async () => (await listDrift(shop.db, shop)).map(({ field, expected, found }) => [field, expected, found]),
    later: (ms: number) => shop.emulator.clock.advance(ms),
    checked: async () => (await selectCheckedOne(shop.db, shop, coupon.poolId)) as CheckedDiscount,
  }
}

async function statesOf({ db, accountId }: TestShop, codes: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`
    select c.state || coalesce(' ' || a.state, '') as state from codes c left join assignments a on a.account_id = c.account_id and a.code_id = c.id
    where c.account_id = ${accountId}::uuid and c.code = any(${codes}::text[]) order by array_position(${codes}::text[], c.code)`.execute(
    db,
  )
  return rows.map((row) => row.state)
}

test('codes that the merchant deleted one by one are given to nobody, and who had one gets another', async (t) => {
  const { shop, worker, removeInShop, draw, counts, drift, later } = await open(t, 12)
  const [ada, ben, cy, dot] = (await seedProfiles(shop.db, shop.accountId, 4)) as [string, string, string, string]
  const had = await draw([ada, ben])
  assert.deepEqual(
    had.map((one) => 'code' in one && one.code),
    ['CODE-0', 'CODE-1'],
  )
  buy(shop, ['CODE-1'])
  await worker.reconcile()
  const deleted = ['CODE-0', 'CODE-1', 'CODE-2', 'CODE-11']
  removeInShop(deleted)
  later(10 * MINUTE_MS)
  await worker.reconcile()
  assert.deepEqual(await drift(), [['codes', '13 codes', '9 codes']])
  assert.deepEqual(
    await statesOf(shop, deleted),
    ['live open', 'redeemed redeemed', 'live', 'live'],
    'seen once is not enough',
  )
  later(2 * MINUTE_MS)
  await worker.reconcile()
  assert.deepEqual(await statesOf(shop, deleted), [
    'withdrawn revoked',
    'redeemed redeemed',
    'withdrawn out',
    'withdrawn out',
  ])
  const { made, live, available, assigned, redeemed, withdrawn } = await counts()
  assert.deepEqual([made, live, available, assigned, redeemed, withdrawn], [12, 8, 8, 2, 1, 3])
  assert.deepEqual(
    (await draw([ada, cy, dot])).map((one) => 'code' in one && one.code),
    ['CODE-3', 'CODE-4', 'CODE-5'],
  )
  assert.deepEqual(await drift(), [], 'what is known to be gone is missed no more')
  later(10 * MINUTE_MS)
  await worker.reconcile()
  assert.deepEqual(await drift(), [])
  removeInShop(['CODE-9'])
  for (let look = 0; look < 3; look += 1) {
    await worker.reconcile()
    later(2 * MINUTE_MS)
  }
  assert.deepEqual(await drift(), [], 'each is counted once')
  const { rows } =
    await sql`select action, data from audit_log where account_id = ${shop.accountId}::uuid and action like 'coupon.%' order by id`.execute(
      shop.db,
    )
  assert.deepEqual(
    rows,
    [3, 1].map((codes) => ({ action: 'coupon.codes_lost', data: { codes } })),
  )
})

test('a second look comes soon after codes were missed, and the next at the usual time', async (t) => {
  const { shop, worker, removeInShop, later } = await open(t, 3)
  const dueIn = async () => {
    const { rows } = await sql<{
      at: Date
    }>`select due_at as at from shopify_reconciles where account_id = ${shop.accountId}::uuid`.execute(shop.db)
    return Math.round(((rows[0]?.at.getTime() ?? 0) - worker.now().getTime()) / MINUTE_MS)
  }
  await worker.reconcile()
  assert.equal(await dueIn(), 10)
  removeInShop(['CODE-1'])
  await worker.reconcile()
  assert.equal(await dueIn(), 2)
  later(2 * MINUTE_MS)
  await worker.reconcile()
  assert.equal(await dueIn(), 10)
})

test('where as many codes were added as were deleted, the weekly reading finds what is missing', async (t) => {
  const { shop, worker, discount, removeInShop, later } = await open(t, 5)
  await sql`update shopify_discounts set created_at = ${worker.now()}::timestamptz where account_id = ${shop.accountId}::uuid`.execute(
    shop.db,
  )
  removeInShop(['CODE-3'])
  addRedeemCode(shop.emulator.shop, discount, 'MERCHANT')
  later(6 * DAY_MS)
  await worker.reconcile()
  assert.deepEqual(await statesOf(shop, ['CODE-3']), ['live'])
  later(DAY_MS)
  await worker.reconcile()
  assert.deepEqual(await statesOf(shop, ['CODE-3']), ['withdrawn out'])
})

test('a long discount is read over several comparisons, through failures, and no page twice', async (t) => {
  const { shop, coupon, worker, removeInShop, checked, counts } = await open(t, 1700)
  const deleted = namesOf(1700).filter((_, n) => n % 100 === 7)
  await worker.reconcile()
  removeInShop(deleted)
  let calls = 0
  const failing: ShopifyClient = {
    shop: shop.client.shop,
    request: async (...call) => {
      calls += 1
      if (calls === 4) throw new Error('gone')
      return await shop.client.request(...call)
    },
  }
  const reader = { client: failing, options: {}, now: worker.now() }
  const round = async (pages: number, lookUps: number) =>
    await walkCodes(shop.db, reader, await checked(), 1684, { pages, lookUps })
  assert.equal(await round(2, 1000), 0)
  await assert.rejects(round(9, 1000), /gone/)
  assert.equal((await selectWalk(shop.db, { ...shop, poolId: coupon.poolId }))?.read, 750, 'three pages are kept')
  assert.equal(await round(9, 10), 17, 'a look-up of one chunk')
  assert.equal(await selectWalk(shop.db, { ...shop, poolId: coupon.poolId }), undefined)
  assert.equal(calls, 1 + 7 + 1, 'the failed call, seven pages, one look-up')
  const { made, available, withdrawn } = await counts()
  assert.deepEqual([made, available, withdrawn], [1700, 1683, 17])
})

test('a shop that shows fewer codes than it counts has told nothing', async (t) => {
  const { shop, worker, removeInShop, checked } = await open(t, 300)
  removeInShop(['CODE-5'])
  const cut: ShopifyClient = {
    shop: shop.client.shop,
    request: async (...call) =>
      JSON.parse(
        JSON.stringify(await shop.client.request(...call)).replace('"hasNextPage":true', '"hasNextPage":false'),
      ),
  }
  const walk = async (client: ShopifyClient) =>
    await walkCodes(shop.db, { client, options: {}, now: worker.now() }, await checked(), 300, {
      pages: 9,
      lookUps: 999,
    })
  assert.equal(await walk(cut), 0)
  assert.deepEqual(await statesOf(shop, ['CODE-5', 'CODE-299']), ['live', 'live'])
  assert.equal(await walk(shop.client), 1)
  assert.deepEqual(await statesOf(shop, ['CODE-5', 'CODE-299']), ['withdrawn out', 'live'])
})

test('a code that the pages lack and the shop knows by its text stays', async (t) => {
  const { shop, worker, discount, checked } = await open(t, 10)
  const hidden = discount.codes.splice(4, 1)
  const reader = { client: shop.client, options: {}, now: worker.now() }
  assert.equal(await walkCodes(shop.db, reader, await checked(), 10, { pages: 9, lookUps: 999 }), 0)
  assert.deepEqual(
    await statesOf(
      shop,
      hidden.map((one) => one.code),
    ),
    ['live'],
  )
})

test('a number that stays wrong although every code is there is looked into once an hour', async (t) => {
  const { worker, discount, shop, later, drift } = await open(t, 10)
  discount.codes.splice(4, 1)
  let pages = 0
  const { request } = shop.client
  shop.client.request = async (...call) => {
    if (call[0].name === 'ReadDiscountCodes') pages += 1
    return await request(...call)
  }
  const seen: number[] = []
  for (let look = 0; look < 9; look += 1) {
    await worker.reconcile()
    seen.push(pages)
    later(10 * MINUTE_MS)
  }
  assert.deepEqual(seen, [0, 1, 1, 1, 1, 1, 1, 2, 2])
  assert.deepEqual(await drift(), [['codes', '11 codes', '10 codes']], 'it stays shown')
})

test('a reading whose cause has gone is brought to its end, so that no later one goes on with what it saw', async (t) => {
  const { shop, coupon, worker, discount, checked, later } = await open(t, 600)
  await worker.reconcile()
  const [hidden] = discount.codes.splice(4, 1)
  await walkCodes(shop.db, { client: shop.client, options: {}, now: worker.now() }, await checked(), 600, {
    pages: 1,
    lookUps: 1,
  })
  assert.ok(hidden && (await selectWalk(shop.db, { ...shop, poolId: coupon.poolId })))
  discount.codes.splice(4, 0, hidden)
  later(10 * MINUTE_MS)
  await worker.reconcile()
  assert.equal(await selectWalk(shop.db, { ...shop, poolId: coupon.poolId }), undefined)
})

test('a pool that is closed while it is read is read no further', async (t) => {
  const { shop, coupon, worker, checked } = await open(t, 600)
  const reader = { client: shop.client, options: {}, now: worker.now() }
  await walkCodes(shop.db, reader, await checked(), 600, { pages: 1, lookUps: 1 })
  await sql`update pool_heads set closed_at = now() where pool_id = ${coupon.poolId}::uuid`.execute(shop.db)
  await worker.reconcile()
  assert.equal(await selectWalk(shop.db, { ...shop, poolId: coupon.poolId }), undefined)
})
