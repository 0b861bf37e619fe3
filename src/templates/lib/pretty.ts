import { Incomparable, MAX_DEPTH } from './compare.ts'
import { represent } from './print.ts'
import { codePointLength, compareText, isSpace, splitLines } from './text.ts'
import { type Dict, entriesOf, isDict, Tuple } from './values.ts'

/** Longest line, as Python's pprint has it. */
const WIDTH = 80

/** Where a value begins, and how many closing brackets follow it on its last line. */
type Place = { indent: number; allowance: number; level: number }

/** A value as a list or dict would show it, with sorted keys, one item a line where a line would grow beyond 80 characters. */
export function printPretty(value: unknown): string {
  return format(sortKeys(value, 0), { indent: 0, allowance: 0, level: 1 })
}

function sortKeys(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new Incomparable('Data is nested too deep to print.')
  if (Array.isArray(value)) return value.map((item) => sortKeys(item, depth + 1))
  if (value instanceof Tuple) return new Tuple(value.items.map((item) => sortKeys(item, depth + 1)))
  if (!isDict(value)) return value
  const entries = entriesOf(value).toSorted(([a], [b]) => compareText(a, b))
  return new Map(entries.map(([key, item]) => [key, sortKeys(item, depth + 1)]))
}

function format(value: unknown, place: Place): string {
  const short = represent(value)
  if (codePointLength(short) <= WIDTH - place.indent - place.allowance) return short
  if (typeof value === 'string') return formatText(value, place)
  if (Array.isArray(value)) return `[${formatItems(value, place, 1)}]`
  if (value instanceof Tuple) {
    const end = value.items.length === 1 ? ',)' : ')'
    return `(${formatItems(value.items, place, end.length)}${end}`
  }
  return isDict(value) ? formatDict(value, place) : short
}

function formatItems(items: readonly unknown[], place: Place, closing: number): string {
  const indent = place.indent + 1
  const lines = items.map((item, i) => {
    const allowance = i === items.length - 1 ? place.allowance + closing : 1
    return format(item, { indent, allowance, level: place.level + 1 })
  })
  return lines.join(`,\n${' '.repeat(indent)}`)
}

function formatDict(dict: Dict, place: Place): string {
  const indent = place.indent + 1
  const entries = entriesOf(dict)
  const lines = entries.map(([key, item], i) => {
    const name = represent(key)
    const allowance = i === entries.length - 1 ? place.allowance + 1 : 1
    const start = indent + codePointLength(name) + 2
    return `${name}: ${format(item, { indent: start, allowance, level: place.level + 1 })}`
  })
  return `{${lines.join(`,\n${' '.repeat(indent)}`)}}`
}

/** A long text as several literals, cut at its own lines and then between words; in brackets where it stands alone. */
function formatText(text: string, place: Place): string {
  const isAlone = place.level === 1
  const indent = place.indent + (isAlone ? 1 : 0)
  const allowance = place.allowance + (isAlone ? 1 : 0)
  const lines = splitLines(text, true)
  const chunks = lines.flatMap((line, i) => {
    const last = i === lines.length - 1 ? allowance : 0
    return codePointLength(represent(line)) <= WIDTH - indent - last
      ? [represent(line)]
      : cutLine(line, WIDTH - indent, last)
  })
  if (chunks.length === 1) return represent(text)
  const body = chunks.join(`\n${' '.repeat(indent)}`)
  return isAlone ? `(${body})` : body
}

function cutLine(line: string, width: number, lastAllowance: number): string[] {
  const parts = splitAfterSpaces(line)
  const chunks: string[] = []
  let current = ''
  parts.forEach((part, i) => {
    const room = width - (i === parts.length - 1 ? lastAllowance : 0)
    if (codePointLength(represent(current + part)) <= room) {
      current += part
      return
    }
    if (current !== '') chunks.push(represent(current))
    current = part
  })
  if (current !== '') chunks.push(represent(current))
  return chunks
}

/** Words, each with the white space behind it. */
function splitAfterSpaces(line: string): string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 1; at <= line.length; at++) {
    const startsWord = at === line.length || (isSpace(line.charCodeAt(at - 1)) && !isSpace(line.charCodeAt(at)))
    if (!startsWord) continue
    parts.push(line.slice(start, at))
    start = at
  }
  return parts
}
