import type { CouponRow } from '../coupons/coupon.ts'
import { requireLockedCoupon, requireUsable } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { insertAssignments, selectKnownProfiles, selectOpenAssignments, updateExpiredOf } from './codes.sql.ts'
import { requirePool } from './pool.ts'
import type { Pool } from './pools.sql.ts'
import { selectRoom } from './reservations.sql.ts'

export type AssignInput = {
  accountId: string
  couponId: string
  /** Profiles of this account; one that is not there gets `unknown_profile`. Naming one twice is harmless. */
  profileIds: string[]
  /** Draws for a message of this campaign: what it reserved is there for it, and what nobody reserved. */
  campaignId?: string
  now: Date
}

export type Assigned = { codeId: string; code: string; expiresAt: Date | null }

/** assigned: drawn by this call. kept: the open one that the profile has. exhausted: the pool has no live code left that this call may take. */
export type AssignOutcome =
  | ({ status: 'assigned' | 'kept'; profileId: string } & Assigned)
  | { status: 'exhausted' | 'unknown_profile'; profileId: string }

/**
 * Gives profiles their code of a coupon: the open one where there is one, else the next of the pool.
 *
 * One outcome for each profile, in no particular order. Safe to repeat and to race: all draws of a coupon come one after
 * another (its row is locked until the transaction ends), and the unique indexes on `assignments` hold the promise.
 * An empty pool is an outcome, not an error. Throws `coupon_not_found`, `coupon_archived`, `coupon_expired`.
 */
export async function assignCodes(db: Db, input: AssignInput): Promise<AssignOutcome[]> {
  return await inTransaction(db, async (trx) => {
    const coupon = requireUsable(await requireLockedCoupon(trx, input), input.now)
    const pool = await requirePool(trx, { accountId: input.accountId, coupon, now: input.now })
    const wanted = [...new Set(input.profileIds)]
    await updateExpiredOf(trx, input.accountId, coupon.id, wanted, input.now)
    return await drawOrKeep(trx, input, { coupon, pool, wanted })
  })
}

/** Draws until everybody has a code or the line is empty: a draw gives fewer where codes had left the line on their own. */
async function drawOrKeep(
  trx: Db,
  input: AssignInput,
  { coupon, pool, wanted }: { coupon: CouponRow; pool: Pool; wanted: string[] },
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
      profileIds: waiting,
      campaignId,
      expiresAt,
      now,
    })
    for (const row of drawn) outcomes.push({ status: 'assigned', ...row, expiresAt })
    const served = new Set(drawn.map((row) => row.profileId))
    const rest = await explainUndrawn(
      trx,
      accountId,
      coupon.id,
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
  accountId: string,
  couponId: string,
  profileIds: string[],
): Promise<{ settled: AssignOutcome[]; exhausted: string[] }> {
  if (profileIds.length === 0) return { settled: [], exhausted: [] }
  const kept = await selectOpenAssignments(trx, accountId, couponId, profileIds)
  const keepers = new Set(kept.map((row) => row.profileId))
  const without = profileIds.filter((id) => !keepers.has(id))
  const known = await selectKnownProfiles(trx, accountId, without)
  return {
    settled: [
      ...kept.map((row): AssignOutcome => ({ status: 'kept', ...row })),
      ...without
        .filter((id) => !known.has(id))
        .map((profileId): AssignOutcome => ({ status: 'unknown_profile', profileId })),
    ],
    exhausted: without.filter((id) => known.has(id)),
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
