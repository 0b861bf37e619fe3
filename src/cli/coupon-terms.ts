import type { Store, Terms, TermsInput } from '../../contract/coupons.ts'
import { formatAmount, parseAmountMinor } from './lib/amount.ts'
import { formatDecimal, parseDecimal } from './lib/decimal.ts'
import { formatDuration } from './lib/duration.ts'
import { CliError } from './lib/failure.ts'
import { formatMoment } from './lib/progress.ts'

/** What `coupons create` was told about the offer; amounts as typed, in the store's currency. */
export type TermsOptions = {
  percent?: string
  amount?: string
  freeShipping?: true
  minimum?: string
  expiresAfter?: number
  expiresAt?: string
  startsAt?: string
  firstOrder?: true
  customers?: string[]
  segments?: string[]
  oncePerCustomer?: true
  purchase?: Terms['purchase']
  billingCycles?: number | null
}

/** Throws CliError when the options contradict or miss one another. */
export function readTerms(options: TermsOptions, { currency }: Pick<Store, 'currency'>): TermsInput {
  const { minimum, expiresAfter, expiresAt, startsAt } = options
  if (expiresAfter !== undefined && expiresAt !== undefined) {
    throw new CliError('Choose one of --expires-after and --expires-at.')
  }
  return {
    discount: readDiscount(options, currency),
    ...(minimum === undefined
      ? {}
      : { minimum: { kind: 'subtotal', amountMinor: parseAmountMinor(minimum, currency), currency } }),
    ...(expiresAfter === undefined ? {} : { expires: { kind: 'after_assignment', seconds: expiresAfter } }),
    ...(expiresAt === undefined ? {} : { expires: { kind: 'at', at: expiresAt } }),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...readCustomers(options),
    ...(options.oncePerCustomer ? { oncePerCustomer: true } : {}),
    ...(options.purchase === undefined ? {} : { purchase: options.purchase }),
    ...(options.billingCycles === undefined ? {} : { billingCycles: options.billingCycles }),
  }
}

function readCustomers({
  firstOrder,
  customers,
  segments,
}: TermsOptions): Pick<TermsInput, 'customers' | 'customerIds' | 'segmentIds'> {
  if ([firstOrder, customers, segments].filter((one) => one !== undefined).length > 1) {
    throw new CliError('Choose one of --first-order, --customers and --segments.')
  }
  if (customers) return { customers: 'customers', customerIds: customers }
  if (segments) return { customers: 'segments', segmentIds: segments }
  return firstOrder ? { customers: 'first_order' } : {}
}

function readDiscount({ percent, amount, freeShipping }: TermsOptions, currency: string): TermsInput['discount'] {
  const given = [percent, amount, freeShipping].filter((one) => one !== undefined)
  if (given.length !== 1)
    throw new CliError('Say what the coupon gives: one of --percent, --amount and --free-shipping.')
  if (freeShipping) return { kind: 'free_shipping' }
  if (amount !== undefined) return { kind: 'fixed_amount', amountMinor: parseAmountMinor(amount, currency), currency }
  const basisPoints = parseDecimal(percent ?? '', 2)
  if (basisPoints === undefined) throw new CliError(`Write the percentage as 20 or 12.5: ${percent}`)
  return { kind: 'percentage', basisPoints }
}

/** The offer in a few words: `20 % off, from 30.00 EUR, for 7 days after it was given`. */
export function describeTerms({ discount, minimum, expires, customerIds, segmentIds }: Terms): string {
  return [
    describeDiscount(discount),
    ...(minimum.kind === 'subtotal' ? [`from ${formatAmount(minimum.amountMinor, minimum.currency)}`] : []),
    ...(minimum.kind === 'quantity' ? [`from ${minimum.quantity} items`] : []),
    ...(customerIds ? [`for ${describeCount(customerIds, 'customer')} of the shop`] : []),
    ...(segmentIds ? [`for ${describeCount(segmentIds, 'segment')} of the shop`] : []),
    ...(expires.kind === 'at' ? [`until ${formatMoment(expires.at)}`] : []),
    ...(expires.kind === 'after_assignment' ? [`for ${formatDuration(expires.seconds)} after it was given`] : []),
  ].join(', ')
}

function describeDiscount(discount: Terms['discount']): string {
  switch (discount.kind) {
    case 'percentage':
      return `${formatPercent(discount.basisPoints)} off`
    case 'fixed_amount':
      return `${formatAmount(discount.amountMinor, discount.currency)} off`
    case 'free_shipping':
      return 'free shipping'
    case 'buy_x_get_y':
      return `buy ${discount.buyQuantity}, get ${discount.getQuantity} at ${formatPercent(discount.basisPoints)} off`
  }
}

function describeCount({ length }: string[], noun: string): string {
  return `${length} ${noun}${length === 1 ? '' : 's'}`
}

function formatPercent(basisPoints: number): string {
  return `${formatDecimal(basisPoints, 2).replace(/\.?0+$/, '')} %`
}
