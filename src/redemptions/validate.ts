import type { CheckoutReply } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { requireCurrency } from '../lib/currency.ts'
import { type CheckoutInput, lookUpCode } from './look-up.ts'
import { refusedReply, usableReply } from './reply.ts'

/**
 * Tells whether a code can be used for a cart and what it takes off. Changes nothing: another order may be faster.
 *
 * A code that an order holds is refused: validate names no order. Throws `store_ambiguous`, `store_not_found`,
 * `unknown_currency`.
 */
export async function validateCode(db: Db, input: CheckoutInput): Promise<CheckoutReply> {
  requireCurrency(input.currency)
  const found = await lookUpCode(db, input, undefined)
  return found.status === 'refused' ? refusedReply(found.reason, found.code) : usableReply('valid', found.code, input)
}
