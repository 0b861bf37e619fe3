import type { Discount, Terms } from '../../../../contract/coupons.ts'
import { AppError } from '../../../errors.ts'
import type {
  DiscountCodeBasicInput,
  DiscountCodeBxgyInput,
  DiscountCodeFreeShippingInput,
  DiscountContextInput,
  DiscountItemsInput,
  DiscountMinimumRequirementInput,
} from '../generated/terms.ts'
import { toDecimal } from './decimal.ts'
import { toGid } from './shop-ids.ts'

export type DiscountFacts = {
  /** Passed by the checks of coupons. */
  terms: Terms
  title: string
  /** The discount's first code, which nobody gets. */
  seedCode: string
  startsAt: Date
  /** Null: never. */
  endsAt: Date | null
  sellsSubscriptions: boolean
}

export type DiscountInput =
  | { kind: 'basic'; input: DiscountCodeBasicInput }
  | { kind: 'free_shipping'; input: DiscountCodeFreeShippingInput }
  | { kind: 'buy_x_get_y'; input: DiscountCodeBxgyInput }

/** What billing cycles are in Shopify's field, where 0 means all. */
export const ALL_CYCLES = 0

/**
 * The discount that honours terms in a shop: single use for each of its codes.
 *
 * A shop without subscriptions refuses to be told of purchase types, so they are left out there. Throws `term_not_supported`
 * when the terms are for subscriptions only and the shop sells none any more.
 */
export function discountInputOf(facts: DiscountFacts): DiscountInput {
  const { terms, sellsSubscriptions } = facts
  const { discount } = terms
  if (terms.purchase === 'subscription' && !sellsSubscriptions) {
    throw new AppError('term_not_supported', 'The shop sells no subscriptions any more. Choose one-time purchases.', {
      field: 'purchase',
    })
  }
  const minimumRequirement = minimumOf(terms)
  const cycles = sellsSubscriptions && terms.purchase !== 'one_time' ? { recurringCycleLimit: cyclesOf(terms) } : {}
  if (discount.kind === 'buy_x_get_y')
    return { kind: 'buy_x_get_y', input: { ...commonOf(facts), ...bxgyOf(discount) } }
  if (discount.kind === 'free_shipping') {
    const input = {
      ...commonOf(facts),
      ...purchaseOf(facts),
      ...cycles,
      minimumRequirement,
      destination: { all: true },
    }
    return { kind: 'free_shipping', input }
  }
  const customerGets = { value: amountOf(discount), items: itemsOf(terms), ...purchaseOf(facts) }
  return { kind: 'basic', input: { ...commonOf(facts), ...cycles, minimumRequirement, customerGets } }
}

/** Billing cycles of terms that count for subscriptions, as Shopify counts them. */
export function cyclesOf({ billingCycles }: Pick<Terms, 'billingCycles'>): number {
  return billingCycles === null ? ALL_CYCLES : (billingCycles ?? 1)
}

function commonOf({ terms, title, seedCode, startsAt, endsAt }: DiscountFacts) {
  return {
    title,
    code: seedCode,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt?.toISOString() ?? null,
    usageLimit: 1,
    appliesOncePerCustomer: terms.oncePerCustomer,
    combinesWith: terms.combinesWith,
    context: contextOf(terms),
  }
}

function contextOf({ customers, customerIds = [], segmentIds = [] }: Terms): DiscountContextInput {
  const gids = (kind: 'Customer' | 'Segment', ids: string[]) => [...new Set(ids.map((id) => toGid(kind, id)))]
  if (customers === 'customers') return { customers: { add: gids('Customer', customerIds) } }
  if (customers === 'segments') return { customerSegments: { add: gids('Segment', segmentIds) } }
  return { all: 'ALL' }
}

function purchaseOf({ terms, sellsSubscriptions }: DiscountFacts) {
  if (!sellsSubscriptions) return {}
  return {
    appliesOnOneTimePurchase: terms.purchase !== 'subscription',
    appliesOnSubscription: terms.purchase !== 'one_time',
  }
}

function minimumOf({ minimum }: Terms): DiscountMinimumRequirementInput | null {
  if (minimum.kind === 'none') return null
  if (minimum.kind === 'quantity') return { quantity: { greaterThanOrEqualToQuantity: String(minimum.quantity) } }
  return { subtotal: { greaterThanOrEqualToSubtotal: toDecimal(minimum.amountMinor, minimum.currency) } }
}

function amountOf(discount: Extract<Discount, { kind: 'percentage' | 'fixed_amount' }>) {
  if (discount.kind === 'percentage') return { percentage: discount.basisPoints / 10_000 }
  // Once an order, not for each item: as the amount of a coupon is meant.
  return { discountAmount: { amount: toDecimal(discount.amountMinor, discount.currency), appliesOnEachItem: false } }
}

function itemsOf({ appliesTo }: Terms): DiscountItemsInput {
  if (appliesTo.kind === 'products') return productsOf(appliesTo.productIds)
  if (appliesTo.kind === 'collections') {
    return { collections: { add: appliesTo.collectionIds.map((id) => toGid('Collection', id)) } }
  }
  return { all: true }
}

function productsOf(ids: string[]): DiscountItemsInput {
  return { products: { productsToAdd: ids.map((id) => toGid('Product', id)) } }
}

/** Once an order, as our own checkout counts. */
function bxgyOf(discount: Extract<Discount, { kind: 'buy_x_get_y' }>) {
  return {
    customerBuys: {
      items: productsOf(discount.buyProductIds),
      value: { quantity: String(discount.buyQuantity) },
      isOneTimePurchase: true,
      isSubscription: false,
    },
    customerGets: {
      items: productsOf(discount.getProductIds),
      value: {
        discountOnQuantity: {
          quantity: String(discount.getQuantity),
          effect: { percentage: discount.basisPoints / 10_000 },
        },
      },
    },
    usesPerOrderLimit: 1,
  }
}
