import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { parseFloatValue, parseIntegerValue } from '../lib/coerce.ts'
import { isTrue, lengthOf } from '../lib/compare.ts'
import { toInteger } from '../lib/numbers.ts'
import { printPretty } from '../lib/pretty.ts'
import { isNone, SafeText, Tuple, textOf } from '../lib/values.ts'
import type { Runtime } from '../runtime.ts'

/** An argument as an integer; what is none fails the render, as it does in Django. */
export function requireInteger(value: unknown, filter: string): number {
  const integer = parseIntegerValue(value)
  if (integer === undefined) throw valueFault(`The filter "${filter}" needs a whole number.`)
  return Number(integer)
}

/** Sum of whole numbers (floats lose their fraction), else texts or lists joined, else empty. */
function add(value: unknown, argument: unknown, runtime: Runtime): unknown {
  const [left, right] = [parseIntegerValue(value), parseIntegerValue(argument)]
  if (left !== undefined && right !== undefined) return toInteger(BigInt(left) + BigInt(right))
  const [text, more] = [textOf(value), textOf(argument)]
  if (text !== undefined && more !== undefined) {
    runtime.checkLength(text.length + more.length)
    const isSafe = value instanceof SafeText && argument instanceof SafeText
    return isSafe ? new SafeText(text + more) : text + more
  }
  if (Array.isArray(value) && Array.isArray(argument)) return joinLists(value, argument, runtime)
  if (value instanceof Tuple && argument instanceof Tuple)
    return new Tuple(joinLists(value.items, argument.items, runtime))
  return ''
}

function joinLists(left: readonly unknown[], right: readonly unknown[], runtime: Runtime): unknown[] {
  const length = left.length + right.length
  if (length > runtime.env.limits.loopLength) runtime.refuse('A list becomes too long for one message.')
  runtime.spend(length)
  return [...left, ...right]
}

/** Answers for true, false and None, from a text with commas; one answer alone changes nothing. */
function yesNo(value: unknown, argument: unknown): unknown {
  const answers = argument === undefined ? 'yes,no,maybe' : textOf(argument)
  if (answers === undefined) throw valueFault('The filter "yesno" needs a text such as "yes,no".')
  const parts = answers.split(',')
  if (parts.length < 2) return value
  const [yes = '', no = ''] = parts
  const maybe = parts.length === 3 ? (parts[2] ?? '') : no
  return isNone(value) ? maybe : isTrue(value) ? yes : no
}

/** The ending for one or many, by a number, a numeric text or the length of a list. */
function pluralize(value: unknown, argument: unknown): string {
  const endings = argument === undefined ? 's' : textOf(argument)
  if (endings === undefined) throw valueFault('The filter "pluralize" needs a text such as "y,ies".')
  const parts = endings.includes(',') ? endings.split(',') : ['', endings]
  if (parts.length > 2) return ''
  const [one = '', many = ''] = parts
  const number = parseFloatValue(value)
  if (number !== undefined) return number === 1 ? one : many
  const length = textOf(value) === undefined ? lengthOf(value) : undefined
  return length === undefined ? '' : length === 1 ? one : many
}

function isDivisible(value: unknown, argument: unknown): boolean {
  const [number, divisor] = [parseIntegerValue(value), parseIntegerValue(argument)]
  if (number === undefined || divisor === undefined) {
    throw valueFault('The filter "divisibleby" needs two whole numbers.')
  }
  if (BigInt(divisor) === 0n) throw valueFault('The filter "divisibleby" cannot divide by 0.')
  return BigInt(number) % BigInt(divisor) === 0n
}

/** The digit at a place counted from the right; what is no number comes back as it is, None and lists fail. */
function digitAt(value: unknown, argument: unknown): unknown {
  const place = parseIntegerValue(argument)
  if (place === undefined) return textOf(argument) === undefined ? failDigit() : value
  const number = parseIntegerValue(value)
  if (number === undefined) return textOf(value) === undefined ? failDigit() : value
  if (Number(place) < 1) return number
  const digits = String(number)
  const digit = digits.charAt(digits.length - Number(place))
  if (digit === '-') return failDigit()
  return digit === '' ? 0 : Number(digit)
}

function failDigit(): never {
  throw valueFault('The filter "get_digit" needs a number with a digit at that place.')
}

function lengthIs(value: unknown, argument: unknown): unknown {
  const length = lengthOf(value)
  const wanted = parseIntegerValue(argument)
  return length === undefined || wanted === undefined ? '' : length === Number(wanted)
}

export const VALUE_FILTERS: FilterTable = {
  add: { argument: 'required', apply: add },
  default: { argument: 'required', apply: (value: unknown, argument) => (isTrue(value) ? value : argument) },
  default_if_none: { argument: 'required', apply: (value: unknown, argument) => (isNone(value) ? argument : value) },
  divisibleby: { argument: 'required', apply: isDivisible },
  get_digit: { argument: 'required', apply: digitAt },
  length: { argument: 'none', apply: (value: unknown) => lengthOf(value) ?? 0 },
  length_is: { argument: 'required', apply: lengthIs },
  pluralize: { argument: 'optional', apply: pluralize },
  yesno: { argument: 'optional', apply: yesNo },
  pprint: { argument: 'none', keepsSafe: true, apply: printPrettyValue },
}

function printPrettyValue(value: unknown, _argument: unknown, runtime: Runtime): string {
  const text = printPretty(value instanceof SafeText ? value.text : value)
  runtime.spend(Math.floor(text.length / 16))
  return text
}
