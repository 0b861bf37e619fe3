import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { ShopOrder } from '../../stores/shop-order.ts'
import {
  insertUnknownUses,
  lockCodes,
  type OrderFacts,
  type StoreKey,
  selectKnownCodes,
  updateCodesUsed,
  updateRecipientMatches,
  updateUnknownOrder,
  upsertOrderFacts,
} from './orders.sql.ts'
import { updateDisplaced, updateFirstAccepted, updateOwed } from './settle.sql.ts'

/** Most codes of one order that are looked at. Shopify takes 5 and one for shipping. */
const MOST_CODES = 50

export type RecordOrderInput = StoreKey & { order: ShopOrder; now: Date }

/**
 * Writes down what an order means for our codes. The shop has honoured the code, so it counts in whatever state we had it:
 * waiting for its confirmation, assigned, expired, withdrawn.
 *
 * An order may be told of any number of times, in any order, and together with others that have the same code: the end is the same. The
 * first order of a code (a checkout before a renewal, then by its date) is its redemption; later ones are kept as `repeated`.
 * An order without a code of ours leaves nothing. Returns how many of the order's codes are ours.
 */
export async function recordOrder(db: Db, input: RecordOrderInput): Promise<{ codes: number }> {
  const codes = codesOf(input.order)
  const known = await selectKnownCodes(db, input, [...codes.keys()])
  if (known.size === 0) return { codes: 0 }
  return await inTransaction(db, async (trx) => {
    const locked = await lockCodes(trx, input, [...known])
    const facts = { ...toFacts(input.order), codes: locked.map((row) => amountsOf(input.order, row, codes)) }
    const ids = locked.map((row) => row.id)
    await updateCodesUsed(trx, input.accountId, ids, input.now)
    await updateUnknownOrder(trx, input.accountId, facts)
    await upsertOrderFacts(trx, input, facts)
    await settle(trx, input, ids)
    return { codes: ids.length }
  })
}

/**
 * Notes that the shop counts a use of these codes and no order of it could be found. A code whose order is known is passed
 * over; an order that turns up later takes the place. Returns how many uses were noted.
 */
export async function recordUnknownUses(
  db: Db,
  input: StoreKey & { codes: readonly string[]; currency: string; now: Date },
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const codeIds = (await lockCodes(trx, input, input.codes)).map((row) => row.id)
    if (codeIds.length === 0) return 0
    await updateCodesUsed(trx, input.accountId, codeIds, input.now)
    return await insertUnknownUses(trx, input, { codeIds, currency: input.currency, now: input.now })
  })
}

/** Judges anew whether a customer's orders are the recipient's, after it became known which person the customer is. */
export async function recordCustomerKnown(db: Db, input: StoreKey & { customerId: string }): Promise<void> {
  await updateRecipientMatches(db, input, input.customerId)
}

async function settle(trx: Db, { accountId, now }: RecordOrderInput, codeIds: readonly string[]): Promise<void> {
  await updateDisplaced(trx, accountId, codeIds, now)
  await updateFirstAccepted(trx, accountId, codeIds, now)
  await updateOwed(trx, accountId, codeIds)
}

/** Upper-case codes with what each took off; one that is named twice is added up. */
function codesOf(order: ShopOrder): Map<string, number> {
  const codes = new Map<string, number>()
  for (const { code, discountMinor } of order.codes.slice(0, MOST_CODES)) {
    const key = code.trim().toUpperCase()
    if (key !== '') codes.set(key, (codes.get(key) ?? 0) + discountMinor)
  }
  return codes
}

function amountsOf(
  order: ShopOrder,
  { id, code }: { id: string; code: string },
  codes: ReadonlyMap<string, number>,
): OrderFacts['codes'][number] {
  const discountMinor = codes.get(code) ?? 0
  return { id, discountMinor, subtotalMinor: order.subtotalMinor + discountMinor }
}

function toFacts(order: ShopOrder): Omit<OrderFacts, 'codes'> {
  return {
    orderId: order.id,
    orderName: order.name,
    email: order.email?.trim() || null,
    customerId: order.customerId,
    currency: order.currency,
    orderedAt: order.createdAt,
    updatedAt: order.updatedAt,
    cancelledAt: order.cancelledAt,
    refundedMinor: order.refundedMinor,
    isRenewal: order.isRenewal,
    isTest: order.isTest,
  }
}
