import type { Clock } from '../clock.ts'

export interface ThrottleStatus {
  maximumAvailable: number
  currentlyAvailable: number
  restoreRate: number
}

/** The points of one app in one shop: they flow in all the time and are taken before a document runs. */
export class Bucket {
  #clock: Clock
  #limits: () => { maximumAvailable: number; restoreRate: number }
  #available: number
  #at: number

  constructor(clock: Clock, limits: () => { maximumAvailable: number; restoreRate: number }) {
    this.#clock = clock
    this.#limits = limits
    this.#available = limits().maximumAvailable
    this.#at = clock.now()
  }

  status(): ThrottleStatus {
    this.#refill()
    return { ...this.#limits(), currentlyAvailable: Math.floor(this.#available) }
  }

  /** Takes the points if all of them are there. */
  take(points: number): boolean {
    this.#refill()
    if (points > this.#available) return false
    this.#available -= points
    return true
  }

  /** Gives back what a document did not use. */
  refund(points: number): void {
    this.#available = Math.min(this.#limits().maximumAvailable, this.#available + points)
  }

  /** Empties the bucket, as another client of the same app would. */
  drain(): void {
    this.#refill()
    this.#available = 0
  }

  #refill(): void {
    const now = this.#clock.now()
    const { maximumAvailable, restoreRate } = this.#limits()
    const restored = (Math.max(0, now - this.#at) / 1000) * restoreRate
    this.#available = Math.min(maximumAvailable, this.#available + restored)
    this.#at = now
  }
}
