import type { CheckoutReply } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { requireCurrency } from '../lib/currency.ts'
import { exactEntries } from './code-entry.ts'
import { judgeCode } from './look-up.ts'
import { type RedeemInput, redeemCode, redeemedReply, toRedemption } from './redeem.ts'
import { type CodeRow, findCodeRows, insertRedemptions } from './redemptions.sql.ts'

/** Most redeems of one gathered call. */
const MOST_PER_CALL = 200

/** Gathered calls of one account that are at work at once: while one waits for the disk, the other is read and planned. */
const CALLS_AT_ONCE = 2

export type RedeemOne = (input: RedeemInput) => Promise<CheckoutReply>

type Waiting = { input: RedeemInput; resolve: (reply: CheckoutReply | Promise<CheckoutReply>) => void }
type Line = { waiting: Waiting[]; atWork: number }

/**
 * Gathers redeems of one account that arrive while earlier ones are at work into one statement, with the answers of `redeemCode`.
 *
 * Fifty callers then share one plan and one commit. Nothing is held back: a call that finds nothing at work starts at once.
 * Only plain cases are decided together; whatever was refused, lost a race or failed is left to `redeemCode`.
 */
export function createRedeemQueue(db: Db): RedeemOne {
  const lines = new Map<string, Line>()

  async function work(accountId: string, line: Line): Promise<void> {
    line.atWork += 1
    while (line.waiting.length > 0) await redeemTogether(db, accountId, line.waiting.splice(0, MOST_PER_CALL))
    line.atWork -= 1
    if (line.atWork === 0) lines.delete(accountId)
  }

  return async (input) => {
    requireCurrency(input.currency)
    const { promise, resolve } = Promise.withResolvers<CheckoutReply>()
    const line = lines.get(input.accountId) ?? { waiting: [], atWork: 0 }
    lines.set(input.accountId, line)
    line.waiting.push({ input, resolve })
    if (line.atWork < CALLS_AT_ONCE) void work(input.accountId, line)
    return await promise
  }
}

/** Never rejects: every call gets its own answer or its own error from `redeemCode`. */
async function redeemTogether(db: Db, accountId: string, calls: Waiting[]): Promise<void> {
  const replies = await redeemPlain(db, accountId, calls).catch(() => new Map<Waiting, CheckoutReply>())
  for (const call of calls) call.resolve(replies.get(call) ?? redeemCode(db, call.input))
}

/** The calls that could be accepted at first sight. An error means that none of them was. */
async function redeemPlain(db: Db, accountId: string, calls: Waiting[]): Promise<Map<Waiting, CheckoutReply>> {
  const wanted = calls.map(({ input }) => ({ storeId: input.storeId, entries: exactEntries(input.code) }))
  const codes = await findCodeRows(db, accountId, wanted)
  const plain = new Map<string, { call: Waiting; code: CodeRow }>()
  for (const [nth, call] of calls.entries()) {
    const { input } = call
    const found = judgeCode(codes[nth], input, { orderId: input.orderId, hasCustomerUsedIt: false })
    if (found.status === 'refused' || found.code.terms.oncePerCustomer || plain.has(found.code.codeId)) continue
    plain.set(found.code.codeId, { call, code: found.code })
  }
  if (plain.size === 0) return new Map()

  const given = [...plain.values()].map(({ call, code }) => toRedemption(call.input, code))
  const accepted = await insertRedemptions(db, accountId, given)
  return new Map(
    accepted.flatMap((row) => {
      const own = plain.get(row.codeId)
      return own ? [[own.call, redeemedReply(own.code, own.call.input, row)] as const] : []
    }),
  )
}
