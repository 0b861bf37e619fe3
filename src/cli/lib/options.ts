import { InvalidArgumentError } from 'commander'
import { parseDurationSeconds } from './duration.ts'

// Readers of option values. What they throw is reported as a wrong use of the command (exit code 2).

/** A whole number from 1 on; `10,000` and `10_000` are taken too. */
export function readCount(text: string): number {
  const count = /^(\d+|\d{1,3}([,_]\d{3})+)$/.test(text) ? Number(text.replaceAll(/[,_]/g, '')) : 0
  if (count >= 1 && Number.isSafeInteger(count)) return count
  throw new InvalidArgumentError('Write a whole number such as 10000.')
}

/** `all` is null. */
export function readCycles(text: string): number | null {
  return text === 'all' ? null : readCount(text)
}

/** `123,456`; the ids themselves are looked at by the server. */
export function readIds(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim())
  if (!ids.includes('')) return ids
  throw new InvalidArgumentError('Write ids with commas between: 123,456.')
}

export function readDuration(text: string): number {
  const seconds = parseDurationSeconds(text)
  if (seconds !== undefined) return seconds
  throw new InvalidArgumentError('Write hours, days or weeks as 12h, 7d or 2w.')
}

/** An ISO moment in UTC. A day without a time is its first instant in UTC; a time needs its offset. */
export function readMoment(text: string): string {
  const isWhole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
  const moment = new Date(text)
  if (isWhole && !Number.isNaN(moment.getTime())) return moment.toISOString()
  throw new InvalidArgumentError('Write a moment with its offset as 2027-03-31T23:59:59+02:00, or a day as 2027-04-01.')
}
