import type { CheckoutReply } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireCurrency } from '../lib/currency.ts'
import { discountMinor } from './discount.ts'
import { type CheckoutInput, type LookedUp, lookUpCode } from './look-up.ts'
import {
  type CodeRow,
  findAcceptedRedemption,
  insertRedemptions,
  type NewRedemption,
  type RedemptionRow,
} from './redemptions.sql.ts'
import { customerKeyOf } from './refusal.ts'
import { refusedReply, usableReply } from './reply.ts'
import { TRIES } from './tries.ts'
import { unlessTaken } from './unless-taken.ts'

export type RedeemInput = CheckoutInput & { orderId: string }

/**
 * Uses a code for an order: once, whatever happens at the same time. What is refused leaves nothing behind.
 *
 * The conditional statement and the unique indexes on `redemptions` hold the promise, not this code. The same order asking
 * again gets its redemption as it was stored, so that a lost answer costs nothing. Throws `store_ambiguous`,
 * `store_not_found`, `unknown_currency`, `database_busy`.
 */
export async function redeemCode(db: Db, input: RedeemInput): Promise<CheckoutReply> {
  requireCurrency(input.currency)
  for (let tried = 0; tried < TRIES; tried += 1) {
    const found = await lookUpCode(db, input, input.orderId)
    if (found.status === 'refused') return (await findOwn(db, input, found)) ?? refusedReply(found.reason, found.code)

    const redeemed = await insertForCart(db, input, found.code)
    if (redeemed === 'taken') return refusedReply('customer_already_used', found.code)
    if (redeemed) return redeemedReply(found.code, input, redeemed)
  }
  throw new AppError('database_busy', 'Too many calls use this code at once. Try again.')
}

async function insertForCart(db: Db, input: RedeemInput, code: CodeRow): Promise<RedemptionRow | 'taken' | undefined> {
  const insertOne = async (): Promise<RedemptionRow | undefined> => {
    const [row] = await insertRedemptions(db, input.accountId, [toRedemption(input, code)])
    return row
  }
  return code.terms.oncePerCustomer ? await unlessTaken(db, 'redemptions_customer', insertOne) : await insertOne()
}

/** What is stored of an order that uses a code which was found usable. */
export function toRedemption(input: RedeemInput, code: CodeRow): NewRedemption {
  return {
    codeId: code.codeId,
    couponId: code.couponId,
    deadline: code.deadline,
    orderId: input.orderId,
    orderEmail: input.email?.trim() || null,
    customerKey: code.terms.oncePerCustomer ? customerKeyOf(input) : null,
    currency: input.currency,
    subtotalMinor: input.subtotalMinor,
    discountMinor: discountMinor(code.terms, input),
    now: input.now,
  }
}

/** The order's own redemption of the code, when that is why it was refused. */
async function findOwn(
  db: Db,
  input: RedeemInput,
  found: Extract<LookedUp, { status: 'refused' }>,
): Promise<CheckoutReply | undefined> {
  if (found.reason !== 'already_redeemed' || !found.code) return undefined
  const redemption = await findAcceptedRedemption(db, input.accountId, found.code.codeId)
  return redemption?.orderId === input.orderId ? redeemedReply(found.code, input, redemption) : undefined
}

/** The answer for an order that used the code, from what was stored. */
export function redeemedReply(code: CodeRow, input: RedeemInput, redemption: RedemptionRow): CheckoutReply {
  return {
    ...usableReply('redeemed', code, input),
    discountMinor: redemption.discountMinor,
    currency: redemption.currency,
    redemptionId: redemption.id,
    recipientMatches: redemption.recipientMatches,
  }
}
