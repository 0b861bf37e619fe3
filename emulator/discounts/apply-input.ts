import { idOf } from '../gid.ts'
import { toMinor } from '../money.ts'
import type {
  BuyerContext,
  CombinesWith,
  CustomerBuys,
  Destination,
  Discount,
  Effect,
  Items,
  Minimum,
  Value,
} from '../shop/discount.ts'
import type { Changes, CombinesWithInput, DiscountInput, ItemsInput, MinimumInput, ValueInput } from './input.ts'

/** Writes a checked input into a discount. A field left out keeps its value; null clears what may be cleared. */
export function applyInput(discount: Discount, input: DiscountInput, isUpdate: boolean): void {
  if (input.title) discount.title = input.title
  if (input.startsAt !== null && input.startsAt !== undefined) discount.startsAt = input.startsAt
  if (input.endsAt !== undefined) discount.endsAt = input.endsAt
  if (input.usageLimit !== undefined) discount.usageLimit = input.usageLimit
  discount.appliesOncePerCustomer = input.appliesOncePerCustomer ?? discount.appliesOncePerCustomer
  if (input.combinesWith) discount.combinesWith = readCombines(discount.combinesWith, input.combinesWith)
  if (input.context ?? input.customerSelection) discount.context = readContext(discount.context, input)
  if (input.tags) discount.tags = [...input.tags]
  if (input.minimumRequirement !== undefined) discount.minimum = readMinimum(input.minimumRequirement)
  if (input.recurringCycleLimit !== undefined) discount.recurringCycleLimit = input.recurringCycleLimit
  if (input.usesPerOrderLimit !== undefined) discount.usesPerOrderLimit = input.usesPerOrderLimit
  if (input.destination) discount.destination = readDestination(discount.destination, input.destination, isUpdate)
  if (input.maximumShippingPrice !== undefined) {
    discount.maximumShippingMinor = input.maximumShippingPrice === null ? null : toMinor(input.maximumShippingPrice)
  }
  if (input.customerBuys) discount.customerBuys = readCustomerBuys(discount.customerBuys, input.customerBuys)
  applyCustomerGets(discount, input)
}

function applyCustomerGets(discount: Discount, input: DiscountInput): void {
  const gets = input.customerGets
  if (gets?.items) discount.items = readItems(discount.items, gets.items)
  if (gets?.value) discount.value = readValue(gets.value)
  const flags = gets ?? input
  discount.appliesOnOneTimePurchase = flags.appliesOnOneTimePurchase ?? discount.appliesOnOneTimePurchase
  discount.appliesOnSubscription = flags.appliesOnSubscription ?? discount.appliesOnSubscription
}

function ids(gids: readonly string[] | null | undefined): number[] {
  return (gids ?? []).flatMap((gid) => idOf(gid, ...KINDS) ?? [])
}

const KINDS = ['Product', 'ProductVariant', 'Collection', 'Customer', 'Segment', 'Market']

function change(
  present: number[],
  add: readonly string[] | null | undefined,
  remove: readonly string[] | null | undefined,
): number[] {
  const removed = new Set(ids(remove))
  return [...new Set([...present, ...ids(add)])].filter((id) => !removed.has(id))
}

function readItems(present: Items, input: ItemsInput): Items {
  if (input.all) return { kind: 'all' }
  if (input.collections) {
    const before = present.kind === 'collections' ? present.collectionIds : []
    return { kind: 'collections', collectionIds: change(before, input.collections.add, input.collections.remove) }
  }
  if (!input.products) return present
  const before = present.kind === 'products' ? present : { productIds: [], variantIds: [] }
  return {
    kind: 'products',
    productIds: change(before.productIds, input.products.productsToAdd, input.products.productsToRemove),
    variantIds: change(before.variantIds, input.products.productVariantsToAdd, input.products.productVariantsToRemove),
  }
}

function readValue(input: ValueInput): Value {
  if (input.discountOnQuantity) {
    const { quantity, effect } = input.discountOnQuantity
    return { kind: 'on_quantity', quantity: quantity ?? 1, effect: readEffect(effect?.percentage, effect?.amount) }
  }
  if (input.discountAmount) {
    return {
      kind: 'amount',
      amountMinor: toMinor(input.discountAmount.amount ?? '0'),
      onEachItem: input.discountAmount.appliesOnEachItem ?? false,
    }
  }
  return readPercentage(input.percentage ?? 0)
}

function readEffect(percentage: number | null | undefined, amount: string | null | undefined): Effect {
  return amount === null || amount === undefined
    ? readPercentage(percentage ?? 0)
    : { kind: 'amount', amountMinor: toMinor(amount) }
}

function readPercentage(percentage: number): { kind: 'percentage'; basisPoints: number; percentage: number } {
  return { kind: 'percentage', basisPoints: Math.round(percentage * 10_000), percentage }
}

function readMinimum(input: MinimumInput | null): Minimum | null {
  const subtotal = input?.subtotal?.greaterThanOrEqualToSubtotal
  if (subtotal !== null && subtotal !== undefined) return { kind: 'subtotal', amountMinor: toMinor(subtotal) }
  const quantity = input?.quantity?.greaterThanOrEqualToQuantity
  return quantity === null || quantity === undefined ? null : { kind: 'quantity', quantity }
}

function readCombines(present: CombinesWith, input: CombinesWithInput): CombinesWith {
  const changes: Changes = input.productDiscountsWithTagsOnSameCartLine ?? {}
  const removed = new Set(changes.remove ?? [])
  return {
    orderDiscounts: input.orderDiscounts,
    productDiscounts: input.productDiscounts,
    shippingDiscounts: input.shippingDiscounts,
    tags: [...new Set([...present.tags, ...(changes.add ?? [])])].filter((tag) => !removed.has(tag)),
  }
}

function readContext(present: BuyerContext, input: DiscountInput): BuyerContext {
  const buyers = input.context ?? input.customerSelection
  const before = (kind: BuyerContext['kind']): number[] =>
    present.kind === kind && present.kind !== 'all' ? present.ids : []
  if (buyers?.customers)
    return { kind: 'customers', ids: change(before('customers'), buyers.customers.add, buyers.customers.remove) }
  if (buyers?.customerSegments) {
    return {
      kind: 'segments',
      ids: change(before('segments'), buyers.customerSegments.add, buyers.customerSegments.remove),
    }
  }
  const markets = input.context?.markets
  return markets ? { kind: 'markets', ids: change(before('markets'), markets.add, markets.remove) } : { kind: 'all' }
}

function readDestination(
  present: Destination,
  input: NonNullable<DiscountInput['destination']>,
  isUpdate: boolean,
): Destination {
  if (!input.countries) return { kind: 'all' }
  const before = present.kind === 'countries' ? present.countries : []
  const removed = new Set(input.countries.remove ?? [])
  const countries = [...new Set([...before, ...(input.countries.add ?? [])])].filter((country) => !removed.has(country))
  return { kind: 'countries', countries, includeRestOfWorld: input.countries.includeRestOfWorld, listed: !isUpdate }
}

function readCustomerBuys(
  present: CustomerBuys | null,
  input: NonNullable<DiscountInput['customerBuys']>,
): CustomerBuys {
  const { value } = input
  return {
    items: input.items
      ? readItems(present?.items ?? { kind: 'all' }, input.items)
      : (present?.items ?? { kind: 'all' }),
    value:
      value?.amount === null || value?.amount === undefined
        ? { kind: 'quantity', quantity: value?.quantity ?? 1 }
        : { kind: 'amount', amountMinor: toMinor(value.amount) },
    isOneTimePurchase: input.isOneTimePurchase,
    isSubscription: input.isSubscription,
  }
}
