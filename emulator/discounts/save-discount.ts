import { type UserError, userError } from '../errors/user-error.ts'
import type { Discount, DiscountKind } from '../shop/discount.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'
import { applyInput } from './apply-input.ts'
import type { DiscountInput } from './input.ts'
import { addRedeemCode, renameCode } from './redeem-codes.ts'
import { validateDiscount } from './validate-discount.ts'

export type SaveResult = { discount: Discount; errors: [] } | { discount: null; errors: UserError[] }

function emptyDiscount(shop: Shop, kind: DiscountKind, automatic: boolean): Discount {
  const now = nowSeconds(shop)
  return {
    id: shop.ids.next('Discount'),
    kind,
    automatic,
    title: '',
    startsAt: now,
    endsAt: null,
    createdAt: now,
    updatedAt: now,
    usageLimit: null,
    appliesOncePerCustomer: false,
    combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false, tags: [] },
    context: { kind: 'all' },
    tags: [],
    items: { kind: 'all' },
    value: { kind: 'percentage', basisPoints: 0, percentage: 0 },
    minimum: null,
    destination: { kind: 'all' },
    maximumShippingMinor: null,
    customerBuys: null,
    usesPerOrderLimit: null,
    appliesOnOneTimePurchase: true,
    appliesOnSubscription: false,
    recurringCycleLimit: kind === 'bxgy' ? null : 1,
    codes: [],
    asyncUses: 0,
    totalSalesMinor: 0,
  }
}

/** Makes a discount with its first code. Nothing is made when the input has a fault. */
export function createDiscount(
  shop: Shop,
  kind: DiscountKind,
  automatic: boolean,
  argument: string,
  input: DiscountInput,
): SaveResult {
  const errors = validateDiscount(shop, { kind, automatic, argument, existing: null }, input)
  if (errors.length > 0) return { discount: null, errors }
  const discount = emptyDiscount(shop, kind, automatic)
  applyInput(discount, input, false)
  if (input.code) addRedeemCode(shop, discount, input.code)
  shop.discounts.set(discount.id, discount)
  shop.emit('discounts/create', { kind: 'discount', discount, deleted: false })
  return { discount, errors: [] }
}

/** Changes a discount and with it all its codes. */
export function updateDiscount(
  shop: Shop,
  existing: Discount | undefined,
  argument: string,
  input: DiscountInput,
): SaveResult {
  if (!existing) return { discount: null, errors: [userError(['id'], null, 'Discount does not exist')] }
  const { kind, automatic } = existing
  const [first] = existing.codes
  const renames = typeof input.code === 'string' && input.code !== first?.code
  if (renames && existing.codes.length > 1) {
    return { discount: null, errors: [userError(['id'], null, 'Cannot update the code of a bulk discount.')] }
  }
  const errors = validateDiscount(shop, { kind, automatic, argument, existing }, input)
  if (errors.length > 0) return { discount: null, errors }
  applyInput(existing, input, true)
  if (renames && input.code) {
    if (first) renameCode(shop, first, input.code)
    else addRedeemCode(shop, existing, input.code)
  }
  touch(shop, existing)
  return { discount: existing, errors: [] }
}

/** Marks a change: a new `updatedAt` and a message to subscribers. */
export function touch(shop: Shop, discount: Discount): void {
  discount.updatedAt = nowSeconds(shop)
  shop.emit('discounts/update', { kind: 'discount', discount, deleted: false })
}
