import type { Cart, RefusalReason } from '../../contract/codes.ts'
import type { Terms } from '../../contract/coupons.ts'
import { hasBoughtAndGot } from './discount.ts'
import { entitledOf, fitsPurchase, needsItems } from './entitled.ts'

/** What the database knows of a code, as far as a checkout asks. */
export type CodeFacts = {
  now: Date
  /** `withdrawn`: taken back from its holder, or left in the line of a closed pool. */
  state: 'live' | 'redeemed' | 'withdrawn'
  isHeldByAnotherOrder: boolean
  /** The first moment at which the code is no longer good; null: it always is. */
  deadline: Date | null
  hasCustomerUsedIt: boolean
}

/**
 * Why a code cannot be used for a cart, null when it can. The code's own state comes first, then time, person and cart.
 *
 * A code starts at `startsAt` and is over at its deadline, to the millisecond.
 */
export function refusalOf(terms: Terms, cart: Cart, facts: CodeFacts): RefusalReason | null {
  return refusalOfCode(terms, facts) ?? refusalOfPerson(terms, cart, facts) ?? refusalOfCart(terms, cart)
}

function refusalOfCode(terms: Terms, facts: CodeFacts): RefusalReason | null {
  if (facts.state === 'redeemed') return 'already_redeemed'
  if (facts.state === 'withdrawn') return 'withdrawn'
  if (terms.startsAt !== null && facts.now < new Date(terms.startsAt)) return 'not_started'
  if (facts.deadline !== null && facts.now >= facts.deadline) return 'expired'
  return facts.isHeldByAnotherOrder ? 'held_by_another_order' : null
}

function refusalOfPerson(terms: Terms, cart: Cart, facts: CodeFacts): RefusalReason | null {
  if (terms.customers === 'first_order' && cart.isFirstOrder !== true) return 'not_first_order'
  if (!terms.oncePerCustomer) return null
  if (customerKeyOf(cart) === null) return 'email_required'
  return facts.hasCustomerUsedIt ? 'customer_already_used' : null
}

function refusalOfCart(terms: Terms, cart: Cart): RefusalReason | null {
  const { discount, minimum } = terms
  if (discount.kind === 'fixed_amount' && discount.currency !== cart.currency) return 'currency_mismatch'
  if (minimum.kind === 'subtotal' && minimum.currency !== cart.currency) return 'currency_mismatch'
  if (needsItems(terms) && !cart.items) return 'items_required'
  if (cart.items?.length && !cart.items.some((item) => fitsPurchase(terms, item))) return 'purchase_type'

  const entitled = entitledOf(terms, cart)
  if (needsItems(terms) && entitled.quantity === 0) return 'not_applicable'
  if (minimum.kind === 'subtotal' && entitled.amountMinor < minimum.amountMinor) return 'minimum_not_met'
  if (minimum.kind === 'quantity' && (entitled.quantity ?? 0) < minimum.quantity) return 'minimum_not_met'
  if (discount.kind === 'buy_x_get_y' && !hasBoughtAndGot(terms, discount, cart)) return 'not_applicable'
  return null
}

/** What makes two orders one customer's: the email in lower case. Null without one. */
export function customerKeyOf(cart: Pick<Cart, 'email'>): string | null {
  return cart.email?.trim().toLowerCase() || null
}
