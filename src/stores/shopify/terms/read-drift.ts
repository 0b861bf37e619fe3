import type { ReadDiscountTermsQuery } from '../generated/terms.ts'
import { plainDecimal } from './decimal.ts'
import { numberOf } from './shop-ids.ts'
import { ALL_CYCLES, type DiscountFacts, type DiscountInput, discountInputOf } from './to-discount.ts'

type FoundDiscount = NonNullable<ReadDiscountTermsQuery['discountNode']>['discount']
type Found = Extract<FoundDiscount, { __typename: string }>
type FoundItems = Extract<Found, { __typename: 'DiscountCodeBasic' }>['customerGets']['items']
type FoundValue = Extract<Found, { __typename: 'DiscountCodeBasic' }>['customerGets']['value']
type Items = NonNullable<NonNullable<Extract<DiscountInput, { kind: 'basic' }>['input']['customerGets']>['items']>

/** One term that the shop honours otherwise than it was told, in words for people. */
export type Drift = { field: string; expected: string; found: string }

/** Terms as words, by field, so that two readings can be compared. */
type Words = Record<string, string>

/**
 * How a discount differs from the terms it was made of; empty when it does not.
 *
 * `found` is null when the discount is gone. Its codes and title are not looked at.
 */
export function readDrift(found: FoundDiscount | null, expected: DiscountFacts): Drift[] {
  if (!found) return [{ field: 'discount', expected: 'in the shop', found: 'deleted' }]
  const wanted = wordsOfInput(discountInputOf(expected))
  const got = '__typename' in found ? wordsOfFound(found as Found) : { kind: 'another kind of discount' }
  return Object.entries(wanted)
    .filter(([field, words]) => got[field] !== words)
    .map(([field, words]) => ({ field, expected: words, found: got[field] ?? 'none' }))
}

function wordsOfInput(discount: DiscountInput): Words {
  const { input } = discount
  return {
    kind: discount.kind,
    startsAt: seconds(input.startsAt),
    endsAt: seconds(input.endsAt),
    usageLimit: String(input.usageLimit),
    oncePerCustomer: String(input.appliesOncePerCustomer),
    combinesWith: combining(input.combinesWith ?? {}),
    customers: customersIn(input.context),
    ...wordsOfKind(discount),
  }
}

function wordsOfKind(discount: DiscountInput): Words {
  if (discount.kind === 'buy_x_get_y') {
    const { customerBuys, customerGets, usesPerOrderLimit } = discount.input
    const value = customerGets?.value?.discountOnQuantity
    return {
      buys: `${customerBuys?.value?.quantity} of ${itemsIn(customerBuys?.items)}`,
      appliesTo: itemsIn(customerGets?.items),
      value: `${value?.quantity} at ${percent(value?.effect?.percentage ?? 0)}`,
      usesPerOrder: String(usesPerOrderLimit),
    }
  }
  const { input } = discount
  const flags = discount.kind === 'basic' ? discount.input.customerGets : discount.input
  const { subtotal, quantity } = input.minimumRequirement ?? {}
  return {
    minimum: minimum(subtotal?.greaterThanOrEqualToSubtotal, quantity?.greaterThanOrEqualToQuantity),
    purchase: purchase(flags?.appliesOnOneTimePurchase ?? true, flags?.appliesOnSubscription ?? false),
    ...(typeof input.recurringCycleLimit === 'number' && { billingCycles: cycles(input.recurringCycleLimit) }),
    ...(discount.kind === 'free_shipping' ? { destination: 'all countries at any price' } : basicWords(discount.input)),
  }
}

function basicWords({ customerGets }: Extract<DiscountInput, { kind: 'basic' }>['input']): Words {
  const { percentage, discountAmount } = customerGets?.value ?? {}
  return {
    appliesTo: itemsIn(customerGets?.items),
    value: discountAmount ? amount(discountAmount.amount ?? '0', false) : percent(percentage ?? 0),
  }
}

function wordsOfFound(found: Found): Words {
  const common = {
    startsAt: seconds(found.startsAt),
    endsAt: seconds(found.endsAt),
    usageLimit: String(found.usageLimit ?? 'unlimited'),
    oncePerCustomer: String(found.appliesOncePerCustomer),
    combinesWith: combining(found.combinesWith),
    customers: customersFound(found.context),
  }
  if (found.__typename === 'DiscountCodeBxgy') {
    const { value, items } = found.customerBuys
    const count = value.__typename === 'DiscountQuantity' ? value.quantity : `worth ${plainDecimal(value.amount)}`
    return {
      ...common,
      kind: 'buy_x_get_y',
      buys: `${count} of ${itemsFound(items)}`,
      appliesTo: itemsFound(found.customerGets.items),
      value: valueFound(found.customerGets.value),
      usesPerOrder: String(found.usesPerOrderLimit ?? 'unlimited'),
    }
  }
  const isBasic = found.__typename === 'DiscountCodeBasic'
  const flags = isBasic ? found.customerGets : found
  const needed = found.minimumRequirement
  return {
    ...common,
    kind: isBasic ? 'basic' : 'free_shipping',
    minimum: minimum(
      needed?.__typename === 'DiscountMinimumSubtotal' ? needed.greaterThanOrEqualToSubtotal.amount : null,
      needed?.__typename === 'DiscountMinimumQuantity' ? needed.greaterThanOrEqualToQuantity : null,
    ),
    purchase: purchase(flags.appliesOnOneTimePurchase, flags.appliesOnSubscription),
    billingCycles: cycles(found.recurringCycleLimit ?? 1),
    ...(isBasic
      ? { appliesTo: itemsFound(found.customerGets.items), value: valueFound(found.customerGets.value) }
      : { destination: destinationFound(found) }),
  }
}

function destinationFound(found: Extract<Found, { __typename: 'DiscountCodeFreeShipping' }>): string {
  const where = found.destinationSelection.__typename === 'DiscountCountryAll' ? 'all countries' : 'some countries'
  const { maximumShippingPrice } = found
  return `${where} ${maximumShippingPrice ? `up to a price of ${plainDecimal(maximumShippingPrice.amount)}` : 'at any price'}`
}

function valueFound(value: FoundValue): string {
  if (value.__typename === 'DiscountPercentage') return percent(value.percentage)
  if (value.__typename === 'DiscountAmount') return amount(value.amount.amount, value.appliesOnEachItem)
  const { effect, quantity } = value
  const off =
    effect.__typename === 'DiscountPercentage' ? percent(effect.percentage) : amount(effect.amount.amount, true)
  return `${quantity.quantity} at ${off}`
}

function itemsFound(items: FoundItems): string {
  if (items.__typename === 'AllDiscountItems') return 'everything'
  if (items.__typename === 'DiscountCollections') return list('collections', items.collections.nodes.map(idOf))
  if (items.productVariants.nodes.length > 0) return 'single variants'
  return list('products', items.products.nodes.map(idOf))
}

function itemsIn(items: Items | null | undefined): string {
  if (items?.products) return list('products', items.products.productsToAdd ?? [])
  if (items?.collections) return list('collections', items.collections.add ?? [])
  return 'everything'
}

function customersFound(context: Found['context']): string {
  if (context.__typename === 'DiscountCustomers') return list('customers', context.customers.map(idOf))
  if (context.__typename === 'DiscountCustomerSegments') return list('segments', context.segments.map(idOf))
  return context.__typename === 'DiscountBuyerSelectionAll' ? 'everyone' : 'some markets'
}

function customersIn(context: DiscountInput['input']['context']): string {
  if (context?.customers) return list('customers', context.customers.add ?? [])
  if (context?.customerSegments) return list('segments', context.customerSegments.add ?? [])
  return 'everyone'
}

const idOf = ({ id }: { id: string }): string => id

function list(what: string, ids: string[]): string {
  return `${what} ${[...new Set(ids.map(numberOf))].sort().join(', ')}`
}

function combining(flags: {
  orderDiscounts?: boolean | null | undefined
  productDiscounts?: boolean | null | undefined
  shippingDiscounts?: boolean | null | undefined
}): string {
  const names = [
    ...(flags.orderDiscounts ? ['order'] : []),
    ...(flags.productDiscounts ? ['product'] : []),
    ...(flags.shippingDiscounts ? ['shipping'] : []),
  ]
  return names.length === 0 ? 'no other discounts' : `${names.join(', ')} discounts`
}

function minimum(subtotal: string | null | undefined, quantity: string | number | null | undefined): string {
  if (subtotal) return `a subtotal of ${plainDecimal(subtotal)}`
  return quantity ? `${quantity} items` : 'none'
}

function purchase(oneTime: boolean, subscription: boolean): string {
  if (oneTime && subscription) return 'one-time purchases and subscriptions'
  return subscription ? 'subscriptions' : 'one-time purchases'
}

function cycles(count: number): string {
  return count === ALL_CYCLES ? 'all' : String(count)
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))} % off`
}

function amount(decimal: string, isEach: boolean): string {
  return `${plainDecimal(decimal)} off${isEach ? ' each item' : ''}`
}

/** Shopify cuts moments to whole seconds. */
function seconds(moment: string | null | undefined): string {
  return moment ? `${new Date(moment).toISOString().slice(0, 19)}Z` : 'never'
}
