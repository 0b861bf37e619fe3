import { findRedeemCode } from '../discounts/redeem-codes.ts'
import {
  type CombinesWith,
  type Discount,
  type DiscountClass,
  discountClass,
  type RedeemCode,
} from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'
import { type Basket, checkDiscount } from './check-discount.ts'
import type { LineAmounts } from './price-discount.ts'
import { REFUSALS, type RefusalReason } from './refusal.ts'

/** Most codes of one order. Source: vendor documentation citing Shopify's help. */
const MAX_MERCHANDISE_CODES = 5
const MAX_SHIPPING_CODES = 1

/** A discount that works, with what it takes off. */
export interface Applied {
  discount: Discount
  code: RedeemCode | null
  lineAmounts: LineAmounts
  shippingOffMinor: number
  amountMinor: number
}

export interface Refused {
  code: string
  reason: RefusalReason
  message: string
}

export interface PricedBasket {
  subtotalMinor: number
  shippingMinor: number
  discountsMinor: number
  totalMinor: number
  applied: Applied[]
  refused: Refused[]
}

/**
 * Prices a basket with the entered codes and the automatic discounts.
 *
 * Codes count in the order of entry: a later one that may not be combined with an earlier one is refused. Shopify looks
 * for the best combination; this simplification is named in docs/emulator.md.
 */
export function priceBasket(shop: Shop, basket: Basket, codes: readonly string[]): PricedBasket {
  const applied: Applied[] = []
  const refused: Refused[] = []
  for (const entered of distinct(codes)) {
    const reason = tryCode(shop, basket, entered, applied)
    if (reason) refused.push({ code: entered, reason, message: REFUSALS[reason](entered) })
  }
  for (const discount of shop.discounts.values()) {
    if (discount.automatic) tryDiscount(shop, basket, discount, null, applied)
  }
  const subtotalMinor = basket.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0)
  capToLines(basket, applied)
  const discountsMinor = applied.reduce((sum, one) => sum + one.amountMinor, 0)
  const totalMinor = subtotalMinor + basket.shippingMinor - discountsMinor
  return { subtotalMinor, shippingMinor: basket.shippingMinor, discountsMinor, totalMinor, applied, refused }
}

/** Codes without repetition, ignoring case; the first writing stays. */
export function distinct(codes: readonly string[]): string[] {
  const seen = new Set<string>()
  return codes.filter((code) => {
    const key = code.toUpperCase()
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function tryCode(shop: Shop, basket: Basket, entered: string, applied: Applied[]): RefusalReason | undefined {
  const code = findRedeemCode(shop, entered)
  if (!code) return 'DISCOUNT_NOT_FOUND'
  return tryDiscount(shop, basket, code.discount, code, applied)
}

function tryDiscount(
  shop: Shop,
  basket: Basket,
  discount: Discount,
  code: RedeemCode | null,
  applied: Applied[],
): RefusalReason | undefined {
  const checked = checkDiscount(shop, discount, code, basket)
  if (!checked.ok) return checked.reason
  if (!fitsAmong(discount, applied)) return 'DISCOUNT_CODE_NOT_HONOURED'
  const amountMinor = checked.lineAmounts.reduce((sum, amount) => sum + amount, checked.shippingOffMinor)
  applied.push({
    discount,
    code,
    lineAmounts: [...checked.lineAmounts],
    shippingOffMinor: checked.shippingOffMinor,
    amountMinor,
  })
  return undefined
}

const COMBINES: Record<DiscountClass, (combines: CombinesWith) => boolean> = {
  ORDER: (combines) => combines.orderDiscounts,
  PRODUCT: (combines) => combines.productDiscounts,
  SHIPPING: (combines) => combines.shippingDiscounts,
}

/** Two discounts combine when each allows the other's class, and no limit of codes is passed. */
function fitsAmong(discount: Discount, applied: readonly Applied[]): boolean {
  const own = discountClass(discount)
  const isShipping = own === 'SHIPPING'
  const same = applied.filter((one) => (discountClass(one.discount) === 'SHIPPING') === isShipping).length
  if (same >= (isShipping ? MAX_SHIPPING_CODES : MAX_MERCHANDISE_CODES)) return false
  return applied.every(
    (one) =>
      one.discount !== discount &&
      COMBINES[discountClass(one.discount)](discount.combinesWith) &&
      COMBINES[own](one.discount.combinesWith),
  )
}

/** Several discounts together never take more off a line than it costs: the later one gives way. */
function capToLines(basket: Basket, applied: readonly Applied[]): void {
  const left = basket.lines.map((line) => line.priceMinor * line.quantity)
  for (const one of applied) {
    one.lineAmounts.forEach((amount, index) => {
      const taken = Math.min(amount, left[index] ?? 0)
      left[index] = (left[index] ?? 0) - taken
      one.lineAmounts[index] = taken
    })
    one.amountMinor = one.lineAmounts.reduce((sum, amount) => sum + amount, one.shippingOffMinor)
  }
}
