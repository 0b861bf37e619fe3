import { findAutomaticDiscount, findCodeDiscount } from '../../discounts/find-discount.ts'
import { findRedeemCode } from '../../discounts/redeem-codes.ts'
import { findDiscounts } from '../../discounts/search-discounts.ts'
import { invalidId } from '../../errors/api-error.ts'
import { idOf, parseGid } from '../../gid.ts'
import type { Discount } from '../../shop/discount.ts'
import type { Shop } from '../../shop/shop.ts'
import { type Connection, type PageArgs, pageOf, type SortKey, toCount } from '../connection.ts'
import type { Context } from '../context.ts'
import { viewCreation } from '../views/creation-view.ts'
import { viewAnyNode, viewAutomaticNode, viewCodeNode } from '../views/discount-view.ts'

type View = Record<string, unknown>

interface SearchArgs extends PageArgs {
  query?: string | null
  sortKey?: string | null
  savedSearchId?: string | null
}

/** Refuses an id of another kind; the number of an id of the right one. */
export function requireId(gid: string, ...kinds: string[]): number {
  const id = idOf(gid, ...kinds)
  if (id === undefined) throw invalidId(gid)
  return id
}

const SORT_VALUES: Record<string, (discount: Discount) => number | string> = {
  CREATED_AT: (discount) => discount.createdAt,
  UPDATED_AT: (discount) => discount.updatedAt,
  STARTS_AT: (discount) => discount.startsAt,
  ENDS_AT: (discount) => discount.endsAt ?? 0,
  TITLE: (discount) => discount.title.toLowerCase(),
}

function pageDiscounts(found: Discount[], args: SearchArgs, view: (discount: Discount) => View): Connection<View> {
  const sortValue = SORT_VALUES[args.sortKey ?? 'ID'] ?? ((discount: Discount) => discount.id)
  const keyOf = (discount: Discount): SortKey => ({ id: discount.id, value: sortValue(discount) })
  found.sort((left, right) => {
    const [one, other] = [sortValue(left), sortValue(right)]
    return one < other ? -1 : one > other ? 1 : left.id - right.id
  })
  return pageOf(found, args, keyOf, view)
}

/** Lists run behind writes by the set lag when they search; counts do not. Source: recording discount-code-basic-lifecycle. */
function findListed(shop: Shop, args: SearchArgs, method: 'code' | 'any'): Discount[] {
  const found = findDiscounts(shop, args.query, method)
  if (!args.query || shop.settings.searchLagMs === 0) return found
  return found.filter((discount) => discount.updatedAt <= shop.clock.now() - shop.settings.searchLagMs)
}

export const discountQueries = {
  discountNode: ({ id }: { id: string }, { shop }: Context): View | null => {
    requireId(id, 'DiscountNode', 'DiscountCodeNode', 'DiscountAutomaticNode')
    const discount = findAnyDiscount(shop, id)
    return discount ? viewAnyNode(shop, discount) : null
  },
  codeDiscountNode: ({ id }: { id: string }, { shop }: Context): View | null => {
    requireId(id, 'DiscountCodeNode')
    const discount = findCodeDiscount(shop, id)
    return discount ? viewCodeNode(shop, discount) : null
  },
  automaticDiscountNode: ({ id }: { id: string }, { shop }: Context): View | null => {
    requireId(id, 'DiscountAutomaticNode')
    const discount = findAutomaticDiscount(shop, id)
    return discount ? viewAutomaticNode(shop, discount) : null
  },
  codeDiscountNodeByCode: ({ code }: { code: string }, { shop }: Context): View | null => {
    const found = findRedeemCode(shop, code)
    return found ? viewCodeNode(shop, found.discount) : null
  },
  discountNodes: (args: SearchArgs, { shop }: Context): Connection<View> =>
    pageDiscounts(findListed(shop, args, 'any'), args, (discount) => viewAnyNode(shop, discount)),
  codeDiscountNodes: (args: SearchArgs, { shop }: Context): Connection<View> =>
    pageDiscounts(findListed(shop, args, 'code'), args, (discount) => viewCodeNode(shop, discount)),
  discountNodesCount: (args: { query?: string | null; limit?: number | null }, { shop }: Context): View => ({
    ...toCount(findDiscounts(shop, args.query, 'any').length, args.limit),
  }),
  discountCodesCount: (args: { query?: string | null; limit?: number | null }, { shop }: Context): View => ({
    ...toCount(shop.codes.size, args.limit),
  }),
  discountRedeemCodeBulkCreation: ({ id }: { id: string }, { shop }: Context): View | null => {
    const creation = shop.creations.get(requireId(id, 'DiscountRedeemCodeBulkCreation'))
    return creation ? viewCreation(shop, creation) : null
  },
}

/** A discount by any of its kinds of ids; `DiscountNode` stands for both. */
function findAnyDiscount(shop: Shop, gid: string): Discount | undefined {
  const parsed = parseGid(gid)
  if (parsed?.kind === 'DiscountNode') return shop.discounts.get(parsed.id)
  return findCodeDiscount(shop, gid) ?? findAutomaticDiscount(shop, gid)
}
