import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ShopCustomer, ToldConsent } from '../../../profiles/shop-customers.ts'
import { shopId } from './read-order.ts'

const consentShape = z.object({ state: z.string().nullish(), consent_updated_at: z.string().nullish() }).nullish()

/** What we read of a customer in the shape of webhooks. Source: Shopify, REST resource Customer. */
const customerShape = z.object({
  id: shopId.nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  email_marketing_consent: consentShape,
  sms_marketing_consent: consentShape,
})

const orderShape = z.object({ email: z.string().nullish(), customer: customerShape.nullish() })

const consentBody = z.object({
  customer_id: shopId,
  email_address: z.string().nullish(),
  email_marketing_consent: consentShape,
})

const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

const checkoutShape = z.object({
  token: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  customer: customerShape.nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  completed_at: z.string().nullish(),
  currency: z.string().nullish(),
  total_price: z.unknown().optional(),
  subtotal_price: z.unknown().optional(),
  abandoned_checkout_url: z.string().max(2000).nullish(),
  discount_codes: z.array(z.object({ code: z.string() })).default([]),
  line_items: z
    .array(
      z.object({
        title: z.string().nullish(),
        quantity: z.number().nullish(),
        price: z.unknown().optional(),
        product_id: z.unknown().optional(),
        variant_id: z.unknown().optional(),
      }),
    )
    .default([]),
})

/** Most lines of a cart that an event keeps. */
const CART_LINES = 50

export function readCustomerBody(body: unknown): ShopCustomer {
  return toCustomer(customerShape.parse(body))
}

/** Who ordered; null where the order names no customer. */
export function readOrderCustomer(body: unknown): ShopCustomer | null {
  const { customer } = orderShape.parse(body)
  return customer?.id ? toCustomer(customer) : null
}

export function readConsentBody(body: unknown): ShopCustomer {
  const { customer_id: id, email_address: email, email_marketing_consent: consent } = consentBody.parse(body)
  return { ...toCustomer({ id, email }), emailConsent: readConsent(consent) }
}

export type CheckoutBody = {
  /** The same for every message of one checkout. */
  id: string
  customer: ShopCustomer
  at: Date
  updatedAt: Date
  properties: Record<string, unknown>
}

/** A checkout with its cart; undefined before it has a token. */
export function readCheckoutBody(body: unknown): CheckoutBody | undefined {
  const checkout = checkoutShape.parse(body)
  if (!checkout.token) return undefined
  const at = new Date(checkout.created_at)
  const { email, phone, customer } = checkout
  const known = customer ? toCustomer(customer) : toCustomer({})
  return {
    id: idOfCheckout(checkout.token, at),
    customer: { ...known, email: known.email ?? email ?? null, phone: known.phone ?? phone ?? null },
    at,
    updatedAt: new Date(checkout.updated_at),
    properties: {
      currency: checkout.currency ?? null,
      total: text(checkout.total_price) ?? text(checkout.subtotal_price),
      url: checkout.abandoned_checkout_url ?? null,
      completedAt: checkout.completed_at ?? null,
      codes: checkout.discount_codes.map(({ code }) => code.slice(0, 255)).slice(0, 10),
      lines: checkout.line_items.slice(0, CART_LINES).map((line) => ({
        title: line.title?.slice(0, 255) ?? null,
        quantity: line.quantity ?? null,
        price: text(line.price),
        productId: text(line.product_id),
        variantId: text(line.variant_id),
      })),
    },
  }
}

/** A UUIDv7 whose moment is the checkout's and whose chance is its token: events stay in the order of time, and one stays one. */
function idOfCheckout(token: string, at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  const hash = createHash('sha256').update(token).digest('hex')
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`
}

function toCustomer(customer: z.infer<typeof customerShape>): ShopCustomer {
  return {
    id: customer.id ?? null,
    email: customer.email ?? null,
    phone: customer.phone ?? null,
    firstName: customer.first_name ?? null,
    lastName: customer.last_name ?? null,
    emailConsent: readConsent(customer.email_marketing_consent),
    smsConsent: readConsent(customer.sms_marketing_consent),
  }
}

/** Source: Shopify, CustomerMarketingConsent: subscribed, unsubscribed, not_subscribed; pending and invalid say nothing yet. */
function readConsent(told: z.infer<typeof consentShape>): ToldConsent {
  const at = Date.parse(told?.consent_updated_at ?? '')
  const date = Number.isNaN(at) ? null : new Date(at)
  const state = told?.state?.toLowerCase()
  if (state === 'subscribed' || state === 'unsubscribed') return { state, at: date }
  return state === 'not_subscribed' ? { state: 'never', at: date } : null
}
