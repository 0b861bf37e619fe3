import { changeConsent } from '../customers/change-consent.ts'
import { createCustomer, findCustomerByEmail, isEmail } from '../customers/create-customer.ts'
import { randomHex } from '../random.ts'
import type { CartLine } from '../shop/cart.ts'
import { discountClass } from '../shop/discount.ts'
import type { Application, Order, OrderLine } from '../shop/order.ts'
import type { Shop } from '../shop/shop.ts'
import type { Basket } from './check-discount.ts'
import { type Applied, type PricedBasket, priceBasket, type Refused } from './price-basket.ts'
import type { PricedLine } from './price-discount.ts'
import { recordOrder } from './record-order.ts'

/** Flat price of sending anything anywhere, in minor units. */
const SHIPPING_MINOR = 900

export interface Checkout {
  lines: readonly CartLine[]
  codes: readonly string[]
  email: string | null
  firstName?: string | null
  lastName?: string | null
  country?: string
  acceptsMarketing?: boolean
  cartToken?: string | null
  checkoutToken?: string | null
}

export type PlaceResult =
  | { status: 'placed'; order: Order }
  | { status: 'refused'; refused: Refused[] }
  | { status: 'invalid'; message: string }

/** The basket of a checkout: lines whose variant is gone are left out. */
function toBasket(shop: Shop, checkout: Checkout): Basket {
  const lines = checkout.lines.flatMap((line): PricedLine[] => {
    const variant = shop.variants.get(line.variantId)
    const product = variant && shop.products.get(variant.productId)
    if (!variant || !product || line.quantity < 1) return []
    const collectionIds = [...shop.collections.values()]
      .filter((one) => one.productIds.includes(product.id))
      .map((one) => one.id)
    const subscription = line.subscription && product.sellingPlan !== undefined && shop.settings.sellsSubscriptions
    return [
      {
        variantId: variant.id,
        productId: product.id,
        collectionIds,
        quantity: line.quantity,
        priceMinor: variant.priceMinor,
        subscription,
      },
    ]
  })
  const ships = lines.some((line) => shop.products.get(line.productId)?.requiresShipping)
  return { lines, email: checkout.email, country: checkout.country ?? 'CA', shippingMinor: ships ? SHIPPING_MINOR : 0 }
}

export function priceCheckout(shop: Shop, checkout: Checkout): PricedBasket {
  return priceBasket(shop, toBasket(shop, checkout), checkout.codes)
}

/**
 * Places the order of a checkout if every entered code works at this moment.
 *
 * The check and the use happen together, so of two buyers with the same last use one is refused.
 */
export function placeOrder(shop: Shop, checkout: Checkout): PlaceResult {
  if (!checkout.email || !isEmail(checkout.email)) return { status: 'invalid', message: 'Enter a valid email' }
  const basket = toBasket(shop, checkout)
  if (basket.lines.length === 0) return { status: 'invalid', message: 'Your cart is empty' }
  const priced = priceBasket(shop, basket, checkout.codes)
  if (priced.refused.length > 0) return { status: 'refused', refused: priced.refused }
  const applications = priced.applied.map(toApplication)
  const order = recordOrder(shop, {
    lines: basket.lines.map((line, index) => toLine(shop, line, index, priced.applied)),
    applications,
    shippingMinor: basket.shippingMinor,
    email: checkout.email,
    customerId: findBuyer(shop, checkout),
    cartToken: checkout.cartToken ?? randomHex(shop.random, 32),
    checkoutToken: checkout.checkoutToken ?? randomHex(shop.random, 32),
    country: basket.country,
  })
  return { status: 'placed', order }
}

function findBuyer(shop: Shop, checkout: Checkout): number | null {
  const email = checkout.email ?? ''
  const known = findCustomerByEmail(shop, email)
  if (known && checkout.acceptsMarketing) changeConsent(shop, known, true)
  if (known) return known.id
  const { firstName = null, lastName = null, acceptsMarketing = false } = checkout
  const consent = acceptsMarketing ? { emailMarketingConsent: { marketingState: 'SUBSCRIBED' } } : {}
  return createCustomer(shop, { email, firstName, lastName, ...consent }).customer?.id ?? null
}

function toApplication({ discount, code, amountMinor }: Applied): Application {
  const { value } = discount
  const effect = value.kind === 'on_quantity' ? value.effect : value
  const shipping = discount.kind === 'free_shipping'
  return {
    kind: code ? 'code' : 'automatic',
    code: code?.code ?? null,
    title: discount.title,
    discountId: discount.id,
    value: shipping
      ? { kind: 'percentage', percentage: 1 }
      : effect.kind === 'percentage'
        ? { kind: 'percentage', percentage: effect.percentage }
        : { kind: 'amount', amountMinor: effect.amountMinor },
    target: shipping ? 'shipping_line' : 'line_item',
    selection: discount.items.kind === 'all' || shipping ? 'all' : 'entitled',
    method: discountClass(discount) === 'ORDER' || shipping ? 'across' : 'each',
    amountMinor,
  }
}

function toLine(shop: Shop, line: PricedLine, index: number, applied: readonly Applied[]): OrderLine {
  const product = shop.products.get(line.productId)
  const variant = shop.variants.get(line.variantId)
  return {
    id: shop.ids.next('LineItem'),
    productId: line.productId,
    variantId: line.variantId,
    title: product?.title ?? '',
    variantTitle: variant && variant.title !== 'Default Title' ? variant.title : null,
    sku: variant?.sku || null,
    quantity: line.quantity,
    priceMinor: line.priceMinor,
    requiresShipping: product?.requiresShipping ?? true,
    sellingPlan: line.subscription ? (product?.sellingPlan ?? null) : null,
    allocations: applied.flatMap((one, position) => {
      const amountMinor = one.lineAmounts[index] ?? 0
      return amountMinor > 0 ? [{ index: position, amountMinor }] : []
    }),
  }
}
