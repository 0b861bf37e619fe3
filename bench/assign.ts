import { sql } from 'kysely'
import { createAssignQueue } from '../src/codes/assign-queue.ts'
import type { Db } from '../src/db/database.ts'
import { seedAccount, seedCoupon, seedProfiles } from '../test/seed.ts'
import { atLeast, atMost, type BenchOptions, type BenchResult, describeMachine, measureCalls, round } from './result.ts'

const CALLERS = [1, 50, 500]

/** One profile a call, in process, from pools of two sizes, beside a bare transaction of one insert at the same concurrency. */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const pools = quick ? [5000] : [10_000, 1_000_000]
  const results: Record<string, unknown> = {}
  const rates: Record<string, { perSecond: number; p99Ms: number }> = {}
  await measureAssign(database.db, 2000, 50, quick) // warms connections and code; not counted
  for (const codes of pools) {
    for (const callers of CALLERS) {
      const key = `pool ${codes}, C=${callers}`
      rates[key] = await measureAssign(database.db, codes, callers, quick)
      results[key] = rates[key]
    }
  }
  results.bare = await measureBare(database.db, quick)
  const small = rates[`pool ${pools[0]}, C=50`]
  const large = rates[`pool ${pools.at(-1)}, C=50`]
  return {
    name: 'assign',
    machine: describeMachine(database),
    results,
    bars: [
      atLeast('perSecond at C=50', small?.perSecond ?? 0, 5000),
      atMost('p99Ms at C=50', small?.p99Ms ?? Number.POSITIVE_INFINITY, 50),
      atLeast('rate of the large pool to the small', round((large?.perSecond ?? 0) / (small?.perSecond ?? 1)), 0.8),
    ],
  }
}

async function measureAssign(
  db: Db,
  codes: number,
  callers: number,
  quick: boolean,
): Promise<{ perSecond: number; p99Ms: number }> {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes })
  const calls = Math.min(codes, quick ? 300 : callers === 1 ? 1000 : 9000)
  const profileIds = await seedProfiles(db, account.accountId, calls)
  const assignOne = createAssignQueue(db)
  const now = new Date()
  return await measureCalls(calls, callers, async (i) => {
    const outcome = await assignOne({
      accountId: account.accountId,
      couponId: coupon.id,
      profileId: profileIds[i] as string,
      now,
    })
    if (outcome.status !== 'assigned') throw new Error(`profile ${i}: ${outcome.status}`)
  })
}

async function measureBare(db: Db, quick: boolean): Promise<Record<string, unknown>> {
  await sql`create table bare_calls (id uuid primary key default gen_random_uuid(), at timestamptz)`.execute(db)
  const results: Record<string, unknown> = {}
  for (const callers of [1, 50]) {
    results[`insert, C=${callers}`] = await measureCalls(quick ? 300 : 3000, callers, () =>
      sql`insert into bare_calls (at) values (now())`.execute(db),
    )
  }
  return results
}
