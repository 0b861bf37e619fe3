import type { Cart } from '../../contract/codes.ts'
import type { Discount, Terms } from '../../contract/coupons.ts'
import { entitledOf, fitsPurchase, smaller } from './entitled.ts'

type BuyXGetY = Extract<Discount, { kind: 'buy_x_get_y' }>
type Item = NonNullable<Cart['items']>[number]
type Units = { item: Item; units: number }

/**
 * What a coupon takes off a cart, in minor units of the cart's currency.
 *
 * Never negative, never above what it applies to, rounded half up, exact up to the bounds of the contract. A fixed amount in
 * another currency takes off 0. Free shipping takes off the shipping that the cart names (none: 0). Buy X get Y counts once
 * an order and reduces the cheapest items.
 */
export function discountMinor(terms: Terms, cart: Cart): number {
  const { discount } = terms
  if (discount.kind === 'free_shipping') return cart.shippingMinor ?? 0
  if (discount.kind === 'buy_x_get_y') {
    return smaller(partOf(gotMinor(discount, itemsOf(terms, cart)), discount.basisPoints), cart.subtotalMinor)
  }
  const { amountMinor } = entitledOf(terms, cart)
  if (discount.kind === 'percentage') return smaller(partOf(BigInt(amountMinor), discount.basisPoints), amountMinor)
  return discount.currency === cart.currency ? Math.min(discount.amountMinor, amountMinor) : 0
}

/** True when the cart has the units to buy and at least one more to get. */
export function hasBoughtAndGot(terms: Terms, discount: BuyXGetY, cart: Cart): boolean {
  return takeUnits(discount, itemsOf(terms, cart)).length > 0
}

function itemsOf(terms: Terms, cart: Cart): Item[] {
  return (cart.items ?? []).filter((item) => fitsPurchase(terms, item))
}

/** `basisPoints` of an amount, rounded half up. */
function partOf(amount: bigint, basisPoints: number): bigint {
  return (amount * BigInt(basisPoints) + 5_000n) / 10_000n
}

function gotMinor(discount: BuyXGetY, items: Item[]): bigint {
  return takeUnits(discount, items).reduce(
    (sum, { item, units }) => sum + BigInt(item.unitPriceMinor) * BigInt(units),
    0n,
  )
}

/**
 * The units that are got; empty unless enough others are bought. A unit counts once: as bought or as got.
 *
 * Bought are first the units that cannot be got, then the dearest; got are the cheapest of the rest.
 */
function takeUnits(discount: BuyXGetY, items: Item[]): Units[] {
  const canBeGot = (item: Item): boolean => discount.getProductIds.includes(item.productId)
  const dearestFirst = items.toSorted((a, b) => b.unitPriceMinor - a.unitPriceMinor)
  const toBuy = dearestFirst.filter((item) => discount.buyProductIds.includes(item.productId))
  const bought = new Map<Item, number>()
  let missing = discount.buyQuantity
  for (const item of [...toBuy.filter((item) => !canBeGot(item)), ...toBuy.filter(canBeGot)]) {
    const units = Math.min(missing, item.quantity)
    bought.set(item, units)
    missing -= units
  }
  if (missing > 0) return []

  let wanted = discount.getQuantity
  const got: Units[] = []
  for (const item of dearestFirst.toReversed().filter(canBeGot)) {
    const units = Math.min(wanted, item.quantity - (bought.get(item) ?? 0))
    if (units > 0) got.push({ item, units })
    wanted -= units
  }
  return got
}
