import type { Application, Order } from '../shop/order.ts'
import type { Shop } from '../shop/shop.ts'
import { RENEWAL_SOURCE, recordOrder } from './record-order.ts'

export interface Renewal {
  /** The billing cycle of the renewal; the first order was cycle 1. */
  cycle: number
  /** Some subscription apps write the code as a manual application titled with it. */
  asManual: boolean
}

/**
 * Makes the next order of a subscription, with the code again while its cycles last.
 *
 * No limit or window is checked: they count at the first checkout only. Undefined when the order has no subscription line.
 */
export function renewOrder(shop: Shop, order: Order, renewal: Renewal): Order | undefined {
  const kept = order.lines.filter((line) => line.sellingPlan !== null)
  if (kept.length === 0) return undefined
  const applications = order.applications.flatMap(
    (application, index): { application: Application; from: number }[] => {
      const amountMinor = kept.reduce(
        (sum, line) => sum + (line.allocations.find((one) => one.index === index)?.amountMinor ?? 0),
        0,
      )
      if (!lasts(shop, application, renewal.cycle) || amountMinor === 0) return []
      const renewed = { ...application, amountMinor }
      return [
        {
          application: renewal.asManual
            ? { ...renewed, kind: 'manual', title: application.code ?? application.title, code: null }
            : renewed,
          from: index,
        },
      ]
    },
  )
  const lines = kept.map((line) => ({
    ...line,
    id: shop.ids.next('LineItem'),
    allocations: line.allocations.flatMap((allocation) => {
      const index = applications.findIndex((one) => one.from === allocation.index)
      return index < 0 ? [] : [{ ...allocation, index }]
    }),
  }))
  return recordOrder(shop, {
    lines,
    applications: applications.map((one) => one.application),
    shippingMinor: order.shippingMinor,
    email: order.email,
    customerId: order.customerId,
    sourceName: RENEWAL_SOURCE,
    country: order.country,
  })
}

function lasts(shop: Shop, application: Application, cycle: number): boolean {
  const limit =
    application.discountId === null ? 1 : (shop.discounts.get(application.discountId)?.recurringCycleLimit ?? 1)
  return limit === 0 || cycle <= limit
}
