// Redeem with ledger and event, next to the bare conditional update that no redeem can beat.
import { availableParallelism, cpus, totalmem } from 'node:os'
import { sql } from 'kysely'
import type { Database, Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { redeemCode } from '../src/redemptions/redeem.ts'
import type { BenchResult } from './result.ts'

const CLIENTS = [10, 50]
const BAR_PER_SECOND = 5_000
const BAR_P99_MS = 25

type Seeded = { accountId: string; storeId: string }
type Figures = { perSecond: number; p50Ms: number; p99Ms: number }

/** Measures at each number of stored codes and callers. `quick` leaves the million out and redeems fewer codes. */
export async function run(options: { database: Database; quick: boolean }): Promise<BenchResult> {
  const { db, kind } = options.database
  const stored = options.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]
  const calls = options.quick ? 2_000 : 5_000
  const results: Record<string, unknown> = {}
  const bars: BenchResult['bars'] = []
  for (const codes of stored) {
    const seeded = await seed(db, codes)
    await seedBare(db, codes)
    for (const [turn, clients] of CLIENTS.entries()) {
      const first = turn * calls * 2
      const bare = await measure(clients, calls, (n) => updateBare(db, first + n))
      const redeem = await measure(clients, calls, (n) => redeemOne(db, seeded, first + n))
      const inLine = await measure(clients, Math.min(calls, 1_000), (n) => redeemOne(db, seeded, codes - 1 - first - n))
      results[`codes=${codes} C=${clients}`] = {
        redeem,
        redeemUnassigned: inLine,
        bare,
        ofBare: redeem.perSecond / bare.perSecond,
      }
      if (clients !== 50) continue
      bars.push(atLeast(`redeems per second, C=50, ${codes} codes`, redeem.perSecond, BAR_PER_SECOND))
      bars.push(atMost(`p99 ms, C=50, ${codes} codes`, redeem.p99Ms, BAR_P99_MS))
    }
  }
  return { name: 'redeem', machine: machineOf(kind), results, bars }
}

async function redeemOne(db: Db, seeded: Seeded, n: number): Promise<void> {
  const reply = await redeemCode(db, {
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

/** Calls `work` with 0 to `calls` - 1 from `clients` callers at once, after a short run to warm up the connections. */
async function measure(clients: number, calls: number, work: (n: number) => Promise<void>): Promise<Figures> {
  const warmUp = Math.min(200, calls / 5)
  let next = 0
  const took: number[] = []
  const callUntil = async (end: number): Promise<void> => {
    while (next < end) {
      const n = next
      next += 1
      const start = performance.now()
      await work(n)
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: clients }, () => callUntil(warmUp)))
  took.length = 0
  const start = performance.now()
  await Promise.all(Array.from({ length: clients }, () => callUntil(calls)))
  const seconds = (performance.now() - start) / 1000
  took.sort((a, b) => a - b)
  const at = (share: number): number => round(took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0)
  return { perSecond: Math.round(took.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99) }
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

function machineOf(database: string): Record<string, unknown> {
  return {
    database,
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
  }
}

function atLeast(metric: string, value: number, bar: number): BenchResult['bars'][number] {
  return { metric, value, bar, met: value >= bar }
}

function atMost(metric: string, value: number, bar: number): BenchResult['bars'][number] {
  return { metric, value, bar, met: value <= bar }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
