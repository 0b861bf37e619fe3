import { fromLocal, toLocal } from './lib/dates.ts'
import { Float, isInteger, isNumeric, numberOf } from './lib/numbers.ts'
import { codePoints } from './lib/text.ts'
import { callTextMethod } from './lib/text-methods.ts'
import {
  type Dict,
  DictView,
  entriesOf,
  Group,
  hasKey,
  isDate,
  isDict,
  isText,
  Tuple,
  textOf,
  valueAt,
} from './lib/values.ts'

/** What a look-up gives for a name that does not exist; None, an existing value, is null. */
const MISSING = undefined

/**
 * One step of a dotted path: an own property of a dict, a method without arguments, or an item by its number.
 *
 * Never reaches a prototype: what is not an own property, a known method or an item is MISSING. A method that needs
 * arguments or would change its object gives an empty text.
 */
export function lookUp(value: unknown, name: string): unknown {
  if (isDict(value)) {
    if (hasKey(value, name)) return holdable(valueAt(value, name))
    return dictMethod(value, name)
  }
  if (Array.isArray(value)) return listMember(value, name)
  if (isText(value)) return textMember(textOf(value) ?? '', name)
  if (value instanceof Group && (name === 'grouper' || name === 'list')) return value[name]
  if (value instanceof Tuple) return SEQUENCE_METHODS.has(name) ? '' : itemAt(value.items, name)
  if (isDate(value)) return dateMember(value, name)
  if (isNumeric(value)) return numberMember(value, name)
  if (typeof value === 'boolean') return numberMember(value ? 1 : 0, name)
  return MISSING
}

/** A property as a template may hold it: functions and symbols do not exist, an undefined property is missing. */
export function holdable(value: unknown): unknown {
  return typeof value === 'function' || typeof value === 'symbol' ? MISSING : value
}

function itemAt(items: readonly unknown[], name: string): unknown {
  if (!/^\d+(?:_\d+)*$/.test(name)) return MISSING
  const index = Number(name.replaceAll('_', ''))
  if (index >= items.length) return MISSING
  const item = holdable(items[index])
  return item === undefined ? null : item
}

const SEQUENCE_METHODS = new Set(['count', 'index'])
const LIST_METHODS = new Set([
  ...SEQUENCE_METHODS,
  'append',
  'extend',
  'insert',
  'remove',
  'pop',
  'clear',
  'sort',
  'reverse',
])

function listMember(list: unknown[], name: string): unknown {
  if (name === 'copy') return [...list]
  return LIST_METHODS.has(name) ? '' : itemAt(list, name)
}

const DICT_METHODS = new Set(['get', 'pop', 'popitem', 'clear', 'setdefault', 'fromkeys'])

function dictMethod(dict: Dict, name: string): unknown {
  if (name === 'items' || name === 'keys' || name === 'values') return new DictView(name, dict)
  if (name === 'copy') return new Map(entriesOf(dict))
  if (name === 'update') return null
  return DICT_METHODS.has(name) ? '' : MISSING
}

function textMember(text: string, name: string): unknown {
  const item = /^\d/.test(name) ? itemAt(codePoints(text), name) : MISSING
  if (item !== undefined) return item
  return callTextMethod(text, name)
}

function numberMember(value: number | bigint | Float, name: string): unknown {
  const integer = isInteger(value)
  if (name === 'real' || name === 'conjugate') return value
  if (name === 'imag') return integer ? 0 : new Float(0)
  if (!integer) return name === 'is_integer' ? Number.isInteger(numberOf(value)) : MISSING
  if (name === 'numerator') return value
  if (name === 'denominator') return 1
  if (name === 'bit_length') return value === 0 ? 0 : (value < 0 ? -BigInt(value) : BigInt(value)).toString(2).length
  return MISSING
}

const DATE_METHODS_WITH_ARGUMENTS = new Set([
  'strftime',
  'replace',
  'strptime',
  'combine',
  'fromtimestamp',
  'fromordinal',
])

/** Parts of a date-time, read in UTC. */
function dateMember(value: Date, name: string): unknown {
  const utc = toLocal(value, 'UTC')
  switch (name) {
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
    case 'second':
      return utc[name]
    case 'microsecond':
      return utc.millisecond * 1000
    case 'weekday':
      return (utc.weekday + 6) % 7
    case 'isoweekday':
      return utc.weekday || 7
    case 'isoformat':
      return value.toISOString().replace(/(?:\.000|(\.\d{3}))Z$/, (_, ms) => `${ms ? `${ms}000` : ''}+00:00`)
    case 'tzinfo':
      return 'UTC'
    case 'replace':
      return value
    case 'timestamp':
      return value.getTime() % 1000 === 0 ? new Float(value.getTime() / 1000) : value.getTime() / 1000
    case 'date':
      return fromLocal('UTC', utc)
    default:
      return DATE_METHODS_WITH_ARGUMENTS.has(name) ? '' : MISSING
  }
}
