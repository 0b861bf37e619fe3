import { createHash } from 'node:crypto'
import type { FilterTable } from '../expression.ts'
import { parseIntegerValue } from '../lib/coerce.ts'
import { compareValues, Incomparable, isEqual, isTrue, itemsOf } from '../lib/compare.ts'
import { parseDate, printDateLike } from '../lib/date-text.ts'
import { isNumeric, numberOf } from '../lib/numbers.ts'
import { print } from '../lib/print.ts'
import { codePointLength, strip, stripEnd, stripStart, trimEndOf } from '../lib/text.ts'
import { callTextMethod } from '../lib/text-methods.ts'
import { hasKey, isDate, isDict, isNone, textOf, valueAt } from '../lib/values.ts'
import { holdable } from '../lookup.ts'
import type { Runtime } from '../runtime.ts'
import { requireInteger } from './value.ts'

/** A property by a name that need not be a word; empty when there is none. Methods and prototypes do not exist here. */
function lookup(value: unknown, argument: unknown): unknown {
  const name = print(argument)
  if (isDict(value)) {
    const property = hasKey(value, name) ? holdable(valueAt(value, name)) : undefined
    return property === undefined ? '' : property
  }
  const index = Array.isArray(value) ? parseIntegerValue(argument) : undefined
  if (index === undefined) return ''
  const item = holdable((value as unknown[]).at(Number(index)))
  return item === undefined ? '' : item
}

function map(value: unknown, argument: unknown, runtime: Runtime): unknown {
  const items = itemsOf(value)
  if (!items) return ''
  runtime.spend(items.length)
  return items.map((item) => lookup(item, argument))
}

/** Each value once, in order of its first appearance. */
function uniq(value: unknown, _argument: unknown, runtime: Runtime): unknown {
  const items = itemsOf(value)
  if (!items) return ''
  const seen = new Set<string>()
  const kept: unknown[] = []
  for (const item of items) {
    const text = textOf(item)
    if (text !== undefined ? seen.has(text) : isKept(item, kept, runtime)) continue
    if (text !== undefined) seen.add(text)
    kept.push(item)
  }
  return kept
}

function isKept(item: unknown, kept: unknown[], runtime: Runtime): boolean {
  runtime.spend(1 + kept.length)
  return kept.some((other) => isEqual(item, other))
}

/** Items in order, or by a property; items that cannot be compared stay as they are. */
function sort(value: unknown, argument: unknown, runtime: Runtime): unknown {
  const items = itemsOf(value)
  if (!items) return ''
  runtime.spend(items.length * 4)
  const keyOf = (item: unknown) => (argument === undefined ? item : lookup(item, argument))
  try {
    return items.toSorted((a, b) => compareValues(keyOf(a), keyOf(b)))
  } catch (error) {
    if (error instanceof Incomparable) return [...items]
    throw error
  }
}

function reverse(value: unknown): unknown {
  return itemsOf(value)?.toReversed() ?? ''
}

/** Two texts or two lists as one. */
function concat(value: unknown, argument: unknown, runtime: Runtime): unknown {
  if (!Array.isArray(value) || !Array.isArray(argument)) return print(value) + print(argument)
  if (value.length + argument.length > runtime.env.limits.loopLength) runtime.refuse('A list becomes too long.')
  return [...value, ...argument]
}

function split(value: string, argument: unknown, runtime: Runtime): unknown {
  const separator = argument === undefined ? '' : print(argument)
  const parts = separator === '' ? (callTextMethod(value, 'split') as string[]) : value.split(separator)
  if (parts.length > runtime.env.limits.loopLength) runtime.refuse('A list becomes too long.')
  return parts
}

/** A text as a date-time, so that `date` can write it; empty when it is none. A text without a zone is local. */
function formatDateString(value: unknown, _argument: unknown, runtime: Runtime): unknown {
  return isDate(value) ? value : (parseDate(value, runtime.env.timeZone) ?? '')
}

const DAY_MS = 86_400_000

/** A date so many days on, as a text of the same form, or as a date-time if it was one. */
function daysLater(value: unknown, argument: unknown): unknown {
  const days = requireInteger(argument, 'days_later')
  const start = isDate(value) ? value : parseDate(value, 'UTC')
  const end = start && new Date(start.getTime() + days * DAY_MS)
  if (!isDate(end)) return ''
  return isDate(value) ? end : printDateLike(end, print(value))
}

function elapsed(unitMs: number) {
  return (value: unknown, _argument: unknown, runtime: Runtime): unknown => {
    const start = isDate(value) ? value : parseDate(value, runtime.env.timeZone)
    return start ? Math.trunc((runtime.env.now.getTime() - start.getTime()) / unitMs) : ''
  }
}

const hash = (algorithm: string) => (value: string) => createHash(algorithm).update(value).digest('hex')

const encode = (form: 'base64' | 'base64url') => (value: string) => Buffer.from(value).toString(form)
const decode = (form: 'base64' | 'base64url') => (value: string) => Buffer.from(value, form).toString('utf8')

const text = (
  apply: (value: string, argument: unknown, runtime: Runtime) => unknown,
  argument: 'none' | 'required' = 'none',
) => ({
  argument,
  text: true as const,
  apply,
})

/** Klaviyo's filters on texts, lists and dates. Source: developers.klaviyo.com/en/docs/glossary_of_variable_filters. */
export const KLAVIYO_FILTERS: FilterTable = {
  append: text((value, argument) => value + print(argument), 'required'),
  prepend: text((value, argument) => print(argument) + value, 'required'),
  base64_decode: text(decode('base64')),
  base64_encode: text(encode('base64')),
  base64_url_safe_decode: text(decode('base64url')),
  base64_url_safe_encode: text(encode('base64url')),
  capitalize: text((value) => callTextMethod(value, 'capitalize')),
  compact: {
    argument: 'none',
    apply: (value: unknown) => itemsOf(value)?.filter((item) => !isNone(item) && item !== '') ?? '',
  },
  concat: { argument: 'required', apply: concat },
  count: {
    argument: 'none',
    apply: (value: unknown) =>
      itemsOf(value)?.length ?? (isNumeric(value) ? codePointLength(print(numberOf(value))) : 0),
  },
  days_later: { argument: 'required', apply: daysLater },
  days_since: { argument: 'none', apply: elapsed(DAY_MS) },
  format_date_string: { argument: 'none', apply: formatDateString },
  lookup: { argument: 'required', apply: lookup },
  lstrip: text(stripStart),
  map: { argument: 'required', apply: map },
  md5_hash: text(hash('md5')),
  missing_product_image: { argument: 'none', apply: (value: unknown) => (isTrue(value) ? value : '') },
  reverse: { argument: 'none', apply: reverse },
  rstrip: text(stripEnd),
  sha_1: text(hash('sha1')),
  sha_256: text(hash('sha256')),
  sort: { argument: 'optional', apply: sort },
  split: { argument: 'optional', text: true, apply: split },
  strip: text(strip),
  trim_slash: text((value) => trimEndOf(value, '/')),
  uniq: { argument: 'none', apply: uniq },
  weeks_since: { argument: 'none', apply: elapsed(7 * DAY_MS) },
}
