import { type UserError, userError } from '../errors/user-error.ts'
import type { BulkCreation } from '../shop/bulk-creation.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'
import { findCodeDiscount } from './find-discount.ts'
import { addRedeemCode } from './redeem-codes.ts'
import { findCodeFault, isTaken } from './validate-code.ts'

export type BulkAddResult = { creation: BulkCreation; errors: [] } | { creation: null; errors: UserError[] }

/** Accepts up to 250 codes for import and answers at once; the worker of the shop imports them later, good and bad alike. */
export function startBulkCreation(shop: Shop, discountGid: string, codes: readonly string[]): BulkAddResult {
  const discount = findCodeDiscount(shop, discountGid)
  if (!discount)
    return { creation: null, errors: [userError(['discountId'], 'INVALID', 'Code discount does not exist.')] }
  if (codes.length === 0) return { creation: null, errors: [userError(['codes'], 'BLANK', "Codes can't be blank")] }
  const creation: BulkCreation = {
    id: shop.ids.next('DiscountRedeemCodeBulkCreation'),
    discount,
    codes: [...codes],
    outcomes: codes.map(() => null),
    importedCount: 0,
    failedCount: 0,
    createdAt: nowSeconds(shop),
    done: false,
  }
  shop.creations.set(creation.id, creation)
  return { creation, errors: [] }
}

/** Imports the next code of a creation; a bad one fails alone. The last one ends the creation. */
export function importNextCode(shop: Shop, creation: BulkCreation): void {
  const index = creation.importedCount + creation.failedCount
  const code = creation.codes[index] ?? ''
  const fault = findImportFault(shop, creation, code)
  if (fault) {
    creation.outcomes[index] = fault
    creation.failedCount += 1
  } else {
    const added = addRedeemCode(shop, creation.discount, code)
    creation.outcomes[index] = added
    creation.importedCount += 1
    const subject = { kind: 'redeem_code' as const, discount: creation.discount, id: added.id, code }
    shop.emit('discounts/redeemcode_added', subject)
  }
  creation.done = index + 1 >= creation.codes.length
}

/** Source: shopify.md section 3. Codes of one batch that differ only in case count as the same (UNCERTAIN). */
function findImportFault(shop: Shop, creation: BulkCreation, code: string): string | undefined {
  const malformed = findCodeFault(code)
  if (malformed) return malformed.text
  if (!shop.discounts.has(creation.discount.id)) return 'Discount does not exist'
  if (shop.codes.size >= shop.settings.maxCodes)
    return 'The store has reached its maximum number of unique discount codes.'
  if (!isTaken(shop, code)) return undefined
  const index = creation.importedCount + creation.failedCount
  const twice = creation.codes.slice(0, index).some((earlier) => earlier.toUpperCase() === code.toUpperCase())
  return twice ? 'Codes must be unique within BulkDiscountCodeCreation' : 'must be unique. Please try a different code.'
}
