const SMALLEST = 1
/** Creations that are under way when nothing is known of a shop: while one is imported the next waits. */
export const FIRST_CREATIONS = 2
/** Most creations under way, whatever was measured: what stands in the shop's line delays whoever needs codes at once. */
const LARGEST = 64
/** What the shop does at least in the time until we notice that something is done, with a reserve, and two more: so its worker never idles. */
const RESERVE = 1.25
const SPARE = 2
/** A shortest time that is older than this, and than so many times itself, is measured anew: the shop may have become slower. */
const BEST_FOR_MS = 60_000
const BEST_FOR_TIMES = 20
const GROWTH = 1.25
/** What is left of the measured speed each round in which no batch was faster. */
const FADE = 0.9

export type Window = {
  /** How many creations may be under way, in all processes together. */
  creations: number
  /** Shortest time from a call to the moment at which its creation was seen to be done. */
  bestMs: number | null
  bestAgeMs: number | null
  batchesPerSecond: number
  /** Batches that the store has done. */
  delivered: number
}

/** A batch that was seen to be done: how long after its call, and how many the store had done when it was sent. */
export type Sample = { ms: number; deliveredBefore: number }

/**
 * The window after a look at which these batches were done.
 *
 * A shop works off creations one after another (or a few at a time): more of them under way do not make it faster, fewer leave it
 * idle. So as many are under way as it does in the shortest time to done plus the time between two looks. The speed is what was
 * delivered between the call of a batch and its end: it cannot be more than the shop's, however many wait. Where the shop is not what
 * limits, the speed grows with the window and the window with it.
 *
 * The shortest time is measured when hardly anything else is under way, else it would hold the wait behind our own batches: at the
 * beginning, and about once a minute, for which the window is narrow until such a batch is done. The shop has enough to do meanwhile.
 *
 * `fade`: what is left of the speed when none of these was faster; 1 for a look that came early, when few can be done.
 */
export function nextWindow(window: Window, samples: readonly Sample[], lookMs: number, fade = FADE): Window {
  const delivered = window.delivered + samples.length
  const { bestMs, bestAgeMs } = window
  if (bestMs !== null && (bestAgeMs ?? 0) > Math.max(BEST_FOR_MS, bestMs * BEST_FOR_TIMES)) {
    return { ...window, delivered, creations: SPARE, bestMs: null, bestAgeMs: null }
  }
  const alone = bestMs === null ? samples.filter((sample) => delivered - sample.deliveredBefore <= SPARE) : samples
  if (alone.length === 0) return { ...window, delivered, creations: Math.min(window.creations, SPARE) }
  const fastest = Math.min(...alone.map((sample) => sample.ms))
  const best = Math.min(bestMs ?? fastest, fastest)
  const speeds = samples.map(({ ms, deliveredBefore }) => ((delivered - deliveredBefore) * 1000) / Math.max(ms, 1))
  const batchesPerSecond = Math.max(window.batchesPerSecond * (bestMs === null ? 1 : fade), ...speeds)
  const needed = batchesPerSecond * ((best + lookMs) / 1000) * RESERVE + SPARE
  return {
    creations: Math.max(SMALLEST, Math.min(LARGEST, needed)),
    bestMs: best,
    bestAgeMs: bestMs === null ? 0 : bestAgeMs,
    batchesPerSecond,
    delivered,
  }
}

/** Whether a window has not found its size yet: the next look makes it larger still. */
export function isGrowing(before: Window, after: Window): boolean {
  return after.creations >= before.creations * GROWTH
}

/** The same where work waits for the look; while nothing is known, by how long the oldest is under way. */
export function lookHastily(knownMs: number, hastyMs: number, longestMs: number): number {
  return Math.min(longestMs, Math.max(hastyMs, knownMs / 4))
}

/** How long to wait between two looks at what is under way. */
export function lookEvery(bestMs: number | null, shortestMs: number, longestMs: number): number {
  return Math.min(longestMs, Math.max(shortestMs, (bestMs ?? 0) / 2))
}
