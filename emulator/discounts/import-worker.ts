import type { BulkCreation } from '../shop/bulk-creation.ts'
import type { Shop } from '../shop/shop.ts'
import { importNextCode } from './bulk-add.ts'

/** The worker wakes this often and imports what the time since then allows. */
const STEP_MS = 50

/** Codes between two looks at other work when no rate is set. */
const UNLIMITED_STEP = 250

interface Queued {
  creation: BulkCreation
  /** Not started before this time. */
  from: number
}

/**
 * Imports the codes of bulk creations one creation after another, as Shopify's job of the shop does.
 *
 * The rate is `settings.codesPerSecond` on the emulator's clock, over any length of time: a late step imports more. A
 * creation starts `settings.jobDelayMs` after it was asked for, or when the one before it has ended. Without a rate (0)
 * the worker imports as fast as it can and lets requests through between its steps.
 */
export class ImportWorker {
  #shop: Shop
  #queue: Queued[] = []
  #head = 0
  /** Up to this time of the clock the worker's time is spent. */
  #spentUntil = 0
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(shop: Shop) {
    this.#shop = shop
  }

  /** Creations that wait or run. */
  waiting(): number {
    return this.#queue.length - this.#head
  }

  enqueue(creation: BulkCreation): void {
    const now = this.#shop.clock.now()
    const idle = this.waiting() === 0
    this.#queue.push({ creation, from: now + this.#shop.settings.jobDelayMs })
    if (idle) this.#restart(now)
  }

  /** Goes on after a setting changed. Time in which the worker stood still is not made up for. */
  wake(): void {
    this.#restart(this.#shop.clock.now())
  }

  /** Ends everything at once, whatever the rate. */
  finish(): void {
    while (this.waiting() > 0) this.#importOne()
    this.#schedule()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #restart(now: number): void {
    this.#spentUntil = Math.max(this.#spentUntil, now)
    this.#schedule()
  }

  #schedule(): void {
    this.#cancel?.()
    this.#cancel = undefined
    const { settings, clock } = this.#shop
    const next = this.#queue[this.#head]
    if (!next || settings.jobsPaused || this.#stopped) return
    this.#forgetFuture(next, clock.now() + settings.jobDelayMs + STEP_MS)
    const from = Math.max(next.from, this.#spentUntil)
    if (settings.codesPerSecond > 0) {
      this.#cancel = clock.schedule(from + STEP_MS, () => this.#step(from + STEP_MS))
    } else if (from > clock.now()) {
      this.#cancel = clock.schedule(from, () => this.#schedule())
    } else {
      const immediate = setImmediate(() => this.#rush())
      this.#cancel = () => clearImmediate(immediate)
    }
  }

  /** Times beyond any delay come from before the clock was moved back. */
  #forgetFuture(next: Queued, latest: number): void {
    next.from = Math.min(next.from, latest)
    this.#spentUntil = Math.min(this.#spentUntil, latest)
  }

  /** Imports what fits between the spent time and `until`; a rest that is too short for a code is kept. */
  #step(planned: number): void {
    const now = this.#shop.clock.now()
    const until = Math.min(planned, now)
    this.#spentUntil -= planned - until // the clock was moved back, and this step with it
    if (this.#shop.settings.codesPerSecond === 0) {
      this.#schedule()
      return
    }
    const msPerCode = 1000 / this.#shop.settings.codesPerSecond
    for (let next = this.#queue[this.#head]; next; next = this.#queue[this.#head]) {
      const start = Math.max(next.from, this.#spentUntil)
      if (start + msPerCode > until + 1e-6) break
      this.#spentUntil = start + msPerCode
      this.#importOne()
    }
    // slower than a code a step: the time is saved up until it is enough
    const next = this.#queue[this.#head]
    if (next) this.#forgetFuture(next, now + this.#shop.settings.jobDelayMs + STEP_MS)
    if (next && Math.max(next.from, this.#spentUntil) + msPerCode > until)
      this.#waitFor(Math.max(next.from, this.#spentUntil) + msPerCode)
    else this.#schedule()
  }

  #waitFor(at: number): void {
    const until = Math.max(at, this.#spentUntil + STEP_MS)
    this.#cancel = this.#shop.clock.schedule(until, () => this.#step(until))
  }

  #rush(): void {
    for (let imported = 0; imported < UNLIMITED_STEP && this.waiting() > 0; imported += 1) this.#importOne()
    this.#schedule()
  }

  #importOne(): void {
    const next = this.#queue[this.#head]
    if (!next) return
    importNextCode(this.#shop, next.creation)
    if (next.creation.done) this.#advance()
  }

  /** Drops what is done from time to time, not each time: the queue may hold thousands. */
  #advance(): void {
    this.#head += 1
    if (this.#head < 1000) return
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}
