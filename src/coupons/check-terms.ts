import type { Terms } from '../../contract/coupons.ts'
import { AppError } from '../errors.ts'
import { checkShopifyTerms } from './check-shopify-terms.ts'

export type StoreFacts = { kind: 'custom' | 'shopify'; currency: string; sellsSubscriptions: boolean }

/**
 * Refuses terms that contradict themselves or that the store cannot honour: `term_not_supported`, `unknown_currency`,
 * `invalid_input`, `coupon_expired`. Returns nothing: terms are stored as they were given.
 */
export function checkTerms(terms: Terms, store: StoreFacts, now: Date): void {
  for (const amount of amountsOf(terms)) {
    if (amount.currency !== store.currency) {
      throw new AppError(
        isCurrency(amount.currency) ? 'term_not_supported' : 'unknown_currency',
        `The ${amount.field} is in ${amount.currency}, but the store sells in ${store.currency}. Use ${store.currency}.`,
        { field: amount.field, currency: amount.currency, storeCurrency: store.currency },
      )
    }
  }
  checkTimes(terms, now)
  if (terms.purchase !== 'one_time' && !store.sellsSubscriptions) {
    throw new AppError('term_not_supported', 'This store does not sell subscriptions. Choose one-time purchases.', {
      field: 'purchase',
    })
  }
  checkBillingCycles(terms, store)
  checkCustomers(terms, store)
  if (terms.discount.kind === 'buy_x_get_y' && terms.appliesTo.kind !== 'order') {
    throw new AppError(
      'term_not_supported',
      'Buy X get Y names its own products. Leave "applies to" at the whole order.',
      {
        field: 'appliesTo',
      },
    )
  }
  if (terms.discount.kind === 'free_shipping' && terms.appliesTo.kind !== 'order') {
    throw new AppError(
      'term_not_supported',
      'Free shipping is for the whole order. Leave "applies to" at the whole order.',
      {
        field: 'appliesTo',
      },
    )
  }
  if (store.kind === 'shopify') checkShopifyTerms(terms)
}

/** Codes of a file have one discount in a shop, and it ends for all of them at once. Throws `term_not_supported`. */
export function checkUploadedTerms(terms: Terms, type: 'unique' | 'uploaded', store: StoreFacts): void {
  if (type !== 'uploaded' || store.kind !== 'shopify' || terms.expires.kind !== 'after_assignment') return
  throw new AppError(
    'term_not_supported',
    'Codes from a file cannot end some time after they were given: a Shopify shop ends all of them at once. Choose a date, or no end.',
    { field: 'expires' },
  )
}

function checkBillingCycles({ billingCycles, purchase }: Terms, store: StoreFacts): void {
  if (billingCycles === undefined) return
  if (purchase !== 'one_time' && store.kind === 'shopify') return
  throw new AppError(
    'term_not_supported',
    purchase === 'one_time'
      ? 'Billing cycles are counted for subscriptions only. Leave them out, or let the coupon count for subscriptions.'
      : 'Only Shopify stores count billing cycles. Leave them out.',
    { field: 'billingCycles' },
  )
}

function checkCustomers(terms: Terms, store: StoreFacts): void {
  const { customers } = terms
  for (const [kind, field] of [
    ['customers', 'customerIds'],
    ['segments', 'segmentIds'],
  ] as const) {
    const isNamed = terms[field] !== undefined
    if (isNamed === (customers === kind)) continue
    throw new AppError(
      'invalid_input',
      isNamed
        ? `The terms name ${field}, but are for ${customers}. Leave ${field} out, or set customers to "${kind}".`
        : `The terms are for ${kind} of the shop, but name none. Write their ids in ${field}.`,
      { field },
    )
  }
  if (store.kind === 'shopify' || (customers !== 'customers' && customers !== 'segments')) return
  throw new AppError(
    'term_not_supported',
    `Only Shopify stores know ${customers} of the shop. Choose everyone, and give codes to the people who are meant.`,
    { field: 'customers' },
  )
}

function checkTimes(terms: Terms, now: Date): void {
  if (terms.expires.kind !== 'at') return
  const end = new Date(terms.expires.at)
  if (end <= now) {
    throw new AppError('coupon_expired', 'The coupon would end in the past. Choose a later end.', {
      expiresAt: terms.expires.at,
    })
  }
  if (terms.startsAt && new Date(terms.startsAt) >= end) {
    throw new AppError(
      'invalid_input',
      'The coupon would end before it starts. Choose a later end or an earlier start.',
      {
        startsAt: terms.startsAt,
        expiresAt: terms.expires.at,
      },
    )
  }
}

function amountsOf(terms: Terms): { field: string; currency: string }[] {
  return [
    ...(terms.discount.kind === 'fixed_amount' ? [{ field: 'discount', currency: terms.discount.currency }] : []),
    ...(terms.minimum.kind === 'subtotal' ? [{ field: 'minimum', currency: terms.minimum.currency }] : []),
  ]
}

function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code)
}
