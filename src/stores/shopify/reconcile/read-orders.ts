import { minorOfDecimal } from '../../../lib/currency.ts'
import type { ShopOrder } from '../../shop-order.ts'
import type { RequestOptions, ShopifyClient } from '../client/client.ts'
import { type ListOrdersQuery, ReadAllocations, ReadOrder } from '../generated/orders.ts'

/** `sourceName` of orders that a subscription makes; its first order comes from a checkout and has another. Source: shopify.md, section 10; docs/shopify-orders.md. */
export const RENEWAL_SOURCE = 'subscription_contract'

export type OrderNode = ListOrdersQuery['orders']['nodes'][number]
type Application = OrderNode['discountApplications']['nodes'][number]

/** The codes of an order in upper case: entered ones, and titles of manual discounts, which some subscription apps write so. */
export function codesOfNode(node: OrderNode): string[] {
  return [...new Set(node.discountApplications.nodes.flatMap((one) => codeOf(one) ?? []))]
}

function codeOf(application: Application): string | undefined {
  const text =
    application.__typename === 'DiscountCodeApplication'
      ? application.code
      : application.__typename === 'ManualDiscountApplication'
        ? application.title
        : ''
  return text.trim().toUpperCase() || undefined
}

/** One order of the shop with what each code took off; undefined when the shop does not show it. Throws `ShopifyError`. */
export async function readOrder(
  client: ShopifyClient,
  orderId: string,
  seesCustomers: boolean,
  options: RequestOptions,
): Promise<ShopOrder | undefined> {
  const { order } = await client.request(ReadOrder, { id: `gid://shopify/Order/${orderId}`, seesCustomers }, options)
  return order ? await orderOfNode(client, order, options) : undefined
}

/** A listed order with what each code took off: from the order itself where one discount stands alone, else from its lines. */
export async function orderOfNode(client: ShopifyClient, node: OrderNode, options: RequestOptions): Promise<ShopOrder> {
  const minor = (bag: { shopMoney: { amount: string } } | null): number =>
    minorOfDecimal(bag?.shopMoney.amount ?? '0', node.currencyCode) ?? 0
  const total = minor(node.totalDiscountsSet)
  const applications = node.discountApplications.nodes
  const off = applications.length > 1 ? await readOff(client, node, options, minor) : new Map<number, number>()
  const ofLines = [...off.values()].reduce((sum, amount) => sum + amount, 0)
  const offOf = ({ index, targetType }: Application): number => {
    if (applications.length === 1) return total
    return targetType === 'SHIPPING_LINE' ? total - ofLines : (off.get(index) ?? 0)
  }
  return {
    id: node.legacyResourceId,
    name: node.name,
    codes: applications.flatMap((one) => {
      const code = codeOf(one)
      return code ? [{ code, discountMinor: offOf(one) }] : []
    }),
    email: node.email?.trim() || null,
    customerId: node.customer?.legacyResourceId ?? null,
    currency: node.currencyCode,
    subtotalMinor: minor(node.subtotalPriceSet),
    createdAt: new Date(node.createdAt),
    updatedAt: new Date(node.updatedAt),
    cancelledAt: node.cancelledAt === null ? null : new Date(node.cancelledAt),
    refundedMinor: minor(node.totalRefundedSet),
    isRenewal: node.sourceName === RENEWAL_SOURCE,
    isTest: node.test,
  }
}

/** What each discount of an order took off its lines, by the discount's index. */
async function readOff(
  client: ShopifyClient,
  node: OrderNode,
  options: RequestOptions,
  minor: (bag: { shopMoney: { amount: string } }) => number,
): Promise<Map<number, number>> {
  const off = new Map<number, number>()
  let after: string | null = null
  do {
    const { order }: { order: { lineItems: LineItems } | null } = await client.request(
      ReadAllocations,
      { id: node.id, after },
      options,
    )
    for (const { discountAllocations } of order?.lineItems.nodes ?? []) {
      for (const one of discountAllocations) {
        const { index } = one.discountApplication
        off.set(index, (off.get(index) ?? 0) + minor(one.allocatedAmountSet))
      }
    }
    after = order?.lineItems.pageInfo.hasNextPage ? order.lineItems.pageInfo.endCursor : null
  } while (after)
  return off
}

type LineItems = {
  nodes: {
    discountAllocations: {
      allocatedAmountSet: { shopMoney: { amount: string } }
      discountApplication: { index: number }
    }[]
  }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}
