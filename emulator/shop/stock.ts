import { PRODUCT_SEEDS, type Product, toHandle } from './catalog.ts'
import { nowSeconds, type Shop } from './shop.ts'

/** A product as someone who fills the shop gives it; what is left out gets a plain value. */
export type ProductInput = Pick<Product, 'title'> &
  Partial<Omit<Product, 'variants'>> & { variants?: { id?: number; title: string; priceMinor: number; sku?: string }[] }

export function addProduct(shop: Shop, input: ProductInput): Product {
  const now = nowSeconds(shop)
  const id = input.id ?? shop.ids.next('Product')
  const product: Product = {
    handle: toHandle(input.title),
    description: '',
    vendor: shop.name,
    productType: '',
    tags: [],
    status: 'ACTIVE',
    createdAt: now,
    updatedAt: now,
    requiresShipping: true,
    ...input,
    id,
    variants: [],
  }
  for (const variant of input.variants ?? [{ title: 'Default Title', priceMinor: 1000 }]) {
    const added = {
      sku: '',
      createdAt: now,
      ...variant,
      id: variant.id ?? shop.ids.next('ProductVariant'),
      productId: id,
    }
    product.variants.push(added)
    shop.variants.set(added.id, added)
  }
  shop.products.set(id, product)
  return product
}

/** Fills an empty shop with the demo's products, two collections, a segment and two markets. */
export function stockShop(shop: Shop): void {
  for (const seed of PRODUCT_SEEDS) {
    addProduct(shop, {
      title: seed.title,
      description: seed.description,
      productType: seed.type,
      requiresShipping: !seed.digital,
      variants: (seed.sizes ?? ['Default Title']).map((title) => ({ title, priceMinor: seed.priceMinor })),
      ...(seed.plan ? { sellingPlan: { id: shop.ids.next('SellingPlan'), name: seed.plan } } : {}),
    })
  }
  const now = nowSeconds(shop)
  for (const type of ['Clothing', 'Coffee', 'Kitchen']) {
    const id = shop.ids.next('Collection')
    const productIds = [...shop.products.values()]
      .filter((product) => product.productType === type)
      .map((product) => product.id)
    shop.collections.set(id, { id, title: type, handle: toHandle(type), productIds, updatedAt: now })
  }
  const segmentId = shop.ids.next('Segment')
  shop.segments.set(segmentId, {
    id: segmentId,
    name: 'Returning customers',
    query: 'number_of_orders > 1',
    emails: [],
    createdAt: now,
  })
  for (const name of ['Canada', 'International']) {
    const id = shop.ids.next('Market')
    shop.markets.set(id, { id, name, handle: toHandle(name) })
  }
}
