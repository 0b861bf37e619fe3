import { Incomparable, MAX_DEPTH } from './compare.ts'
import { isInteger, isNumeric, numberOf, printFloat } from './numbers.ts'
import { type Dict, DictView, entriesOf, Group, isDate, isDict, isNone, SafeText, Tuple } from './values.ts'

/** A value as text: what Python's str() gives. Dates in UTC, as `2026-11-22 10:05:09+00:00`. */
export function print(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof SafeText) return value.text
  if (isDate(value)) return printDate(value)
  return represent(value, 0)
}

function printDate(value: Date): string {
  const iso = value.toISOString()
  const ms = iso.slice(20, 23)
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${ms === '000' ? '' : `.${ms}000`}+00:00`
}

/** A value as Python's repr() gives it: `['a', None, 1]`, `{'k': 2.0}`. */
export function represent(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new Incomparable('Data is nested too deep to print.')
  if (typeof value === 'string') return quote(value)
  if (value instanceof SafeText) return quote(value.text)
  if (isNone(value)) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (isNumeric(value)) return isInteger(value) ? String(value) : printFloat(numberOf(value))
  if (Array.isArray(value)) return `[${representAll(value, depth)}]`
  if (value instanceof Group) {
    return `GroupedResult(grouper=${represent(value.grouper, depth + 1)}, list=${represent(value.list, depth + 1)})`
  }
  if (value instanceof Tuple) {
    return value.items.length === 1 ? `(${representAll(value.items, depth)},)` : `(${representAll(value.items, depth)})`
  }
  if (value instanceof DictView) return `dict_${value.kind}([${representAll(value.items, depth)}])`
  if (value instanceof Date) return isDate(value) ? representDate(value) : 'None'
  return isDict(value) ? representDict(value, depth) : 'None'
}

function representAll(items: readonly unknown[], depth: number): string {
  return items.map((item) => represent(item, depth + 1)).join(', ')
}

function representDict(dict: Dict, depth: number): string {
  const pairs = entriesOf(dict).map(([key, item]) => `${quote(key)}: ${represent(item, depth + 1)}`)
  return `{${pairs.join(', ')}}`
}

function representDate(value: Date): string {
  const parts = [value.getUTCFullYear(), value.getUTCMonth() + 1, value.getUTCDate()]
  parts.push(value.getUTCHours(), value.getUTCMinutes())
  const micros = value.getUTCMilliseconds() * 1000
  if (value.getUTCSeconds() > 0 || micros > 0) parts.push(value.getUTCSeconds())
  if (micros > 0) parts.push(micros)
  return `datetime.datetime(${parts.join(', ')}, tzinfo=<UTC>)`
}

const NAMED_ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const UNPRINTABLE = /[\\\n\r\t]|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

/** Text in quotes, double ones only where they save an escape; unprintable characters as \x, \u or \U. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(UNPRINTABLE, (char) => NAMED_ESCAPES[char] ?? escapeCode(char.codePointAt(0) ?? 0))
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark
}

function escapeCode(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}
