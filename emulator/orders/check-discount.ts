import { findCustomerByEmail } from '../customers/create-customer.ts'
import { type Discount, discountStatus, type RedeemCode } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'
import { fitsPurchase, isEntitled, type LineAmounts, type PricedLine, priceBasic, priceBxgy } from './price-discount.ts'
import { buyerKey } from './record-order.ts'
import type { RefusalReason } from './refusal.ts'

/** The cart as a discount looks at it. */
export interface Basket {
  lines: readonly PricedLine[]
  /** Null before the buyer has given it. */
  email: string | null
  country: string
  shippingMinor: number
}

export type Checked =
  | { ok: true; lineAmounts: LineAmounts; shippingOffMinor: number }
  | { ok: false; reason: RefusalReason }

function refuse(reason: RefusalReason): Checked {
  return { ok: false, reason }
}

/** Whether a discount works for a basket, and what it takes off. `code` is null for an automatic discount. */
export function checkDiscount(shop: Shop, discount: Discount, code: RedeemCode | null, basket: Basket): Checked {
  if (discountStatus(discount, shop.clock.now()) !== 'ACTIVE') return refuse('DISCOUNT_CURRENTLY_INACTIVE')
  if (code && discount.usageLimit !== null && code.uses >= discount.usageLimit)
    return refuse('DISCOUNT_USAGE_LIMIT_REACHED')
  const buyerFault = checkBuyer(shop, discount, code, basket.email)
  if (buyerFault) return refuse(buyerFault)
  return discount.kind === 'free_shipping' ? checkShipping(discount, basket) : checkLines(discount, basket)
}

/** An order without an address cannot be held against a limit per customer; the checkout asks for one before it is placed. */
function checkBuyer(
  shop: Shop,
  discount: Discount,
  code: RedeemCode | null,
  email: string | null,
): RefusalReason | undefined {
  const { context } = discount
  if (context.kind === 'customers' || context.kind === 'segments') {
    if (!email) return 'DISCOUNT_ELIGIBLE_CUSTOMER_MISSING'
    const customerId = findCustomerByEmail(shop, email)?.id ?? 0
    const eligible =
      context.kind === 'customers'
        ? context.ids.includes(customerId)
        : context.ids.some((id) => shop.segments.get(id)?.emails.includes(email.toLowerCase()))
    if (!eligible) return 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE'
  }
  if (!discount.appliesOncePerCustomer || !email) return undefined
  const scopeId = code && shop.settings.oncePerCustomerScope === 'code' ? code.id : discount.id
  return (shop.usesByBuyer.get(buyerKey(scopeId, email)) ?? 0) > 0 ? 'DISCOUNT_CUSTOMER_USAGE_LIMIT_REACHED' : undefined
}

function checkShipping(discount: Discount, basket: Basket): Checked {
  const fitting = basket.lines.filter((line) => fitsPurchase(discount, line))
  if (fitting.length === 0) return refuse('DISCOUNT_INCOMPATIBLE_PURCHASE_TYPE')
  const range = checkMinimum(discount, fitting)
  if (range) return refuse(range)
  const { destination, maximumShippingMinor } = discount
  const reaches =
    destination.kind === 'all' || destination.includeRestOfWorld || destination.countries.includes(basket.country)
  const dear = maximumShippingMinor !== null && basket.shippingMinor > maximumShippingMinor
  if (!reaches || dear || basket.shippingMinor === 0) return refuse('DISCOUNT_NO_ENTITLED_SHIPPING_LINES')
  return { ok: true, lineAmounts: basket.lines.map(() => 0), shippingOffMinor: basket.shippingMinor }
}

function checkLines(discount: Discount, basket: Basket): Checked {
  const items = discount.kind === 'bxgy' && discount.customerBuys ? discount.customerBuys.items : discount.items
  const named = basket.lines.map((line) => isEntitled(items, line))
  if (!named.includes(true)) return refuse('DISCOUNT_NO_ENTITLED_LINE_ITEMS')
  if (discount.kind === 'bxgy') {
    const lineAmounts = priceBxgy(discount, basket.lines)
    return lineAmounts ? { ok: true, lineAmounts, shippingOffMinor: 0 } : refuse('DISCOUNT_QUANTITY_NOT_IN_RANGE')
  }
  const entitled = basket.lines.map((line, index) => named[index] === true && fitsPurchase(discount, line))
  if (!entitled.includes(true)) return refuse('DISCOUNT_INCOMPATIBLE_PURCHASE_TYPE')
  const range = checkMinimum(
    discount,
    basket.lines.filter((_, index) => entitled[index]),
  )
  if (range) return refuse(range)
  return { ok: true, lineAmounts: priceBasic(discount, basket.lines, entitled), shippingOffMinor: 0 }
}

function checkMinimum(discount: Discount, lines: readonly PricedLine[]): RefusalReason | undefined {
  const { minimum } = discount
  if (!minimum) return undefined
  if (minimum.kind === 'quantity') {
    return lines.reduce((sum, line) => sum + line.quantity, 0) < minimum.quantity
      ? 'DISCOUNT_QUANTITY_NOT_IN_RANGE'
      : undefined
  }
  const subtotal = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0)
  return subtotal < minimum.amountMinor ? 'DISCOUNT_PURCHASE_NOT_IN_RANGE' : undefined
}
