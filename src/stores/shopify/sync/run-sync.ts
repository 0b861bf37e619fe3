import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import type { ShopifyClient } from '../client/client.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import { removeCodes } from '../discounts/remove-codes.ts'
import { removeRevoked } from '../discounts/remove-revoked.ts'
import { selectOutstanding } from './batches.sql.ts'
import { countShopCodes } from './count-shop-codes.ts'
import { dropUnwanted } from './drop-batches.ts'
import { lookAtBatches } from './look-at-batches.ts'
import { sendBatch } from './send-batch.ts'
import { type SyncRun, type SyncTiming, TIMING } from './sync-run.ts'
import { insertSync, selectSync, updateSyncBlocked } from './syncs.sql.ts'
import { takeBatch } from './take-batch.ts'
import { FIRST_CREATIONS } from './window.ts'

/** Calls that add codes which one process has at once: an answer takes half a second, and the points of the fastest plan are 100 a second. */
const SENDERS = 16
/** Calls in a row that may fail before the store is left alone for a while. */
const FAILURES = 3
/** Pause of a loop that found nothing to do while others are at work. */
const IDLE_MS = 100
/** Calls that clear the shop of codes before others get their turn. */
const REMOVAL_CALLS = 20
/** Between two looks for revoked codes while codes go into the shop: whoever revokes one waits for the shop to lose it. */
const REVOKED_EVERY_MS = 1000

/** done: nothing is left. blocked: the shop cannot be used now, `describeSync` says why. stopped: `signal` fired. */
export type SyncEnd = 'done' | 'blocked' | 'stopped'

/**
 * Brings the codes of one Shopify store into the shop, until nothing is left, the shop cannot be used, or `signal` fires.
 *
 * What is to be done stands in rows: jobs, batches, discounts. Every step is written down before the call that it describes; so any number of
 * processes may run it at once, and after a crash at any instant calling it again goes on without a code that is lost, doubled
 * or unknown. Only codes that the shop has confirmed join the line.
 */
export async function runSync(
  db: Db,
  client: ShopifyClient,
  input: { accountId: string; storeId: string; now: () => Date; signal?: AbortSignal; timing?: Partial<SyncTiming> },
): Promise<SyncEnd> {
  const store = { accountId: input.accountId, storeId: input.storeId }
  await insertSync(db, store, FIRST_CREATIONS)
  if ((await selectSync(db, store))?.isBlocked) return 'blocked'
  const stop = new AbortController()
  const signal = input.signal ? AbortSignal.any([input.signal, stop.signal]) : stop.signal
  const watch = { failures: 0, problem: undefined as Error | undefined }
  const listening: ShopifyClient = {
    shop: client.shop,
    request: async (...call) => {
      const reply = await client.request(...call)
      watch.failures = 0
      return reply
    },
  }
  const run: SyncRun = { db, client: listening, store, now: input.now, timing: { ...TIMING, ...input.timing }, signal }
  /** Counts what went wrong; ends the sync when nothing comes through. */
  const note: Note = async (work) => {
    try {
      await work
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!isTrouble(error)) throw error
      watch.failures += 1
      if (watch.failures < FAILURES && !isFinal(error)) return false
      watch.problem = error
      stop.abort()
      return false
    }
  }
  try {
    await note(removeRevoked(run))
    await note(countShopCodes(run))
    await note(removeCodes(run, REMOVAL_CALLS))
    await bringCodes(run, note)
    while (!signal.aborted && !(await note(removeRevoked(run)))) await pause(run, run.timing.firstLookMs)
    while (!signal.aborted && !(await note(removeCodes(run, Number.POSITIVE_INFINITY))))
      await pause(run, run.timing.firstLookMs)
  } finally {
    stop.abort()
  }
  if (watch.problem) {
    const { blockedMs, mostBlockedMs } = run.timing
    await updateSyncBlocked(db, store, { text: watch.problem.message, firstMs: blockedMs, mostMs: mostBlockedMs })
    return 'blocked'
  }
  return input.signal?.aborted ? 'stopped' : 'done'
}

/** Waits for work and says whether it came through. */
type Note = (work: Promise<unknown>) => Promise<boolean>

/** `isAllSent`: nothing waits to be sent by this process, what is under way is all that is left. */
type SyncState = { isOver: boolean; isAllSent: boolean }

/** Sends and looks side by side until no batch is left and no job needs one. */
async function bringCodes(run: SyncRun, note: Note): Promise<void> {
  const state = { isOver: false, isAllSent: false }
  const beside = [keepLooking(run, note, state), keepRevoking(run, note, state)]
  try {
    await keepSending(run, note, state)
  } finally {
    state.isOver = true
    await Promise.all(beside)
  }
}

async function keepSending(run: SyncRun, note: Note, state: SyncState): Promise<void> {
  const sending = new Set<Promise<unknown>>()
  let failed: unknown
  try {
    while (!run.signal?.aborted && failed === undefined) {
      await breathe() // the embedded database never waits: without this no reply of the shop is heard while batches are put back
      const taken = sending.size < SENDERS ? await takeBatch(run) : undefined
      state.isAllSent = taken?.status === 'idle'
      if (taken?.status === 'taken') {
        const work: Promise<unknown> = note(sendBatch(run, taken.batch))
          .catch((error: unknown) => {
            failed = error
          })
          .finally(() => sending.delete(work))
        sending.add(work)
        continue
      }
      await dropUnwanted(run.db, run.store, run.now())
      const left = await selectOutstanding(run.db, run.store)
      if (sending.size === 0 && left.batches === 0 && taken?.status === 'idle') break
      await Promise.race([...sending, pause(run, IDLE_MS)])
    }
  } finally {
    await Promise.all(sending)
  }
  if (failed !== undefined) throw failed
}

async function keepLooking(run: SyncRun, note: Note, state: SyncState): Promise<void> {
  const { firstLookMs, shortestLookMs, hastyLookMs } = run.timing
  let waitMs = firstLookMs
  let growsUntil = performance.now() + firstLookMs
  while (!run.signal?.aborted && !state.isOver) {
    const isHasty = state.isAllSent || performance.now() < growsUntil
    const gatherMs = isHasty ? 0 : Math.min(waitMs, shortestLookMs)
    let looked = 0
    await note(
      lookAtBatches(run, { gatherMs, isHasty }).then((seen) => {
        looked = seen.looked
        if (looked === 0) return
        waitMs = seen.waitMs
        growsUntil = Math.max(growsUntil, performance.now() + seen.growsForMs)
      }),
    )
    await pause(run, looked > 0 ? waitMs : Math.min(isHasty ? hastyLookMs / 3 : IDLE_MS, firstLookMs))
  }
}

async function keepRevoking(run: SyncRun, note: Note, state: SyncState): Promise<void> {
  for (
    let dueAt = performance.now() + REVOKED_EVERY_MS;
    !run.signal?.aborted && !state.isOver;
    await pause(run, IDLE_MS)
  ) {
    if (performance.now() < dueAt) continue
    await note(removeRevoked(run))
    dueAt = performance.now() + REVOKED_EVERY_MS
  }
}

async function pause(run: SyncRun, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: run.signal }).catch(() => {})
}

function isTrouble(error: unknown): error is Error {
  return error instanceof ShopifyError || (error instanceof AppError && error.code === 'store_not_connected')
}

/** Whether trying again at once is useless. */
function isFinal(error: Error): boolean {
  return !(error instanceof ShopifyError) || !['lost', 'unavailable'].includes(error.kind)
}
