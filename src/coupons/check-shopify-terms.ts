import type { Terms } from '../../contract/coupons.ts'
import { AppError } from '../errors.ts'

/** Refuses, with the reason, what a Shopify discount cannot express: `term_not_supported`. */
export function checkShopifyTerms(terms: Terms): void {
  if (terms.customers === 'first_order') {
    refuse(
      'customers',
      'A Shopify discount cannot be for first orders only: its checkout does not know who ordered before.',
    )
  }
  if (terms.discount.kind === 'free_shipping' && terms.combinesWith.shippingDiscounts) {
    refuse(
      'combinesWith',
      'Shopify does not combine free shipping with other shipping discounts. Take this choice back.',
    )
  }
  if (terms.customerIds) checkIds('customerIds', 'Customer', terms.customerIds)
  if (terms.segmentIds) checkIds('segmentIds', 'Segment', terms.segmentIds)
  if (terms.discount.kind === 'buy_x_get_y') checkBuyXGetY(terms, terms.discount)
  if (terms.appliesTo.kind === 'products') checkIds('appliesTo', 'Product', terms.appliesTo.productIds)
  if (terms.appliesTo.kind === 'collections') checkIds('appliesTo', 'Collection', terms.appliesTo.collectionIds)
}

function checkBuyXGetY(terms: Terms, discount: Extract<Terms['discount'], { kind: 'buy_x_get_y' }>): void {
  checkIds('discount', 'Product', discount.buyProductIds)
  checkIds('discount', 'Product', discount.getProductIds)
  if (terms.minimum.kind !== 'none') {
    refuse('minimum', 'Buy X get Y has no other minimum in Shopify: what is to be bought is the minimum.')
  }
  if (terms.purchase !== 'one_time') {
    refuse('purchase', 'Shopify gives the Y of buy X get Y with one-time purchases only. Choose one-time purchases.')
  }
}

/** Shopify's ids: the number alone, or `gid://shopify/Product/123`. */
function checkIds(field: string, kind: 'Product' | 'Collection' | 'Customer' | 'Segment', ids: string[]): void {
  const wrong = ids.find((id) => !new RegExp(`^(gid://shopify/${kind}/)?[1-9]\\d{0,18}$`).test(id))
  if (wrong === undefined) return
  refuse(
    field,
    `“${wrong}” is no ${kind.toLowerCase()} of a Shopify shop. Write its number, or gid://shopify/${kind}/NUMBER.`,
    {
      id: wrong,
    },
  )
}

function refuse(field: string, message: string, data: Record<string, unknown> = {}): never {
  throw new AppError('term_not_supported', message, { field, ...data })
}
