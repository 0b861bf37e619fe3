import { badRequest } from '../errors/api-error.ts'
import { type UserError, userError } from '../errors/user-error.ts'
import type { DiscountKind } from '../shop/discount.ts'
import type { ValueInput } from './input.ts'

/** Amounts and subtotals stay below this. Source: shopify.md, section 1.3. */
export const MAX_AMOUNT = 1e18

/** Three ways to give a value; more than one is refused for the whole field. */
export function refuseSeveralValues(value: ValueInput | null | undefined): void {
  const given = [value?.percentage, value?.discountAmount, value?.discountOnQuantity].filter(
    (part) => part !== null && part !== undefined,
  )
  if (given.length > 1)
    throw badRequest('A discount can only have one of percentage, discountOnQuantity or discountAmount.')
}

/** Faults of `customerGets.value`; `field` is the path to it. */
export function validateValue(kind: DiscountKind, value: ValueInput, field: string[]): UserError[] {
  return kind === 'bxgy' ? validateBxgyValue(value, field) : validateBasicValue(value, field)
}

function validateBasicValue(value: ValueInput, field: string[]): UserError[] {
  if (value.discountOnQuantity) {
    return [
      userError(
        [...field, 'discountOnQuantity'],
        'INVALID',
        'discountOnQuantity field is only permitted with bxgy discounts.',
      ),
    ]
  }
  if (value.percentage !== null && value.percentage !== undefined)
    return validatePercentage(value.percentage, [...field, 'percentage'])
  const amount = value.discountAmount?.amount
  if (value.discountAmount && amount !== null && amount !== undefined)
    return validateAmount(amount, [...field, 'discountAmount', 'amount'])
  return []
}

function validateBxgyValue(value: ValueInput, field: string[]): UserError[] {
  const wrong = (['percentage', 'discountAmount'] as const).filter(
    (key) => value[key] !== null && value[key] !== undefined,
  )
  if (wrong.length > 0) {
    return wrong.map((key) =>
      userError([...field, key], 'INVALID', 'Only discountOnQuantity permitted with bxgy discounts.'),
    )
  }
  const onQuantity = value.discountOnQuantity
  if (!onQuantity) return [userError([...field, 'discountOnQuantity'], 'BLANK', "Discount on quantity can't be blank")]
  const errors: UserError[] = []
  const effectField = [...field, 'discountOnQuantity', 'effect']
  const percentage = onQuantity.effect?.percentage
  const amount = onQuantity.effect?.amount
  if (percentage !== null && percentage !== undefined)
    errors.push(...validatePercentage(percentage, [...effectField, 'percentage']))
  if (amount !== null && amount !== undefined) errors.push(...validateAmount(amount, [...effectField, 'amount']))
  return errors
}

function validatePercentage(percentage: number, field: string[]): UserError[] {
  if (percentage >= 0 && percentage <= 1) return []
  return [userError(field, 'VALUE_OUTSIDE_RANGE', 'Value must be between 0.0 and 1.0')]
}

/** The API negates an amount before it checks it, which turns its texts around. Source: recording discount-value-bounds. */
function validateAmount(amount: string, field: string[]): UserError[] {
  if (Number(amount) < 0) return [userError(field, 'LESS_THAN_OR_EQUAL_TO', 'Value must be less than or equal to 0')]
  if (Number(amount) >= MAX_AMOUNT)
    return [
      userError(
        field,
        'LESS_THAN',
        `Value must be greater than -${MAX_AMOUNT.toLocaleString('fullwide', { useGrouping: false })}`,
      ),
    ]
  return []
}
