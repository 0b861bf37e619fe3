/**
 * The emulator's time: real time plus an offset that a person or a test can move, or a standstill.
 *
 * All times are milliseconds since 1970 in UTC. Tasks run in the order of their time; moving the clock forward runs at
 * once what became due.
 */
export interface Clock {
  now(): number
  /** Runs `task` when the clock reaches `atMs`; the returned function takes it back. */
  schedule(atMs: number, task: () => void): () => void
  /** Moves by `ms`. Moving back takes the waiting tasks along: they are as far away as before. */
  advance(ms: number): void
  set(atMs: number): void
  /** A frozen clock stands still until it is moved or thawed. */
  freeze(frozen: boolean): void
  isFrozen(): boolean
  /** Tasks that are waiting. */
  pending(): number
  stop(): void
}

interface Task {
  atMs: number
  order: number
  run: (() => void) | undefined
}

/** Longest delay that a Node timer takes. Source: Node documentation, setTimeout (2^31 - 1 ms). */
const MAX_TIMER_MS = 2_147_483_647

export function createClock(startMs?: number): Clock {
  return new MovableClock(startMs === undefined ? 0 : startMs - Date.now())
}

class MovableClock implements Clock {
  #offsetMs: number
  #frozenAtMs: number | undefined
  #tasks: Task[] = []
  #order = 0
  #timer: NodeJS.Timeout | undefined
  #running = false
  #stopped = false

  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs
  }

  now(): number {
    return this.#frozenAtMs ?? Date.now() + this.#offsetMs
  }

  schedule(atMs: number, run: () => void): () => void {
    const task: Task = { atMs, order: this.#order++, run }
    this.#tasks.splice(this.#position(task), 0, task)
    this.#arm()
    return () => {
      task.run = undefined
    }
  }

  advance(ms: number): void {
    this.set(this.now() + ms)
  }

  set(atMs: number): void {
    const moved = atMs - this.now()
    if (moved < 0) for (const task of this.#tasks) task.atMs += moved
    this.#offsetMs = atMs - Date.now()
    if (this.#frozenAtMs !== undefined) this.#frozenAtMs = atMs
    this.#runDue()
  }

  freeze(frozen: boolean): void {
    const now = this.now()
    this.#offsetMs = now - Date.now()
    this.#frozenAtMs = frozen ? now : undefined
    this.#arm()
  }

  isFrozen(): boolean {
    return this.#frozenAtMs !== undefined
  }

  pending(): number {
    return this.#tasks.filter((task) => task.run).length
  }

  stop(): void {
    this.#stopped = true
    this.#tasks = []
    clearTimeout(this.#timer)
  }

  /** First index whose task comes after `task`: tasks of one instant keep the order in which they were scheduled. */
  #position(task: Task): number {
    let low = 0
    let high = this.#tasks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#tasks[middle]
      if (other && (other.atMs < task.atMs || (other.atMs === task.atMs && other.order < task.order))) low = middle + 1
      else high = middle
    }
    return low
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const next = this.#tasks[0]
    if (!next || this.#stopped || this.#running) return
    const waitMs = next.atMs - this.now()
    if (this.#frozenAtMs !== undefined && waitMs > 0) return
    this.#timer = setTimeout(() => this.#runDue(), Math.min(Math.max(0, waitMs), MAX_TIMER_MS))
    this.#timer.unref()
  }

  #runDue(): void {
    if (this.#running) return
    this.#running = true
    try {
      for (let next = this.#tasks[0]; next && next.atMs <= this.now(); next = this.#tasks[0]) {
        this.#tasks.shift()
        next.run?.()
      }
    } finally {
      this.#running = false
      this.#arm()
    }
  }
}
