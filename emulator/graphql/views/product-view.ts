import { toGid } from '../../gid.ts'
import { toFixed } from '../../money.ts'
import type { Collection, Product, Variant } from '../../shop/catalog.ts'
import { type Shop, toIso } from '../../shop/shop.ts'
import { type PageArgs, pageOf, toCount } from '../connection.ts'

type View = Record<string, unknown>

const byId = (item: { id: number }): { id: number; value: number } => ({ id: item.id, value: item.id })

export function viewProduct(shop: Shop, product: Product): View {
  return {
    __typename: 'Product',
    id: toGid('Product', product.id),
    legacyResourceId: product.id,
    title: product.title,
    handle: product.handle,
    productType: product.productType,
    status: product.status,
    tags: product.tags,
    vendor: product.vendor,
    totalInventory: 0,
    createdAt: toIso(product.createdAt),
    updatedAt: toIso(product.updatedAt),
    hasOnlyDefaultVariant: product.variants.length === 1,
    variants: (args: PageArgs) => pageOf(product.variants, args, byId, (variant) => viewVariant(shop, variant)),
  }
}

export function viewVariant(shop: Shop, variant: Variant): View {
  const product = shop.products.get(variant.productId)
  return {
    __typename: 'ProductVariant',
    id: toGid('ProductVariant', variant.id),
    legacyResourceId: variant.id,
    title: variant.title,
    displayName: product ? `${product.title} - ${variant.title}` : variant.title,
    price: toFixed(variant.priceMinor),
    compareAtPrice: null,
    sku: variant.sku || null,
    position: product ? product.variants.indexOf(variant) + 1 : 1,
    availableForSale: true,
    inventoryQuantity: null,
    createdAt: toIso(variant.createdAt),
    updatedAt: toIso(variant.createdAt),
    product: () => product && viewProduct(shop, product),
  }
}

export function viewCollection(shop: Shop, collection: Collection): View {
  const products = (): Product[] =>
    collection.productIds.flatMap((id) => shop.products.get(id) ?? []).sort((left, right) => left.id - right.id)
  return {
    __typename: 'Collection',
    id: toGid('Collection', collection.id),
    legacyResourceId: collection.id,
    title: collection.title,
    handle: collection.handle,
    sortOrder: 'BEST_SELLING',
    updatedAt: toIso(collection.updatedAt),
    productsCount: () => toCount(collection.productIds.length, null),
    products: (args: PageArgs) => pageOf(products(), args, byId, (product) => viewProduct(shop, product)),
  }
}
