import type { Random } from '../random.ts'

/**
 * What can go wrong with a request to the Admin API. "Before" means that the shop has done nothing, "after" that it has
 * done everything and only the answer is missing.
 */
export const FAULT_KINDS = [
  'http_429',
  'http_502',
  'http_502_after',
  'connection_reset',
  'reply_lost',
  'timeout',
  'timeout_after',
  'throttled',
  'internal_error',
  'slow',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** A fault that waits for requests. */
export interface Fault {
  kind: FaultKind
  /** Requests that it still hits. */
  times: number
  /** Requests that it lets through first. */
  skip: number
  /** Share of the remaining requests that it hits, 0 to 1. */
  probability: number
  /** Hits only documents that hold this text, such as a field's name; null hits all. */
  match: string | null
  /** For `slow` and the time-outs. */
  delayMs: number
  /** For `http_429`. */
  retryAfterSeconds: number
}

export interface FaultInput extends Partial<Fault> {
  kind: FaultKind
}

/** How long a time-out holds a connection unless told otherwise. */
const TIMEOUT_MS = 30_000

export function isFaultKind(text: unknown): text is FaultKind {
  return FAULT_KINDS.some((kind) => kind === text)
}

/** The faults that were asked for, in the order of asking; the first that fits a request is taken. */
export class FaultList {
  #faults: Fault[] = []
  #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  add(input: FaultInput): Fault {
    const delayMs = input.kind === 'slow' ? 1000 : TIMEOUT_MS
    const fault = { times: 1, skip: 0, probability: 1, match: null, delayMs, retryAfterSeconds: 2, ...input }
    this.#faults.push(fault)
    return fault
  }

  clear(): void {
    this.#faults = []
  }

  list(): readonly Fault[] {
    return this.#faults
  }

  /** The fault for a request with this document; undefined lets it through. */
  take(document: string): Fault | undefined {
    for (const fault of this.#faults) {
      if (fault.match !== null && !document.includes(fault.match)) continue
      if (fault.skip > 0) {
        fault.skip -= 1
        continue
      }
      if (fault.probability < 1 && this.#random() >= fault.probability) continue
      fault.times -= 1
      this.#faults = this.#faults.filter((other) => other.times > 0)
      return fault
    }
    return undefined
  }
}
