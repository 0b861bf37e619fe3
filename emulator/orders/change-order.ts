import { randomUuid } from '../random.ts'
import { type Order, refundedMinor } from '../shop/order.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'

/** Cancels an order. The uses of its codes are not given back. Source: shopify.md, section 8. */
export function cancelOrder(shop: Shop, order: Order): void {
  if (order.cancelledAt !== null) return
  const now = nowSeconds(shop)
  const eventId = randomUuid(shop.random)
  order.cancelledAt = now
  order.closedAt = now
  order.cancelReason = 'CUSTOMER'
  const open = order.totalMinor - refundedMinor(order)
  if (open > 0 && order.financialStatus !== 'PENDING') addRefund(shop, order, open, 'Order cancelled', eventId)
  if (order.financialStatus === 'PENDING') order.financialStatus = 'VOIDED'
  order.updatedAt = now
  shop.emit('orders/cancelled', { kind: 'order', order }, eventId)
  shop.emit('orders/updated', { kind: 'order', order }, eventId)
}

/** Refunds an amount, at most what is left. Returns what was refunded in minor units. */
export function refundOrder(shop: Shop, order: Order, amountMinor: number): number {
  const refunded = Math.min(Math.max(0, amountMinor), order.totalMinor - refundedMinor(order))
  if (refunded === 0) return 0
  const eventId = randomUuid(shop.random)
  addRefund(shop, order, refunded, '', eventId)
  shop.emit('orders/updated', { kind: 'order', order }, eventId)
  return refunded
}

function addRefund(shop: Shop, order: Order, amountMinor: number, note: string, eventId: string): void {
  const refund = { id: shop.ids.next('Refund'), createdAt: nowSeconds(shop), amountMinor, note }
  order.refunds.push(refund)
  order.financialStatus = refundedMinor(order) >= order.totalMinor ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
  order.updatedAt = nowSeconds(shop)
  shop.emit('refunds/create', { kind: 'refund', order, refundId: refund.id }, eventId)
}

/** Attaches an order to a customer, or to nobody. */
export function setOrderCustomer(shop: Shop, order: Order, customerId: number | null): void {
  order.customerId = customerId
  order.updatedAt = nowSeconds(shop)
  shop.emit('orders/updated', { kind: 'order', order })
}
