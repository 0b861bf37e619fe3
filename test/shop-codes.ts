import { sql } from 'kysely'
import type { Terms } from '../contract/coupons.ts'
import { terms as termsShape } from '../contract/coupons.ts'
import { cancelOrder, refundOrder } from '../emulator/orders/change-order.ts'
import { placeOrder } from '../emulator/orders/place-order.ts'
import { renewOrder } from '../emulator/orders/renew-order.ts'
import type { Order } from '../emulator/shop/order.ts'
import { registerShopifyWebhookRoutes } from '../src/api/routes/shopify-webhooks.ts'
import { newId } from '../src/lib/ids.ts'
import { AddCodes } from '../src/stores/shopify/generated/codes.ts'
import { CreateBasicDiscount, CreateFreeShippingDiscount } from '../src/stores/shopify/generated/terms.ts'
import { reconcileStore } from '../src/stores/shopify/reconcile/reconcile-store.ts'
import { discountInputOf } from '../src/stores/shopify/terms/to-discount.ts'
import { applyWebhooks } from '../src/stores/shopify/webhooks/apply-webhooks.ts'
import { subscribeWebhooks } from '../src/stores/shopify/webhooks/subscribe-webhooks.ts'
import { BOOKS } from '../src/worker/shops.ts'
import { NOW, type SeededCoupon, seedCodes, seedCoupon } from './seed-redemptions.ts'
import { openTestServer } from './server.ts'
import { SECRET, type TestShop } from './shop.ts'

/** Scopes of the emulator's app. */
export const SCOPES = [
  'write_discounts',
  'read_orders',
  'write_orders',
  'read_customers',
  'write_customers',
  'read_products',
]

/** A coupon whose codes are live in the shop, as one discount of single-use codes with a seed code. */
export async function seedShopCoupon(
  shop: TestShop,
  codes: string[],
  options: { name?: string; terms?: Partial<Terms> } = {},
): Promise<SeededCoupon & { discountId: string }> {
  const { db, client, accountId, storeId, emulator } = shop
  const coupon = await seedCoupon(db, { accountId, storeId, ...options })
  const seedCode = `SEED-${newId()}`
  const facts = {
    terms: termsShape.parse({ discount: { kind: 'percentage', basisPoints: 2000 }, ...options.terms }),
    title: options.name ?? 'WELCOME20',
    seedCode,
    startsAt: NOW,
    endsAt: null,
    sellsSubscriptions: true,
  }
  const made = discountInputOf(facts)
  if (made.kind === 'buy_x_get_y') throw new Error('another kind of discount was meant')
  const reply =
    made.kind === 'basic'
      ? (await client.request(CreateBasicDiscount, { input: made.input })).discountCodeBasicCreate
      : (await client.request(CreateFreeShippingDiscount, { input: made.input })).discountCodeFreeShippingCreate
  const discountId = reply?.codeDiscountNode?.id ?? ''
  for (let start = 0; start < codes.length; start += 250) {
    const batch = codes.slice(start, start + 250).map((code) => ({ code }))
    await client.request(AddCodes, { discountId, codes: batch })
  }
  emulator.worker.finish()
  await seedCodes(db, coupon, codes)
  await sql`
    insert into shopify_discounts (account_id, pool_id, store_id, state, seed_code, title, discount_id, created_at)
    values (${accountId}::uuid, ${coupon.poolId}::uuid, ${storeId}::uuid, 'live', ${seedCode}::text, ${facts.title}::text,
      ${discountId}::text, ${NOW}::timestamptz)`.execute(db)
  return { ...coupon, discountId }
}

/** The server that takes the shop's webhooks, listening. Returns its address. */
export async function listenForWebhooks(
  t: { after: (work: () => Promise<void>) => void },
  shop: TestShop,
): Promise<string> {
  const server = await openTestServer((app, deps) => registerShopifyWebhookRoutes(app, deps), {
    db: shop.db,
    secret: SECRET,
  })
  t.after(async () => await server[Symbol.asyncDispose]())
  return await server.app.listen({ port: 0, host: '127.0.0.1' })
}

/** What a worker does for the shop, with the shop's clock. */
export function workerOf(shop: TestShop, publicUrl: string) {
  const { accountId, storeId, db, emulator, client } = shop
  const now = (): Date => new Date(emulator.clock.now())
  const input = { accountId, storeId, books: BOOKS, openClient: async () => client, now, publicUrl }
  return {
    now,
    apply: () => applyWebhooks(db, input),
    reconcile: () => reconcileStore(db, input),
    subscribe: () => subscribeWebhooks(client, publicUrl, SCOPES),
  }
}

/** Buys three of something that is sold as a subscription too. */
export function buy(
  { emulator }: TestShop,
  codes: string[],
  options: { email?: string; subscription?: boolean } = {},
): Order {
  const product = [...emulator.shop.products.values()].find((one) => one.sellingPlan !== undefined)
  const variantId = product?.variants[0]?.id ?? 0
  const { email = 'ada@example.com', subscription = false } = options
  const placed = placeOrder(emulator.shop, { lines: [{ variantId, quantity: 3, subscription }], codes, email })
  if (placed.status !== 'placed') throw new Error(JSON.stringify(placed))
  return placed.order
}

/** What becomes of an order later. */
export const later = {
  cancel: ({ emulator }: TestShop, order: Order): void => cancelOrder(emulator.shop, order),
  refund: ({ emulator }: TestShop, order: Order, amountMinor: number): number =>
    refundOrder(emulator.shop, order, amountMinor),
  renew: ({ emulator }: TestShop, order: Order, cycle: number, asManual = false): Order | undefined =>
    renewOrder(emulator.shop, order, { cycle, asManual }),
}

/** Waits until nothing is on its way from the shop: every delivery was answered, given up or lost on purpose. */
export async function untilDelivered({ emulator }: TestShop): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (emulator.shop.deliveries.every(({ state }) => state !== 'waiting')) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('deliveries are still on their way after 15 s')
}

/** Every use of a code as the emulator's own books have it: code, order, cancelled, refunded. */
export function usesInShop({ emulator }: TestShop): unknown[] {
  return [...emulator.shop.orders.values()]
    .flatMap((order) => {
      const codes = order.applications.flatMap((one) => one.code ?? (one.kind === 'manual' ? one.title : []))
      return [...new Set(codes)].map((code) => {
        const off = order.applications.filter(
          (one) => one.code === code || (one.kind === 'manual' && one.title === code),
        )
        return {
          code: code.toUpperCase(),
          orderId: String(order.id),
          discount: off.reduce((sum, one) => sum + one.amountMinor, 0),
          isCancelled: order.cancelledAt !== null,
          refunded: order.refunds.reduce((sum, one) => sum + one.amountMinor, 0),
          isRenewal: order.sourceName === 'subscription_contract',
        }
      })
    })
    .toSorted((a, b) => (`${a.code} ${a.orderId}` < `${b.code} ${b.orderId}` ? -1 : 1))
}

/** The same as we have it. */
export async function usesWithUs({ db, accountId }: TestShop): Promise<unknown[]> {
  const { rows } = await sql`
    select upper(c.code) as code, r.order_id as "orderId", r.discount_minor as discount, r.cancelled_at is not null as "isCancelled",
      r.refunded_minor as refunded, r.is_renewal as "isRenewal"
    from redemptions r join codes c on c.account_id = r.account_id and c.id = r.code_id
    where r.account_id = ${accountId}::uuid order by upper(c.code) || ' ' || r.order_id collate "C"`.execute(db)
  return rows
}
