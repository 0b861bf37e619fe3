import type { Cart, RefusalReason } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { requireStoreOfCall } from '../stores/find-store.ts'
import { exactEntries, forgivenEntries } from './code-entry.ts'
import { type CodeRow, findCodeRow, hasCustomerRedeemed, listCodeShapes } from './redemptions.sql.ts'
import { customerKeyOf, refusalOf } from './refusal.ts'

export type CheckoutInput = Cart & { accountId: string; now: Date }

export type LookedUp =
  | { status: 'usable'; code: CodeRow }
  | { status: 'refused'; reason: RefusalReason; code: CodeRow | undefined }

/**
 * The code that a shopper typed, as far as the store knows it: exact but for case and spaces, then forgiving.
 *
 * Throws `store_ambiguous` and `store_not_found`, both only when no code is found at once.
 */
export async function findTypedCode(
  db: Db,
  input: { accountId: string; storeId?: string | undefined; code: string },
): Promise<CodeRow | undefined> {
  const exact = await findCodeRow(db, input.accountId, input.storeId, exactEntries(input.code))
  if (exact) return exact

  const store = await requireStoreOfCall(db, input)
  const forgiven = forgivenEntries(input.code, await listCodeShapes(db, input.accountId, store.id))
  return forgiven.length > 0 ? await findCodeRow(db, input.accountId, store.id, forgiven) : undefined
}

/** Whether a code can be used for a cart now, by `orderId` where one is given. Changes nothing and promises nothing. */
export async function lookUpCode(db: Db, input: CheckoutInput, orderId: string | undefined): Promise<LookedUp> {
  const code = await findTypedCode(db, input)
  if (!code || code.codeState === 'made' || code.codeState === 'failed') {
    return { status: 'refused', reason: 'unknown_code', code: undefined }
  }
  const customerKey = code.terms.oncePerCustomer ? customerKeyOf(input) : null
  const reason = refusalOf(code.terms, input, {
    now: input.now,
    state: stateOf(code),
    isHeldByAnotherOrder: code.heldUntil !== null && code.heldUntil > input.now && code.heldBy !== orderId,
    deadline: code.deadline,
    hasCustomerUsedIt:
      customerKey !== null && (await hasCustomerRedeemed(db, input.accountId, code.couponId, customerKey)),
  })
  return reason === null ? { status: 'usable', code } : { status: 'refused', reason, code }
}

function stateOf(code: CodeRow): 'live' | 'redeemed' | 'withdrawn' {
  if (code.codeState === 'redeemed') return 'redeemed'
  const isLeftInLine = code.isPoolClosed && code.assignmentState === null
  return code.codeState === 'withdrawn' || code.assignmentState === 'revoked' || isLeftInLine ? 'withdrawn' : 'live'
}
