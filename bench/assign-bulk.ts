import { sql } from 'kysely'
import { assignCodes } from '../src/codes/assign.ts'
import { seedAccount, seedCoupon, seedProfiles } from '../test/seed.ts'
import { atLeast, type BenchOptions, type BenchResult, describeMachine, round } from './result.ts'

/** Profiles per second in calls of 10,000, beside a bare insert of as many rows in batches of the same size. */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const { db } = database
  const count = quick ? 10_000 : 100_000
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: count + 1000 })
  const profileIds: string[] = []
  while (profileIds.length < count) profileIds.push(...(await seedProfiles(db, account.accountId, 10_000)))
  const now = new Date()

  const began = performance.now()
  let assigned = 0
  for (let i = 0; i < count; i += 10_000) {
    const outcomes = await assignCodes(db, {
      ...account,
      couponId: coupon.id,
      profileIds: profileIds.slice(i, i + 10_000),
      now,
    })
    assigned += outcomes.filter((outcome) => outcome.status === 'assigned').length
  }
  const seconds = (performance.now() - began) / 1000
  if (assigned !== count) throw new Error(`${assigned} of ${count} profiles got a code`)

  await sql`create table bare (account_id uuid, code_id uuid, profile_id uuid, at timestamptz, primary key (account_id, code_id))`.execute(
    db,
  )
  const bareBegan = performance.now()
  for (let i = 0; i < count; i += 10_000) {
    await sql`
      insert into bare select ${account.accountId}::uuid, id, id, ${now}::timestamptz
      from unnest(${profileIds.slice(i, i + 10_000)}::uuid[]) as p (id)`.execute(db)
  }
  const bareSeconds = (performance.now() - bareBegan) / 1000
  return {
    name: 'assign-bulk',
    machine: describeMachine(database),
    results: {
      profiles: count,
      seconds: round(seconds),
      perSecond: Math.round(count / seconds),
      barePerSecond: Math.round(count / bareSeconds),
      ratioToBare: round(seconds / bareSeconds),
    },
    bars: [atLeast('perSecond', count / seconds, 50_000)],
  }
}
