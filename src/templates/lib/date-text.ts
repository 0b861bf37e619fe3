import { daysInMonth, formatTime, fromLocal, type LocalTime, monthName, toLocal, weekdayName } from './dates.ts'
import { isNumeric, numberOf } from './numbers.ts'
import { strip } from './text.ts'
import { textOf } from './values.ts'

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s?(Z|[-+]\d{2}:?\d{2})?)?$/
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/

/** Numbers from here on are milliseconds, below they are seconds since 1970. */
const FIRST_MILLISECONDS = 100_000_000_000

/**
 * The moment that a text (`2026-11-22`, `2026-11-22 10:05:09`, ISO 8601, `11/22/2026`) or a Unix time means; undefined for
 * anything else. Without an offset the text is a time in `zone`.
 */
export function parseDate(value: unknown, zone: string): Date | undefined {
  if (isNumeric(value)) {
    const number = numberOf(value)
    const moment = new Date(Math.abs(number) < FIRST_MILLISECONDS ? number * 1000 : number)
    return Number.isNaN(moment.getTime()) ? undefined : moment
  }
  const text = strip(textOf(value) ?? '')
  const american = AMERICAN.exec(text)
  if (american) return fromParts([american[3], american[1], american[2]].map(Number), undefined, zone)
  const iso = ISO.exec(text)
  return iso
    ? fromParts(
        iso.slice(1, 7).map((part) => Number(part ?? 0)),
        iso[7],
        zone,
      )
    : undefined
}

function fromParts(parts: number[], offset: string | undefined, zone: string): Date | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const time = { year, month, day, hour, minute, second }
  if (offset === undefined) return fromLocal(zone, time)
  return new Date(fromLocal('UTC', time).getTime() - offsetMinutes(offset) * 60_000)
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return offset.startsWith('-') ? -minutes : minutes
}

/** A moment, read in UTC, in the form that `example` has: with or without a time of day, with its mark of the zone. */
export function printDateLike(moment: Date, example: string): string {
  const time = toLocal(moment, 'UTC')
  if (AMERICAN.test(strip(example))) return formatTime(time, 'm/d/Y')
  const parts = ISO.exec(strip(example))
  if (!parts?.[4]) return formatTime(time, 'Y-m-d')
  const separator = strip(example).includes('T') ? '\\T' : ' '
  return formatTime(time, `Y-m-d${separator}H:i:s`) + (parts[7] === undefined ? '' : '+00:00')
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

/** Letters of `{% today %}`, those of C's strftime. */
const PERCENT_LETTERS: Record<string, (time: LocalTime) => string> = {
  a: (t) => weekdayName(t).slice(0, 3),
  A: weekdayName,
  b: (t) => monthName(t).slice(0, 3),
  B: monthName,
  d: (t) => pad(t.day),
  e: (t) => String(t.day).padStart(2),
  H: (t) => pad(t.hour),
  I: (t) => pad(t.hour % 12 || 12),
  j: (t) => pad(Number(formatTime(t, 'z')), 3),
  m: (t) => pad(t.month),
  M: (t) => pad(t.minute),
  p: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  S: (t) => pad(t.second),
  w: (t) => String(t.weekday),
  y: (t) => pad(t.year % 100),
  Y: (t) => String(t.year),
  '%': () => '%',
}

/** Writes a time by a format such as `%Y-%m-%d`; `%-d` leaves the leading zero off. An unknown letter stays. */
export function formatPercent(time: LocalTime, format: string): string {
  return format.replace(/%(-?)([a-zA-Z%])/g, (whole, minus: string, letter: string) => {
    const print = Object.hasOwn(PERCENT_LETTERS, letter) ? PERCENT_LETTERS[letter] : undefined
    if (!print) return whole
    return minus ? print(time).replace(/^[0 ](?=\d)/, '') : print(time)
  })
}
