import { PollCreations } from '../generated/codes.ts'
import { type ImportingRow, updateBatchBack, updateBatchesLooked, updateLookAgain } from './batches.sql.ts'
import { checkDiscount, waitOf } from './send-batch.ts'
import { confirmDone, failJobOf, judgeCreation } from './settle-batch.ts'
import type { SyncRun } from './sync-run.ts'
import { lockWindow, updateWindow } from './syncs.sql.ts'
import { isGrowing, lookEvery, lookHastily, nextWindow, type Sample } from './window.ts'

/** After this long, at most, batches are looked at by another process, when the one that began to look at them is gone. */
const LOOK_LEASE_MS = 5000

/** Batches that become live in one transaction: enough for speed, few enough that nobody waits for their pool. */
const BATCHES_AT_ONCE = 16

/** Rounds without growth after which a window has found its size. */
const ROUNDS = 2

/** `gatherMs`: what is due within this time is looked at too. `isHasty`: this look comes early, because work waits for it. */
export type LookOptions = { gatherMs: number; isHasty: boolean }
/** `growsForMs`: so long looks should be hasty, because the window has not found its size; 0 where it has. */
export type Looked = { looked: number; waitMs: number; growsForMs: number }

type State = { done: boolean; failedCount: number }

/**
 * Looks at the batches under way that are due: one question to the shop for all of them. Those that are done become live, codes that
 * the shop refused are failed, and the window follows from how long they took. Returns how many were looked at, and how long to
 * wait before the next look. Throws `ShopifyError`.
 */
export async function lookAtBatches(run: SyncRun, { gatherMs, isHasty }: LookOptions): Promise<Looked> {
  const { db, store, timing } = run
  const rows = await updateBatchesLooked(db, store, { gatherMs, leaseMs: Math.min(LOOK_LEASE_MS, timing.leaseMs) })
  if (rows.length === 0) return { looked: 0, waitMs: gatherMs, growsForMs: 0 }
  const asked = performance.now()
  const unsettled = new Set(rows.map((row) => row.id))
  try {
    const states = await readStates(run, rows)
    const tookMs = performance.now() - asked
    const ended: ImportingRow[] = []
    const taken: ImportingRow[] = []
    for (const row of rows) {
      const state = states.get(row.creationId)
      if (state && !state.done && row.ageMs < timing.stuckMs) continue
      if (state?.done && state.failedCount === 0) taken.push(row)
      else if (state?.done) ended.push(...(await settleFailures(run, row)))
      else await updateBatchBack(db, { ...row, accountId: store.accountId, isUnsent: false, waitMs: waitOf(run, row) })
      unsettled.delete(row.id)
    }
    for (const group of groupsOf(taken)) {
      const ids = await confirmDone(run, group, { refused: [], from: 'importing' })
      ended.push(...group.filter((row) => ids.has(row.id)))
    }
    const samples = ended.map((row) => ({ ms: row.ageMs + tookMs, deliveredBefore: row.delivered }))
    const next = await adaptWindow(run, { samples, isHasty, oldestMs: Math.max(...rows.map((row) => row.ageMs)) })
    await updateLookAgain(db, store.accountId, [...unsettled], next.waitMs)
    return { looked: rows.length, ...next }
  } catch (error) {
    await updateLookAgain(db, store.accountId, [...unsettled], timing.shortestLookMs)
    throw error
  }
}

async function readStates(run: SyncRun, rows: ImportingRow[]): Promise<Map<string, State>> {
  const ids = rows.map((row) => row.creationId)
  const { nodes } = await run.client.request(PollCreations, { ids }, { signal: run.signal })
  return new Map(nodes.flatMap((node) => (node && 'done' in node ? [[String(node.id), node as State]] : [])))
}

/** Returns the batch when it ended. */
async function settleFailures(run: SyncRun, row: ImportingRow): Promise<ImportingRow[]> {
  const verdict = await judgeCreation(run, row)
  if (verdict.status === 'gone') await checkDiscount(run, row)
  if (verdict.status === 'again') {
    const back = { isUnsent: false, waitMs: waitOf(run, row) }
    await updateBatchBack(run.db, { ...row, ...back, accountId: run.store.accountId })
  }
  if (verdict.status !== 'known') return []
  if (verdict.words !== null) await failJobOf(run, row, verdict.words)
  const ids = await confirmDone(run, [row], { refused: verdict.refused, words: verdict.words, from: 'importing' })
  return ids.has(row.id) ? [row] : []
}

/** Batches of one pool and job together, a few at a time: they become live in one transaction. */
function groupsOf(rows: readonly ImportingRow[]): ImportingRow[][] {
  const groups = new Map<string, ImportingRow[]>()
  for (const row of rows) {
    const key = `${row.poolId} ${row.jobId}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / BATCHES_AT_ONCE) }, (_, nth) =>
      group.slice(nth * BATCHES_AT_ONCE, (nth + 1) * BATCHES_AT_ONCE),
    ),
  )
}

/** Takes what was seen into the window of all processes; the time until the next look follows from it. */
async function adaptWindow(
  { db, store, timing }: SyncRun,
  seen: { samples: Sample[]; isHasty: boolean; oldestMs: number },
): Promise<Omit<Looked, 'looked'>> {
  const { shortestLookMs, longestLookMs, hastyLookMs } = timing
  return await db.transaction().execute(async (trx) => {
    const window = await lockWindow(trx, store)
    if (!window) return { waitMs: shortestLookMs, growsForMs: 0 }
    const lookMs = lookEvery(window.bestMs, shortestLookMs, longestLookMs)
    const next =
      seen.samples.length === 0 ? window : nextWindow(window, seen.samples, lookMs, seen.isHasty ? 1 : undefined)
    if (next !== window) await updateWindow(trx, store, next)
    const roundMs = next.bestMs ?? seen.oldestMs
    const grows = next.bestMs === null || isGrowing(window, next)
    const waitMs =
      grows || seen.isHasty
        ? lookHastily(roundMs, hastyLookMs, longestLookMs)
        : lookEvery(next.bestMs, shortestLookMs, longestLookMs)
    return { waitMs, growsForMs: grows ? ROUNDS * roundMs : 0 }
  })
}
