import type { BulkCreation } from '../shop/bulk-creation.ts'
import type { Shop } from '../shop/shop.ts'
import { importNextCode } from './bulk-add.ts'

/** Longest step of the worker: it imports what a step's time allows and then lets other work through. */
const STEP_MS = 50

/** Most codes of one step, so that an unlimited rate does not hold up requests. */
const STEP_CODES = 250

/**
 * Imports the codes of bulk creations one creation after another, as Shopify's job of the shop does.
 *
 * The rate is `settings.codesPerSecond` on the emulator's clock; a creation starts `settings.jobDelayMs` after it was
 * asked for, or when the one before it has ended.
 */
export class ImportWorker {
  #shop: Shop
  #queue: BulkCreation[] = []
  #head = 0
  #readyAt = 0
  #cancel: (() => void) | undefined

  constructor(shop: Shop) {
    this.#shop = shop
  }

  /** Creations that wait or run. */
  waiting(): number {
    return this.#queue.length - this.#head
  }

  enqueue(creation: BulkCreation): void {
    const idle = this.waiting() === 0
    this.#queue.push(creation)
    if (!idle) return
    this.#readyAt = this.#shop.clock.now() + this.#shop.settings.jobDelayMs
    this.wake()
  }

  /** Looks at the queue again after a setting changed. */
  wake(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.waiting() === 0 || this.#shop.settings.jobsPaused) return
    const at = Math.max(this.#readyAt, this.#shop.clock.now())
    this.#cancel = this.#shop.clock.schedule(at, () => this.#step())
  }

  /** Ends everything at once, whatever the rate. */
  finish(): void {
    while (this.#importOne());
    this.wake()
  }

  #step(): void {
    const { codesPerSecond, jobDelayMs } = this.#shop.settings
    const now = this.#shop.clock.now()
    const before = this.#queue[this.#head]
    const allowed = codesPerSecond > 0 ? Math.max(1, Math.floor((codesPerSecond * STEP_MS) / 1000)) : STEP_CODES
    let imported = 0
    while (imported < Math.min(allowed, STEP_CODES) && this.#queue[this.#head] === before && this.#importOne())
      imported += 1
    const spentMs = codesPerSecond > 0 ? (imported / codesPerSecond) * 1000 : 0
    const next = this.#queue[this.#head]
    // time that the timer was late is given back, so that the rate holds over many steps
    const started = Math.max(this.#readyAt, now - STEP_MS * 4)
    this.#readyAt = started + spentMs
    if (next && next !== before) this.#readyAt = Math.max(this.#readyAt, next.createdAt + jobDelayMs)
    this.wake()
  }

  /** False when nothing waits. */
  #importOne(): boolean {
    const creation = this.#queue[this.#head]
    if (!creation) return false
    importNextCode(this.#shop, creation)
    if (creation.done) this.#advance()
    return this.waiting() > 0
  }

  #advance(): void {
    this.#head += 1
    if (this.#head < 1000) return
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}
