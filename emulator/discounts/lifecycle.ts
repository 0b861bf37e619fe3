import { type Discount, discountStatus } from '../shop/discount.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'
import { touch } from './save-discount.ts'

/** Clears a past end, or moves a coming start to now. An active discount stays as it is, `updatedAt` included. */
export function activateDiscount(shop: Shop, discount: Discount): void {
  const status = discountStatus(discount, shop.clock.now())
  if (status === 'ACTIVE') return
  if (status === 'EXPIRED') discount.endsAt = null
  if (discount.startsAt > shop.clock.now()) discount.startsAt = nowSeconds(shop)
  touch(shop, discount)
}

/** Ends a discount now. An expired one stays as it is. A scheduled one starts and ends now (UNCERTAIN, no recording). */
export function deactivateDiscount(shop: Shop, discount: Discount): void {
  const now = nowSeconds(shop)
  if (discountStatus(discount, shop.clock.now()) === 'EXPIRED') return
  discount.endsAt = now
  if (discount.startsAt > now) discount.startsAt = now
  touch(shop, discount)
}

/** Takes a discount and all its codes out of the store; their texts are free again. */
export function deleteDiscount(shop: Shop, discount: Discount): void {
  shop.discounts.delete(discount.id)
  for (const code of discount.codes) shop.codes.delete(code.code.toUpperCase())
  shop.emit('discounts/delete', { kind: 'discount', discount, deleted: true })
}
