import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { compareValues } from '../lib/compare.ts'
import {
  decimalOf,
  Float,
  isInteger,
  isNumeric,
  type Numeric,
  numberOf,
  parseFloatText,
  parseInteger,
  roundDecimal,
  toFloat,
  toInteger,
} from '../lib/numbers.ts'
import { textOf } from '../lib/values.ts'

/** A number, or the number that a text is; undefined for anything else. */
function numericOf(value: unknown): Numeric | undefined {
  if (isNumeric(value)) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const text = textOf(value)
  if (text === undefined) return undefined
  const integer = parseInteger(text)
  if (integer !== undefined) return integer
  const float = parseFloatText(text)
  return float === undefined ? undefined : toFloat(float)
}

/** A float without the noise of binary fractions in its last digits: 0.1 + 0.2 is 0.3. */
function settle(value: number): Numeric {
  return toFloat(Number.isFinite(value) ? Number(value.toPrecision(15)) : value)
}

type Operation = { integers?(a: bigint, b: bigint): bigint; floats(a: number, b: number): number }

/** Works on two numbers; whole numbers stay whole. What is no number gives an empty text, as does a division by 0. */
function calculate(operation: Operation) {
  return (value: unknown, argument: unknown): unknown => {
    const [left, right] = [numericOf(value), numericOf(argument)]
    if (left === undefined || right === undefined) return ''
    if (isInteger(left) && isInteger(right) && operation.integers) {
      const result = operation.integers(BigInt(left), BigInt(right))
      if (result > LARGEST || result < -LARGEST) throw valueFault('A number becomes too large.')
      return toInteger(result)
    }
    const result = operation.floats(numberOf(left), numberOf(right))
    return Number.isFinite(result) ? settle(result) : ''
  }
}

/** Whole numbers grow no further than this. */
const LARGEST = 10n ** 100n

/** A quotient of whole numbers that comes out even is whole, else it is a float. */
function divide(value: unknown, argument: unknown): unknown {
  const [left, right] = [numericOf(value), numericOf(argument)]
  if (left === undefined || right === undefined || numberOf(right) === 0) return ''
  if (isInteger(left) && isInteger(right) && BigInt(left) % BigInt(right) === 0n) {
    return toInteger(BigInt(left) / BigInt(right))
  }
  return settle(numberOf(left) / numberOf(right))
}

/** The remainder has the sign of the divisor. */
function modulo(value: unknown, argument: unknown): unknown {
  const divisor = numericOf(argument)
  if (divisor === undefined || numberOf(divisor) === 0) return ''
  return calculate({
    integers: (a, b) => ((a % b) + b) % b,
    floats: (a, b) => a - b * Math.floor(a / b),
  })(value, argument)
}

/** The larger (`sign` 1) or smaller (-1) of two numbers, as it was written. */
function bound(sign: 1 | -1) {
  return (value: unknown, argument: unknown): unknown => {
    const [left, right] = [numericOf(value), numericOf(argument)]
    if (left === undefined || right === undefined) return ''
    return compareValues(left, right) * sign >= 0 ? left : right
  }
}

/** Rounded half up; to whole numbers without an argument, else a float with at most that many decimals. */
function round(value: unknown, argument: unknown): unknown {
  const number = numericOf(value)
  const places = argument === undefined ? 0 : numericOf(argument)
  if (number === undefined || places === undefined) return ''
  const decimal = decimalOf(number)
  const digits = numberOf(places)
  if (!decimal || digits < 0 || digits > 50) return number
  const text = roundDecimal(decimal, Math.trunc(digits), 'half-up')
  return digits < 1 || isInteger(number) ? toInteger(BigInt(text.split('.')[0] ?? '0')) : toFloat(Number(text))
}

function toWhole(way: 'floor' | 'ceil') {
  return (value: unknown): unknown => {
    const number = numericOf(value)
    if (number === undefined) return ''
    return isInteger(number) ? number : toInteger(BigInt(Math[way](numberOf(number))))
  }
}

function absolute(value: unknown): unknown {
  const number = numericOf(value)
  if (number === undefined) return ''
  if (number instanceof Float) return new Float(Math.abs(number.value))
  return number < 0 ? -number : number
}

const plus = calculate({ integers: (a, b) => a + b, floats: (a, b) => a + b })
const minus = calculate({ integers: (a, b) => a - b, floats: (a, b) => a - b })
const multiply = calculate({ integers: (a, b) => a * b, floats: (a, b) => a * b })

/** Klaviyo's filters on numbers. Source: developers.klaviyo.com/en/docs/glossary_of_variable_filters. */
export const CALCULATE_FILTERS: FilterTable = {
  abs: { argument: 'none', apply: absolute },
  at_least: { argument: 'required', apply: bound(1) },
  at_most: { argument: 'required', apply: bound(-1) },
  ceil: { argument: 'none', apply: toWhole('ceil') },
  divide: { argument: 'required', apply: divide },
  floatadd: { argument: 'required', apply: plus },
  floor: { argument: 'none', apply: toWhole('floor') },
  minus: { argument: 'required', apply: minus },
  modulo: { argument: 'required', apply: modulo },
  multiply: { argument: 'required', apply: multiply },
  plus: { argument: 'required', apply: plus },
  round: { argument: 'optional', apply: round },
}
