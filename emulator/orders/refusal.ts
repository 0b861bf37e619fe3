/**
 * Why a code does not work in a cart, in the words of the Storefront API's `CartWarningCode`.
 *
 * Three texts are recorded (not found, inactive, purchase not in range); the other texts are this program's own.
 */
export const REFUSALS = {
  DISCOUNT_NOT_FOUND: () => 'Enter a valid discount code',
  DISCOUNT_CURRENTLY_INACTIVE: () => 'This discount is not valid anymore',
  DISCOUNT_USAGE_LIMIT_REACHED: (code: string) => `The ${code} discount code has reached its usage limit`,
  DISCOUNT_CUSTOMER_USAGE_LIMIT_REACHED: (code: string) => `You have already used the ${code} discount code`,
  DISCOUNT_ELIGIBLE_CUSTOMER_MISSING: (code: string) => `Enter your email address to use the ${code} discount code`,
  DISCOUNT_CUSTOMER_NOT_ELIGIBLE: (code: string) => `The ${code} discount code is not available to you`,
  DISCOUNT_NO_ENTITLED_LINE_ITEMS: (code: string) =>
    `The ${code} discount code does not apply to the items in your cart`,
  DISCOUNT_NO_ENTITLED_SHIPPING_LINES: (code: string) => `The ${code} discount code does not apply to your shipping`,
  DISCOUNT_INCOMPATIBLE_PURCHASE_TYPE: (code: string) =>
    `The ${code} discount code does not apply to this type of purchase`,
  DISCOUNT_PURCHASE_NOT_IN_RANGE: (code: string) => `The ${code} discount code is not valid for the items in your cart`,
  DISCOUNT_QUANTITY_NOT_IN_RANGE: (code: string) =>
    `Your cart does not hold enough items for the ${code} discount code`,
  DISCOUNT_CODE_NOT_HONOURED: (code: string) =>
    `The ${code} discount code cannot be used with the other discounts of this order`,
} satisfies Record<string, (code: string) => string>

export type RefusalReason = keyof typeof REFUSALS
