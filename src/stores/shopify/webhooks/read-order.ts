import { z } from 'zod'
import { minorOfDecimal } from '../../../lib/currency.ts'
import type { ShopOrder } from '../../shop-order.ts'
import { RENEWAL_SOURCE } from '../reconcile/read-orders.ts'

const amount = z.union([z.string(), z.number()]).transform(String)
const moment = z.string().transform((text, issues) => {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) issues.addIssue({ code: 'custom', message: 'is no date' })
  return at
})
export const shopId = z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String)

/** What we read of an order in the shape of webhooks; the rest is passed over. Source: Shopify, REST resource Order. */
const orderShape = z.object({
  id: shopId,
  name: z.string().nullish(),
  email: z.string().nullish(),
  customer: z.object({ id: shopId }).nullish(),
  currency: z.string(),
  subtotal_price: amount,
  created_at: moment,
  updated_at: moment,
  cancelled_at: moment.nullish(),
  source_name: z.string().nullish(),
  test: z.boolean().nullish(),
  discount_codes: z.array(z.object({ code: z.string(), amount: amount.nullish() })).default([]),
  discount_applications: z
    .array(z.object({ type: z.string(), title: z.string().nullish(), code: z.string().nullish() }))
    .default([]),
  line_items: z
    .array(
      z.object({
        discount_allocations: z.array(z.object({ amount, discount_application_index: z.number().int() })).default([]),
      }),
    )
    .default([]),
  refunds: z
    .array(
      z.object({
        transactions: z
          .array(z.object({ kind: z.string(), status: z.string(), amount, currency: z.string().nullish() }))
          .default([]),
      }),
    )
    .default([]),
})
type OrderBody = z.infer<typeof orderShape>

/** An order as a webhook brings it. Throws `ZodError` where it is none. */
export function readOrderBody(body: unknown): ShopOrder {
  const order = orderShape.parse(body)
  const minor = (text: string): number => requireMinor(text, order.currency)
  return {
    id: order.id,
    name: order.name ?? null,
    codes: [...entered(order, minor), ...titled(order, minor)],
    email: order.email?.trim() || null,
    customerId: order.customer?.id ?? null,
    currency: order.currency,
    subtotalMinor: minor(order.subtotal_price),
    createdAt: order.created_at,
    updatedAt: order.updated_at,
    cancelledAt: order.cancelled_at ?? null,
    refundedMinor: refunded(order, minor),
    isRenewal: order.source_name === RENEWAL_SOURCE,
    isTest: order.test === true,
  }
}

function entered(order: OrderBody, minor: (text: string) => number): ShopOrder['codes'] {
  return order.discount_codes.map(({ code, amount: off }) => ({ code, discountMinor: minor(off ?? '0') }))
}

/** Some subscription apps write the code of a renewal as a manual discount with the code as its title. */
function titled(order: OrderBody, minor: (text: string) => number): ShopOrder['codes'] {
  return order.discount_applications.flatMap(({ type, title }, index) => {
    if (type !== 'manual' || !title) return []
    const off = order.line_items
      .flatMap((line) => line.discount_allocations)
      .filter((one) => one.discount_application_index === index)
    return [{ code: title, discountMinor: off.reduce((sum, one) => sum + minor(one.amount), 0) }]
  })
}

/** Refunds in another currency than the order's are left to the reconciliation, which reads the shop's own total. */
function refunded(order: OrderBody, minor: (text: string) => number): number {
  return order.refunds
    .flatMap((refund) => refund.transactions)
    .filter(
      (one) => one.kind === 'refund' && one.status === 'success' && (one.currency ?? order.currency) === order.currency,
    )
    .reduce((sum, one) => sum + minor(one.amount), 0)
}

function requireMinor(text: string, currency: string): number {
  const minor = minorOfDecimal(text, currency)
  if (minor === undefined) throw new Error(`${text} ${currency} is no amount`)
  return minor
}
