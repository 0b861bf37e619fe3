import { type UserError, userError } from '../errors/user-error.ts'
import { idOf } from '../gid.ts'
import { createMatcher, type Searchable } from '../search/match.ts'
import { parseQuery } from '../search/parse-query.ts'
import type { Discount, RedeemCode } from '../shop/discount.ts'
import type { Shop } from '../shop/shop.ts'
import { type Selector, validateSelector } from './bulk-selector.ts'
import { findCodeDiscount } from './find-discount.ts'
import { removeRedeemCodes } from './redeem-codes.ts'

const CODES: Searchable<RedeemCode> = {
  fields: {
    code: (entry) => entry.code,
    id: (entry) => ({ number: entry.id }),
    times_used: (entry) => ({ number: entry.asyncUses }),
  },
  text: (entry) => [entry.code],
}

/** Codes of a discount that a search finds, in the order of their ids. */
export function findCodes(discount: Discount, query: string | null | undefined): RedeemCode[] {
  return query?.trim() ? discount.codes.filter(createMatcher(parseQuery(query), CODES)) : discount.codes
}

/** Removes codes of one discount at once; the recorded job is done in its own reply. Returns the faults of the request. */
export function deleteRedeemCodes(shop: Shop, discountGid: string, selector: Selector): UserError[] {
  const discount = findCodeDiscount(shop, discountGid)
  if (!discount) return [userError(['discountId'], 'INVALID', 'Code discount does not exist.')]
  const errors = validateSelector(selector, 'codes')
  if (errors.length > 0) return errors
  if (selector.ids?.length === 0) return [userError(null, null, 'Something went wrong, please try again.')]
  const chosen = selector.ids
    ? selector.ids.flatMap((gid) => idOf(gid, 'DiscountRedeemCode') ?? [])
    : findCodes(discount, selector.search).map((entry) => entry.id)
  removeRedeemCodes(shop, discount, new Set(chosen))
  return []
}
