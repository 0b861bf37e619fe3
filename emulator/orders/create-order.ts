import { createCustomer, findCustomerByEmail } from '../customers/create-customer.ts'
import { type UserError, userError } from '../errors/user-error.ts'
import { idOf } from '../gid.ts'
import { toMinor } from '../money.ts'
import type { Application, Order, OrderLine } from '../shop/order.ts'
import type { Shop } from '../shop/shop.ts'
import { type OrderDraft, recordOrder } from './record-order.ts'

interface MoneyBagInput {
  shopMoney: { amount: string; currencyCode: string }
}

interface OrderLineInput {
  variantId?: string | null
  productId?: string | null
  title?: string | null
  variantTitle?: string | null
  sku?: string | null
  quantity: number
  priceSet?: MoneyBagInput | null
  requiresShipping?: boolean | null
}

export interface OrderInput {
  lineItems?: OrderLineInput[] | null
  email?: string | null
  phone?: string | null
  note?: string | null
  name?: string | null
  tags?: string[] | null
  test?: boolean | null
  sourceName?: string | null
  processedAt?: number | null
  closedAt?: number | null
  financialStatus?: Order['financialStatus'] | null
  fulfillmentStatus?: string | null
  customAttributes?: { key: string; value: string }[] | null
  customerId?: string | null
  customer?: {
    toAssociate?: { id?: string | null; email?: string | null } | null
    toUpsert?: { email?: string | null; firstName?: string | null; lastName?: string | null } | null
  } | null
  discountCode?: {
    itemPercentageDiscountCode?: { code: string; percentage?: number | null } | null
    itemFixedDiscountCode?: { code: string; amountSet?: MoneyBagInput | null } | null
    freeShippingDiscountCode?: { code: string } | null
  } | null
  shippingLines?: { priceSet: MoneyBagInput }[] | null
}

export type CreateOrderResult = { order: Order; errors: [] } | { order: null; errors: UserError[] }

/** Makes an order as an app does: the code is written down as given, no term of its discount is checked. */
export function createOrder(shop: Shop, input: OrderInput): CreateOrderResult {
  if (!input.lineItems?.length) {
    return {
      order: null,
      errors: [userError(['order', 'lineItems'], 'INVALID', 'Line items must have at least one line item')],
    }
  }
  const lines = input.lineItems.map((line) => readLine(shop, line))
  const shippingMinor = (input.shippingLines ?? []).reduce(
    (sum, line) => sum + toMinor(line.priceSet.shopMoney.amount),
    0,
  )
  const application = readCode(shop, input, lines, shippingMinor)
  if (application?.target === 'line_item') allocate(lines, application.amountMinor)
  const draft: OrderDraft = {
    lines,
    shippingMinor,
    applications: application ? [application] : [],
    email: input.email ?? input.customer?.toUpsert?.email ?? null,
    phone: input.phone ?? null,
    note: input.note ?? null,
    tags: [...(input.tags ?? [])].sort(),
    test: input.test ?? false,
    sourceName: input.sourceName ?? 'api',
    financialStatus: input.financialStatus ?? 'PENDING',
    fulfillmentStatus: input.fulfillmentStatus === 'FULFILLED' ? 'FULFILLED' : 'UNFULFILLED',
    attributes: [...(input.customAttributes ?? [])],
    customerId: findBuyer(shop, input),
    ...(input.name ? { name: input.name } : {}),
    ...(input.processedAt ? { processedAt: input.processedAt } : {}),
    ...(input.closedAt ? { closedAt: input.closedAt } : {}),
  }
  return { order: recordOrder(shop, draft), errors: [] }
}

function findBuyer(shop: Shop, input: OrderInput): number | null {
  const gid = input.customerId ?? input.customer?.toAssociate?.id
  const id = gid ? idOf(gid, 'Customer') : undefined
  if (id !== undefined && shop.customers.has(id)) return id
  const email = input.customer?.toUpsert?.email ?? input.customer?.toAssociate?.email ?? input.email
  if (!email) return null
  const known = findCustomerByEmail(shop, email)
  return known?.id ?? createCustomer(shop, { ...input.customer?.toUpsert, email }).customer?.id ?? null
}

function readLine(shop: Shop, line: OrderLineInput): OrderLine {
  const variant = line.variantId ? shop.variants.get(idOf(line.variantId, 'ProductVariant') ?? Number.NaN) : undefined
  const product = variant ? shop.products.get(variant.productId) : undefined
  return {
    id: shop.ids.next('LineItem'),
    productId: product?.id ?? null,
    variantId: variant?.id ?? null,
    title: line.title ?? product?.title ?? 'Item',
    variantTitle: line.variantTitle ?? null,
    sku: line.sku ?? variant?.sku ?? null,
    quantity: line.quantity,
    priceMinor: line.priceSet ? toMinor(line.priceSet.shopMoney.amount) : (variant?.priceMinor ?? 0),
    requiresShipping: line.requiresShipping ?? false,
    sellingPlan: null,
    allocations: [],
  }
}

function readCode(
  shop: Shop,
  input: OrderInput,
  lines: readonly OrderLine[],
  shippingMinor: number,
): Application | undefined {
  const {
    itemPercentageDiscountCode: percent,
    itemFixedDiscountCode: fixed,
    freeShippingDiscountCode: free,
  } = input.discountCode ?? {}
  const code = percent?.code ?? fixed?.code ?? free?.code
  if (code === undefined) return undefined
  const subtotal = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0)
  const base = {
    kind: 'code' as const,
    code,
    title: code,
    discountId: shop.codes.get(code.toUpperCase())?.discount.id ?? null,
    selection: 'all' as const,
    method: 'across' as const,
  }
  if (free)
    return {
      ...base,
      target: 'shipping_line',
      value: { kind: 'percentage', percentage: 1 },
      amountMinor: shippingMinor,
    }
  if (percent) {
    const share = (percent.percentage ?? 0) / 100
    return {
      ...base,
      target: 'line_item',
      value: { kind: 'percentage', percentage: share },
      amountMinor: Math.round(subtotal * share),
    }
  }
  const amountMinor = Math.min(subtotal, toMinor(fixed?.amountSet?.shopMoney.amount ?? '0'))
  return { ...base, target: 'line_item', value: { kind: 'amount', amountMinor }, amountMinor }
}

/** Spreads an amount over lines by their worth; the last line takes the rest. */
function allocate(lines: readonly OrderLine[], amountMinor: number): void {
  const subtotal = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0)
  let left = amountMinor
  lines.forEach((line, position) => {
    const last = position === lines.length - 1
    const share = last ? left : Math.round((amountMinor * line.priceMinor * line.quantity) / Math.max(1, subtotal))
    left -= share
    if (share > 0) line.allocations.push({ index: 0, amountMinor: share })
  })
}
