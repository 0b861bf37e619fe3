import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { deleteDiscount } from '../../../../emulator/discounts/lifecycle.ts'
import { removeRedeemCodes } from '../../../../emulator/discounts/redeem-codes.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import {
  addForeignDiscount,
  assertAgreement,
  buyWith,
  FAST,
  gidOf,
  openSyncShop,
  readStored,
  type SyncShop,
  takeAway,
} from '../../../../test/sync-shop.ts'
import { cancelCodeJob } from '../../../codes/code-jobs.ts'
import { loseCodes } from '../../../codes/confirm/lose.ts'
import { editTerms } from '../../../codes/edit-terms.ts'
import { revokeCode } from '../../../codes/revoke/revoke.ts'
import { uploadCodes } from '../../../codes/upload.ts'
import type { CouponRow } from '../../../coupons/coupon.ts'
import type { Database } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import type { ShopifyClient } from '../client/client.ts'
import { loseDiscount } from './drop-batches.ts'
import { runSync } from './run-sync.ts'

/** SYNC_RUNS=1000 looks at more histories; SYNC_SEED=1234 repeats those of a run. Fewer on PGlite, which does one thing at a time. */
const RUNS = Number(process.env.SYNC_RUNS || (process.env.TEST_DATABASE_URL ? 40 : 6))
const SEED = Number(process.env.SYNC_SEED || 20_270_301)

const MATCHES = [
  'discountCodeBasicCreate',
  'discountRedeemCodeBulkAdd',
  'nodes(ids',
  'BulkCreation(id',
  'ByCode',
  'CodePage',
  'Delete',
]

type Step =
  | { kind: 'fault'; fault: (typeof FAULTS)[number]; match: string; times: number }
  | { kind: 'crash'; afterCalls: number; isAnswered: boolean }
  | { kind: 'start' | 'edit' | 'cancel' | 'delete discount' }
  | { kind: 'add' | 'upload' | 'give' | 'revoke' | 'take away' | 'delete codes' | 'wait'; count: number }

const FAULTS = [
  'http_502',
  'http_502_after',
  'connection_reset',
  'reply_lost',
  'timeout_after',
  'internal_error',
  'slow',
] as const

const count = fc.integer({ min: 1, max: 20 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      fault: fc.constantFrom(...FAULTS),
      match: fc.constantFrom(...MATCHES),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      afterCalls: fc.integer({ min: 0, max: 6 }),
      isAnswered: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('start' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('edit' as const, 'cancel' as const, 'delete discount' as const) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'add' as const,
        'upload' as const,
        'give' as const,
        'revoke' as const,
        'take away' as const,
        'delete codes' as const,
        'wait' as const,
      ),
      count,
    }),
  },
)

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

/** A process that can be killed: from a call on it hears nothing any more, as if it were gone. */
function startProcess(shop: SyncShop): { crash: (afterCalls: number, isAnswered: boolean) => void } {
  let callsLeft = Number.POSITIVE_INFINITY
  let isLastAnswered = false
  const forever = new Promise<never>(() => {})
  const client: ShopifyClient = {
    shop: shop.client.shop,
    request: async (...call) => {
      if (callsLeft <= 0) {
        if (isLastAnswered) await shop.client.request(...call).catch(() => {}) // the shop did it, nobody heard the answer
        isLastAnswered = false
        return await forever
      }
      callsLeft -= 1
      return await shop.client.request(...call)
    },
  }
  const work = async (): Promise<void> => {
    const input = {
      accountId: shop.accountId,
      storeId: shop.storeId,
      now: () => new Date(),
      timing: { ...FAST, leaseMs: 1500 },
    }
    while (callsLeft > 0 && (await runSync(shop.db, client, input)) !== 'done') await sleep(2)
  }
  void work()
  return {
    crash: (afterCalls, isAnswered) => {
      callsLeft = afterCalls
      isLastAnswered = isAnswered
    },
  }
}

/** Side by side, because most of a history is waiting. */
const LANES = 5

describe('histories', { concurrency: LANES }, () => {
  for (let lane = 0; lane < LANES; lane += 1) {
    test(`after any history of faults, crashes and a meddling merchant, every code is where the database says (${lane + 1})`, async (t) => {
      const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
        const closing: (() => Promise<void>)[] = []
        const scope = { after: (work: () => Promise<void>) => void closing.push(work) }
        try {
          await live(await openSyncShop(scope, { database, codesPerSecond: 20_000 }), steps)
        } finally {
          for (const close of closing) await close()
        }
      })
      await fc.assert(property, { numRuns: Math.ceil(RUNS / LANES), seed: SEED + lane, endOnFailure: true })
      t.diagnostic(`SYNC_SEED=${SEED}`)
    })
  }
})

async function live(shop: SyncShop, steps: Step[]): Promise<void> {
  const coupon = await shop.createCoupon('WELCOME')
  const foreign = addForeignDiscount(shop)
  const jobs = [await shop.add(coupon, 700)]
  const processes = [startProcess(shop)]
  const world: World = { coupon, foreign, jobs, processes, given: [] }
  for (const one of steps) {
    await take(shop, one, world)
    await sleep(3)
  }
  shop.emulator.faults.clear()
  await shop.finish()
  for (const one of [coupon, world.partner]) if (one) await reconcile(shop, one)
  await shop.finish()
  await assertAgreement(shop, new Set([foreign.id]))
  const { rows: held } = await sql<{ code: string }>`
    select c.code from assignments a join codes c on c.account_id = a.account_id and c.id = a.code_id
    where a.account_id = ${shop.accountId} and a.state = 'open'`.execute(shop.db)
  for (const { code } of held) assert.ok(buyWith(shop, code), `${code} is somebody's and not honoured`)
  const { rows: unended } = await sql`
    select id from code_jobs where account_id = ${shop.accountId} and state in ('queued', 'running')`.execute(shop.db)
  assert.deepEqual(unended, [])
  const { rows: waiting } = await sql`
    select 1 from revocations where account_id = ${shop.accountId} and shop = 'waiting'`.execute(shop.db)
  assert.deepEqual(waiting, [])
}

type World = {
  partner?: CouponRow
  coupon: CouponRow
  foreign: ReturnType<typeof addForeignDiscount>
  jobs: string[]
  processes: ReturnType<typeof startProcess>[]
  given: string[]
}

async function take(shop: SyncShop, one: Step, world: World): Promise<void> {
  const ours = [...shop.emulator.shop.discounts.values()].filter((discount) => discount.id !== world.foreign.id)
  switch (one.kind) {
    case 'fault':
      shop.emulator.faults.add({ kind: one.fault, match: one.match, times: one.times, delayMs: 10 })
      return
    case 'crash':
      world.processes.at(-1)?.crash(one.afterCalls, one.isAnswered)
      await sleep(5)
      world.processes.push(startProcess(shop))
      return
    case 'start':
      world.processes.push(startProcess(shop))
      return
    case 'edit':
      await editTerms(shop.db, { ...shop, couponId: world.coupon.id, terms: world.coupon.terms, now: new Date() })
      return
    case 'cancel':
      await cancelCodeJob(shop.db, { ...shop, jobId: world.jobs.at(-1) ?? '', now: new Date() }).catch(
        (error: unknown) => {
          if (!(error instanceof AppError)) throw error
        },
      )
      return
    case 'delete discount':
      if (ours[0]) deleteDiscount(shop.emulator.shop, ours[0])
      return
    case 'delete codes':
      if (ours[0])
        removeRedeemCodes(
          shop.emulator.shop,
          ours[0],
          new Set(ours[0].codes.slice(1, one.count).map((code) => code.id)),
        )
      return
    case 'add':
      world.jobs.push(await shop.add(world.coupon, one.count * 50))
      return
    case 'upload':
      return await upload(shop, world, one.count * 8)
    case 'give':
      return await give(shop, world, one.count)
    case 'revoke':
      return await revoke(shop, world, one.count)
    case 'take away':
      takeAway(shop, world.foreign, one.count)
      return
    default:
      await sleep(one.count * 5)
  }
}

/** Whoever is given a code can use it, unless the merchant took it out of the shop. */
async function give(shop: SyncShop, { coupon, given }: World, people: number): Promise<void> {
  const codes = await shop.give(coupon, people)
  const { rows } = await sql<{ code: string; state: string; position: number | null }>`
    select code, state, position from codes where account_id = ${shop.accountId} and code = any(${codes}::text[])`.execute(
    shop.db,
  )
  for (const row of rows)
    assert.ok(row.position !== null && row.state !== 'made', `${row.code} was given before it was live`)
  assert.equal(new Set([...given, ...codes]).size, given.length + codes.length, 'a code was given twice')
  given.push(...codes)
}

/** A file for a second coupon of the shop. */
async function upload(shop: SyncShop, world: World, count: number): Promise<void> {
  world.partner ??= await shop.createCoupon('PARTNER', { type: 'uploaded' })
  const names = Array.from({ length: count }, (_, nth) => `PARTNER-${world.jobs.length}-${nth}`)
  const source = Readable.from([`Code\n${names.join('\n')}\n`])
  const job = await uploadCodes(shop.db, {
    accountId: shop.accountId,
    coupon: world.partner.id,
    source,
    now: new Date(),
  })
  world.jobs.push(job.id)
}

/** Takes somebody's code, or one in line, out of use, unless something else happened to it. */
async function revoke(shop: SyncShop, { coupon }: World, nth: number): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select c.id from codes c join pools p on p.account_id = c.account_id and p.id = c.pool_id
    where c.account_id = ${shop.accountId} and p.coupon_id = ${coupon.id} and c.position = ${nth} limit 1`.execute(
    shop.db,
  )
  if (!rows[0]) return
  const input = { accountId: shop.accountId, codeId: rows[0].id, reason: 'By hand', now: new Date() }
  await revokeCode(shop.db, input).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error
  })
}

/** What the reconciliation finds: discounts and codes that are not in the shop any more. */
async function reconcile(shop: SyncShop, coupon: CouponRow): Promise<void> {
  const { rows: pools } = await sql<{ id: string }>`
    select id from pools where account_id = ${shop.accountId} and coupon_id = ${coupon.id}`.execute(shop.db)
  const isOwn = (row: { poolId: string }) => pools.some((pool) => pool.id === row.poolId)
  const stored = await readStored(shop.db, shop)
  const [codes, discounts] = [stored.codes.filter(isOwn), stored.discounts.filter(isOwn)]
  const there = new Set([...shop.emulator.shop.discounts.keys()].map(gidOf))
  for (const row of discounts) {
    if (row.state === 'live' && row.discountId && !there.has(row.discountId))
      await loseDiscount(shop.db, { ...shop, couponId: coupon.id, poolId: row.poolId, now: new Date() })
  }
  const states = new Map((await readStored(shop.db, shop)).discounts.map((row) => [row.poolId, row.state]))
  const lost = codes.filter(
    (row) => row.state === 'live' && states.get(row.poolId) === 'live' && !shop.emulator.shop.codes.has(row.code),
  )
  const names = lost.map((row) => row.code)
  assert.equal(await loseCodes(shop.db, { ...shop, couponId: coupon.id, codes: names, now: new Date() }), names.length)
}
