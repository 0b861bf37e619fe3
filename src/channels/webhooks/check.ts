import { createHash, timingSafeEqual } from 'node:crypto'
import type { WebhookRequest } from './provider-event.ts'

/** How far a signed time may be from ours: clocks differ, and a request that was overheard is worthless soon. */
const TOLERANCE_MS = 5 * 60_000

/** The one value of a header; empty where there is none or more than one. */
export function headerOf(request: WebhookRequest, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

/** Compares without telling by its time how much was right. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return expected !== '' && timingSafeEqual(digest(given), digest(expected))
}

export function isRecent(at: Date, now: Date, toleranceMs: number = TOLERANCE_MS): boolean {
  return Math.abs(now.getTime() - at.getTime()) <= toleranceMs
}

/** The moment that a provider names; `now` where it names none. */
export function momentOf(value: string | number | undefined, now: Date): Date {
  const at = new Date(typeof value === 'number' ? value * 1000 : (value ?? Number.NaN))
  return Number.isNaN(at.getTime()) ? now : at
}
