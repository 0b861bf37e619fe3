import { createMatcher, type Searchable } from '../search/match.ts'
import { parseQuery } from '../search/parse-query.ts'
import { type Discount, discountClass, discountStatus } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'

/** The `type` filter's words for a discount. Source: documented filters of `discountNodes`. */
function typesOf(discount: Discount): string[] {
  if (discount.kind !== 'basic') return ['all', 'all_with_app', discount.kind]
  return ['all', 'all_with_app', discount.value.kind === 'percentage' ? 'percentage' : 'fixed_amount']
}

function combinesOf(discount: Discount): string[] {
  const { combinesWith } = discount
  return [
    ...(combinesWith.orderDiscounts ? ['order_discounts'] : []),
    ...(combinesWith.productDiscounts ? ['product_discounts'] : []),
    ...(combinesWith.shippingDiscounts ? ['shipping_discounts'] : []),
  ]
}

function searchable(shop: Shop): Searchable<Discount> {
  return {
    fields: {
      code: (discount) => discount.codes.map((entry) => entry.code),
      combines_with: combinesOf,
      created_at: (discount) => ({ time: discount.createdAt }),
      discount_class: discountClass,
      discount_type: typesOf,
      ends_at: (discount) => ({ time: discount.endsAt }),
      id: (discount) => ({ number: discount.id }),
      method: (discount) => (discount.automatic ? 'automatic' : 'code'),
      starts_at: (discount) => ({ time: discount.startsAt }),
      status: (discount) => discountStatus(discount, shop.clock.now()),
      times_used: (discount) => ({ number: discount.asyncUses }),
      title: (discount) => discount.title,
      type: typesOf,
      updated_at: (discount) => ({ time: discount.updatedAt }),
      tag: (discount) => discount.tags,
    },
    text: (discount) => [discount.title, ...discount.codes.slice(0, 100).map((entry) => entry.code)],
  }
}

/** Discounts of a method that a search finds, in the order of their ids. No query finds all. */
export function findDiscounts(
  shop: Shop,
  query: string | null | undefined,
  method: 'code' | 'automatic' | 'any',
): Discount[] {
  const all = [...shop.discounts.values()].filter(
    (discount) => method === 'any' || discount.automatic === (method === 'automatic'),
  )
  return query?.trim() ? all.filter(createMatcher(parseQuery(query), searchable(shop))) : all
}
