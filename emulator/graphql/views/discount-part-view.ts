import { toGid } from '../../gid.ts'
import type { BuyerContext, Items, Value } from '../../shop/discount.ts'
import { type Shop, toIso } from '../../shop/shop.ts'
import { type PageArgs, pageOf } from '../connection.ts'
import { viewCustomer } from './customer-view.ts'
import { viewMoney } from './money-view.ts'
import { viewCollection, viewProduct, viewVariant } from './product-view.ts'

type View = Record<string, unknown>

function present<T extends { id: number }>(ids: readonly number[], all: ReadonlyMap<number, T>): T[] {
  return ids.flatMap((id) => all.get(id) ?? []).sort((left, right) => left.id - right.id)
}

const byId = (item: { id: number }): { id: number; value: number } => ({ id: item.id, value: item.id })

export function viewItems(shop: Shop, items: Items): View {
  switch (items.kind) {
    case 'all':
      return { __typename: 'AllDiscountItems', allItems: true }
    case 'collections':
      return {
        __typename: 'DiscountCollections',
        collections: (args: PageArgs) =>
          pageOf(present(items.collectionIds, shop.collections), args, byId, (collection) =>
            viewCollection(shop, collection),
          ),
      }
    case 'products':
      return {
        __typename: 'DiscountProducts',
        products: (args: PageArgs) =>
          pageOf(present(items.productIds, shop.products), args, byId, (product) => viewProduct(shop, product)),
        productVariants: (args: PageArgs) =>
          pageOf(present(items.variantIds, shop.variants), args, byId, (variant) => viewVariant(shop, variant)),
      }
  }
}

export function viewValue(shop: Shop, value: Value): View {
  switch (value.kind) {
    case 'percentage':
      return { __typename: 'DiscountPercentage', percentage: value.percentage }
    case 'amount':
      return {
        __typename: 'DiscountAmount',
        amount: viewMoney(shop, value.amountMinor),
        appliesOnEachItem: value.onEachItem,
      }
    case 'on_quantity':
      return {
        __typename: 'DiscountOnQuantity',
        quantity: { __typename: 'DiscountQuantity', quantity: value.quantity },
        effect:
          value.effect.kind === 'percentage'
            ? { __typename: 'DiscountPercentage', percentage: value.effect.percentage }
            : {
                __typename: 'DiscountAmount',
                amount: viewMoney(shop, value.effect.amountMinor),
                appliesOnEachItem: false,
              },
      }
  }
}

export function viewContext(shop: Shop, context: BuyerContext): View {
  switch (context.kind) {
    case 'all':
      return { __typename: 'DiscountBuyerSelectionAll', all: 'ALL' }
    case 'customers':
      return {
        __typename: 'DiscountCustomers',
        customers: () => present(context.ids, shop.customers).map((customer) => viewCustomer(shop, customer)),
      }
    case 'segments':
      return { __typename: 'DiscountCustomerSegments', segments: () => viewSegments(shop, context.ids) }
    case 'markets':
      return {
        __typename: 'DiscountMarkets',
        marketsCount: context.ids.length,
        markets: (args: PageArgs) =>
          pageOf(present(context.ids, shop.markets), args, byId, (market) => ({
            ...market,
            id: toGid('Market', market.id),
            status: 'ACTIVE',
            type: 'REGION',
          })),
      }
  }
}

function viewSegments(shop: Shop, ids: readonly number[]): View[] {
  return present(ids, shop.segments).map((segment) => ({
    id: toGid('Segment', segment.id),
    name: segment.name,
    query: segment.query,
    creationDate: toIso(segment.createdAt),
    lastEditDate: toIso(segment.createdAt),
  }))
}

/** The deprecated form of the context; it cannot name markets. */
export function viewSelection(shop: Shop, context: BuyerContext): View {
  if (context.kind === 'all') return { __typename: 'DiscountCustomerAll', allCustomers: true }
  if (context.kind === 'markets')
    return { __typename: 'DiscountCustomerSelectionUnknown', customerSelectionType: 'markets' }
  return viewContext(shop, context)
}
