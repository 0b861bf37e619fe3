import type { Terms } from '../../../../contract/coupons.ts'
import { AppError } from '../../../errors.ts'
import type {
  DiscountCodeBasicInput,
  DiscountCodeBxgyInput,
  DiscountCodeFreeShippingInput,
} from '../generated/terms.ts'

export type DiscountFacts = {
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

export function discountInputOf({ terms, title, seedCode, startsAt, endsAt }: DiscountFacts): DiscountInput {
  if (terms.discount.kind !== 'percentage') throw new AppError('term_not_supported', 'Only percentages yet.')
  return {
    kind: 'basic',
    input: {
      title,
      code: seedCode,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt?.toISOString() ?? null,
      usageLimit: 1,
      context: { all: 'ALL' },
      customerGets: { value: { percentage: terms.discount.basisPoints / 10_000 }, items: { all: true } },
    },
  }
}
