import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import type { RequestOptions, ShopifyClient } from '../client/client.ts'
import { UpdateBasicDiscount, UpdateBuyXGetYDiscount, UpdateFreeShippingDiscount } from '../generated/drift.ts'
import { ReadDiscountTerms, type ReadDiscountTermsQuery } from '../generated/terms.ts'
import type { Drift } from '../terms/read-drift.ts'
import { discountInputOf } from '../terms/to-discount.ts'
import { storeDrift } from './check-discounts.ts'
import { type CheckedDiscount, selectCheckedOne } from './drift.sql.ts'

type Found = NonNullable<ReadDiscountTermsQuery['discountNode']>['discount']
type ItemsInput = {
  products?: { productsToAdd?: string[] | null; productsToRemove?: string[] | null } | null
  collections?: { add?: string[] | null; remove?: string[] | null } | null
}

type Changes = { add?: string[] | null; remove?: string[] | null }
type ContextInput = { customers?: Changes | null; customerSegments?: Changes | null }

/**
 * Gives a discount in the shop our terms back. Its codes stay as they are. Returns what differs still, which is nothing
 * unless codes are missing or too many.
 *
 * Throws `drift_not_found` where the discount is not ours or was deleted, `shop_refused` with Shopify's words.
 */
export async function restoreTerms(
  db: Db,
  client: ShopifyClient,
  input: { poolId: string; now: Date },
): Promise<{ couponId: string; title: string; left: Drift[] }> {
  const options: RequestOptions = { priority: 'interactive' }
  const discount = await selectCheckedOne(db, client.shop, input.poolId)
  const found = discount && (await client.request(ReadDiscountTerms, { id: discount.discountId }, options)).discountNode
  if (!discount || !found) {
    throw new AppError(
      'drift_not_found',
      'This discount is not in the shop any more, so it cannot get its terms back. Add codes to the coupon anew.',
      { poolId: input.poolId },
    )
  }
  const errors = await update(client, discount, found.discount, options)
  if (errors.length > 0) {
    const words = errors.map((error) => error.message).join(' ')
    throw new AppError('shop_refused', `Shopify refused the terms: ${words}`, { poolId: input.poolId })
  }
  const left = await storeDrift(db, { client, options, now: input.now }, discount, undefined)
  return { couponId: discount.couponId, title: discount.title, left }
}

async function update(
  client: ShopifyClient,
  discount: CheckedDiscount,
  found: Found,
  options: RequestOptions,
): Promise<{ message: string }[]> {
  const { kind, input } = discountInputOf(discount)
  const { code: _seed, ...terms } = input // a discount of many codes takes none
  const id = discount.discountId
  const gets = 'customerGets' in found ? found.customerGets.items : undefined
  const buys = 'customerBuys' in found ? found.customerBuys.items : undefined
  const exact = structuredClone(terms) as {
    context?: ContextInput
    customerGets?: { items?: ItemsInput }
    customerBuys?: { items?: ItemsInput }
  }
  removeOtherBuyers(exact.context, found)
  if (kind === 'free_shipping') {
    const { discountCodeFreeShippingUpdate } = await client.request(
      UpdateFreeShippingDiscount,
      { id, input: exact as typeof terms },
      options,
    )
    return discountCodeFreeShippingUpdate?.userErrors ?? []
  }
  removeOthers(exact.customerGets?.items, gets)
  removeOthers(exact.customerBuys?.items, buys)
  if (kind === 'basic') {
    const { discountCodeBasicUpdate } = await client.request(
      UpdateBasicDiscount,
      { id, input: exact as typeof terms },
      options,
    )
    return discountCodeBasicUpdate?.userErrors ?? []
  }
  const { discountCodeBxgyUpdate } = await client.request(
    UpdateBuyXGetYDiscount,
    { id, input: exact as typeof terms },
    options,
  )
  return discountCodeBxgyUpdate?.userErrors ?? []
}

/** Inputs add to what is there: what the merchant put in besides is named as to be removed. */
function removeOthers(wanted: ItemsInput | undefined, found: unknown): void {
  const idsOf = (list: 'products' | 'collections'): string[] =>
    (found as Partial<Record<typeof list, { nodes: { id: string }[] }>> | undefined)?.[list]?.nodes.map(
      ({ id }) => id,
    ) ?? []
  if (wanted?.products) {
    const kept = new Set(wanted.products.productsToAdd)
    wanted.products.productsToRemove = idsOf('products').filter((id) => !kept.has(id))
  }
  if (wanted?.collections) {
    const kept = new Set(wanted.collections.add)
    wanted.collections.remove = idsOf('collections').filter((id) => !kept.has(id))
  }
}

function removeOtherBuyers(wanted: ContextInput | undefined, found: Found): void {
  const context = 'context' in found ? found.context : undefined
  const removeFrom = (changes: Changes, present: { id: string }[]): void => {
    const kept = new Set(changes.add)
    changes.remove = present.map(({ id }) => id).filter((id) => !kept.has(id))
  }
  if (wanted?.customers && context?.__typename === 'DiscountCustomers') removeFrom(wanted.customers, context.customers)
  if (wanted?.customerSegments && context?.__typename === 'DiscountCustomerSegments')
    removeFrom(wanted.customerSegments, context.segments)
}
