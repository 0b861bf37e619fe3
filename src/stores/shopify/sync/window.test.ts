import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookEvery, nextWindow, type Sample, type Window } from './window.ts'

const LOOK_MS = 500
const START: Window = { creations: 1, bestMs: null, bestAgeMs: null, batchesPerSecond: 0, delivered: 0 }

type Shop = { batchesPerSecond: number; delayMs: number; workers: number }

/** Lets a shop work off creations for `seconds`, looked at every half second; the windows and the share of time that it was busy. */
function simulate(shop: Shop, seconds: number, from: Window = START): { windows: Window[]; done: number } {
  let window = from
  const windows: Window[] = []
  const underWay: { sentAt: number; doneAt: number; before: number }[] = []
  const freeAt = Array.from({ length: shop.workers }, () => 0)
  let done = 0
  for (let now = 0; now < seconds * 1000; now += LOOK_MS) {
    const ended = underWay.filter((one) => one.doneAt <= now)
    done += ended.length
    for (const one of ended) underWay.splice(underWay.indexOf(one), 1)
    const samples: Sample[] = ended.map((one) => ({ ms: now - one.sentAt, deliveredBefore: one.before }))
    if (samples.length > 0) window = nextWindow(window, samples, LOOK_MS)
    window = { ...window, bestAgeMs: window.bestAgeMs === null ? null : window.bestAgeMs + LOOK_MS }
    windows.push(window)
    while (underWay.length < Math.floor(window.creations)) {
      const nth = freeAt.indexOf(Math.min(...freeAt))
      const doneAt = Math.max(now + shop.delayMs, freeAt[nth] ?? 0) + (1000 * shop.workers) / shop.batchesPerSecond
      freeAt[nth] = doneAt
      underWay.push({ sentAt: now, doneAt, before: window.delivered })
    }
  }
  return { windows, done }
}

test('a shop that works off one creation after another is never idle, and no long line stands before it', () => {
  for (const batchesPerSecond of [0.05, 0.5, 2, 8, 20]) {
    const seconds = Math.max(60, 40 / batchesPerSecond)
    const { windows, done } = simulate({ batchesPerSecond, delayMs: 200, workers: 1 }, seconds)
    assert.ok(
      done >= 0.93 * batchesPerSecond * (seconds - 3) - 1,
      `${batchesPerSecond} a second: ${done} in ${seconds} s`,
    )
    const last = windows.at(-1)?.creations ?? 0
    const needed = batchesPerSecond * (0.2 + 1 / batchesPerSecond + 2 * (LOOK_MS / 1000))
    assert.ok(last <= 2 * needed + 8, `${batchesPerSecond} a second: ${last} under way`)
  }
})

test('a shop that works off several at a time gets as many', () => {
  const { done } = simulate({ batchesPerSecond: 10, delayMs: 100, workers: 10 }, 60)
  assert.ok(done >= 0.9 * 10 * 57, `${done} of ${600}`)
})

test('a shop that becomes slow has fewer under way some minutes later', () => {
  const fast = simulate({ batchesPerSecond: 20, delayMs: 200, workers: 1 }, 30).windows.at(-1) ?? START
  const slow = simulate({ batchesPerSecond: 0.5, delayMs: 200, workers: 1 }, 300, fast).windows.at(-1) ?? START
  assert.ok(slow.creations < fast.creations / 2, `${fast.creations} then ${slow.creations}`)
})

test('looks come at half the shortest time, within bounds', () => {
  assert.deepEqual(
    [null, 100, 3000, 60_000].map((best) => lookEvery(best, 500, 5000)),
    [500, 500, 1500, 5000],
  )
})
