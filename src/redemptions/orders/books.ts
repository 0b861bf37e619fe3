import type { ShopBooks } from '../../stores/shop-order.ts'
import { existsOrder, updateOrdersForgotten, updateStoreForgotten } from './books.sql.ts'
import { selectKnownCodes } from './orders.sql.ts'
import { recordCustomerKnown, recordOrder, recordUnknownUses } from './record-order.ts'

/** What redemptions do with the news of a shop. */
export const ORDER_BOOKS: ShopBooks = {
  recordOrder,
  recordUnknownUses,
  recordCustomerKnown,
  findKnownCodes: (db, input) => selectKnownCodes(db, input, input.codes),
  isKnownOrder: (db, input) => existsOrder(db, input, input.orderId),
  forgetCustomer: (db, input) => updateOrdersForgotten(db, input, input),
  forgetStore: (db, input) => updateStoreForgotten(db, input),
}
