import type { CheckoutReply } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireCurrency } from '../lib/currency.ts'
import { type CheckoutInput, lookUpCode } from './look-up.ts'
import { updateHold } from './redemptions.sql.ts'
import { refusedReply, usableReply } from './reply.ts'
import { TRIES } from './tries.ts'

export type ReserveInput = CheckoutInput & { orderId: string; seconds: number }

/**
 * Keeps a code for an order, for `seconds` and never past the code's deadline. Until then no other order can use it.
 *
 * The same order may ask again and gets a new time. Throws `store_ambiguous`, `store_not_found`, `unknown_currency`,
 * `database_busy`.
 */
export async function reserveCode(db: Db, input: ReserveInput): Promise<CheckoutReply> {
  requireCurrency(input.currency)
  for (let tried = 0; tried < TRIES; tried += 1) {
    const found = await lookUpCode(db, input, input.orderId)
    if (found.status === 'refused') return refusedReply(found.reason, found.code)

    const { codeId, couponId, deadline } = found.code
    const wanted = new Date(input.now.getTime() + input.seconds * 1000)
    const until = deadline && deadline < wanted ? deadline : wanted
    if (await updateHold(db, { ...input, codeId, couponId, deadline, until })) {
      return { ...usableReply('reserved', found.code, input), reservedUntil: until.toISOString() }
    }
  }
  throw new AppError('database_busy', 'Too many calls use this code at once. Try again.')
}
