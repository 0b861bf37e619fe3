import { type UserError, userError } from '../errors/user-error.ts'
import { idOf } from '../gid.ts'
import type { Shop } from '../shop/shop.ts'
import type { ItemsInput } from './input.ts'

/** Faults of an `items` input: unknown products, variants and collections, and collections beside products. */
export function validateItems(shop: Shop, items: ItemsInput, field: string[]): UserError[] {
  const { products, collections } = items
  const entitled = [...(products?.productsToAdd ?? []), ...(products?.productVariantsToAdd ?? [])]
  if (entitled.length > 0 && (collections?.add ?? []).length > 0) {
    return [
      userError(
        [...field, 'collections', 'add'],
        'CONFLICT',
        'Cannot entitle collections in combination with product variants or products',
      ),
    ]
  }
  return [
    ...unknown(products?.productsToAdd, 'Product', shop.products, [...field, 'products', 'productsToAdd'], 'Product'),
    ...unknown(
      products?.productVariantsToAdd,
      'ProductVariant',
      shop.variants,
      [...field, 'products', 'productVariantsToAdd'],
      'Product variant',
    ),
    ...unknown(collections?.add, 'Collection', shop.collections, [...field, 'collections', 'add'], 'Collection'),
  ]
}

/** One error for each id that is not in the shop. */
export function unknown(
  gids: readonly string[] | null | undefined,
  kind: string,
  known: ReadonlyMap<number, unknown>,
  field: string[],
  noun: string,
): UserError[] {
  return (gids ?? []).flatMap((gid) => {
    const id = idOf(gid, kind)
    if (id !== undefined && known.has(id)) return []
    return [userError(field, 'INVALID', `${noun} with id: ${gid.split('/').at(-1)} is invalid`)]
  })
}
