import { toGid } from '../../gid.ts'
import type { BulkCreation } from '../../shop/bulk-creation.ts'
import { type Shop, toIso } from '../../shop/shop.ts'
import { type PageArgs, pageOf } from '../connection.ts'
import { viewRedeemCode } from './code-view.ts'
import { viewCodeNode } from './discount-view.ts'

export function viewCreation(shop: Shop, creation: BulkCreation): Record<string, unknown> {
  return {
    __typename: 'DiscountRedeemCodeBulkCreation',
    id: toGid('DiscountRedeemCodeBulkCreation', creation.id),
    codesCount: creation.codes.length,
    createdAt: toIso(creation.createdAt),
    done: creation.done,
    importedCount: creation.importedCount,
    failedCount: creation.failedCount,
    discountCode: () => (shop.discounts.has(creation.discount.id) ? viewCodeNode(shop, creation.discount) : null),
    codes: (args: PageArgs) =>
      pageOf(
        creation.codes.map((_, index) => index),
        args,
        (index) => ({ id: index + 1, value: index + 1 }),
        (index) => viewSubmitted(shop, creation, index),
      ),
  }
}

function viewSubmitted(shop: Shop, creation: BulkCreation, index: number): Record<string, unknown> {
  const outcome = creation.outcomes[index] ?? null
  const failed = typeof outcome === 'string'
  return {
    code: creation.codes[index],
    errors: failed ? [{ field: ['code'], message: outcome, code: null, extraInfo: null }] : [],
    discountRedeemCode: outcome && !failed ? viewRedeemCode(shop, outcome) : null,
  }
}
