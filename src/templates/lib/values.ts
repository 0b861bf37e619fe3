import { Float } from './numbers.ts'

/** Text that needs no escaping any more. */
export class SafeText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A fixed sequence; prints with round brackets and equals no list. */
export class Tuple {
  readonly items: readonly unknown[]
  constructor(items: readonly unknown[]) {
    this.items = items
  }
}

/** What `regroup` makes: a pair that also answers to `grouper` and `list`. */
export class Group extends Tuple {
  readonly grouper: unknown
  readonly list: unknown[]
  constructor(grouper: unknown, list: unknown[]) {
    super([grouper, list])
    this.grouper = grouper
    this.list = list
  }
}

/** The keys, values or pairs of a dict: countable, not indexable. */
export class DictView {
  readonly kind: 'keys' | 'values' | 'items'
  readonly dict: Dict
  constructor(kind: DictView['kind'], dict: Dict) {
    this.kind = kind
    this.dict = dict
  }

  get items(): unknown[] {
    if (this.kind === 'keys') return keysOf(this.dict)
    const entries = entriesOf(this.dict)
    return this.kind === 'values' ? entries.map(([, value]) => value) : entries.map((pair) => new Tuple(pair))
  }
}

/** An object, or a Map where the order of keys such as `2026` matters, which an object puts first. */
export type Dict = Record<string, unknown> | ReadonlyMap<string, unknown>

export function hasKey(dict: Dict, key: string): boolean {
  return dict instanceof Map ? dict.has(key) : Object.hasOwn(dict, key)
}

/** The value of a key that the dict has. */
export function valueAt(dict: Dict, key: string): unknown {
  return dict instanceof Map ? dict.get(key) : (dict as Record<string, unknown>)[key]
}

export function keysOf(dict: Dict): string[] {
  return dict instanceof Map ? [...dict.keys()] : Object.keys(dict)
}

export function entriesOf(dict: Dict): [key: string, value: unknown][] {
  return dict instanceof Map ? [...dict.entries()] : Object.entries(dict)
}

/** Any object of the context that is not one of our own kinds; only its own enumerable properties exist for a template. */
export function isDict(value: unknown): value is Dict {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof SafeText) &&
    !(value instanceof Date) &&
    !(value instanceof Float) &&
    !(value instanceof Tuple) &&
    !(value instanceof DictView)
  )
}

export function isText(value: unknown): value is string | SafeText {
  return typeof value === 'string' || value instanceof SafeText
}

/** The characters of a text value, or undefined for any other value. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof SafeText ? value.text : undefined
}

/** A date-time that exists; an invalid Date counts as no date. */
export function isDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

/** null and undefined are both None. */
export function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined
}
