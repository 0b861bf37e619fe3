import { toPrice } from '../money.ts'
import type { Discount, Effect, Items } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'

const COUNTRY_NAMES = new Intl.DisplayNames('en', { type: 'region' })

/**
 * The one-line description of a discount.
 *
 * Recorded: the forms on all items with their minimum, countries, shipping price and once-per-customer parts.
 * UNCERTAIN: the words for products, collections, buyers and buy X get Y.
 */
export function summarize(shop: Shop, discount: Discount): string {
  return [shortSummary(shop, discount), ...conditions(discount)].join(' • ')
}

/** The first part of the summary: what the buyer gets. */
export function shortSummary(shop: Shop, discount: Discount): string {
  if (discount.kind === 'free_shipping') return `Free shipping on ${purchases(shop, discount)}`
  const { value } = discount
  if (value.kind === 'on_quantity') return describeBxgy(shop, discount, value.quantity, value.effect)
  return `${describeEffect(value)} off ${target(shop, discount)}`
}

function describeEffect(effect: Effect): string {
  return effect.kind === 'percentage' ? `${effect.basisPoints / 100}%` : toPrice(effect.amountMinor)
}

function target(shop: Shop, discount: Discount): string {
  return discount.items.kind === 'all' ? purchases(shop, discount) : nameItems(shop, discount.items)
}

function purchases(shop: Shop, discount: Discount): string {
  if (discount.automatic) return 'all products'
  if (!shop.settings.sellsSubscriptions) return 'entire order'
  if (discount.appliesOnOneTimePurchase && discount.appliesOnSubscription) return 'all products'
  return discount.appliesOnSubscription ? 'subscription products' : 'one-time purchase products'
}

function nameItems(shop: Shop, items: Items): string {
  if (items.kind === 'all') return 'all products'
  if (items.kind === 'collections') {
    const [only] = items.collectionIds
    const title = only === undefined ? undefined : shop.collections.get(only)?.title
    return items.collectionIds.length === 1 && title ? title : count(items.collectionIds.length, 'collection')
  }
  const [only] = items.productIds
  const title = only === undefined ? undefined : shop.products.get(only)?.title
  const products = items.productIds.length + items.variantIds.length
  return products === 1 && title ? title : count(products, 'product')
}

function describeBxgy(shop: Shop, discount: Discount, quantity: number, effect: Effect): string {
  const buys = discount.customerBuys?.value
  const condition =
    buys?.kind === 'amount' ? `Spend ${toPrice(buys.amountMinor)}` : `Buy ${count(buys?.quantity ?? 1, 'item')}`
  const free = effect.kind === 'percentage' && effect.basisPoints === 10_000
  const what = discount.items.kind === 'all' ? nameItems(shop, discount.items) : count(quantity, 'item')
  return `${condition}, get ${what} ${free ? 'free' : `at ${describeEffect(effect)} off`}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function conditions(discount: Discount): string[] {
  const parts: string[] = []
  const { minimum, context, destination } = discount
  if (minimum?.kind === 'subtotal') parts.push(`Minimum purchase of ${toPrice(minimum.amountMinor)}`)
  if (minimum?.kind === 'quantity') parts.push(`Minimum quantity of ${minimum.quantity}`)
  if (context.kind === 'customers') parts.push(`For ${count(context.ids.length, 'customer')}`)
  if (context.kind === 'segments') parts.push(`For ${count(context.ids.length, 'customer segment')}`)
  if (context.kind === 'markets') parts.push(`For ${count(context.ids.length, 'market')}`)
  if (discount.kind === 'free_shipping') {
    parts.push(destination.kind === 'all' ? 'For all countries' : `For ${nameCountries(destination.countries)}`)
    if (discount.maximumShippingMinor !== null)
      parts.push(`Applies to shipping rates under ${toPrice(discount.maximumShippingMinor)}`)
  }
  if (discount.appliesOncePerCustomer) parts.push('One use per customer')
  return parts
}

function nameCountries(countries: readonly string[]): string {
  const [only] = countries
  return countries.length === 1 && only ? (COUNTRY_NAMES.of(only) ?? only) : `${countries.length} countries`
}
