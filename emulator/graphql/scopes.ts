/** The scope that a root field needs. A field that is not here needs none. Source: Shopify's reference, "Requires" of each field. */
const REQUIRED_SCOPES: Record<string, string> = {
  customer: 'read_customers',
  customers: 'read_customers',
  customersCount: 'read_customers',
  customerCreate: 'write_customers',
  order: 'read_orders',
  orders: 'read_orders',
  ordersCount: 'read_orders',
  orderCreate: 'write_orders',
  orderCustomerSet: 'write_orders',
  orderCustomerRemove: 'write_orders',
  product: 'read_products',
  products: 'read_products',
  collection: 'read_products',
  collections: 'read_products',
}

/** Every field about discounts needs one of the two scopes of discounts. */
export function requiredScope(field: string, isMutation: boolean): string | undefined {
  if (/^(discount|codeDiscount|automaticDiscount)/.test(field)) return isMutation ? 'write_discounts' : 'read_discounts'
  return REQUIRED_SCOPES[field]
}
