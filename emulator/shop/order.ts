type FinancialStatus =
  | 'PAID'
  | 'PENDING'
  | 'AUTHORIZED'
  | 'PARTIALLY_PAID'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED'
  | 'VOIDED'
  | 'EXPIRED'

/** `index` is the place of the application in the order's list. */
interface Allocation {
  index: number
  amountMinor: number
}

export interface OrderLine {
  id: number
  productId: number | null
  variantId: number | null
  title: string
  variantTitle: string | null
  sku: string | null
  quantity: number
  priceMinor: number
  requiresShipping: boolean
  sellingPlan: { id: number; name: string } | null
  allocations: Allocation[]
}

/** A discount as an order keeps it. `manual` has a title and no code: some subscription apps write renewals so. */
export interface Application {
  kind: 'code' | 'automatic' | 'manual'
  code: string | null
  title: string
  discountId: number | null
  value: { kind: 'percentage'; percentage: number } | { kind: 'amount'; amountMinor: number }
  target: 'line_item' | 'shipping_line'
  selection: 'all' | 'entitled'
  method: 'across' | 'each'
  amountMinor: number
}

interface Refund {
  id: number
  createdAt: number
  amountMinor: number
  note: string
}

export interface Order {
  id: number
  number: number
  name: string
  email: string | null
  phone: string | null
  customerId: number | null
  createdAt: number
  updatedAt: number
  processedAt: number
  closedAt: number | null
  cancelledAt: number | null
  cancelReason: 'CUSTOMER' | 'DECLINED' | 'FRAUD' | 'INVENTORY' | 'OTHER' | 'STAFF' | null
  financialStatus: FinancialStatus
  fulfillmentStatus: 'FULFILLED' | 'UNFULFILLED'
  tags: string[]
  note: string | null
  test: boolean
  sourceName: string
  lines: OrderLine[]
  applications: Application[]
  shippingMinor: number
  subtotalMinor: number
  discountsMinor: number
  totalMinor: number
  refunds: Refund[]
  checkoutToken: string | null
  cartToken: string | null
  /** Path of the page that the buyer sees. */
  statusToken: string
  attributes: { key: string; value: string }[]
  country: string
}

export function refundedMinor(order: Order): number {
  return order.refunds.reduce((sum, refund) => sum + refund.amountMinor, 0)
}

/** Codes of an order in the order of their entry, without repetition. */
export function discountCodesOf(order: Order): string[] {
  return [...new Set(order.applications.flatMap((application) => (application.code ? [application.code] : [])))]
}
