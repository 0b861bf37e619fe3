import { MAX_STORE_CODES, readStoreUse, type StoreUse } from '../../../codes/room/room.ts'
import type { Db } from '../../../db/database.ts'
import { selectOutstanding } from './batches.sql.ts'
import { COUNT_EVERY_MS } from './count-shop-codes.ts'
import { type SyncJob, selectProgress } from './progress.sql.ts'
import { type StoreKey, selectStoresToSync, selectSync, updateSyncUnblocked } from './syncs.sql.ts'

/**
 * idle: nothing is to be done. working: codes go into the shop. waiting: the shop could not be used, it is tried again at `waitsUntil`.
 * unauthorized, uninstalled, disconnected: nothing moves until the shop is connected again.
 */
export type SyncState = 'idle' | 'working' | 'waiting' | 'unauthorized' | 'uninstalled' | 'disconnected'

export type SyncStatus = {
  state: SyncState
  /** Why nothing moves and what to do; null where it moves. */
  problem: string | null
  problemAt: Date | null
  waitsUntil: Date | null
  jobs: (SyncJob & { secondsLeft: number | null; readyAt: Date | null })[]
  /** Codes that became live a second, over the last batches; null when none did for a minute. */
  codesPerSecond: number | null
  codesLeft: number
  /** Revoked codes that the shop may still have. */
  revokedLeft: number
  secondsLeft: number | null
  readyAt: Date | null
  /** Calls under way, and how many may be. */
  creations: number
  window: number
  points: { available: number; most: number; perSecond: number } | null
  use: StoreUse
}

/** How the sync of a Shopify store goes, for the screens and for support. */
export async function describeSync(db: Db, input: StoreKey & { now: Date }): Promise<SyncStatus> {
  const { now } = input
  const [sync, progress, under, use] = await Promise.all([
    selectSync(db, input),
    selectProgress(db, input),
    selectOutstanding(db, input),
    readStoreUse(db, input),
  ])
  const codesLeft = progress.jobs.reduce((sum, job) => sum + job.wanted - job.done, 0)
  const state = stateOf(
    progress.shopState,
    sync?.isBlocked ?? false,
    codesLeft + under.batches + progress.revokedLeft > 0,
  )
  const speed = state === 'working' ? progress.codesPerSecond : null
  const until = (codes: number) => (speed ? { secondsLeft: codes / speed, readyAt: later(now, codes / speed) } : NEVER)
  let before = 0
  const jobs = progress.jobs.map((job) => {
    before += job.wanted - job.done
    return { ...job, ...until(before) }
  })
  const isStill = state !== 'idle' && state !== 'working'
  return {
    state,
    problem: isStill ? problemOf(state, progress.shopReason ?? sync?.problem ?? null) : null,
    problemAt: isStill ? (sync?.problemAt ?? null) : null,
    waitsUntil: state === 'waiting' ? (sync?.blockedUntil ?? null) : null,
    jobs,
    codesPerSecond: speed,
    codesLeft,
    revokedLeft: progress.revokedLeft,
    ...until(codesLeft),
    creations: under.batches,
    window: Math.floor(sync?.creations ?? 1),
    points: progress.points,
    use: { ...use, limit: MAX_STORE_CODES },
  }
}

const NEVER = { secondsLeft: null, readyAt: null }

function later(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}

function stateOf(shop: string | null, isBlocked: boolean, hasWork: boolean): SyncState {
  if (shop === 'unauthorized' || shop === 'uninstalled') return shop
  if (shop !== 'connected') return 'disconnected'
  if (!hasWork) return 'idle'
  return isBlocked ? 'waiting' : 'working'
}

function problemOf(state: SyncState, reason: string | null): string {
  const words = reason ? `${reason} ` : ''
  switch (state) {
    case 'uninstalled':
      return `${words}The app was taken out of the shop. Install it again and connect the store.`
    case 'unauthorized':
      return `${words}Connect the store again; work then goes on by itself.`
    case 'disconnected':
      return `${words}The store is not connected to a shop. Connect it; work then goes on by itself.`
    default:
      return `${words}It is tried again by itself.`
  }
}

/** Stores for which a worker is to run the sync, of all accounts; at most 100. */
export async function listStoresToSync(db: Db, now: Date): Promise<{ accountId: string; id: string }[]> {
  const countedBefore = new Date(now.getTime() - COUNT_EVERY_MS)
  return await selectStoresToSync(db, { now, countedBefore, limit: 100 })
}

/** Tries a store again at once: it was connected anew. */
export async function unblockSync(db: Db, store: StoreKey): Promise<void> {
  await updateSyncUnblocked(db, store)
}
