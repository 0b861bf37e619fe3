import { badRequest } from '../errors/api-error.ts'
import { type UserError, userError } from '../errors/user-error.ts'
import type { DiscountClass } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'
import type { CombinesWithInput } from './input.ts'

/** Most tags for stacking on one cart line. Source: schema text of `productDiscountsWithTagsOnSameCartLine`. */
const MAX_STACKING_TAGS = 10

/** A tag that is both added and removed refuses the whole field. */
export function refuseTagOverlap(combinesWith: CombinesWithInput | null | undefined): void {
  const tags = combinesWith?.productDiscountsWithTagsOnSameCartLine
  const removed = new Set(tags?.remove ?? [])
  if ((tags?.add ?? []).some((tag) => removed.has(tag))) {
    throw badRequest(
      'The same tag is present in both `add` and `remove` fields of `productDiscountsWithTagsOnSameCartLine`.',
    )
  }
}

/** Faults of `combinesWith`. Source: recording discount-combines-with-validation; the count and missing-flag cases are UNCERTAIN. */
export function validateCombines(
  shop: Shop,
  discountClass: DiscountClass,
  combinesWith: CombinesWithInput,
  field: string[],
): UserError[] {
  const errors: UserError[] = []
  if (discountClass === 'SHIPPING' && combinesWith.shippingDiscounts) {
    errors.push(
      userError(
        field,
        'INVALID_COMBINES_WITH_FOR_DISCOUNT_CLASS',
        'The combinesWith settings are not valid for the discount class.',
      ),
    )
  }
  const tags = combinesWith.productDiscountsWithTagsOnSameCartLine?.add ?? []
  if (tags.length === 0) return errors
  const tagField = [...field, 'productDiscountsWithTagsOnSameCartLine']
  if (shop.settings.plan !== 'plus' && shop.settings.plan !== 'enterprise') {
    errors.push(
      userError(
        tagField,
        'PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_NOT_ENTITLED',
        "The shop's plan does not allow setting `productDiscountsWithTagsOnSameCartLine`.",
      ),
    )
  }
  if (discountClass !== 'PRODUCT') {
    errors.push(
      userError(
        tagField,
        'INVALID_PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_FOR_DISCOUNT_CLASS',
        'Combines with product discounts with tags on same cart line is only valid for discounts with the PRODUCT discount class',
      ),
    )
  } else if (!combinesWith.productDiscounts) {
    errors.push(
      userError(
        tagField,
        'INVALID_PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE_WITHOUT_PRODUCT_DISCOUNTS',
        'Combines with product discounts with tags on same cart line requires product discounts to be combinable',
      ),
    )
  }
  if (tags.length > MAX_STACKING_TAGS) {
    errors.push(
      userError(
        tagField,
        'TOO_MANY_PRODUCT_DISCOUNTS_WITH_TAGS_ON_SAME_CART_LINE',
        `A maximum of ${MAX_STACKING_TAGS} tags is allowed`,
      ),
    )
  }
  return errors
}
