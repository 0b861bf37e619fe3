import { type Cart, type CheckoutReply, REFUSAL_TEXT, type RefusalReason } from '../../contract/codes.ts'
import { discountMinor } from './discount.ts'
import type { CodeRow } from './redemptions.sql.ts'

/** What is known of the code goes to the shop's logs; the shopper's text is the same for every reason. */
export function refusedReply(reason: RefusalReason, code: CodeRow | undefined): CheckoutReply {
  return {
    status: 'refused',
    message: REFUSAL_TEXT,
    reason,
    coupon: code?.couponName ?? null,
    code: code?.code ?? null,
    discountMinor: null,
    currency: null,
    freeShipping: false,
    combinesWith: null,
    expiresAt: null,
    reservedUntil: null,
    redemptionId: null,
    recipientMatches: null,
  }
}

/** What the code does for this cart. */
export function usableReply(status: 'valid' | 'reserved' | 'redeemed', code: CodeRow, cart: Cart): CheckoutReply {
  return {
    status,
    message: null,
    reason: null,
    coupon: code.couponName,
    code: code.code,
    discountMinor: discountMinor(code.terms, cart),
    currency: cart.currency,
    freeShipping: code.terms.discount.kind === 'free_shipping',
    combinesWith: code.terms.combinesWith,
    expiresAt: code.deadline?.toISOString() ?? null,
    reservedUntil: null,
    redemptionId: null,
    recipientMatches: recipientMatches(code.profileEmail, cart.email),
  }
}

/** False when both are known and differ in more than case; null when one is unknown. */
function recipientMatches(profileEmail: string | null, orderEmail: string | undefined): boolean | null {
  const typed = orderEmail?.trim().toLowerCase()
  return profileEmail && typed ? profileEmail.toLowerCase() === typed : null
}
