import type { Discount, Effect, Items } from '../shop/discount.ts'

/** A line of a cart with what is needed to price it. */
export interface PricedLine {
  variantId: number
  productId: number
  collectionIds: readonly number[]
  quantity: number
  priceMinor: number
  subscription: boolean
}

/** Minor units off each line, in the order of the lines. */
export type LineAmounts = number[]

export function isEntitled(items: Items, line: PricedLine): boolean {
  if (items.kind === 'all') return true
  if (items.kind === 'collections') return line.collectionIds.some((id) => items.collectionIds.includes(id))
  return items.productIds.includes(line.productId) || items.variantIds.includes(line.variantId)
}

/** Whether a discount works on a line bought once, or on one bought as a subscription. */
export function fitsPurchase(discount: Discount, line: PricedLine): boolean {
  return line.subscription ? discount.appliesOnSubscription : discount.appliesOnOneTimePurchase
}

/**
 * What a basic discount takes off each entitled line; lines that are not entitled give 0.
 *
 * A percentage is rounded half up for each line. An amount is spread by worth and never exceeds a line.
 */
export function priceBasic(
  discount: Discount,
  lines: readonly PricedLine[],
  entitled: readonly boolean[],
): LineAmounts {
  const { value } = discount
  if (value.kind === 'percentage') {
    return lines.map((line, index) =>
      entitled[index] ? Math.round((line.priceMinor * line.quantity * value.basisPoints) / 10_000) : 0,
    )
  }
  if (value.kind === 'on_quantity') return lines.map(() => 0)
  if (value.onEachItem) {
    return lines.map((line, index) =>
      entitled[index] ? Math.min(value.amountMinor, line.priceMinor) * line.quantity : 0,
    )
  }
  const worth = lines.map((line, index) => (entitled[index] ? line.priceMinor * line.quantity : 0))
  return spread(value.amountMinor, worth)
}

/** Spreads an amount over parts by their worth; together they never exceed the worth, and rounding goes to the largest part. */
function spread(amountMinor: number, worth: readonly number[]): LineAmounts {
  const total = worth.reduce((sum, part) => sum + part, 0)
  const amount = Math.min(amountMinor, total)
  const shares = worth.map((part) => (total === 0 ? 0 : Math.floor((amount * part) / total)))
  const largest = worth.indexOf(Math.max(...worth, 0))
  const rest = amount - shares.reduce((sum, share) => sum + share, 0)
  if (rest > 0) shares[largest] = (shares[largest] ?? 0) + rest
  return shares
}

interface Unit {
  line: number
  priceMinor: number
}

/**
 * What "buy X get Y" takes off each line; undefined when the cart does not hold enough.
 *
 * The dearest fitting units count as bought, the cheapest of the rest are given. UNCERTAIN: Shopify names no order.
 */
export function priceBxgy(discount: Discount, lines: readonly PricedLine[]): LineAmounts | undefined {
  const { customerBuys, value } = discount
  if (!customerBuys || value.kind !== 'on_quantity') return undefined
  let units = toUnits(lines, (line) => line.subscription === false || customerBuys.isSubscription)
  const amounts = lines.map(() => 0)
  const limit = discount.usesPerOrderLimit ?? Number.POSITIVE_INFINITY
  let uses = 0
  for (; uses < limit; uses += 1) {
    const bought = takeBought(units, lines, customerBuys)
    const rest = bought && units.filter((unit) => !bought.includes(unit))
    const given = rest
      ?.filter((unit) => isEntitled(discount.items, lines[unit.line] as PricedLine))
      .slice(-value.quantity)
    if (!rest || !given || given.length < value.quantity) break
    for (const unit of given) amounts[unit.line] = (amounts[unit.line] ?? 0) + effectOn(value.effect, unit.priceMinor)
    units = rest.filter((unit) => !given.includes(unit))
  }
  return uses > 0 ? amounts : undefined
}

/** Single units of all lines, dearest first. */
function toUnits(lines: readonly PricedLine[], counts: (line: PricedLine) => boolean): Unit[] {
  return lines
    .flatMap((line, index) =>
      counts(line) ? Array.from({ length: line.quantity }, () => ({ line: index, priceMinor: line.priceMinor })) : [],
    )
    .sort((left, right) => right.priceMinor - left.priceMinor)
}

function takeBought(
  units: readonly Unit[],
  lines: readonly PricedLine[],
  buys: NonNullable<Discount['customerBuys']>,
): Unit[] | undefined {
  const fitting = units.filter((unit) => isEntitled(buys.items, lines[unit.line] as PricedLine))
  const { value } = buys
  if (value.kind === 'quantity') return fitting.length >= value.quantity ? fitting.slice(0, value.quantity) : undefined
  let spent = 0
  const bought = fitting.filter((unit) => {
    if (spent >= value.amountMinor) return false
    spent += unit.priceMinor
    return true
  })
  return spent >= value.amountMinor && bought.length > 0 ? bought : undefined
}

function effectOn(effect: Effect, priceMinor: number): number {
  return effect.kind === 'amount'
    ? Math.min(effect.amountMinor, priceMinor)
    : Math.round((priceMinor * effect.basisPoints) / 10_000)
}
