import type { CodeCounts } from '../../contract/coupons.ts'

/** What the database knows of one pool; every number is one of a position, or of rows that an index finds. */
export type PoolFacts = {
  couponId: string
  versionId: string
  /** Position of the last code of the line. */
  tail: number
  /** Position of the last code drawn. */
  head: number
  /** The terms were edited or the coupon archived: nobody is given a code of this line any more. */
  isClosed: boolean
  /** The terms, or the pool's bucket, are over. */
  hasEnded: boolean
  /** Codes that left the line without a profile, because a checkout used or held them; behind the head they were passed over. */
  outAhead: number
  outBehind: number
  /** Codes of the coupon that campaigns count on; more than there are where a campaign waits for codes. */
  reserved: number
  /** Assignments that were closed because their time was over. */
  closedExpired: number
  /** Assignments whose time is over and that nobody has closed yet. */
  overdue: number
  revoked: number
  /** Codes that testers were shown: out of the line, counted nowhere. */
  tests: number
  /** Accepted redemptions save those of tests, and those of codes that had a profile. */
  redeemed: number
  redeemedOfProfiles: number
  /** Written and not confirmed by the store. */
  pending: number
  /** Refused by the store. */
  failed: number
  /** Withdrawn before the store heard of them. */
  unsent: number
  /** Left the line without a profile because the store does not have them any more, or because they were revoked. */
  lost: number
  /** The pool of a coming bucket: nobody is given a code of it yet. */
  isAhead: boolean
}

export const NO_CODES: CodeCounts = {
  made: 0,
  live: 0,
  available: 0,
  reserved: 0,
  assigned: 0,
  redeemed: 0,
  expired: 0,
  withdrawn: 0,
  failed: 0,
}

/**
 * The counts of a pool's codes, exact for the moment at which the facts were read. Nothing here counts all codes of a pool.
 *
 * - made: all codes that were written down, in the line or not, save those for tests, which count nowhere.
 * - available: behind the head, still in line, not reserved, the pool neither closed nor over nor ahead of its time: can be
 *   assigned to anybody now.
 * - reserved: like available, but for one campaign alone.
 * - assigned: was ever given to a profile, whatever became of it.
 * - redeemed: has an accepted redemption, with a profile or without.
 * - expired: its time ran out unused: assigned ones, and those in line or taken out of it when the terms ended.
 * - withdrawn: in the line of a closed pool, taken back from its profile, lost by the store, or never sent to it.
 * - live: the store would honour it now: in line, assigned and neither used nor over nor taken back, or out of the line
 *   and unused.
 * - failed: the store refused it, because it has the code already. Cannot happen in a custom store.
 */
export function countCodes(pool: PoolFacts): CodeCounts {
  const inLine = pool.tail - pool.head - pool.outAhead
  const liveInLine = pool.isClosed || pool.hasEnded ? 0 : inLine
  const drawable = pool.isAhead ? 0 : liveInLine
  const reserved = Math.min(drawable, pool.reserved)
  const assigned = pool.head - pool.outBehind
  const unusedOut = pool.outAhead + pool.outBehind - pool.lost - pool.tests - (pool.redeemed - pool.redeemedOfProfiles)
  const overOfProfiles = pool.closedExpired + pool.overdue
  return {
    made: pool.tail - pool.tests + pool.pending + pool.failed + pool.unsent,
    available: drawable - reserved,
    reserved,
    assigned,
    redeemed: pool.redeemed,
    expired: overOfProfiles + (pool.hasEnded ? unusedOut + (pool.isClosed ? 0 : inLine) : 0),
    withdrawn: pool.revoked + pool.lost + pool.unsent + (pool.isClosed ? inLine : 0),
    live:
      liveInLine +
      (assigned - pool.redeemedOfProfiles - overOfProfiles - pool.revoked) +
      (pool.hasEnded ? 0 : unusedOut),
    failed: pool.failed,
  }
}

export function addCounts(counts: readonly CodeCounts[]): CodeCounts {
  const keys = Object.keys(NO_CODES) as (keyof CodeCounts)[]
  const total = { ...NO_CODES }
  for (const one of counts) for (const key of keys) total[key] += one[key]
  return total
}
