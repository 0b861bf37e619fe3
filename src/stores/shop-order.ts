import type { Db } from '../db/database.ts'

/** An order as a shop tells of it, whatever the shop's kind. Money is in minor units of `currency`. */
export type ShopOrder = {
  /** The shop's own id, the same in every message about the order. */
  id: string
  /** What the merchant calls it ("#1001"). */
  name: string | null
  /** Every code of the order, each with what it took off. Case as the shop writes it. */
  codes: readonly { code: string; discountMinor: number }[]
  /** Null where the shop does not show it. */
  email: string | null
  customerId: string | null
  currency: string
  /** The goods after all discounts, without shipping and taxes that come on top; as ordered, not as left after refunds. */
  subtotalMinor: number
  createdAt: Date
  updatedAt: Date
  cancelledAt: Date | null
  /** Everything that was paid back so far. */
  refundedMinor: number
  /** Made by a subscription, not by a checkout. */
  isRenewal: boolean
  isTest: boolean
}

type OfStore = { accountId: string; storeId: string }

/**
 * What other rooms do with the news of a shop. Handed in by whoever starts the work, because those rooms stand above the
 * stores. Each runs inside the caller's transaction and may be repeated.
 */
export type ShopBooks = {
  /** Writes down what an order means for our codes; returns how many of its codes are ours. */
  recordOrder: (db: Db, input: OfStore & { order: ShopOrder; now: Date }) => Promise<{ codes: number }>
  /** Which of these codes are the store's, in upper case. */
  findKnownCodes: (db: Db, input: OfStore & { codes: readonly string[] }) => Promise<Set<string>>
  /** Whether an order of this id used a code of ours. */
  isKnownOrder: (db: Db, input: OfStore & { orderId: string }) => Promise<boolean>
  /** Notes uses that the shop counts and whose order cannot be found; returns how many. */
  recordUnknownUses: (
    db: Db,
    input: OfStore & { codes: readonly string[]; currency: string; now: Date },
  ) => Promise<number>
  /** Judges a customer's orders anew, after it became known who the customer is. */
  recordCustomerKnown: (db: Db, input: OfStore & { customerId: string }) => Promise<void>
  /** Takes out of orders and messages who a customer is; the facts stay. */
  forgetCustomer: (
    db: Db,
    input: OfStore & { customerId: string | null; orderIds: readonly string[]; profileIds: readonly string[] },
  ) => Promise<void>
  /** Takes out of all orders of a store who ordered. */
  forgetStore: (db: Db, input: OfStore) => Promise<void>
}
