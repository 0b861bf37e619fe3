// Redeem with ledger and event, next to the bare conditional update that no redeem can beat.
import { sql } from 'kysely'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { createRedeemQueue, type RedeemOne } from '../src/redemptions/redeem-queue.ts'
import { atLeast, atMost, type BenchOptions, type BenchResult, describeMachine, measureCalls, round } from './result.ts'

const CLIENTS = [10, 50]
const BAR_PER_SECOND = 5_000
const BAR_P99_MS = 25

type Seeded = { accountId: string; storeId: string }

/** Measures at each number of stored codes and callers. `quick` leaves the million out and redeems fewer codes. */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const stored = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]
  const calls = quick ? 1_000 : 2_400
  const results: Record<string, unknown> = {}
  const bars: BenchResult['bars'] = []
  for (const codes of stored) {
    const seeded = await seed(database.db, codes)
    await seedBare(database.db, codes)
    for (const [turn, clients] of CLIENTS.entries()) {
      const figures = await measureTurn(database.db, seeded, { codes, clients, calls, first: turn * calls })
      results[`codes=${codes} C=${clients}`] = figures
      if (clients !== 50) continue
      bars.push(atLeast(`redeems per second, C=50, ${codes} codes`, figures.redeem.perSecond, BAR_PER_SECOND))
      bars.push(atMost(`p99 ms, C=50, ${codes} codes`, figures.redeem.p99Ms, BAR_P99_MS))
    }
  }
  const rates = bars.filter((bar) => bar.metric.startsWith('redeems')).map((bar) => bar.value)
  bars.push(atLeast('rate at the most codes to the fewest, C=50', (rates.at(-1) ?? 0) / (rates[0] ?? 1), 0.8))
  return { name: 'redeem', machine: describeMachine(database), results, bars }
}

type Figures = Awaited<ReturnType<typeof measureCalls>>

/** Assigned codes stand in front, unassigned ones are taken from the end. The first calls only warm the connections up. */
async function measureTurn(
  db: Db,
  seeded: Seeded,
  turn: { codes: number; clients: number; calls: number; first: number },
): Promise<{ redeem: Figures; redeemUnassigned: Figures; bare: Figures; ofBare: number }> {
  const { codes, clients, calls, first } = turn
  const redeem = createRedeemQueue(db)
  const warmUp = calls / 4
  const measure = async (work: (i: number) => Promise<unknown>): Promise<Figures> => {
    await measureCalls(warmUp, clients, (i) => work(first + i))
    return await measureCalls(calls - warmUp, clients, (i) => work(first + warmUp + i))
  }
  const bare = await measure((n) => updateBare(db, n))
  const assigned = await measure((n) => redeemOne(redeem, seeded, n))
  const unassigned = await measure((n) => redeemOne(redeem, seeded, codes - 1 - n))
  return { redeem: assigned, redeemUnassigned: unassigned, bare, ofBare: round(assigned.perSecond / bare.perSecond) }
}

async function redeemOne(redeem: RedeemOne, seeded: Seeded, n: number): Promise<void> {
  const reply = await redeem({
    ...seeded,
    code: `BENCH-${n}`,
    orderId: `order-${n}`,
    subtotalMinor: 5_000,
    currency: 'EUR',
    email: `p${n}@example.com`,
    now: new Date(),
  })
  if (reply.status !== 'redeemed') throw new Error(`code ${n}: ${reply.reason}`)
}

async function updateBare(db: Db, n: number): Promise<void> {
  const { numAffectedRows } =
    await sql`update bench_bare set state = 'redeemed' where n = ${n}::integer and state = 'live'`.execute(db)
  if (numAffectedRows !== 1n) throw new Error(`row ${n} was not live`)
}

/** An account with `count` live codes; the first half is assigned, each to a profile of its own. */
async function seed(db: Db, count: number): Promise<Seeded> {
  const [accountId, storeId, couponId, versionId, poolId] = [newId(), newId(), newId(), newId(), newId()]
  const terms = {
    discount: { kind: 'percentage', basisPoints: 2000 },
    appliesTo: { kind: 'order' },
    minimum: { kind: 'subtotal', amountMinor: 3000, currency: 'EUR' },
    customers: 'everyone',
    oncePerCustomer: false,
    combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false },
    purchase: 'one_time',
    startsAt: null,
    expires: { kind: 'never' },
  }
  await sql`insert into accounts ("id", "name", "slug") values (${accountId}::uuid, 'Bench', ${accountId}::text)`.execute(
    db,
  )
  await sql`
    with store as (
      insert into stores (account_id, id, name, kind, currency, time_zone, created_at)
      values (${accountId}::uuid, ${storeId}::uuid, 'Bench', 'custom', 'EUR', 'UTC', now())
    ), coupon as (
      insert into coupons (account_id, id, store_id, name, type, description, prefix, code_length, low_stock_threshold, version, created_at)
      values (${accountId}::uuid, ${couponId}::uuid, ${storeId}::uuid, 'Bench', 'unique', '', 'BENCH', 11, 0, 1, now())
    ), version as (
      insert into terms_versions (account_id, id, coupon_id, version, terms, created_at)
      values (${accountId}::uuid, ${versionId}::uuid, ${couponId}::uuid, 1, ${JSON.stringify(terms)}::jsonb, now())
    ), pool as (
      insert into pools (account_id, id, coupon_id, version_id, store_id, tail, created_at)
      values (${accountId}::uuid, ${poolId}::uuid, ${couponId}::uuid, ${versionId}::uuid, ${storeId}::uuid, ${count}::bigint, now())
    )
    insert into pool_heads (account_id, pool_id, head, drawn)
    values (${accountId}::uuid, ${poolId}::uuid, ${count / 2}::bigint, 1)`.execute(db)
  await sql`
    insert into codes (account_id, id, pool_id, store_id, position, code, state)
    select ${accountId}::uuid, uuid_v7(now()), ${poolId}::uuid, ${storeId}::uuid, n + 1, 'BENCH-' || n, 'live'
    from generate_series(0, ${count}::integer - 1) n`.execute(db)
  await sql`
    with people as (
      insert into profiles (account_id, id, email, created_at, updated_at)
      select ${accountId}::uuid, uuid_v7(now()), 'p' || n || '@example.com', now(), now()
      from generate_series(0, ${count / 2}::integer - 1) n
      returning id, email
    )
    insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, assigned_at)
    select c.account_id, c.id, c.pool_id, ${couponId}::uuid, p.id, 'open', now()
    from people p join codes c on c.account_id = ${accountId}::uuid and c.code = 'BENCH-' || substring(p.email from 2 for position('@' in p.email) - 2)`.execute(
    db,
  )
  await sql`analyze`.execute(db)
  return { accountId, storeId }
}

/** The floor: one narrow table, one index, one conditional update a call. */
async function seedBare(db: Db, count: number): Promise<void> {
  await sql`drop table if exists bench_bare`.execute(db)
  await sql`create table bench_bare (n integer primary key, state text not null) with (fillfactor = 90)`.execute(db)
  await sql`insert into bench_bare select n, 'live' from generate_series(0, ${count}::integer - 1) n`.execute(db)
  await sql`analyze bench_bare`.execute(db)
}
