import type { Cart, RefusalReason } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { requireStoreOfCall } from '../stores/find-store.ts'
import { exactEntries, forgivenEntries } from './code-entry.ts'
import { type CodeRow, findCodeRows, hasCustomerRedeemed, listCodeShapes } from './redemptions.sql.ts'
import { customerKeyOf, refusalOf } from './refusal.ts'

export type CheckoutInput = Cart & { accountId: string; now: Date }

export type LookedUp =
  | { status: 'usable'; code: CodeRow }
  | { status: 'refused'; reason: RefusalReason; code: CodeRow | undefined }

/** Whether a code can be used for a cart now, by `orderId` where one is given. Changes nothing and promises nothing. */
export async function lookUpCode(db: Db, input: CheckoutInput, orderId: string | undefined): Promise<LookedUp> {
  const code = await findTypedCode(db, input)
  const customerKey = code?.terms.oncePerCustomer ? customerKeyOf(input) : null
  const hasCustomerUsedIt =
    code !== undefined &&
    customerKey !== null &&
    (await hasCustomerRedeemed(db, input.accountId, code.couponId, customerKey))
  return judgeCode(code, input, { orderId, hasCustomerUsedIt })
}

/**
 * The code that a shopper typed, as far as the store knows it: exact but for case and spaces, then forgiving.
 *
 * Throws `store_ambiguous` and `store_not_found`, both only when no code is found at once.
 */
export async function findTypedCode(
  db: Db,
  input: { accountId: string; storeId?: string | undefined; code: string },
): Promise<CodeRow | undefined> {
  const exact = { storeId: input.storeId, entries: exactEntries(input.code) }
  const [found] = await findCodeRows(db, input.accountId, [exact])
  if (found) return found

  const store = await requireStoreOfCall(db, input)
  const entries = forgivenEntries(input.code, await listCodeShapes(db, input.accountId, store.id))
  const [forgiven] = entries.length > 0 ? await findCodeRows(db, input.accountId, [{ storeId: store.id, entries }]) : []
  return forgiven
}

/** Judges a code as it was read. Codes that the store does not know yet count as unknown. */
export function judgeCode(
  code: CodeRow | undefined,
  input: CheckoutInput,
  known: { orderId: string | undefined; hasCustomerUsedIt: boolean },
): LookedUp {
  if (!code || code.codeState === 'made' || code.codeState === 'failed') {
    return { status: 'refused', reason: 'unknown_code', code: undefined }
  }
  const reason = refusalOf(code.terms, input, {
    now: input.now,
    state: stateOf(code),
    isHeldByAnotherOrder: code.heldUntil !== null && code.heldUntil > input.now && code.heldBy !== known.orderId,
    deadline: code.deadline,
    hasCustomerUsedIt: known.hasCustomerUsedIt,
  })
  return reason === null ? { status: 'usable', code } : { status: 'refused', reason, code }
}

function stateOf(code: CodeRow): 'live' | 'redeemed' | 'withdrawn' {
  if (code.codeState === 'redeemed') return 'redeemed'
  const isLeftInLine = code.isPoolClosed && code.assignmentState === null
  return code.codeState === 'withdrawn' || code.assignmentState === 'revoked' || isLeftInLine ? 'withdrawn' : 'live'
}
