import { randomUuid } from '../random.ts'
import type { Discount, RedeemCode } from '../shop/discount.ts'
import { nowSeconds, type Shop } from '../shop/shop.ts'

/** Adds a code that is known to be well-formed and free. Does not change the discount's `updatedAt`. */
export function addRedeemCode(shop: Shop, discount: Discount, code: string): RedeemCode {
  const added: RedeemCode = { id: shop.ids.next('DiscountRedeemCode'), code, discount, uses: 0, asyncUses: 0 }
  discount.codes.push(added)
  shop.codes.set(code.toUpperCase(), added)
  return added
}

/** The code whatever its case. */
export function findRedeemCode(shop: Shop, code: string): RedeemCode | undefined {
  return shop.codes.get(code.toUpperCase())
}

/** Gives the only code of a discount another text; its id stays. Source: recording discount-free-shipping-lifecycle. */
export function renameCode(shop: Shop, code: RedeemCode, text: string): void {
  shop.codes.delete(code.code.toUpperCase())
  code.code = text
  shop.codes.set(text.toUpperCase(), code)
}

/** Takes codes out of a discount; ids of other discounts are passed over. Changes `updatedAt` when one was removed. */
export function removeRedeemCodes(shop: Shop, discount: Discount, ids: ReadonlySet<number>): number {
  const removed = discount.codes.filter((code) => ids.has(code.id))
  if (removed.length === 0) return 0
  discount.codes = discount.codes.filter((code) => !ids.has(code.id))
  discount.updatedAt = Math.max(nowSeconds(shop), discount.updatedAt + 1000)
  const eventId = randomUuid(shop.random)
  for (const code of removed) {
    shop.codes.delete(code.code.toUpperCase())
    shop.emit('discounts/redeemcode_removed', { kind: 'redeem_code', discount, id: code.id, code: code.code }, eventId)
  }
  return removed.length
}

/** Lets uses that are older than the lag show in the counts. */
export function settleUses(shop: Shop): void {
  const due = shop.clock.now() - shop.settings.usageLagMs
  let settled = 0
  for (const use of shop.pendingUses) {
    if (use.at > due) break
    if (use.code) use.code.asyncUses += 1
    use.discount.asyncUses += 1
    settled += 1
  }
  if (settled > 0) shop.pendingUses.splice(0, settled)
}
