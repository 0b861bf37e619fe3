import { isInteger, isNumeric, numberOf, parseFloatText, parseInteger, toInteger } from './numbers.ts'
import { textOf } from './values.ts'

/**
 * A value as an integer, as Python's int() makes it: floats lose their fraction, texts must be whole numbers, True is 1.
 * undefined for anything else, also for infinity and NaN.
 */
export function parseIntegerValue(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (isNumeric(value)) {
    if (isInteger(value)) return value
    const whole = Math.trunc(numberOf(value))
    return Number.isFinite(whole) ? toInteger(BigInt(whole)) : undefined
  }
  const text = textOf(value)
  return text === undefined ? undefined : parseInteger(text)
}

/** A value as a float, as Python's float() makes it; undefined for what is no number. */
export function parseFloatValue(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (isNumeric(value)) return numberOf(value)
  const text = textOf(value)
  return text === undefined ? undefined : parseFloatText(text)
}
