import { findCodes } from '../../discounts/bulk-delete-codes.ts'
import { settleUses } from '../../discounts/redeem-codes.ts'
import { toGid } from '../../gid.ts'
import type { Discount, RedeemCode } from '../../shop/discount.ts'
import type { Shop } from '../../shop/shop.ts'
import { type Connection, type PageArgs, pageOf } from '../connection.ts'

export interface CodesArgs extends PageArgs {
  query?: string | null
  sortKey?: 'CODE' | 'CREATED_AT' | 'ID' | 'RELEVANCE' | null
}

export function viewRedeemCode(shop: Shop, entry: RedeemCode): Record<string, unknown> {
  return {
    id: toGid('DiscountRedeemCode', entry.id),
    code: entry.code,
    asyncUsageCount: () => {
      settleUses(shop)
      return entry.asyncUses
    },
    createdBy: () => viewApp(shop),
  }
}

export function viewApp(shop: Shop): Record<string, unknown> {
  return {
    __typename: 'App',
    id: toGid('App', shop.app.id),
    apiKey: shop.app.clientId,
    title: shop.app.title,
    handle: 'onecode',
    developerName: null,
    embedded: false,
    webhookApiVersion: '2026-10',
  }
}

/** The codes of a discount. By id and by time of creation the order is the same. */
export function viewCodes(shop: Shop, discount: Discount, args: CodesArgs): Connection<Record<string, unknown>> {
  const found = findCodes(discount, args.query)
  const view = (entry: RedeemCode): Record<string, unknown> => viewRedeemCode(shop, entry)
  if (args.sortKey !== 'CODE') return pageOf(found, args, (entry) => ({ id: entry.id, value: entry.id }), view)
  const keyOf = (entry: RedeemCode): { id: number; value: string } => ({ id: entry.id, value: entry.code })
  return pageOf(
    found.toSorted((left, right) => (left.code < right.code ? -1 : left.code > right.code ? 1 : left.id - right.id)),
    args,
    keyOf,
    view,
  )
}
