import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { isTrue } from '../lib/compare.ts'
import { formatNoDate, formatTime, formatTimeOfDay, isLeapYear, toLocal } from '../lib/dates.ts'
import { print } from '../lib/print.ts'
import { isDate, isNone, textOf } from '../lib/values.ts'
import type { Runtime } from '../runtime.ts'

function readFormat(argument: unknown, standard: string): string {
  return isNone(argument) || print(argument) === '' ? standard : print(argument)
}

/** A date by a format; what is no date-time, also a text that looks like one, fills no letter. */
function date(value: unknown, argument: unknown, runtime: Runtime): string {
  if (!isDate(value)) return formatOther(value, readFormat(argument, 'DATE_FORMAT'), 'date')
  return formatTime(toLocal(value, runtime.env.timeZone), readFormat(argument, 'DATE_FORMAT'))
}

function time(value: unknown, argument: unknown, runtime: Runtime): string {
  if (!isDate(value)) return formatOther(value, readFormat(argument, 'TIME_FORMAT'), 'time')
  return formatTimeOfDay(toLocal(value, runtime.env.timeZone), readFormat(argument, 'TIME_FORMAT')) ?? ''
}

function formatOther(value: unknown, format: string, kind: 'date' | 'time'): string {
  return isNone(value) || textOf(value) === '' ? '' : (formatNoDate(format, kind) ?? '')
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** The time between two moments in its two largest units; leap days are left out. */
function printSpan(from: Date, to: Date): string {
  const seconds = Math.floor((to.getTime() - from.getTime()) / 1000) - leapDays(from, to) * 86_400
  const start = UNITS.findIndex(([, size]) => seconds >= size)
  if (seconds <= 0 || start < 0) return '0\u00a0minutes'
  const parts: string[] = []
  let rest = seconds
  for (const [name, size] of UNITS.slice(start, start + 2)) {
    const count = Math.floor(rest / size)
    if (count === 0) break
    parts.push(`${count}\u00a0${name}${count === 1 ? '' : 's'}`)
    rest -= count * size
  }
  return parts.join(', ')
}

function leapDays(from: Date, to: Date): number {
  const [first, last] = [from.getUTCFullYear(), to.getUTCFullYear()]
  const before = (year: number) => Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
  const days = before(last - 1) - before(first - 1)
  if (days === 0) return 0
  if (isLeapYear(first)) return days - 1
  return isLeapYear(last) ? days + 1 : days
}

function span(filter: 'timesince' | 'timeuntil') {
  return (value: unknown, argument: unknown, runtime: Runtime): string => {
    if (!isTrue(value)) return ''
    const other = isTrue(argument) ? argument : runtime.env.now
    if (!isDate(value) || !isDate(other)) throw valueFault(`The filter "${filter}" needs a date.`)
    return filter === 'timesince' ? printSpan(value, other) : printSpan(other, value)
  }
}

export const DATE_FILTERS: FilterTable = {
  date: { argument: 'optional', apply: date },
  time: { argument: 'optional', apply: time },
  timesince: { argument: 'optional', apply: span('timesince') },
  timeuntil: { argument: 'optional', apply: span('timeuntil') },
}
