import { isNumeric, type Numeric, numberOf } from './numbers.ts'
import { codePointLength, codePoints, compareText } from './text.ts'
import { type Dict, DictView, hasKey, isDate, isDict, isNone, keysOf, Tuple, textOf, valueAt } from './values.ts'

/** How deep lists and dicts are compared or printed; deeper data is refused. */
export const MAX_DEPTH = 200

/** Thrown for what Python would raise a TypeError for; the caller decides what it means. */
export class Incomparable extends Error {}

/** False are None, False, 0, empty text, lists and dicts; everything else is true. */
export function isTrue(value: unknown): boolean {
  if (isNone(value) || value === false) return false
  if (isNumeric(value)) return numberOf(value) !== 0
  const length = lengthOf(value)
  return length === undefined || length > 0
}

/** The length of text (in code points), a list, a dict or a view; undefined for what has none. */
export function lengthOf(value: unknown): number | undefined {
  const text = textOf(value)
  if (text !== undefined) return codePointLength(text)
  if (Array.isArray(value)) return value.length
  if (value instanceof Tuple) return value.items.length
  if (value instanceof DictView) return keysOf(value.dict).length
  return isDict(value) ? keysOf(value).length : undefined
}

/** The items in order: characters of text, items of a list, keys of a dict; undefined for what cannot be iterated. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  const text = textOf(value)
  if (text !== undefined) return codePoints(text)
  if (value instanceof Tuple || value instanceof DictView) return value.items
  return isDict(value) ? keysOf(value) : undefined
}

function comparable(value: unknown): Numeric | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  return isNumeric(value) ? value : undefined
}

/** Equality by value without coercion, except that True is 1, False is 0 and 1.0 is 1. */
export function isEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (depth > MAX_DEPTH) throw new Incomparable('Data is nested too deep to compare.')
  if (isNone(a) || isNone(b)) return isNone(a) && isNone(b)
  const [x, y] = [comparable(a), comparable(b)]
  if (x !== undefined && y !== undefined) {
    return typeof x === 'bigint' || typeof y === 'bigint' ? x === y : numberOf(x) === numberOf(y)
  }
  const text = textOf(a)
  if (text !== undefined) return text === textOf(b)
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a, b, depth)
  if (a instanceof Tuple) return b instanceof Tuple && equalItems(a.items, b.items, depth)
  if (a instanceof DictView) return b instanceof DictView && equalViews(a, b, depth)
  return isDict(a) && isDict(b) && equalDicts(a, b, depth)
}

function equalItems(a: readonly unknown[], b: readonly unknown[], depth: number): boolean {
  return a.length === b.length && a.every((item, i) => isEqual(item, b[i], depth + 1))
}

function equalViews(a: DictView, b: DictView, depth: number): boolean {
  if (a.kind === 'values' || b.kind === 'values') return a === b
  const items = b.items
  return (
    a.kind === b.kind &&
    a.items.length === items.length &&
    a.items.every((item) => items.some((other) => isEqual(item, other, depth + 1)))
  )
}

function equalDicts(a: Dict, b: Dict, depth: number): boolean {
  const keys = keysOf(a)
  return (
    keys.length === keysOf(b).length &&
    keys.every((key) => hasKey(b, key) && isEqual(valueAt(a, key), valueAt(b, key), depth + 1))
  )
}

/** Below 0, 0 or above 0; NaN when one side is not a number. Numbers, text, dates, lists among their own; else Incomparable. */
export function compareValues(a: unknown, b: unknown, depth = 0): number {
  if (depth > MAX_DEPTH) throw new Incomparable('Data is nested too deep to compare.')
  const [x, y] = [comparable(a), comparable(b)]
  if (x !== undefined && y !== undefined) return compareNumbers(x, y)
  const [text, other] = [textOf(a), textOf(b)]
  if (text !== undefined && other !== undefined) return compareText(text, other)
  if (isDate(a) && isDate(b)) return a.getTime() - b.getTime()
  if (Array.isArray(a) && Array.isArray(b)) return compareItems(a, b, depth)
  if (a instanceof Tuple && b instanceof Tuple) return compareItems(a.items, b.items, depth)
  throw new Incomparable('These two values have no order.')
}

function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = [numberOf(a), numberOf(b)]
  return x === y ? 0 : x - y
}

function compareItems(a: readonly unknown[], b: readonly unknown[], depth: number): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (!isEqual(a[i], b[i], depth + 1)) return compareValues(a[i], b[i], depth + 1)
  }
  return a.length - b.length
}

/** Whether `container` holds `item`: part of a text, item of a list, key of a dict. Incomparable where Python raises. */
export function contains(container: unknown, item: unknown): boolean {
  const text = textOf(container)
  if (text !== undefined) {
    const part = textOf(item)
    if (part === undefined) throw new Incomparable('Only text can be in a text.')
    return text.includes(part)
  }
  const items = itemsOf(container)
  if (!items) throw new Incomparable('This value contains nothing.')
  const isMapping = isDict(container) || (container instanceof DictView && container.kind === 'keys')
  if (isMapping && !isKeyLike(item)) throw new Incomparable('A list is no key.')
  return items.some((candidate) => isEqual(candidate, item))
}

/** Whether a value may be a key: what can change, and views of keys, may not. */
function isKeyLike(value: unknown): boolean {
  if (value instanceof Tuple) return value.items.every(isKeyLike)
  return !Array.isArray(value) && !isDict(value) && !(value instanceof DictView && value.kind !== 'values')
}

/** Whether `a` comes before `b`, or with `orEqual` not after it. Of two views of keys or pairs: whether `b` holds all of `a`. */
export function isBefore(a: unknown, b: unknown, orEqual: boolean): boolean {
  if (a instanceof DictView && b instanceof DictView && a.kind !== 'values' && b.kind !== 'values') {
    const [items, others] = [a.items, b.items]
    if (orEqual ? items.length > others.length : items.length >= others.length) return false
    return items.every((item) => others.some((other) => isEqual(item, other)))
  }
  const order = compareValues(a, b)
  return orEqual ? order <= 0 : order < 0
}

/**
 * Python's `is` between two values that were looked up apart: the same object, None, True, False, or a value that Python
 * keeps only once, which are the whole numbers from -5 to 256 and texts of at most one Latin character.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (isNone(a) || isNone(b)) return isNone(a) && isNone(b)
  if (a !== b) return false
  if (typeof a === 'string') return a.length === 0 || (a.length === 1 && a.charCodeAt(0) < 256)
  return typeof a !== 'bigint' && (typeof a !== 'number' || (Number.isInteger(a) && a >= -5 && a <= 256))
}
