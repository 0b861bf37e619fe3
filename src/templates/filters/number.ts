import type { FilterTable } from '../expression.ts'
import { valueFault } from '../issues.ts'
import { parseFloatValue, parseIntegerValue } from '../lib/coerce.ts'
import {
  type Decimal,
  decimalOf,
  fixedBinary,
  isIntegral,
  isNumeric,
  parseDecimal,
  printFloat,
  roundDecimal,
} from '../lib/numbers.ts'
import { represent } from '../lib/print.ts'
import { isText, SafeText, textOf } from '../lib/values.ts'

/** Most digits after the point. */
const MAX_PLACES = 200

function decimalValue(value: unknown): Decimal | undefined {
  if (isNumeric(value)) return decimalOf(value)
  const float = parseFloatValue(value)
  return float === undefined ? undefined : parseDecimal(printFloat(float))
}

/**
 * A number with a fixed count of decimals, halves up on the decimal text. A negative count drops the decimals of a whole
 * number. What is no number gives an empty text, a count that is none the value as it prints in a list.
 */
function floatFormat(value: unknown, argument: unknown): unknown {
  const decimal = decimalValue(value)
  if (!decimal) return parseFloatValue(value) === undefined ? '' : represent(value)
  const text = textOf(argument)
  const wanted = text?.endsWith('g') ? text.slice(0, -1) || -1 : argument === undefined ? -1 : argument
  const places = parseIntegerValue(wanted)
  if (places === undefined) {
    if (argument === null || !(isText(argument) || isNumeric(argument))) {
      throw valueFault('The filter "floatformat" needs a number of decimals.')
    }
    return represent(value)
  }
  const count = Number(places)
  if (Math.abs(count) > MAX_PLACES) throw valueFault(`The filter "floatformat" gives at most ${MAX_PLACES} decimals.`)
  return new SafeText(roundDecimal(decimal, isIntegral(decimal) && count < 0 ? 0 : Math.abs(count), 'half-up'))
}

const SIZES = ['KB', 'MB', 'GB', 'TB', 'PB']

/** Bytes in the largest unit that gives 1 or more, with one decimal and a space that does not break. */
function fileSize(value: unknown): string {
  const bytes = Number(parseIntegerValue(value) ?? 0)
  const sign = bytes < 0 ? '-' : ''
  const size = Math.abs(bytes)
  if (size < 1024) return `${sign}${size}\u00a0byte${size === 1 ? '' : 's'}`
  let unit = 0
  while (unit < SIZES.length - 1 && size >= 1024 ** (unit + 2)) unit++
  return `${sign}${fixedBinary(size / 1024 ** (unit + 1), 1)}\u00a0${SIZES[unit]}`
}

export const NUMBER_FILTERS: FilterTable = {
  floatformat: { argument: 'optional', keepsSafe: true, apply: floatFormat },
  filesizeformat: { argument: 'none', keepsSafe: true, apply: fileSize },
}
