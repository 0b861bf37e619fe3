import { createMatcher, type Searchable } from '../search/match.ts'
import { parseQuery } from '../search/parse-query.ts'
import { type Customer, displayName } from '../shop/customer.ts'
import type { Shop } from '../shop/shop.ts'

const CUSTOMERS: Searchable<Customer> = {
  fields: {
    id: (customer) => ({ number: customer.id }),
    email: (customer) => customer.email ?? '',
    phone: (customer) => customer.phone ?? '',
    first_name: (customer) => customer.firstName ?? '',
    last_name: (customer) => customer.lastName ?? '',
    tag: (customer) => customer.tags,
    orders_count: (customer) => ({ number: customer.ordersPlaced }),
    created_at: (customer) => ({ time: customer.createdAt }),
    customer_date: (customer) => ({ time: customer.createdAt }),
    updated_at: (customer) => ({ time: customer.updatedAt }),
  },
  text: (customer) => [displayName(customer), customer.email ?? '', customer.phone ?? ''],
}

/** Customers that a search finds, in the order of their ids. */
export function findCustomers(shop: Shop, query: string | null | undefined): Customer[] {
  const all = [...shop.customers.values()].sort((left, right) => left.id - right.id)
  return query?.trim() ? all.filter(createMatcher(parseQuery(query), CUSTOMERS)) : all
}
