import type { Store, Terms } from '../../../contract/coupons.ts'
import { fromMinor, toMinor } from './format.ts'
import { isoToZoned, zonedToIso } from './zoned-time.ts'

/** The terms as a form holds them: amounts in whole units, times as the store's clocks show them, empty fields as ''. */
export type TermsValues = {
  discountKind: Terms['discount']['kind']
  percent: number | string
  amount: number | string
  buyQuantity: number | string
  getQuantity: number | string
  getPercent: number | string
  buyProductIds: string[]
  getProductIds: string[]
  appliesTo: Terms['appliesTo']['kind']
  productIds: string[]
  collectionIds: string[]
  minimum: Terms['minimum']['kind']
  minimumAmount: number | string
  minimumQuantity: number | string
  customers: Terms['customers']
  customerIds: string[]
  segmentIds: string[]
  oncePerCustomer: boolean
  combineOrder: boolean
  combineProduct: boolean
  combineShipping: boolean
  purchase: Terms['purchase']
  /** How many orders of a subscription are reduced. */
  cycles: 'first' | 'some' | 'all'
  billingCycles: number | string
  startsAt: string | null
  expires: Terms['expires']['kind']
  expiresAt: string | null
  expiresAfter: number | string
  expiresUnit: 'hours' | 'days'
}

export type StoreTime = { currency: string; timeZone: string; kind?: Store['kind'] }

/** 20 % off, ends 7 days after it was given: what most welcome offers are. */
export const DEFAULT_TERMS: TermsValues = {
  discountKind: 'percentage',
  percent: 20,
  amount: '',
  buyQuantity: 1,
  getQuantity: 1,
  getPercent: 100,
  buyProductIds: [],
  getProductIds: [],
  appliesTo: 'order',
  productIds: [],
  collectionIds: [],
  minimum: 'none',
  minimumAmount: '',
  minimumQuantity: 2,
  customers: 'everyone',
  customerIds: [],
  segmentIds: [],
  oncePerCustomer: false,
  combineOrder: false,
  combineProduct: false,
  combineShipping: false,
  purchase: 'one_time',
  cycles: 'first',
  billingCycles: 3,
  startsAt: null,
  expires: 'after_assignment',
  expiresAt: null,
  expiresAfter: 7,
  expiresUnit: 'days',
}

export function toTerms(values: TermsValues, { currency, timeZone, kind }: StoreTime): Terms {
  const countsCycles = kind === 'shopify' && values.purchase !== 'one_time' && values.cycles !== 'first'
  const freeOfScope = values.discountKind === 'buy_x_get_y' || values.discountKind === 'free_shipping'
  return {
    discount: toDiscount(values, currency),
    appliesTo:
      freeOfScope || values.appliesTo === 'order'
        ? { kind: 'order' }
        : values.appliesTo === 'products'
          ? { kind: 'products', productIds: values.productIds }
          : { kind: 'collections', collectionIds: values.collectionIds },
    minimum:
      values.minimum === 'subtotal'
        ? { kind: 'subtotal', amountMinor: toMinor(Number(values.minimumAmount), currency), currency }
        : values.minimum === 'quantity'
          ? { kind: 'quantity', quantity: Number(values.minimumQuantity) }
          : { kind: 'none' },
    customers: values.customers,
    ...(values.customers === 'customers' && { customerIds: values.customerIds }),
    ...(values.customers === 'segments' && { segmentIds: values.segmentIds }),
    oncePerCustomer: values.oncePerCustomer,
    combinesWith: {
      orderDiscounts: values.combineOrder,
      productDiscounts: values.combineProduct,
      shippingDiscounts: values.combineShipping,
    },
    purchase: values.purchase,
    ...(countsCycles && { billingCycles: values.cycles === 'all' ? null : Number(values.billingCycles) }),
    startsAt: values.startsAt ? zonedToIso(values.startsAt, timeZone) : null,
    expires: toExpiry(values, timeZone),
  }
}

function toDiscount(values: TermsValues, currency: string): Terms['discount'] {
  if (values.discountKind === 'percentage')
    return { kind: 'percentage', basisPoints: Math.round(Number(values.percent) * 100) }
  if (values.discountKind === 'fixed_amount')
    return { kind: 'fixed_amount', amountMinor: toMinor(Number(values.amount), currency), currency }
  if (values.discountKind === 'free_shipping') return { kind: 'free_shipping' }
  return {
    kind: 'buy_x_get_y',
    buyQuantity: Number(values.buyQuantity),
    getQuantity: Number(values.getQuantity),
    basisPoints: Math.round(Number(values.getPercent) * 100),
    buyProductIds: values.buyProductIds,
    getProductIds: values.getProductIds,
  }
}

function toExpiry(values: TermsValues, timeZone: string): Terms['expires'] {
  if (values.expires === 'at' && values.expiresAt) return { kind: 'at', at: zonedToIso(values.expiresAt, timeZone) }
  if (values.expires === 'after_assignment')
    return {
      kind: 'after_assignment',
      seconds: Number(values.expiresAfter) * (values.expiresUnit === 'days' ? 86_400 : 3600),
    }
  return { kind: 'never' }
}

export function fromTerms(terms: Terms, { timeZone }: StoreTime): TermsValues {
  const { discount, appliesTo, minimum, expires } = terms
  const inDays = expires.kind === 'after_assignment' && expires.seconds % 86_400 === 0
  return {
    ...DEFAULT_TERMS,
    discountKind: discount.kind,
    ...(discount.kind === 'percentage' && { percent: discount.basisPoints / 100 }),
    ...(discount.kind === 'fixed_amount' && { amount: fromMinor(discount.amountMinor, discount.currency) }),
    ...(discount.kind === 'buy_x_get_y' && {
      buyQuantity: discount.buyQuantity,
      getQuantity: discount.getQuantity,
      getPercent: discount.basisPoints / 100,
      buyProductIds: discount.buyProductIds,
      getProductIds: discount.getProductIds,
    }),
    appliesTo: appliesTo.kind,
    ...(appliesTo.kind === 'products' && { productIds: appliesTo.productIds }),
    ...(appliesTo.kind === 'collections' && { collectionIds: appliesTo.collectionIds }),
    minimum: minimum.kind,
    ...(minimum.kind === 'subtotal' && { minimumAmount: fromMinor(minimum.amountMinor, minimum.currency) }),
    ...(minimum.kind === 'quantity' && { minimumQuantity: minimum.quantity }),
    customers: terms.customers,
    customerIds: terms.customerIds ?? [],
    segmentIds: terms.segmentIds ?? [],
    oncePerCustomer: terms.oncePerCustomer,
    combineOrder: terms.combinesWith.orderDiscounts,
    combineProduct: terms.combinesWith.productDiscounts,
    combineShipping: terms.combinesWith.shippingDiscounts,
    purchase: terms.purchase,
    ...fromCycles(terms.billingCycles),
    startsAt: terms.startsAt ? isoToZoned(terms.startsAt, timeZone) : null,
    expires: expires.kind,
    expiresAt: expires.kind === 'at' ? isoToZoned(expires.at, timeZone) : null,
    ...(expires.kind === 'after_assignment' && {
      expiresAfter: expires.seconds / (inDays ? 86_400 : 3600),
      expiresUnit: inDays ? 'days' : 'hours',
    }),
  }
}

function fromCycles(billingCycles: Terms['billingCycles']): Partial<TermsValues> {
  if (billingCycles === null) return { cycles: 'all' }
  return (billingCycles ?? 1) === 1 ? { cycles: 'first' } : { cycles: 'some', billingCycles: billingCycles ?? 1 }
}

/** The mistakes that can be seen without the server, by field. */
export function checkTerms(values: TermsValues): Record<string, string> {
  const errors: Record<string, string> = {}
  const needs = (field: keyof TermsValues, min: number, max: number, text: string) => {
    const value = values[field] === '' ? Number.NaN : Number(values[field])
    if (!(value >= min && value <= max)) errors[field] = text
  }
  if (values.discountKind === 'percentage') needs('percent', 0.01, 100, 'Enter a percentage between 0.01 and 100.')
  if (values.discountKind === 'fixed_amount') needs('amount', 0.001, 1e12, 'Enter an amount above 0.')
  if (values.discountKind === 'buy_x_get_y') {
    needs('buyQuantity', 1, 1000, 'Enter 1 to 1,000 items.')
    needs('getQuantity', 1, 1000, 'Enter 1 to 1,000 items.')
    needs('getPercent', 0.01, 100, 'Enter a percentage between 0.01 and 100.')
    if (values.buyProductIds.length === 0) errors.buyProductIds = 'Name at least one product to buy.'
    if (values.getProductIds.length === 0) errors.getProductIds = 'Name at least one product to get.'
  } else if (values.discountKind !== 'free_shipping') {
    if (values.appliesTo === 'products' && values.productIds.length === 0)
      errors.productIds = 'Name at least one product.'
    if (values.appliesTo === 'collections' && values.collectionIds.length === 0)
      errors.collectionIds = 'Name at least one collection.'
  }
  if (values.customers === 'customers' && values.customerIds.length === 0)
    errors.customerIds = 'Name at least one customer.'
  if (values.customers === 'segments' && values.segmentIds.length === 0)
    errors.segmentIds = 'Name at least one segment.'
  if (values.minimum === 'subtotal') needs('minimumAmount', 0.001, 1e12, 'Enter an amount above 0.')
  if (values.minimum === 'quantity') needs('minimumQuantity', 1, 1_000_000, 'Enter at least 1 item.')
  if (values.purchase !== 'one_time' && values.cycles === 'some')
    needs('billingCycles', 1, 1000, 'Enter 1 to 1,000 orders.')
  if (values.expires === 'at' && !values.expiresAt) errors.expiresAt = 'Choose the date and time.'
  if (values.expires === 'after_assignment') {
    const most = values.expiresUnit === 'days' ? 730 : 17_520
    needs('expiresAfter', 1, most, `Enter 1 to ${most} ${values.expiresUnit}.`)
  }
  return errors
}

const FIELD_OF_PATH: [RegExp, keyof TermsValues][] = [
  [/^discount\.amountMinor|^discount\.currency/, 'amount'],
  [/^discount\.buyQuantity/, 'buyQuantity'],
  [/^discount\.getQuantity/, 'getQuantity'],
  [/^discount\.buyProductIds/, 'buyProductIds'],
  [/^discount\.getProductIds/, 'getProductIds'],
  [/^discount/, 'percent'],
  [/^appliesTo\.collectionIds/, 'collectionIds'],
  [/^appliesTo/, 'productIds'],
  [/^customerIds/, 'customerIds'],
  [/^segmentIds/, 'segmentIds'],
  [/^minimum\.quantity/, 'minimumQuantity'],
  [/^minimum/, 'minimumAmount'],
  [/^startsAt/, 'startsAt'],
  [/^expires\.seconds/, 'expiresAfter'],
  [/^expires/, 'expiresAt'],
]

/** Puts the server's mistakes (`terms.minimum.amountMinor`) at the form's fields (`minimumAmount`). Others stay as they are. */
export function toFieldErrors(issues: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(issues).map(([path, message]) => {
      const inTerms = path.startsWith('terms.') ? path.slice('terms.'.length) : null
      const field = inTerms === null ? undefined : FIELD_OF_PATH.find(([pattern]) => pattern.test(inTerms))?.[1]
      return [field ?? path, message]
    }),
  )
}
