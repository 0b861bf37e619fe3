/** Kinds of discounts that the emulator makes. App discounts need a Function and are not emulated. */
export type DiscountKind = 'basic' | 'free_shipping' | 'bxgy'

/** What items a discount is about; ids are the numbers of the global ids. */
export type Items =
  | { kind: 'all' }
  | { kind: 'products'; productIds: number[]; variantIds: number[] }
  | { kind: 'collections'; collectionIds: number[] }

/** `basisPoints` of 10,000 is 100 %; `amountMinor` is in the shop's currency. */
export type Value =
  | { kind: 'percentage'; basisPoints: number; percentage: number }
  | { kind: 'amount'; amountMinor: number; onEachItem: boolean }
  | { kind: 'on_quantity'; quantity: number; effect: Effect }

export type Effect =
  | { kind: 'percentage'; basisPoints: number; percentage: number }
  | { kind: 'amount'; amountMinor: number }

export type Minimum = { kind: 'subtotal'; amountMinor: number } | { kind: 'quantity'; quantity: number }

export type BuyerContext =
  | { kind: 'all' }
  | { kind: 'customers'; ids: number[] }
  | { kind: 'segments'; ids: number[] }
  | { kind: 'markets'; ids: number[] }

export interface CombinesWith {
  orderDiscounts: boolean
  productDiscounts: boolean
  shippingDiscounts: boolean
  tags: string[]
}

/** `listed` is false after an update: the real store then answers an empty list although it counts the countries. */
export type Destination =
  | { kind: 'all' }
  | { kind: 'countries'; countries: string[]; includeRestOfWorld: boolean; listed: boolean }

export interface CustomerBuys {
  items: Items
  value: { kind: 'quantity'; quantity: number } | { kind: 'amount'; amountMinor: number }
  isOneTimePurchase: boolean
  isSubscription: boolean
}

/** One code of a discount. `uses` is the truth, `asyncUses` is what the API shows after its lag. */
export interface RedeemCode {
  id: number
  code: string
  discount: Discount
  uses: number
  asyncUses: number
}

/** A code or automatic discount. Times are milliseconds cut to whole seconds; `endsAt` null is never. */
export interface Discount {
  id: number
  kind: DiscountKind
  automatic: boolean
  title: string
  startsAt: number
  endsAt: number | null
  createdAt: number
  updatedAt: number
  /** Uses that each code has; null is unlimited. */
  usageLimit: number | null
  appliesOncePerCustomer: boolean
  combinesWith: CombinesWith
  context: BuyerContext
  tags: string[]
  items: Items
  value: Value
  minimum: Minimum | null
  destination: Destination
  maximumShippingMinor: number | null
  customerBuys: CustomerBuys | null
  usesPerOrderLimit: number | null
  appliesOnOneTimePurchase: boolean
  appliesOnSubscription: boolean
  /** Billing cycles; 0 is for ever. */
  recurringCycleLimit: number | null
  /** In the order of their ids. Empty for an automatic discount. */
  codes: RedeemCode[]
  asyncUses: number
  totalSalesMinor: number
}

export type DiscountStatus = 'ACTIVE' | 'EXPIRED' | 'SCHEDULED'

/** The status follows from the window alone. Source: recording discount-status-time-window-derivation. */
export function discountStatus(discount: Pick<Discount, 'startsAt' | 'endsAt'>, now: number): DiscountStatus {
  if (discount.endsAt !== null && discount.endsAt <= now) return 'EXPIRED'
  return discount.startsAt > now ? 'SCHEDULED' : 'ACTIVE'
}

export type DiscountClass = 'ORDER' | 'PRODUCT' | 'SHIPPING'

/** A basic discount on all items is an order discount, on some items a product discount. Source: recorded `discountClasses`. */
export function discountClass(discount: Pick<Discount, 'kind' | 'items' | 'value'>): DiscountClass {
  if (discount.kind === 'free_shipping') return 'SHIPPING'
  if (discount.kind === 'bxgy') return 'PRODUCT'
  return discount.items.kind === 'all' ? 'ORDER' : 'PRODUCT'
}

export function nodeKind(discount: Pick<Discount, 'automatic'>): 'DiscountCodeNode' | 'DiscountAutomaticNode' {
  return discount.automatic ? 'DiscountAutomaticNode' : 'DiscountCodeNode'
}
