import { IANAZone } from 'luxon'

/** A moment as a wall clock in one zone shows it. `weekday` counts from Sunday = 0, `month` from 1. */
export type LocalTime = {
  moment: Date
  zone: string
  offsetMinutes: number
  year: number
  month: number
  day: number
  weekday: number
  hour: number
  minute: number
  second: number
  millisecond: number
}

/** An unknown zone counts as UTC. */
export function toLocal(moment: Date, zone: string): LocalTime {
  const known = zone === 'UTC' || IANAZone.create(zone).isValid ? zone : 'UTC'
  const offsetMinutes = offsetAt(moment.getTime(), known)
  const wall = new Date(moment.getTime() + offsetMinutes * 60_000)
  return {
    moment,
    zone: known,
    offsetMinutes,
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    weekday: wall.getUTCDay(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
    millisecond: wall.getUTCMilliseconds(),
  }
}

function offsetAt(ms: number, zone: string): number {
  if (zone === 'UTC') return 0
  const offset = IANAZone.create(zone).offset(ms)
  return Number.isNaN(offset) ? 0 : offset
}

/** The moment at which clocks in `zone` show this time; `month` from 1. A time that a clock change skips moves later. */
export function fromLocal(
  zone: string,
  parts: { year: number; month: number; day: number; hour?: number; minute?: number; second?: number },
): Date {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = parts
  const wall = new Date(0)
  wall.setUTCFullYear(year, month - 1, day)
  wall.setUTCHours(hour, minute, second, 0)
  const guess = wall.getTime() - offsetAt(wall.getTime(), zone) * 60_000
  return new Date(wall.getTime() - offsetAt(guess, zone) * 60_000)
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
/** Months as newspapers shorten them. */
const SHORT_MONTHS = ['Jan.', 'Feb.', 'March', 'April', 'May', 'June', 'July', 'Aug.', 'Sept.', 'Oct.', 'Nov.', 'Dec.']

export function weekdayName(time: LocalTime): string {
  return WEEKDAYS[time.weekday] ?? ''
}

export function monthName(time: LocalTime): string {
  return MONTHS[time.month - 1] ?? ''
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')
const twelve = (time: LocalTime) => time.hour % 12 || 12

/** Hours and minutes of an offset, as +0230 or with a colon. */
function printOffset(time: LocalTime, separator: string): string {
  const minutes = Math.abs(time.offsetMinutes)
  return `${time.offsetMinutes < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60))}${separator}${pad(minutes % 60)}`
}

function clock(time: LocalTime): string {
  return time.minute === 0 ? String(twelve(time)) : `${twelve(time)}:${pad(time.minute)}`
}

function spokenTime(time: LocalTime): string {
  if (time.minute === 0 && time.hour === 0) return 'midnight'
  if (time.minute === 0 && time.hour === 12) return 'noon'
  return `${clock(time)} ${time.hour < 12 ? 'a.m.' : 'p.m.'}`
}

type Letter = (time: LocalTime) => string

/** Letters that ask for the time of day only: all that the filter `time` knows. */
const TIME_LETTERS: Record<string, Letter> = {
  a: (t) => (t.hour < 12 ? 'a.m.' : 'p.m.'),
  A: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  e: zoneName,
  f: clock,
  g: (t) => String(twelve(t)),
  G: (t) => String(t.hour),
  h: (t) => pad(twelve(t)),
  H: (t) => pad(t.hour),
  i: (t) => pad(t.minute),
  O: (t) => printOffset(t, ''),
  P: spokenTime,
  s: (t) => pad(t.second),
  T: zoneName,
  u: (t) => pad(t.millisecond * 1000, 6),
  Z: (t) => String(t.offsetMinutes * 60),
}

const DATE_LETTERS: Record<string, Letter> = {
  ...TIME_LETTERS,
  b: (t) => monthName(t).slice(0, 3).toLowerCase(),
  c: isoFormat,
  d: (t) => pad(t.day),
  D: (t) => weekdayName(t).slice(0, 3),
  E: monthName,
  F: monthName,
  I: (t) => (isSummerTime(t) ? '1' : '0'),
  j: (t) => String(t.day),
  l: weekdayName,
  L: (t) => (isLeapYear(t.year) ? 'True' : 'False'),
  m: (t) => pad(t.month),
  M: (t) => monthName(t).slice(0, 3),
  n: (t) => String(t.month),
  N: (t) => SHORT_MONTHS[t.month - 1] ?? '',
  o: (t) => String(isoWeek(t).year),
  r: (t) =>
    `${weekdayName(t).slice(0, 3)}, ${pad(t.day)} ${monthName(t).slice(0, 3)} ${pad(t.year, 4)} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)} ${printOffset(t, '')}`,
  S: (t) => ordinalSuffix(t.day),
  t: (t) => String(daysInMonth(t.year, t.month)),
  U: (t) => String(Math.floor(t.moment.getTime() / 1000)),
  w: (t) => String(t.weekday),
  W: (t) => String(isoWeek(t).week),
  y: (t) => pad(t.year % 100),
  Y: (t) => String(t.year),
  z: (t) => String(dayOfYear(t)),
}

/** The formats that have a name, in English. */
const NAMED_FORMATS: Record<string, string> = {
  DATE_FORMAT: 'N j, Y',
  DATETIME_FORMAT: 'N j, Y, P',
  TIME_FORMAT: 'P',
  YEAR_MONTH_FORMAT: 'F Y',
  MONTH_DAY_FORMAT: 'F j',
  SHORT_DATE_FORMAT: 'm/d/Y',
  SHORT_DATETIME_FORMAT: 'm/d/Y P',
  FIRST_DAY_OF_WEEK: '0',
  DECIMAL_SEPARATOR: '.',
  THOUSAND_SEPARATOR: ',',
  NUMBER_GROUPING: '0',
}

/** Writes a time by a format of letters or a format's name; a backslash makes a letter stand for itself. */
export function formatTime(time: LocalTime, format: string): string {
  return fillFormat(time, format, DATE_LETTERS) ?? ''
}

/** The same for the time of day; undefined when the format asks for the date. */
export function formatTimeOfDay(time: LocalTime, format: string): string | undefined {
  return fillFormat(time, format, TIME_LETTERS)
}

/** Letters that are empty for what has no time zone. */
const ZONE_LETTERS: Record<string, Letter> = { e: () => '', O: () => '', T: () => '', Z: () => '' }

const ZONE_DATE_LETTERS: Record<string, Letter> = { ...ZONE_LETTERS, I: () => '' }

/**
 * A format filled for a value that is no date: what asks for no part of a date stays, such as escaped letters. undefined
 * when a letter asks for a part.
 */
export function formatNoDate(format: string, kind: 'date' | 'time'): string | undefined {
  return fillFormat(NO_TIME, format, kind === 'date' ? ZONE_DATE_LETTERS : ZONE_LETTERS)
}

const NO_TIME = toLocal(new Date(0), 'UTC')

function fillFormat(time: LocalTime, format: string, letters: Record<string, Letter>): string | undefined {
  const pattern = Object.hasOwn(NAMED_FORMATS, format) ? (NAMED_FORMATS[format] ?? '') : format
  let result = ''
  let literal = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i)
    if (!Object.hasOwn(DATE_LETTERS, char) || pattern.charAt(i - 1) === '\\') {
      literal += char
      continue
    }
    const letter = letters[char]
    if (!letter) return undefined
    result += literal.replace(/\\([^\n])/g, '$1') + letter(time)
    literal = ''
  }
  return result + literal.replace(/\\([^\n])/g, '$1')
}

function isoFormat(t: LocalTime): string {
  const date = `${pad(t.year, 4)}-${pad(t.month)}-${pad(t.day)}`
  const fraction = t.millisecond === 0 ? '' : `.${pad(t.millisecond * 1000, 6)}`
  return `${date}T${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}${fraction}${printOffset(t, ':')}`
}

function ordinalSuffix(day: number): string {
  if (day >= 11 && day <= 13) return 'th'
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

function dayOfYear(t: LocalTime): number {
  let days = t.day
  for (let month = 1; month < t.month; month++) days += daysInMonth(t.year, month)
  return days
}

/** ISO 8601's week: it begins on Monday and belongs to the year of its Thursday. */
function isoWeek(t: LocalTime): { year: number; week: number } {
  const weekday = t.weekday || 7
  const week = Math.floor((dayOfYear(t) - weekday + 10) / 7)
  if (week < 1) return { year: t.year - 1, week: weeksIn(t.year - 1) }
  if (week > weeksIn(t.year)) return { year: t.year + 1, week: 1 }
  return { year: t.year, week }
}

function weeksIn(year: number): number {
  const lastDay = (y: number) => (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)) % 7
  return lastDay(year) === 4 || lastDay(year - 1) === 3 ? 53 : 52
}

function isSummerTime(t: LocalTime): boolean {
  const january = offsetAt(Date.UTC(t.year, 0, 1), t.zone)
  const july = offsetAt(Date.UTC(t.year, 6, 1), t.zone)
  return january !== july && t.offsetMinutes === Math.max(january, july)
}

/** English locales of which each knows the short names of its own part of the world. */
const NAMING_LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-IN', 'en-NZ', 'en-ZA']

/** The zone's short name (CET, EST) where one is known, else its offset as +03 or +0530. */
function zoneName(t: LocalTime): string {
  if (t.zone === 'UTC') return 'UTC'
  for (const locale of NAMING_LOCALES) {
    const format = new Intl.DateTimeFormat(locale, { timeZone: t.zone, timeZoneName: 'short' })
    const name = format.formatToParts(t.moment).find((part) => part.type === 'timeZoneName')?.value
    if (name && !/[-+]/.test(name)) return name
  }
  const offset = printOffset(t, '')
  return offset.endsWith('00') ? offset.slice(0, 3) : offset
}
