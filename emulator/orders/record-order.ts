import { isEmail } from '../customers/create-customer.ts'
import { findRedeemCode } from '../discounts/redeem-codes.ts'
import { randomHex, randomUuid } from '../random.ts'
import type { Order } from '../shop/order.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'

/** What a new order is made of; the rest follows. */
export type OrderDraft = Pick<Order, 'lines' | 'applications' | 'shippingMinor'> & Partial<Order>

/** Source of renewals. Their codes are not used again: limits count at the first checkout only. */
export const RENEWAL_SOURCE = 'subscription_contract'

/** Key under which uses of one buyer are counted. */
export function buyerKey(scopeId: number, email: string): string {
  return `${scopeId}|${email.trim().toLowerCase()}`
}

/**
 * Puts an order into the shop: numbers it, totals it, counts the uses of its codes and tells subscribers.
 *
 * Uses count even above a code's limit: whoever places the order has checked them before, or did not (a renewal).
 */
export function recordOrder(shop: Shop, draft: OrderDraft): Order {
  const now = nowSeconds(shop)
  const number = draft.number ?? shop.nextOrderNumber
  const subtotalMinor = draft.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0)
  const discountsMinor = draft.applications.reduce((sum, application) => sum + application.amountMinor, 0)
  const order: Order = {
    id: shop.ids.next('Order'),
    number,
    name: `#${number}`,
    email: null,
    phone: null,
    customerId: null,
    createdAt: now,
    updatedAt: now,
    processedAt: now,
    closedAt: null,
    cancelledAt: null,
    cancelReason: null,
    financialStatus: 'PAID',
    fulfillmentStatus: 'UNFULFILLED',
    tags: [],
    note: null,
    test: false,
    sourceName: 'web',
    subtotalMinor,
    discountsMinor,
    totalMinor: subtotalMinor + draft.shippingMinor - discountsMinor,
    refunds: [],
    checkoutToken: null,
    cartToken: null,
    statusToken: randomHex(shop.random, 32),
    attributes: [],
    country: 'CA',
    ...draft,
  }
  shop.nextOrderNumber = Math.max(shop.nextOrderNumber, number + 1)
  shop.orders.set(order.id, order)
  if (order.sourceName !== RENEWAL_SOURCE) countUses(shop, order)
  countForCustomer(shop, order)
  announce(shop, order)
  return order
}

function countUses(shop: Shop, order: Order): void {
  for (const application of order.applications) {
    const code = application.code === null ? undefined : findRedeemCode(shop, application.code)
    const discount =
      code?.discount ?? (application.discountId === null ? undefined : shop.discounts.get(application.discountId))
    if (!discount) continue
    if (code) code.uses += 1
    discount.totalSalesMinor += order.totalMinor
    shop.pendingUses.push({ code: code ?? null, discount, at: shop.clock.now() })
    if (!order.email || !isEmail(order.email)) continue
    for (const scopeId of [discount.id, ...(code ? [code.id] : [])]) {
      const key = buyerKey(scopeId, order.email)
      shop.usesByBuyer.set(key, (shop.usesByBuyer.get(key) ?? 0) + 1)
    }
  }
}

function countForCustomer(shop: Shop, order: Order): void {
  const customer = order.customerId === null ? undefined : shop.customers.get(order.customerId)
  if (!customer) return
  customer.ordersPlaced += 1
  customer.amountSpentMinor += order.totalMinor
  customer.updatedAt = nowSeconds(shop)
}

function announce(shop: Shop, order: Order): void {
  const eventId = randomUuid(shop.random)
  shop.emit('orders/create', { kind: 'order', order }, eventId)
  if (order.financialStatus === 'PAID') shop.emit('orders/paid', { kind: 'order', order }, eventId)
}
