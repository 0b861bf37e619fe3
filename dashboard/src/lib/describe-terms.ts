import type { Discount, Terms } from '../../../contract/coupons.ts'
import { formatBasisPoints, formatMomentWithZone, formatMoney, plural } from './format.ts'

/**
 * The offer in one sentence that a customer would understand, without a full stop:
 * “20 % off orders of at least €30.00, expires 7 days after it was given to a person”.
 */
export function describeTerms(terms: Terms, timeZone: string): string {
  const scope = terms.discount.kind === 'buy_x_get_y' ? '' : ` ${describeScope(terms)}`
  return [
    `${describeDiscount(terms.discount)}${scope}`,
    ...describeLimits(terms),
    describeExpiry(terms, timeZone),
  ].join(', ')
}

/** The short form for tables: “20 % off”. */
export function describeDiscount(discount: Discount): string {
  if (discount.kind === 'percentage') return `${formatBasisPoints(discount.basisPoints)} off`
  if (discount.kind === 'fixed_amount') return `${formatMoney(discount.amountMinor, discount.currency)} off`
  if (discount.kind === 'free_shipping') return 'Free shipping'
  const reduction = discount.basisPoints === 10_000 ? 'free' : `${formatBasisPoints(discount.basisPoints)} off`
  return `Buy ${discount.buyQuantity}, get ${discount.getQuantity} ${reduction}`
}

function describeScope({ appliesTo, minimum, discount }: Terms): string {
  const preposition = discount.kind === 'free_shipping' ? 'on ' : ''
  const what =
    appliesTo.kind === 'order'
      ? 'orders'
      : appliesTo.kind === 'products'
        ? plural(appliesTo.productIds.length, 'product')
        : plural(appliesTo.collectionIds.length, 'collection')
  const minimumText =
    minimum.kind === 'subtotal'
      ? `of at least ${formatMoney(minimum.amountMinor, minimum.currency)}`
      : minimum.kind === 'quantity'
        ? `with at least ${plural(minimum.quantity, 'item')}`
        : ''
  if (minimum.kind === 'none') return appliesTo.kind === 'order' ? `${preposition}any order` : `${preposition}${what}`
  return appliesTo.kind === 'order'
    ? `${preposition}orders ${minimumText}`
    : `${preposition}${what} in orders ${minimumText}`
}

function describeLimits(terms: Terms): string[] {
  const { customers, customerIds, segmentIds, oncePerCustomer, purchase, discount, minimum, billingCycles } = terms
  const limits: string[] = []
  if (discount.kind === 'buy_x_get_y' && minimum.kind === 'subtotal')
    limits.push(`orders of at least ${formatMoney(minimum.amountMinor, minimum.currency)}`)
  if (customers === 'first_order') limits.push('first order only')
  if (customerIds) limits.push(`only for ${plural(customerIds.length, 'customer')} of the shop`)
  if (segmentIds) limits.push(`only for customers in ${plural(segmentIds.length, 'segment')} of the shop`)
  if (oncePerCustomer) limits.push('once per customer')
  if (purchase === 'subscription') limits.push('subscriptions only')
  if (purchase === 'both') limits.push('one-time purchases and subscriptions')
  if (billingCycles === null) limits.push('each order of a subscription')
  else if (billingCycles && billingCycles > 1) limits.push(`the first ${billingCycles} orders of a subscription`)
  return limits
}

function describeExpiry({ expires, startsAt }: Terms, timeZone: string): string {
  const start = startsAt ? `from ${formatMomentWithZone(startsAt, timeZone)}, ` : ''
  if (expires.kind === 'never') return `${start}never expires`
  if (expires.kind === 'at') return `${start}expires on ${formatMomentWithZone(expires.at, timeZone)}`
  return `${start}expires ${describeSeconds(expires.seconds)} after it was given to a person`
}

/** 604800 → “7 days”, 3600 → “1 hour”: days where they fit, else hours, else minutes. */
export function describeSeconds(seconds: number): string {
  if (seconds % 86_400 === 0) return plural(seconds / 86_400, 'day')
  if (seconds % 3600 === 0) return plural(seconds / 3600, 'hour')
  return plural(Math.round(seconds / 60), 'minute')
}
