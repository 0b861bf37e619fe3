import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../../test/database.ts'
import { openShop, type TestShop } from '../../../../test/shop.ts'
import { buy, seedShopCoupon, usesInShop, usesWithUs, workerOf } from '../../../../test/shop-codes.ts'
import { addCustomer, addSegment } from '../../../../test/shop-customers.ts'
import { countAvailable } from '../../../codes/pool.ts'
import type { Database } from '../../../db/database.ts'
import { listDrift } from './list-drift.ts'
import { restoreTerms } from './restore-terms.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const CODES = ['CODE-0', 'CODE-1', 'CODE-2']
const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const NOWHERE = 'http://127.0.0.1:9'

type Reconcile = {
  ordersRead: number
  error: string | null
  gapFrom: Date | null
  completeAt: Date | null
  ordersUntil: Date | null
}

async function readReconcile({ db, storeId }: TestShop): Promise<Reconcile | undefined> {
  const { rows } = await sql<Reconcile>`
    select orders_read as "ordersRead", error, gap_from as "gapFrom", complete_at as "completeAt", orders_until as "ordersUntil"
    from shopify_reconciles where store_id = ${storeId}::uuid`.execute(db)
  return rows[0]
}

test('orders are read page by page, and after a failure the next round goes on from the sure point', async (t) => {
  const shop = await openShop(t, { database, seed: 1 })
  await seedShopCoupon(shop, CODES)
  const worker = workerOf(shop, NOWHERE)
  await worker.reconcile()
  for (let n = 0; n < 70; n += 1) {
    buy(shop, n === 60 ? ['CODE-1'] : [])
    shop.emulator.clock.advance(MINUTE_MS)
  }
  shop.emulator.faults.add({ kind: 'internal_error', match: 'ListOrders', skip: 2, times: 6 })
  await worker.reconcile()
  const failed = await readReconcile(shop)
  assert.match(failed?.error ?? '', /./)
  assert.equal(failed?.ordersRead, 50)
  await worker.reconcile()
  const done = await readReconcile(shop)
  assert.equal(done?.error, null)
  assert.ok((done?.ordersRead ?? 0) < 50 + 20 + 20, 'what was read is not read again but for the overlap')
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
})

test('orders that the shop no longer shows are a gap that is told', async (t) => {
  const shop = await openShop(t, { database, seed: 2 })
  await sql`update shopify_shops set scopes = '{write_discounts,read_orders}' where account_id = ${shop.accountId}::uuid`.execute(
    shop.db,
  )
  await seedShopCoupon(shop, CODES)
  const worker = workerOf(shop, NOWHERE)
  await worker.reconcile()
  shop.emulator.clock.advance(59 * DAY_MS)
  await worker.reconcile()
  assert.equal((await readReconcile(shop))?.gapFrom, null, 'a quiet shop has no gap')
  shop.emulator.clock.advance(61 * DAY_MS)
  await worker.reconcile()
  assert.ok((await readReconcile(shop))?.gapFrom)
})

test('a use that the shop counts leads to its order, and without one it is written down alone after half an hour', async (t) => {
  const shop = await openShop(t, { database, seed: 3, settings: { usageLagMs: 1000 } })
  await seedShopCoupon(shop, CODES)
  const worker = workerOf(shop, NOWHERE)
  const [found, hidden] = [buy(shop, ['CODE-0']), buy(shop, ['CODE-2'])]
  for (const order of [found, hidden]) order.updatedAt -= 400 * DAY_MS // neither is among the orders that are read
  shop.emulator.shop.orders.delete(hidden.id)
  shop.emulator.clock.advance(5000)
  await worker.reconcile()
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop), 'the order is found by its code')
  shop.emulator.clock.advance(31 * MINUTE_MS)
  await worker.reconcile()
  assert.deepEqual(
    (await usesWithUs(shop)).map((use) => [(use as { code: string }).code, (use as { orderId: string }).orderId]),
    [
      ['CODE-0', String(found.id)],
      ['CODE-2', null],
    ],
  )
  hidden.updatedAt = shop.emulator.clock.now()
  shop.emulator.shop.orders.set(hidden.id, hidden)
  await worker.reconcile()
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop), 'the order that turned up takes the place')
})

test('what the merchant changes is shown with its field until it agrees again, and our terms can be put back', async (t) => {
  const shop = await openShop(t, { database, seed: 4 })
  const productIds = [...shop.emulator.shop.products.keys()].map(String)
  const first = productIds[0] ?? ''
  const coupon = await seedShopCoupon(shop, CODES, { terms: { appliesTo: { kind: 'products', productIds: [first] } } })
  const worker = workerOf(shop, NOWHERE)
  const key = { accountId: shop.accountId, couponId: coupon.couponId }
  await worker.reconcile()
  assert.deepEqual(await listDrift(shop.db, key), [])

  const discount = [...shop.emulator.shop.discounts.values()].at(-1)
  assert.ok(discount && discount.items.kind === 'products')
  discount.appliesOncePerCustomer = true
  discount.items.productIds = productIds.slice(0, 2).map(Number)
  shop.emulator.clock.advance(MINUTE_MS)
  discount.updatedAt = shop.emulator.clock.now()
  await worker.reconcile()
  const seen = await listDrift(shop.db, key)
  assert.deepEqual(
    seen.map(({ field, expected, found, canRestore }) => [field, expected, found, canRestore]),
    [
      ['appliesTo', `products ${first}`, `products ${productIds.slice(0, 2).toSorted().join(', ')}`, true],
      ['oncePerCustomer', 'false', 'true', true],
    ],
  )
  shop.emulator.clock.advance(10 * MINUTE_MS)
  await worker.reconcile()
  assert.deepEqual(await listDrift(shop.db, key), seen, 'since stays')
  const { left } = await restoreTerms(shop.db, shop.client, { poolId: coupon.poolId, now: worker.now() })
  assert.deepEqual(left, [])
  assert.deepEqual(await listDrift(shop.db, key), [])
  assert.deepEqual(
    [discount.appliesOncePerCustomer, discount.items],
    [false, { kind: 'products', productIds: [Number(first)], variantIds: [] }],
  )
  assert.equal(discount.codes.length, CODES.length + 1, 'the codes stay')
})

test('putting our terms back takes out the customers and segments that the merchant added', async (t) => {
  const shop = await openShop(t, { database, seed: 4 })
  const [meant, added] = [addCustomer(shop, 'a@shop.example'), addCustomer(shop, 'b@shop.example')]
  const [segment, other] = [addSegment(shop, []), addSegment(shop, [])]
  const discounts = [{ kind: 'percentage' as const, basisPoints: 1000 }, { kind: 'free_shipping' as const }]
  const buyers = [
    {
      who: { customers: 'customers' as const, customerIds: [String(meant)] },
      kind: 'customers' as const,
      meant,
      added,
    },
    {
      who: { customers: 'segments' as const, segmentIds: [String(segment)] },
      kind: 'segments' as const,
      meant: segment,
      added: other,
    },
  ]
  const cases = discounts.flatMap((discount) => buyers.map((one) => ({ discount, ...one })))
  for (const [index, one] of cases.entries()) {
    const terms = { discount: one.discount, ...one.who }
    const coupon = await seedShopCoupon(shop, [`FOR-SOME-${index}`], { name: `SOME ${index}`, terms })
    const inShop = [...shop.emulator.shop.discounts.values()].at(-1)
    assert.deepEqual(inShop?.context, { kind: one.kind, ids: [one.meant] })
    for (const changed of [[one.meant, one.added], [one.added]]) {
      inShop.context = { kind: one.kind, ids: changed }
      const { left } = await restoreTerms(shop.db, shop.client, { poolId: coupon.poolId, now: new Date() })
      assert.deepEqual(left, [])
      assert.deepEqual(inShop.context, { kind: one.kind, ids: [one.meant] })
    }
  }
})

test('codes that the merchant deletes or adds are shown, and so is a discount that is gone', async (t) => {
  const shop = await openShop(t, { database, seed: 5 })
  const coupon = await seedShopCoupon(shop, CODES)
  const worker = workerOf(shop, NOWHERE)
  const drift = async () =>
    (await listDrift(shop.db, { accountId: shop.accountId, storeId: shop.storeId })).map((one) => [
      one.field,
      one.expected,
      one.found,
      one.canRestore,
    ])
  await worker.reconcile()
  assert.deepEqual(await drift(), [])
  const discount = [...shop.emulator.shop.discounts.values()].at(-1)
  const removed = discount?.codes.pop()
  await worker.reconcile()
  assert.deepEqual(await drift(), [['codes', '4 codes', '3 codes', false]])
  if (removed) discount?.codes.push(removed)
  await worker.reconcile()
  assert.deepEqual(await drift(), [])
  if (discount) shop.emulator.shop.discounts.delete(discount.id)
  await worker.reconcile()
  assert.deepEqual(await drift(), [['discount', 'in the shop', 'deleted', false]])
  const left = { accountId: shop.accountId, coupon: coupon.couponId, now: worker.now() }
  assert.equal(await countAvailable(shop.db, left), 0, 'nobody is given a code that the shop does not have')
  await assert.rejects(restoreTerms(shop.db, shop.client, { poolId: coupon.poolId, now: worker.now() }), {
    code: 'drift_not_found',
  })
})

test('a shop that refuses its token is told so and asked again later', async (t) => {
  const shop = await openShop(t, { database, seed: 6 })
  await seedShopCoupon(shop, CODES)
  shop.emulator.shop.app.tokens.clear()
  const worker = workerOf(shop, NOWHERE)
  await worker.reconcile()
  const row = await readReconcile(shop)
  assert.match(row?.error ?? '', /token|not connected/)
  assert.equal(row?.completeAt, null)
})
