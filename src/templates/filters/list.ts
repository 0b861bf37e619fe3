import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { parseFloatValue, parseIntegerValue } from '../lib/coerce.ts'
import { compareValues, Incomparable, isTrue, itemsOf } from '../lib/compare.ts'
import { isInteger, isNumeric } from '../lib/numbers.ts'
import { print } from '../lib/print.ts'
import { codePoints, escapeHtml } from '../lib/text.ts'
import { isDict, SafeText, Tuple, textOf } from '../lib/values.ts'
import { lookUp } from '../lookup.ts'
import type { Runtime } from '../runtime.ts'

/** The items of what can be indexed: a list, a tuple, the characters of a text. */
function sequenceOf(value: unknown): readonly unknown[] | undefined {
  const text = textOf(value)
  if (text !== undefined) return codePoints(text)
  if (Array.isArray(value)) return value
  return value instanceof Tuple ? value.items : undefined
}

function pick(filter: 'first' | 'last') {
  return (value: unknown): unknown => {
    const items = sequenceOf(value)
    if (!items) throw valueFault(`The filter "${filter}" needs a list or a text.`)
    if (items.length === 0) return ''
    const item = items.at(filter === 'first' ? 0 : -1)
    return item === undefined ? null : item
  }
}

/** Items with a text between, each escaped by itself while escaping is on; what has no items comes back as it is. */
function join(value: unknown, argument: unknown, runtime: Runtime): unknown {
  const items = itemsOf(value)
  if (!items) return value
  const separator = argument instanceof SafeText ? argument.text : escapeHtml(print(argument))
  if (!runtime.autoescape && items.some((item) => textOf(item) === undefined)) return value
  runtime.spend(items.length)
  const texts = items.map((item) => {
    if (item instanceof SafeText) return item.text
    return runtime.autoescape ? escapeHtml(print(item)) : print(item)
  })
  return new SafeText(texts.join(separator))
}

/** Python's slice: `start:stop:step`, each may be missing or negative. A single number is a stop. */
function slice(value: unknown, argument: unknown): unknown {
  const items = sequenceOf(value)
  if (!items) return value
  const bounds: (number | undefined)[] = []
  for (const part of print(argument).split(':')) {
    const bound = part === '' ? undefined : parseIntegerValue(part)
    if (part !== '' && bound === undefined) return value
    bounds.push(bound === undefined ? undefined : Number(bound))
  }
  const [start, stop, step = 1] = bounds.length === 1 ? [undefined, bounds[0]] : bounds
  if (bounds.length > 3 || step === 0) return value
  const kept = takeSlice(items, start, stop, step)
  if (textOf(value) !== undefined) return kept.join('')
  return value instanceof Tuple ? new Tuple(kept) : kept
}

function takeSlice(
  items: readonly unknown[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): unknown[] {
  const { length } = items
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1]
  const bound = (given: number | undefined, missing: number) =>
    given === undefined ? missing : Math.min(Math.max(given < 0 ? given + length : given, low), high)
  const from = bound(start, step > 0 ? low : high)
  const to = bound(stop, step > 0 ? high : low)
  if (step === 1) return items.slice(from, to)
  const kept: unknown[] = []
  for (let i = from; step > 0 ? i < to : i > to; i += step) kept.push(items[i])
  return kept
}

/** Marks an item that has no such property: then nothing is sorted. */
const UNSORTABLE = Symbol('unsortable')

type PropertyReader = (item: unknown) => unknown

/** Reads a property by a dotted path, or a part by its number, from each item; undefined when the argument is neither. */
function propertyReader(argument: unknown): PropertyReader | undefined {
  if (parseFloatValue(argument) !== undefined) {
    const index = isNumeric(argument) && isInteger(argument) ? Number(argument) : undefined
    return (item) => partOf(item, index)
  }
  const path = textOf(argument)
  if (path === undefined) return undefined
  if (path === '') throw valueFault('A list is sorted by the name of a property.')
  if (path.startsWith('_') || path.includes('._')) return undefined
  const names = path.split('.')
  return (item) => {
    let value: unknown = item
    for (const name of names) {
      value = isDict(value) ? lookUp(value, name) : undefined
      if (value === undefined) return UNSORTABLE
    }
    return value
  }
}

function partOf(item: unknown, index: number | undefined): unknown {
  const parts = index === undefined ? undefined : sequenceOf(item)
  const length = parts?.length ?? 0
  const isOutside = index !== undefined && (index >= length || index < -length)
  if (isDict(item) || (parts && isOutside)) throw valueFault('An item of the list has no part by that number.')
  return parts && index !== undefined ? parts.at(index) : UNSORTABLE
}

/** Items by a property, ties in their order; empty when one lacks it or two cannot be compared. */
function sortBy(descending: boolean) {
  return (value: unknown, argument: unknown, runtime: Runtime): unknown => {
    const items = itemsOf(value)
    const read = propertyReader(argument)
    if (!items || !read) return ''
    runtime.spend(items.length * 4)
    const keyed: { item: unknown; key: unknown }[] = []
    for (const item of items) {
      const key = read(item)
      if (key === UNSORTABLE) return ''
      keyed.push({ item, key })
    }
    try {
      checkComparable(keyed.map(({ key }) => key))
      keyed.sort((a, b) => (descending ? compareValues(b.key, a.key) : compareValues(a.key, b.key)))
    } catch (error) {
      if (error instanceof Incomparable) return ''
      throw error
    }
    return keyed.map(({ item }) => item)
  }
}

/** One key alone has nothing to be compared with. */
function checkComparable(keys: unknown[]): void {
  for (let i = 1; i < keys.length; i++) compareValues(keys[i - 1], keys[i])
}

function makeSafe(value: unknown): unknown[] {
  const items = itemsOf(value)
  if (!items) throw valueFault('The filter "safeseq" needs a list.')
  return items.map((item) => (item instanceof SafeText ? item : new SafeText(print(item))))
}

/** An item that the moment of the render picks: the same `now` gives the same item, so that a render stays pure. */
function pickRandom(value: unknown, _argument: unknown, runtime: Runtime): unknown {
  const items = sequenceOf(value)
  if (!items || items.length === 0) throw valueFault('The filter "random" needs a list with items.')
  return items[Math.abs(Math.imul(Math.trunc(runtime.env.now.getTime() / 1000), 2654435761)) % items.length]
}

/** Nested lists as `<li>` elements, indented by tabs, without the outer `<ul>`. A list belongs to the item before it. */
function unorderedList(value: unknown, _argument: unknown, runtime: Runtime): SafeText {
  const items = itemsOf(value)
  if (!items) throw valueFault('The filter "unordered_list" needs a list.')
  return new SafeText(listItems(items, 1, runtime))
}

/** Deepest nesting of lists that is printed. */
const MAX_LIST_DEPTH = 100

function listItems(items: readonly unknown[], depth: number, runtime: Runtime): string {
  if (depth > MAX_LIST_DEPTH) throw valueFault('The list is nested too deep.')
  const indent = '\t'.repeat(depth)
  const lines: string[] = []
  for (let i = 0; i < items.length; i++) {
    runtime.step()
    const text = itemText(items[i], runtime)
    const next = items[i + 1]
    const children = Array.isArray(next) || next instanceof Tuple ? itemsOf(next) : undefined
    if (children) i++
    const nested =
      children && isTrue(next)
        ? `\n${indent}<ul>\n${listItems(children, depth + 1, runtime)}\n${indent}</ul>\n${indent}`
        : ''
    lines.push(`${indent}<li>${text}${nested}</li>`)
  }
  return lines.join('\n')
}

function itemText(item: unknown, runtime: Runtime): string {
  if (item instanceof SafeText) return item.text
  return runtime.autoescape ? escapeHtml(print(item)) : print(item)
}

export const LIST_FILTERS: FilterTable = {
  dictsort: { argument: 'required', apply: sortBy(false) },
  dictsortreversed: { argument: 'required', apply: sortBy(true) },
  first: { argument: 'none', apply: pick('first') },
  join: { argument: 'required', keepsSafe: true, apply: join },
  last: { argument: 'none', keepsSafe: true, apply: pick('last') },
  random: { argument: 'none', keepsSafe: true, apply: pickRandom },
  safeseq: { argument: 'none', keepsSafe: true, apply: makeSafe },
  slice: { argument: 'required', keepsSafe: true, apply: slice },
  unordered_list: { argument: 'none', keepsSafe: true, apply: unorderedList },
}
