import type { Cart } from '../../contract/codes.ts'
import type { Terms } from '../../contract/coupons.ts'

type Item = NonNullable<Cart['items']>[number]

/** What of a cart a coupon applies to. */
export type Entitled = {
  /** Minor units, at most the cart's subtotal. */
  amountMinor: number
  /** Units; undefined when the cart names no items. */
  quantity: number | undefined
}

/** True when the terms cannot be judged without the cart's items. */
export function needsItems(terms: Terms): boolean {
  return (
    terms.appliesTo.kind !== 'order' ||
    terms.minimum.kind === 'quantity' ||
    terms.purchase === 'subscription' ||
    terms.discount.kind === 'buy_x_get_y'
  )
}

/** True when the coupon is for this way to buy: once or by subscription. */
export function fitsPurchase(terms: Terms, item: Item): boolean {
  return terms.purchase === 'both' || (terms.purchase === 'subscription') === item.subscription
}

/**
 * What the terms apply to. A cart without items counts as one-time purchases, whole.
 *
 * The items decide as soon as one of them is left out; else the subtotal does, since the shop may have reduced it already.
 */
export function entitledOf(terms: Terms, cart: Cart): Entitled {
  if (!cart.items) return { amountMinor: needsItems(terms) ? 0 : cart.subtotalMinor, quantity: undefined }
  const items = cart.items.filter((item) => fitsPurchase(terms, item) && appliesToItem(terms, item))
  const isWhole = terms.appliesTo.kind === 'order' && items.length === cart.items.length
  return {
    amountMinor: isWhole ? cart.subtotalMinor : smaller(sumMinor(items), cart.subtotalMinor),
    quantity: items.reduce((sum, item) => sum + item.quantity, 0),
  }
}

function appliesToItem(terms: Terms, item: Item): boolean {
  const { appliesTo } = terms
  if (appliesTo.kind === 'products') return appliesTo.productIds.includes(item.productId)
  if (appliesTo.kind === 'collections') return item.collectionIds.some((id) => appliesTo.collectionIds.includes(id))
  return true
}

/** Exact: 1,000 items of a million units at 10^12 pass 2^53. */
function sumMinor(items: Item[]): bigint {
  return items.reduce((sum, item) => sum + BigInt(item.unitPriceMinor) * BigInt(item.quantity), 0n)
}

/** `limit` is a safe integer, so the smaller of the two is one. */
export function smaller(amount: bigint, limit: number): number {
  return amount < BigInt(limit) ? Number(amount) : limit
}
