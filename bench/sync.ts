import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { PLANS, type PlanName, planLimits } from '../emulator/shop/settings.ts'
import { requireCodeJob } from '../src/codes/code-jobs.ts'
import { addCodes } from '../src/codes/generate.ts'
import { countAvailable } from '../src/codes/pool.ts'
import type { Db } from '../src/db/database.ts'
import { connectShop } from '../src/stores/shopify/connect/connect-shop.ts'
import { openShop } from '../src/stores/shopify/connect/open-shop.ts'
import { runSync } from '../src/stores/shopify/sync/run-sync.ts'
import { seedAccount, seedCoupon } from '../test/seed.ts'
import { atLeast, atMost, type Bar, type BenchOptions, type BenchResult, describeMachine, round } from './result.ts'

const SECRET = 's'.repeat(32)
const TOKEN = 'shpat_bench'
/** Points of a call with up to 250 codes. Source: docs/emulator.md, cost as fitted to recordings. */
const POINTS_PER_CALL = 10
const CODES_PER_CALL = 250
/** Time between a call and the first import, as the emulator has it by default. */
const JOB_DELAY_SECONDS = 0.2
const SECONDS = 30

/** SYNC_PLANS=plus SYNC_RATES=8000 SYNC_CODES=1000000 SYNC_PROCESSES=2 measure one case. */
const plans = (process.env.SYNC_PLANS ?? 'standard,advanced,plus,enterprise').split(',') as PlanName[]
const rates = (process.env.SYNC_RATES ?? '500,2000,8000').split(',').map(Number)

/** Codes a second into the emulator, a process of its own, beside what the plan's points and the shop's import allow at most. */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const results: Record<string, unknown> = {}
  const bars: Bar[] = []
  for (const plan of plans) {
    for (const rate of rates) {
      const name = `${plan}-${rate}`
      const codes = Number(process.env.SYNC_CODES) || codesFor(plan, rate, quick ? 2 : SECONDS)
      const seen = await measure(database.db, { plan, rate, codes, processes: Number(process.env.SYNC_PROCESSES) || 1 })
      results[name] = seen
      bars.push(atLeast(`${name}: share of the ceiling`, seen.shareOfCeiling, 0.95))
      bars.push(atMost(`${name}: throttled after the first second`, seen.throttledLater, 0))
    }
  }
  return { name: 'sync', machine: describeMachine(database), results, bars }
}

/** Least seconds for a number of codes: as many as the points allow, the full bucket included, and as the shop imports. */
function leastSeconds(plan: PlanName, rate: number, codes: number): number {
  const points = Math.ceil(codes / CODES_PER_CALL) * POINTS_PER_CALL
  const { maximumAvailable } = planLimits(plan)
  return Math.max(JOB_DELAY_SECONDS + codes / rate, (points - maximumAvailable) / PLANS[plan].restoreRate)
}

/** Codes that take about this long. */
function codesFor(plan: PlanName, rate: number, seconds: number): number {
  let codes = CODES_PER_CALL
  while (leastSeconds(plan, rate, codes) < seconds) codes += CODES_PER_CALL
  return codes
}

type Case = { plan: PlanName; rate: number; codes: number; processes: number }

async function measure(db: Db, { plan, rate, codes, processes }: Case) {
  await using emulator = await startEmulator(plan, rate)
  const account = await seedAccount(db)
  const { store } = await connectShop(db, SECRET, {
    accountId: account.accountId,
    actor: 'key:bench',
    domain: emulator.domain,
    addressOf: () => emulator.url,
    access: { auth: 'token', accessToken: TOKEN, clientSecret: 'unused' },
    now: new Date(),
  })
  const shop = { accountId: account.accountId, storeId: store.id }
  const terms = { discount: { kind: 'percentage' as const, basisPoints: 1000 } }
  const coupon = await seedCoupon(db, shop, { terms, now: new Date() })
  const replies = countThrottled(emulator.url)
  const memory = watchMemory()
  const began = performance.now()
  const job = await addCodes(db, { ...shop, coupon: coupon.id, count: codes, now: new Date() })
  const work = async (): Promise<unknown> =>
    runSync(db, await openShop(db, SECRET, shop), { ...shop, now: () => new Date() })
  const works = Array.from({ length: processes }, work)
  while ((await requireCodeJob(db, { ...shop, jobId: job.id })).state !== 'done') {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const seconds = (performance.now() - began) / 1000
  await Promise.all(works)
  const available = await countAvailable(db, { ...shop, coupon: coupon.id, now: new Date() })
  if (available !== codes) throw new Error(`${available} of ${codes} codes are usable`)
  const { rows } = await sql<{ window: number }>`
    select creations as window from shopify_syncs where account_id = ${shop.accountId}`.execute(db)
  const least = leastSeconds(plan, rate, codes)
  return {
    codes,
    seconds: round(seconds),
    leastSeconds: round(least),
    perSecond: Math.round(codes / seconds),
    shareOfCeiling: least / seconds,
    window: round(rows[0]?.window ?? 0),
    ...replies.stop(),
    memoryMiB: memory.stop(),
  }
}

async function startEmulator(plan: PlanName, rate: number): Promise<AsyncDisposable & { url: string; domain: string }> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const args = ['emulator/main.ts', '--port', '0', '--plan', plan, '--rate', String(rate), '--token', TOKEN]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const told = new Map<string, string>()
  for await (const line of lines) {
    const [, key, value] = /^(Storefront|Shop domain)\s+(\S+)$/.exec(line) ?? []
    if (key && value) told.set(key, value)
    if (told.size === 2) break
  }
  child.stdout.resume()
  return {
    url: (told.get('Storefront') ?? '').replace(/\/$/, ''),
    domain: told.get('Shop domain') ?? '',
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** Counts calls to the shop and those that it throttled, in the first second and later. */
function countThrottled(url: string): {
  stop: () => { calls: number; throttledAtOnce: number; throttledLater: number }
} {
  const real = globalThis.fetch
  const counted = { calls: 0, throttledAtOnce: 0, throttledLater: 0 }
  const began = performance.now()
  globalThis.fetch = async (input, init) => {
    const response = await real(input, init)
    if (!String(input).startsWith(url)) return response
    counted.calls += 1
    const text = await response.text()
    if (response.status === 429 || text.includes('THROTTLED')) {
      if (performance.now() - began < 1000) counted.throttledAtOnce += 1
      else counted.throttledLater += 1
    }
    return new Response(text, { status: response.status, headers: response.headers })
  }
  return {
    stop: () => {
      globalThis.fetch = real
      return counted
    },
  }
}

/** Resident memory of this process in MiB: after a tenth of the time looked at, and the most in all. */
function watchMemory(): { stop: () => { early: number; most: number } } {
  const seen: number[] = []
  const timer = setInterval(() => seen.push(process.memoryUsage.rss()), 100)
  return {
    stop: () => {
      clearInterval(timer)
      const mib = (bytes: number) => Math.round(bytes / 2 ** 20)
      return { early: mib(Math.max(0, ...seen.slice(0, Math.ceil(seen.length / 10)))), most: mib(Math.max(0, ...seen)) }
    },
  }
}
