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

/** Writes down what an order means for our codes; given by whoever owns redemptions. Runs inside the caller's transaction. */
export type RecordOrder<Db> = (
  db: Db,
  input: { accountId: string; storeId: string; order: ShopOrder; now: Date },
) => Promise<{ codes: number }>
