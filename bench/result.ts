import { arch, cpus, platform, totalmem } from 'node:os'
import type { Database } from '../src/db/database.ts'

export type Bar = { metric: string; value: number; bar: number; met: boolean }
export type BenchResult = {
  name: string
  machine: Record<string, unknown>
  results: Record<string, unknown>
  bars: Bar[]
}
export type BenchOptions = {
  /** A migrated, empty database. */
  database: Database
  /** Small sizes, to see that it runs; its figures mean nothing. */
  quick: boolean
}

export function describeMachine(database?: Database): Record<string, unknown> {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    node: process.version,
    ...(database ? { database: database.kind } : {}),
  }
}

export function atLeast(metric: string, value: number, bar: number): Bar {
  return { metric, value: round(value), bar, met: value >= bar }
}

export function atMost(metric: string, value: number, bar: number): Bar {
  return { metric, value: round(value), bar, met: value <= bar }
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Runs `work(i)` for i = 0 … count - 1 with `concurrency` callers at once. Seconds, calls per second, latencies in ms. */
export async function measureCalls(
  count: number,
  concurrency: number,
  work: (i: number) => Promise<unknown>,
): Promise<{ seconds: number; perSecond: number; p50Ms: number; p95Ms: number; p99Ms: number }> {
  const latencies: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        const i = next
        next += 1
        const started = performance.now()
        await work(i)
        latencies.push(performance.now() - started)
      }
    }),
  )
  const seconds = (performance.now() - began) / 1000
  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0)
  return {
    seconds: round(seconds),
    perSecond: Math.round(count / seconds),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  }
}
