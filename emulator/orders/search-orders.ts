import { type Connection, type PageArgs, pageOf, type SortKey } from '../graphql/connection.ts'
import { createMatcher, type Searchable } from '../search/match.ts'
import { parseQuery } from '../search/parse-query.ts'
import { discountCodesOf, type Order } from '../shop/order.ts'
import type { Shop } from '../shop/shop.ts'

export interface OrdersArgs extends PageArgs {
  query?: string | null
  sortKey?: string | null
}

function statusOf(order: Order): string[] {
  if (order.cancelledAt !== null) return ['cancelled', 'any', 'closed']
  return [order.closedAt === null ? 'open' : 'closed', 'any', 'not_closed']
}

const ORDERS: Searchable<Order> = {
  fields: {
    id: (order) => ({ number: order.id }),
    name: (order) => [order.name, order.name.replace(/^#/, '')],
    tag: (order) => order.tags,
    email: (order) => order.email ?? '',
    customer_id: (order) => ({ number: order.customerId ?? Number.NaN }),
    financial_status: (order) => order.financialStatus,
    fulfillment_status: (order) =>
      order.fulfillmentStatus === 'FULFILLED' ? ['fulfilled', 'shipped'] : ['unfulfilled', 'unshipped'],
    status: statusOf,
    discount_code: discountCodesOf,
    source_name: (order) => order.sourceName,
    test: (order) => String(order.test),
    checkout_token: (order) => order.checkoutToken ?? '',
    created_at: (order) => ({ time: order.createdAt }),
    updated_at: (order) => ({ time: order.updatedAt }),
    processed_at: (order) => ({ time: order.processedAt }),
  },
  text: (order) => [order.name, order.email ?? '', ...order.tags],
}

/** Orders that a search finds, in no promised order. */
export function findOrders(shop: Shop, query: string | null | undefined): Order[] {
  const all = [...shop.orders.values()]
  return query?.trim() ? all.filter(createMatcher(parseQuery(query), ORDERS)) : all
}

const SORT_VALUES: Record<string, (order: Order) => number | string> = {
  CREATED_AT: (order) => order.createdAt,
  UPDATED_AT: (order) => order.updatedAt,
  PROCESSED_AT: (order) => order.processedAt,
  ORDER_NUMBER: (order) => order.number,
  TOTAL_PRICE: (order) => order.totalMinor,
  CURRENT_TOTAL_PRICE: (order) => order.totalMinor,
  FINANCIAL_STATUS: (order) => order.financialStatus,
  FULFILLMENT_STATUS: (order) => order.fulfillmentStatus,
}

/** One page of orders by the asked sort; sorts that the emulator does not know go by id. */
export function pageOrders<View>(orders: Order[], args: OrdersArgs, view: (order: Order) => View): Connection<View> {
  const sortValue = SORT_VALUES[args.sortKey ?? 'PROCESSED_AT'] ?? ((order: Order) => order.id)
  const keyOf = (order: Order): SortKey => ({ id: order.id, value: sortValue(order) })
  const sorted = orders.sort((left, right) => {
    const [one, other] = [sortValue(left), sortValue(right)]
    return one < other ? -1 : one > other ? 1 : left.id - right.id
  })
  return pageOf(sorted, args, keyOf, view)
}
