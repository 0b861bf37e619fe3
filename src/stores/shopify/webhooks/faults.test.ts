import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openShop, type TestShop } from '../../../../test/shop.ts'
import {
  buy,
  later,
  listenForWebhooks,
  seedShopCoupon,
  untilDelivered,
  usesInShop,
  usesWithUs,
  workerOf,
} from '../../../../test/shop-codes.ts'

const CODES = Array.from({ length: 12 }, (_, n) => `CODE-${n}`)

/** Orders, cancellations, refunds and renewals with every second code. */
function trade(shop: TestShop): void {
  for (const [n, code] of CODES.entries()) {
    if (n % 2 === 1) continue
    const order = buy(shop, [code], { email: `p${n}@example.com`, subscription: n === 0 })
    if (n === 0) later.renew(shop, order, 2)
    if (n === 0) later.renew(shop, order, 3, true)
    if (n === 2) later.cancel(shop, order)
    if (n === 4) later.refund(shop, order, 700)
    if (n === 4) later.refund(shop, order, 300)
  }
  buy(shop, [])
}

const SUBSCRIBED = { terms: { purchase: 'both' as const, billingCycles: null } }

test('webhooks alone: after duplicates and reordering redemptions are the shop’s orders exactly, with two workers at once', async (t) => {
  const shop = await openShop(t, {
    seed: 1,
    settings: { webhookDuplicateRate: 0.5, webhookReorderRate: 0.5, retryScale: 0 },
  })
  await seedShopCoupon(shop, CODES, SUBSCRIBED)
  const worker = workerOf(shop, await listenForWebhooks(t, shop))
  assert.deepEqual((await worker.subscribe()).missing, [])
  trade(shop)
  shop.emulator.clock.advance(10_000)
  await untilDelivered(shop)
  await Promise.all([worker.apply(), worker.apply(), worker.apply()])
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
  assert.equal(usesInShop(shop).length, 8)
})

test('every webhook lost: the reconciliation alone brings the same', async (t) => {
  const shop = await openShop(t, { seed: 2, settings: { webhookDropRate: 1 } })
  await seedShopCoupon(shop, CODES, SUBSCRIBED)
  const worker = workerOf(shop, await listenForWebhooks(t, shop))
  trade(shop)
  await worker.reconcile()
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
  await worker.reconcile()
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
})

test('half of the webhooks lost, the others doubled and late, reconciliations between: the same', async (t) => {
  const shop = await openShop(t, {
    seed: 3,
    settings: { webhookDropRate: 0.4, webhookDuplicateRate: 0.5, webhookReorderRate: 0.5, retryScale: 0 },
  })
  await seedShopCoupon(shop, CODES, SUBSCRIBED)
  const worker = workerOf(shop, await listenForWebhooks(t, shop))
  await worker.subscribe()
  trade(shop)
  await Promise.all([worker.reconcile(), worker.apply()])
  shop.emulator.clock.advance(10_000)
  await untilDelivered(shop)
  await Promise.all([worker.reconcile(), worker.apply(), worker.apply()])
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
})

test('a delivery that is replayed with its old id changes nothing', async (t) => {
  const shop = await openShop(t, { seed: 4 })
  await seedShopCoupon(shop, CODES)
  const url = await listenForWebhooks(t, shop)
  const worker = workerOf(shop, url)
  await worker.subscribe()
  buy(shop, ['CODE-1'])
  await untilDelivered(shop)
  await worker.apply()
  const before = await usesWithUs(shop)
  for (const { webhookId } of [...shop.emulator.shop.deliveries]) {
    const sent = await fetch(`${shop.emulator.url}/_emulator/deliveries/resend`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ webhookId }),
    })
    assert.deepEqual(await sent.json(), { sent: true })
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(await worker.apply(), 0)
  assert.deepEqual(await usesWithUs(shop), before)
})

test('subscriptions that the shop removed after failures are made again, and what was missed is found', async (t) => {
  const shop = await openShop(t, { seed: 5, settings: { retryScale: 0 } })
  await seedShopCoupon(shop, CODES)
  const url = await listenForWebhooks(t, shop)
  await workerOf(shop, 'http://127.0.0.1:9').subscribe()
  const made = shop.emulator.shop.subscriptions.size
  buy(shop, ['CODE-1'])
  await untilDelivered(shop)
  assert.ok(shop.emulator.shop.subscriptions.size < made, 'the shop removed some')
  const worker = workerOf(shop, url)
  await worker.reconcile()
  assert.equal(shop.emulator.shop.subscriptions.size, made)
  assert.deepEqual(
    [...new Set([...shop.emulator.shop.subscriptions.values()].map(({ uri }) => uri))],
    [`${url}/webhooks/shopify`],
  )
  buy(shop, ['CODE-2'])
  await untilDelivered(shop)
  await worker.apply()
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
  assert.equal(usesInShop(shop).length, 2)
})

test('subscribing twice at once makes each subscription once', async (t) => {
  const shop = await openShop(t, { seed: 6 })
  const worker = workerOf(shop, await listenForWebhooks(t, shop))
  const results = await Promise.all([worker.subscribe(), worker.subscribe()])
  for (const { missing, error } of results) assert.deepEqual({ missing, error }, { missing: [], error: null })
  const topics = [...shop.emulator.shop.subscriptions.values()].map(({ topic }) => topic)
  assert.equal(new Set(topics).size, topics.length)
})

test('an address that the shop does not take is told to the merchant, and orders come by reconciliation', async (t) => {
  const shop = await openShop(t, { seed: 7, settings: { allowLocalHttpWebhooks: false } })
  await seedShopCoupon(shop, CODES)
  const worker = workerOf(shop, 'http://shop.example.com')
  buy(shop, ['CODE-1'])
  await worker.reconcile()
  const { rows } = await sql<{ missing: string[]; error: string }>`
    select webhooks_missing as missing, webhooks_error as error from shopify_reconciles where account_id = ${shop.accountId}::uuid`.execute(
    shop.db,
  )
  assert.equal(rows[0]?.error, 'Address protocol http:// is not supported')
  assert.ok(rows[0]?.missing.includes('orders/create'))
  assert.deepEqual(await usesWithUs(shop), usesInShop(shop))
})

test('webhooks and the API tell the same of an order with several discounts', async (t) => {
  const shop = await openShop(t, { seed: 8 })
  const combining = { combinesWith: { orderDiscounts: true, productDiscounts: true, shippingDiscounts: true } }
  await seedShopCoupon(shop, CODES, { terms: combining })
  await seedShopCoupon(shop, ['OTHER-1'], { name: 'OTHER', terms: combining })
  const url = await listenForWebhooks(t, shop)
  const worker = workerOf(shop, url)
  await worker.subscribe()
  buy(shop, ['CODE-3', 'other-1'])
  await untilDelivered(shop)
  await worker.apply()
  const told = await readAmounts(shop)
  await sql`truncate redemptions, redemption_ledger`.execute(shop.db)
  await worker.reconcile()
  assert.deepEqual(await readAmounts(shop), told)
  assert.equal(told.length, 2)
})

async function readAmounts({ db, accountId }: TestShop): Promise<unknown[]> {
  const { rows } = await sql`
    select order_name, order_email, customer_id, currency, subtotal_minor, discount_minor, redeemed_at, order_updated_at, is_test
    from redemptions where account_id = ${accountId}::uuid order by discount_minor, code_id`.execute(db)
  return rows
}
