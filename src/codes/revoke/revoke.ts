import { requireLockedCoupon } from '../../coupons/find-coupon.ts'
import type { Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { countAvailable } from '../pool.ts'
import { countReserved } from '../reserve.ts'
import { type CodeFacts, selectCodeFacts, updateRevoked } from './revocations.sql.ts'

export type RevokeInput = {
  accountId: string
  codeId: string
  /** Why, for those who look at the code later. */
  reason: string
  now: Date
}

/** `isInShop`: the shop still has the code; the sync of its store takes it out. */
export type Revoked = { couponId: string; couponName: string; profileId: string | null; isInShop: boolean }

/**
 * Takes a code out of use for good, whether somebody has it or it is still in line: our checkout refuses it at once, nobody is given or
 * shown it any more, and a Shopify shop loses it by the sync of its store. Who had it gets another with their next draw.
 *
 * Safe to race: of a redemption and a revocation one wins. Throws `code_not_found`, `code_redeemed`, `code_state` for a code that
 * is over, taken back or not live, and `coupon_reserved` for one in line where campaigns count on every code that is left.
 */
export async function revokeCode(db: Db, input: RevokeInput): Promise<Revoked> {
  return await inTransaction(db, async (trx) => {
    const { couponId, couponName, storeKind } = await requireCodeFacts(trx, input)
    await requireLockedCoupon(trx, { ...input, couponId })
    const before = await requireCodeFacts(trx, input)
    if (before.assignmentState === null) await refuseWhileCountedOn(trx, { ...input, ...before })
    const isInShop = storeKind === 'shopify'
    const revoked = await updateRevoked(trx, { ...input, couponId, isInShop })
    if (!revoked) throw refusalOf(await requireCodeFacts(trx, input), input)
    return { couponId, couponName, profileId: revoked.profileId, isInShop }
  })
}

/** Throws `code_not_found`. */
export async function requireCodeFacts(db: Db, input: { accountId: string; codeId: string }): Promise<CodeFacts> {
  const facts = await selectCodeFacts(db, input)
  if (!facts) throw new AppError('code_not_found', 'There is no such code in this account.', { codeId: input.codeId })
  return facts
}

/** A campaign that has reserved codes was promised them: taking one out of line may break that. */
async function refuseWhileCountedOn(trx: Db, input: RevokeInput & CodeFacts): Promise<void> {
  const { accountId, couponId, couponName, now } = input
  if ((await countReserved(trx, input)) === 0) return
  if ((await countAvailable(trx, { accountId, coupon: couponId, now })) > 0) return
  const message = `Campaigns have reserved every code of ${couponName} that is left. Add codes first, or wait until the campaigns are sent.`
  throw new AppError('coupon_reserved', message, { couponId })
}

function refusalOf(facts: CodeFacts, { codeId, now }: RevokeInput): AppError {
  if (facts.state === 'redeemed') {
    const message = `An order has used this code, so there is nothing left to revoke. ${insteadOf(facts)}`
    return new AppError('code_redeemed', message, { codeId })
  }
  return new AppError('code_state', wordsFor(facts, now), { codeId })
}

function insteadOf({ reusePolicy, couponName }: CodeFacts): string {
  return reusePolicy === 'once'
    ? `${couponName} gives each person one code only: give them one of another coupon instead.`
    : 'Give the person a new code instead.'
}

function wordsFor(facts: CodeFacts, now: Date): string {
  const { state, assignmentState, deadline, isPoolClosed } = facts
  if (state === 'made') return 'The shop has not confirmed this code yet, so nobody has it. Try again in a minute.'
  if (state === 'failed') return 'The shop refused this code, so nobody can use it. There is nothing to revoke.'
  const isOver = assignmentState === 'expired' || (deadline !== null && deadline <= now)
  if (state === 'live' && isOver) return `This code has expired, so there is nothing to revoke. ${insteadOf(facts)}`
  if (state === 'live' && !isPoolClosed && assignmentState !== 'revoked')
    return 'This code changed at the same moment. Try again.'
  return 'This code is out of use already. There is nothing to revoke.'
}
