import { idOf } from '../gid.ts'
import type { Discount } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'

/** The code discount of a global id; undefined for every other id, an automatic discount's included. */
export function findCodeDiscount(shop: Shop, gid: string): Discount | undefined {
  const discount = shop.discounts.get(idOf(gid, 'DiscountCodeNode') ?? Number.NaN)
  return discount && !discount.automatic ? discount : undefined
}

export function findAutomaticDiscount(shop: Shop, gid: string): Discount | undefined {
  const discount = shop.discounts.get(idOf(gid, 'DiscountAutomaticNode') ?? Number.NaN)
  return discount?.automatic ? discount : undefined
}
