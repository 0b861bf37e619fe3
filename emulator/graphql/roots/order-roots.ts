import { type CustomerInput, createCustomer } from '../../customers/create-customer.ts'
import { findCustomers } from '../../customers/search-customers.ts'
import { type UserError, userError } from '../../errors/user-error.ts'
import { idOf } from '../../gid.ts'
import { setOrderCustomer } from '../../orders/change-order.ts'
import { createOrder, type OrderInput } from '../../orders/create-order.ts'
import { findOrders, type OrdersArgs, pageOrders } from '../../orders/search-orders.ts'
import { fieldsOf, parseQuery, type Query } from '../../search/parse-query.ts'
import type { Order } from '../../shop/order.ts'
import type { Shop } from '../../shop/shop.ts'
import { type Connection, type PageArgs, pageOf, toCount } from '../connection.ts'
import type { Context } from '../context.ts'
import { viewCustomer } from '../views/customer-view.ts'
import { viewOrder } from '../views/order-view.ts'
import { viewProduct } from '../views/product-view.ts'
import { requireId } from './discount-queries.ts'

type View = Record<string, unknown>

interface CountArgs {
  query?: string | null
  limit?: number | null
}

/** Without read_all_orders an app sees the orders of 60 days. Source: Shopify documentation, object Order. */
const VISIBLE_MS = 60 * 24 * 3600 * 1000

function findVisible(query: string | null | undefined, { shop, token }: Context): Order[] {
  const found = findOrders(shop, query)
  if (token.scopes.includes('read_all_orders')) return found
  return found.filter((order) => order.createdAt >= shop.clock.now() - VISIBLE_MS)
}

function findOrder(shop: Shop, gid: string): Order | undefined {
  return shop.orders.get(idOf(gid, 'Order') ?? Number.NaN)
}

/** Filters that `customersCount` knows; any other is left out with a note. Source: recording customer-order-summary-read-effects. */
const COUNT_FIELDS = new Set(['id', 'created_at', 'updated_at'])

function countCustomers(args: CountArgs, context: Context, info: { path: { key: string | number } }): View {
  const query = args.query?.trim() ? parseQuery(args.query) : undefined
  const unknown = query ? fieldsOf(query).filter((field) => !COUNT_FIELDS.has(field)) : []
  for (const field of unknown) {
    context.searchNotes.push({
      path: [info.path.key],
      query: args.query ?? '',
      parsed: { field, match_all: valueOfField(query, field) },
      warnings: [{ field, message: 'Invalid search field for this query.', code: 'invalid_field' }],
    })
  }
  const found = unknown.length > 0 ? [...context.shop.customers.values()] : findCustomers(context.shop, args.query)
  return { ...toCount(found.length, args.limit) }
}

function valueOfField(query: Query | undefined, field: string): string {
  if (!query || query.kind === 'all') return ''
  if (query.kind === 'term') return query.field === field ? query.value : ''
  if (query.kind === 'not') return valueOfField(query.part, field)
  return query.parts.map((part) => valueOfField(part, field)).find((value) => value !== '') ?? ''
}

/** As `findListed` of discounts: lists run behind writes by the set lag. */
function listCustomers(args: PageArgs & { query?: string | null }, { shop }: Context): Connection<View> {
  const lag = args.query ? shop.settings.searchLagMs : 0
  const found = findCustomers(shop, args.query).filter(
    (customer) => lag === 0 || customer.updatedAt <= shop.clock.now() - lag,
  )
  return pageOf(
    found,
    args,
    (customer) => ({ id: customer.id, value: customer.id }),
    (customer) => viewCustomer(shop, customer),
  )
}

export const orderQueries = {
  order: ({ id }: { id: string }, { shop }: Context): View | null => {
    requireId(id, 'Order')
    const order = findOrder(shop, id)
    return order ? viewOrder(shop, order, viewCustomer) : null
  },
  orders: (args: OrdersArgs, context: Context): Connection<View> =>
    pageOrders(findVisible(args.query, context), args, (order) => viewOrder(context.shop, order, viewCustomer)),
  ordersCount: (args: CountArgs, context: Context): View => ({
    ...toCount(findVisible(args.query, context).length, args.limit),
  }),
  customer: ({ id }: { id: string }, { shop }: Context): View | null => {
    const customer = shop.customers.get(requireId(id, 'Customer'))
    return customer ? viewCustomer(shop, customer) : null
  },
  customers: listCustomers,
  customersCount: countCustomers,
}

function orderPayload(shop: Shop, order: Order): View {
  return { order: viewOrder(shop, order, viewCustomer), userErrors: [] }
}

function missingOrder(): { order: null; userErrors: UserError[] } {
  return { order: null, userErrors: [userError(['orderId'], 'NOT_FOUND', 'Order does not exist')] }
}

function addTags({ id, tags }: { id: string; tags: string[] }, { shop }: Context): View {
  const added = tags
    .flatMap((tag) => tag.split(','))
    .map((tag) => tag.trim())
    .filter(Boolean)
  const order = findOrder(shop, id)
  const customer = shop.customers.get(idOf(id, 'Customer') ?? Number.NaN)
  const product = shop.products.get(idOf(id, 'Product') ?? Number.NaN)
  const owner = order ?? customer ?? product
  if (!owner) return { node: null, userErrors: [userError(['id'], null, 'Resource does not exist')] }
  owner.tags = [...new Set([...owner.tags, ...added])].sort()
  const node = order
    ? viewOrder(shop, order, viewCustomer)
    : customer
      ? viewCustomer(shop, customer)
      : product && viewProduct(shop, product)
  return { node, userErrors: [] }
}

export const orderMutations = {
  customerCreate: ({ input }: { input: CustomerInput }, { shop }: Context): View => {
    const result = createCustomer(shop, input)
    return { customer: result.customer && viewCustomer(shop, result.customer), userErrors: result.errors }
  },
  orderCreate: ({ order: input }: { order: OrderInput }, { shop }: Context): View => {
    const result = createOrder(shop, input)
    return result.order ? orderPayload(shop, result.order) : { order: null, userErrors: result.errors }
  },
  orderCustomerSet: (args: { orderId: string; customerId: string }, { shop }: Context): View => {
    const order = findOrder(shop, args.orderId)
    if (!order) return missingOrder()
    const customerId = idOf(args.customerId, 'Customer')
    if (customerId === undefined || !shop.customers.has(customerId)) {
      return { order: null, userErrors: [userError(['customerId'], 'NOT_FOUND', 'Customer does not exist')] }
    }
    setOrderCustomer(shop, order, customerId)
    return orderPayload(shop, order)
  },
  orderCustomerRemove: ({ orderId }: { orderId: string }, { shop }: Context): View => {
    const order = findOrder(shop, orderId)
    if (!order) return missingOrder()
    setOrderCustomer(shop, order, null)
    return orderPayload(shop, order)
  },
  tagsAdd: addTags,
}
