import type { CouponRow } from '../coupons/coupon.ts'
import { requireLockedCoupon, requireUsable } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import {
  insertAssignments,
  type Scope,
  selectKnownProfiles,
  selectOpenAssignments,
  selectServed,
  takeScope,
  updateExpiredOf,
  updateScopesLeft,
} from './codes.sql.ts'
import { requirePool } from './pool.ts'
import type { Pool } from './pools.sql.ts'
import { selectRoom } from './reservations.sql.ts'
import { isForGood, scopeOf, UNTIL_USED } from './scope.ts'

export type AssignInput = {
  accountId: string
  couponId: string
  /** Profiles of this account; one that is not there gets `unknown_profile`. Naming one twice is harmless. */
  profileIds: string[]
  /** Draws for a message of this campaign: what it reserved is there for it, and what nobody reserved. */
  campaignId?: string
  /** What the caller draws for, such as an order; `new_each_entry` needs it outside campaigns, others do not look at it. */
  entry?: string
  /** Draws in place of this code of the one profile: in its scope, which it leaves if an order used it. Not for a code that is open. */
  insteadOf?: string
  now: Date
}

export type Assigned = { codeId: string; code: string; expiresAt: Date | null }

/** assigned: drawn by this call. kept: the open one that the profile has. exhausted: the pool has no live code left that this call may take. already_had: the
 * code that the coupon's policy allows this profile is used or expired. */
export type AssignOutcome =
  | ({ status: 'assigned' | 'kept'; profileId: string } & Assigned)
  | { status: 'already_had' | 'exhausted' | 'unknown_profile'; profileId: string }

/**
 * Gives profiles their code of a coupon: the open one where there is one, else the next of the pool, if the coupon's reuse policy allows
 * another. What counts as theirs is said by the policy's scope (`scopeOf`).
 *
 * One outcome for each profile, in no particular order. Safe to repeat and to race: all draws of a coupon come one after
 * another (its row is locked until the transaction ends), and the unique indexes on `assignments` hold the promise.
 * An empty pool is an outcome, not an error. Throws `coupon_not_found`, `coupon_archived`, `coupon_expired`, `entry_required`.
 */
export async function assignCodes(db: Db, input: AssignInput): Promise<AssignOutcome[]> {
  return await inTransaction(db, async (trx) => {
    const coupon = requireUsable(await requireLockedCoupon(trx, input), input.now)
    const pool = await requirePool(trx, { accountId: input.accountId, coupon, now: input.now })
    const scope =
      input.insteadOf === undefined ? scopeOf(coupon, input) : await takeScope(trx, input.accountId, input.insteadOf)
    const wanted = [...new Set(input.profileIds)]
    await updateExpiredOf(trx, input.accountId, coupon.id, wanted, input.now)
    if (scope !== UNTIL_USED && !isForGood(scope)) await updateScopesLeft(trx, { ...input, scope }, wanted)
    return await drawOrKeep(trx, input, { coupon, pool, scope, wanted })
  })
}

/** Draws until everybody has a code or the line is empty: a draw gives fewer where codes had left the line on their own. */
async function drawOrKeep(
  trx: Db,
  input: AssignInput,
  { coupon, pool, scope, wanted }: { coupon: CouponRow; pool: Pool; scope: string; wanted: string[] },
): Promise<AssignOutcome[]> {
  const { accountId, now, campaignId = null } = input
  const expiresAt = deadlineOf(coupon, pool, now)
  const outcomes: AssignOutcome[] = []
  let waiting = wanted
  while (waiting.length > 0) {
    const drawn = await insertAssignments(trx, {
      accountId,
      couponId: coupon.id,
      poolId: pool.id,
      scope,
      profileIds: waiting,
      campaignId,
      expiresAt,
      now,
    })
    for (const row of drawn) outcomes.push({ status: 'assigned', ...row, expiresAt })
    const served = new Set(drawn.map((row) => row.profileId))
    const rest = await explainUndrawn(
      trx,
      { accountId, couponId: coupon.id, scope },
      waiting.filter((id) => !served.has(id)),
    )
    const mayDrawAgain =
      rest.exhausted.length > 0 &&
      (await selectRoom(trx, { accountId, couponId: coupon.id, poolId: pool.id, campaignId })) > 0
    outcomes.push(...rest.settled)
    waiting = mayDrawAgain ? rest.exhausted : []
    if (!mayDrawAgain)
      outcomes.push(...rest.exhausted.map((profileId) => ({ status: 'exhausted' as const, profileId })))
  }
  return outcomes
}

async function explainUndrawn(
  trx: Db,
  of: Scope,
  profileIds: string[],
): Promise<{ settled: AssignOutcome[]; exhausted: string[] }> {
  if (profileIds.length === 0) return { settled: [], exhausted: [] }
  const kept = await selectOpenAssignments(trx, of, profileIds)
  const keepers = new Set(kept.map((row) => row.profileId))
  const without = profileIds.filter((id) => !keepers.has(id))
  const had = await selectServed(trx, of, without)
  const known = await selectKnownProfiles(trx, of.accountId, without)
  return {
    settled: [
      ...kept.map((row): AssignOutcome => ({ status: 'kept', ...row })),
      ...without
        .filter((id) => !known.has(id))
        .map((profileId): AssignOutcome => ({ status: 'unknown_profile', profileId })),
      ...without
        .filter((id) => known.has(id) && had.has(id))
        .map((profileId): AssignOutcome => ({ status: 'already_had', profileId })),
    ],
    exhausted: without.filter((id) => known.has(id) && !had.has(id)),
  }
}

/** The moment until which a code drawn now is honoured: the earliest of the bucket's, the terms' and the person's own end. */
export function deadlineOf(
  coupon: Pick<CouponRow, 'expiresAt' | 'expiresAfterSeconds'>,
  pool: { bucketEndsAt: Date | null },
  now: Date,
): Date | null {
  const own = coupon.expiresAfterSeconds === null ? null : new Date(now.getTime() + coupon.expiresAfterSeconds * 1000)
  const ends = [pool.bucketEndsAt, coupon.expiresAt, own].filter((end) => end !== null)
  return ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime())))
}
