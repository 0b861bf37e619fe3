import { toGid } from '../../gid.ts'
import { findOrders, type OrdersArgs, pageOrders } from '../../orders/search-orders.ts'
import { type Customer, displayName } from '../../shop/customer.ts'
import { hidesPersonalData } from '../../shop/settings.ts'
import { type Shop, toIso } from '../../shop/shop.ts'
import { viewMoney } from './money-view.ts'
import { viewOrder } from './order-view.ts'

type View = Record<string, unknown>

export function viewCustomer(shop: Shop, customer: Customer): View {
  const hidden = hidesPersonalData(shop.settings)
  const email = hidden ? null : customer.email
  const phone = hidden ? null : customer.phone
  return {
    __typename: 'Customer',
    id: toGid('Customer', customer.id),
    legacyResourceId: customer.id,
    displayName: hidden ? '' : displayName(customer),
    email,
    phone,
    firstName: hidden ? null : customer.firstName,
    lastName: hidden ? null : customer.lastName,
    note: customer.note,
    locale: customer.locale,
    tags: customer.tags,
    state: 'DISABLED',
    verifiedEmail: customer.email !== null,
    createdAt: toIso(customer.createdAt),
    updatedAt: toIso(customer.updatedAt),
    numberOfOrders: customer.ordersPlaced,
    amountSpent: viewMoney(shop, customer.amountSpentMinor),
    defaultEmailAddress: email && viewEmail(customer, email),
    defaultPhoneNumber: phone && { phoneNumber: phone, marketingState: 'NOT_SUBSCRIBED' },
    lastOrder: () => viewLastOrder(shop, customer),
    orders: (args: OrdersArgs) =>
      pageOrders(
        findOrders(shop, args.query).filter((order) => order.customerId === customer.id),
        { sortKey: 'ID', ...args },
        (order) => viewOrder(shop, order, viewCustomer),
      ),
  }
}

function viewEmail(customer: Customer, email: string): View {
  return {
    emailAddress: email,
    marketingState: customer.acceptsMarketing ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED',
    marketingOptInLevel: null,
    marketingUpdatedAt: null,
    validFormat: true,
  }
}

/** The last order that the customer placed; one that was attached later does not show. Source: recording customer-order-summary-read-effects. */
function viewLastOrder(shop: Shop, customer: Customer): View | null {
  if (customer.ordersPlaced === 0) return null
  const last = [...shop.orders.values()].filter((order) => order.customerId === customer.id).at(-1)
  return last ? viewOrder(shop, last, viewCustomer) : null
}
