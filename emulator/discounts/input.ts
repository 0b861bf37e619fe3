/** Ids to put in or take out; values are global ids. */
export interface Changes {
  add?: string[] | null
  remove?: string[] | null
}

export interface ItemsInput {
  all?: boolean | null
  products?: {
    productsToAdd?: string[] | null
    productsToRemove?: string[] | null
    productVariantsToAdd?: string[] | null
    productVariantsToRemove?: string[] | null
  } | null
  collections?: Changes | null
}

export interface ValueInput {
  percentage?: number | null
  discountAmount?: { amount?: string | null; appliesOnEachItem?: boolean | null } | null
  discountOnQuantity?: {
    quantity?: number | null
    effect?: { amount?: string | null; percentage?: number | null } | null
  } | null
}

interface CustomerGetsInput {
  value?: ValueInput | null
  items?: ItemsInput | null
  appliesOnOneTimePurchase?: boolean | null
  appliesOnSubscription?: boolean | null
}

export interface MinimumInput {
  subtotal?: { greaterThanOrEqualToSubtotal?: string | null } | null
  quantity?: { greaterThanOrEqualToQuantity?: number | null } | null
}

export interface CombinesWithInput {
  orderDiscounts: boolean
  productDiscounts: boolean
  shippingDiscounts: boolean
  productDiscountsWithTagsOnSameCartLine?: Changes | null
}

/** The input of every create and update of a discount; each operation's schema admits a part of it. A field left out keeps its value. */
export interface DiscountInput {
  title?: string | null
  code?: string | null
  startsAt?: number | null
  endsAt?: number | null
  usageLimit?: number | null
  appliesOncePerCustomer?: boolean | null
  combinesWith?: CombinesWithInput | null
  context?: {
    all?: 'ALL' | null
    customers?: Changes | null
    customerSegments?: Changes | null
    markets?: Changes | null
  } | null
  customerSelection?: { all?: boolean | null; customers?: Changes | null; customerSegments?: Changes | null } | null
  tags?: string[] | null
  customerGets?: CustomerGetsInput | null
  customerBuys?: {
    items?: ItemsInput | null
    value?: { quantity?: number | null; amount?: string | null } | null
    isOneTimePurchase: boolean
    isSubscription: boolean
  } | null
  minimumRequirement?: MinimumInput | null
  recurringCycleLimit?: number | null
  usesPerOrderLimit?: number | null
  destination?: { all: boolean; countries?: (Changes & { includeRestOfWorld: boolean }) | null } | null
  maximumShippingPrice?: string | null
  appliesOnOneTimePurchase?: boolean | null
  appliesOnSubscription?: boolean | null
}
