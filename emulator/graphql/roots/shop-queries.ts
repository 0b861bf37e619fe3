import { apiError, invalidId } from '../../errors/api-error.ts'
import { parseGid, toGid } from '../../gid.ts'
import { createMatcher } from '../../search/match.ts'
import { parseQuery } from '../../search/parse-query.ts'
import type { Collection, Product } from '../../shop/catalog.ts'
import { PLANS, SHOP_ID } from '../../shop/settings.ts'
import type { Shop } from '../../shop/shop.ts'
import { type Connection, type PageArgs, pageOf } from '../connection.ts'
import type { Context } from '../context.ts'
import { viewApp } from '../views/code-view.ts'
import { viewCreation } from '../views/creation-view.ts'
import { viewCustomer } from '../views/customer-view.ts'
import { viewAutomaticNode, viewCodeNode } from '../views/discount-view.ts'
import { viewOrder } from '../views/order-view.ts'
import { viewCollection, viewProduct, viewVariant } from '../views/product-view.ts'
import { viewSubscription } from '../views/webhook-view.ts'
import { requireId } from './discount-queries.ts'

type View = Record<string, unknown>
type SearchArgs = PageArgs & { query?: string | null }

const byId = (item: { id: number }): { id: number; value: number } => ({ id: item.id, value: item.id })

const PRODUCT_FIELDS = {
  fields: {
    id: (product: Product) => ({ number: product.id }),
    title: (product: Product) => product.title,
    handle: (product: Product) => product.handle,
    product_type: (product: Product) => product.productType,
    status: (product: Product) => product.status,
    tag: (product: Product) => product.tags,
    vendor: (product: Product) => product.vendor,
  },
  text: (product: Product) => [product.title, product.productType, product.vendor, ...product.tags],
}

const COLLECTION_FIELDS = {
  fields: {
    id: (collection: Collection) => ({ number: collection.id }),
    title: (collection: Collection) => collection.title,
    handle: (collection: Collection) => collection.handle,
  },
  text: (collection: Collection) => [collection.title],
}

function viewShop(shop: Shop): View {
  const { plan, currency, timezone, sellsSubscriptions } = shop.settings
  return {
    __typename: 'Shop',
    id: toGid('Shop', SHOP_ID),
    name: shop.name,
    email: `hello@${shop.domain}`,
    contactEmail: `hello@${shop.domain}`,
    currencyCode: currency,
    ianaTimezone: timezone,
    myshopifyDomain: shop.domain,
    primaryDomain: { id: toGid('Domain', 1), host: new URL(shop.url).host, url: shop.url, sslEnabled: false },
    url: shop.url,
    taxesIncluded: false,
    plan: {
      displayName: PLANS[plan].displayName,
      publicDisplayName: PLANS[plan].displayName,
      partnerDevelopment: false,
      shopifyPlus: plan === 'plus' || plan === 'enterprise',
    },
    features: {
      sellsSubscriptions,
      eligibleForSubscriptions: true,
      giftCards: true,
      storefront: true,
      unifiedMarkets: true,
    },
  }
}

/** Objects that can be read by id alone, by the kind in it. Codes and jobs are none. Source: schema, interface Node. */
const NODES: Record<string, (shop: Shop, id: number) => View | null | undefined> = {
  DiscountCodeNode: (shop, id) => {
    const discount = shop.discounts.get(id)
    return discount && !discount.automatic ? viewCodeNode(shop, discount) : null
  },
  DiscountAutomaticNode: (shop, id) => {
    const discount = shop.discounts.get(id)
    return discount?.automatic ? viewAutomaticNode(shop, discount) : null
  },
  DiscountRedeemCodeBulkCreation: (shop, id) =>
    viewKnown(shop.creations.get(id), (creation) => viewCreation(shop, creation)),
  Order: (shop, id) => viewKnown(shop.orders.get(id), (order) => viewOrder(shop, order, viewCustomer)),
  Customer: (shop, id) => viewKnown(shop.customers.get(id), (customer) => viewCustomer(shop, customer)),
  Product: (shop, id) => viewKnown(shop.products.get(id), (product) => viewProduct(shop, product)),
  ProductVariant: (shop, id) => viewKnown(shop.variants.get(id), (variant) => viewVariant(shop, variant)),
  Collection: (shop, id) => viewKnown(shop.collections.get(id), (collection) => viewCollection(shop, collection)),
  WebhookSubscription: (shop, id) => viewKnown(shop.subscriptions.get(id), viewSubscription),
  BulkOperation: () => null,
  App: (shop) => viewApp(shop),
  Shop: (shop) => viewShop(shop),
}

function viewKnown<T>(item: T | undefined, view: (item: T) => View): View | null {
  return item === undefined ? null : view(item)
}

function readNode(shop: Shop, gid: string): View | null {
  const parsed = parseGid(gid)
  const read = parsed && NODES[parsed.kind]
  if (!parsed || !read) throw invalidId(gid)
  return read(shop, parsed.id) ?? null
}

export const shopQueries = {
  shop: (_: object, { shop }: Context): View => viewShop(shop),
  node: ({ id }: { id: string }, { shop }: Context): View | null => readNode(shop, id),
  nodes: ({ ids }: { ids: string[] }, { shop }: Context): (View | null)[] => ids.map((id) => readNode(shop, id)),
  job: ({ id }: { id: string }, { shop }: Context): View | null => {
    if (parseGid(id)?.kind !== 'Job') throw invalidId(id)
    const job = shop.jobs.get(id)
    return job ? { __typename: 'Job', id, done: job.done, query: null } : null
  },
  product: ({ id }: { id: string }, { shop }: Context): View | null =>
    viewKnown(shop.products.get(requireId(id, 'Product')), (product) => viewProduct(shop, product)),
  products: (args: SearchArgs, { shop }: Context): Connection<View> =>
    pageOf(
      [...shop.products.values()].filter(createMatcher(parseQuery(args.query ?? ''), PRODUCT_FIELDS)),
      args,
      byId,
      (product) => viewProduct(shop, product),
    ),
  collection: ({ id }: { id: string }, { shop }: Context): View | null =>
    viewKnown(shop.collections.get(requireId(id, 'Collection')), (collection) => viewCollection(shop, collection)),
  collections: (args: SearchArgs, { shop }: Context): Connection<View> =>
    pageOf(
      [...shop.collections.values()].filter(createMatcher(parseQuery(args.query ?? ''), COLLECTION_FIELDS)),
      args,
      byId,
      (collection) => viewCollection(shop, collection),
    ),
  currentAppInstallation: (_: object, { shop, token }: Context): View => {
    if (!shop.app.installed) throw apiError('ACCESS_DENIED', 'The app is not installed.')
    return {
      __typename: 'AppInstallation',
      id: toGid('AppInstallation', shop.app.id),
      app: viewApp(shop),
      launchUrl: `${shop.url}/admin`,
      uninstallUrl: null,
      accessScopes: token.scopes.map((handle) => ({ handle, description: handle.replaceAll('_', ' ') })),
    }
  },
  bulkOperation: ({ id }: { id: string }): null => {
    requireId(id, 'BulkOperation')
    return null
  },
  currentBulkOperation: (): null => null,
}
