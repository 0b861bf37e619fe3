import { strip } from './text.ts'

/**
 * A floating point number whose value is integral (5.0), which JavaScript cannot tell from the integer 5.
 *
 * Everywhere in this folder: a `number` that is a safe integer is an integer, another `number` is a float, a `bigint` is an
 * integer beyond 2^53, and a Float is a float.
 */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

export type Numeric = number | bigint | Float

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float
}

export function isInteger(value: Numeric): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
}

export function toFloat(value: number): number | Float {
  return Number.isSafeInteger(value) ? new Float(value) : value
}

export function toInteger(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

export function numberOf(value: Numeric): number {
  return value instanceof Float ? value.value : Number(value)
}

/** The integer in a text as Python's int() reads it: surrounding spaces, a sign, single underscores between digits. */
export function parseInteger(text: string): number | bigint | undefined {
  const trimmed = strip(text)
  if (trimmed.length > 4300 || !/^[-+]?\d+(?:_\d+)*$/.test(trimmed)) return undefined
  const digits = trimmed.replaceAll('_', '').replace(/^\+/, '')
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : toInteger(BigInt(digits))
}

const FLOAT = /^[-+]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+(?:_\d+)*)?$/

/** The float in a text as Python's float() reads it, or undefined. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = strip(text)
  if (trimmed.length > 4300) return undefined
  if (FLOAT.test(trimmed)) return Number(trimmed.replaceAll('_', ''))
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(trimmed)
  if (!word) return undefined
  if (word[2]?.toLowerCase() === 'nan') return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** A float as Python prints it: `5.0`, `1e-05`, `1e+16`, `inf`, `nan`. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const { digits, exponent, negative } = shortest(value)
  const sign = negative ? '-' : ''
  const point = digits.length + exponent
  if (point > 16 || point < -3) {
    const power = point - 1
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return sign + placePoint(digits, exponent, true)
}

/** A number as it stands in output: a float never in powers of ten (0.00001), except beyond 200 digits. */
export function printNumber(value: Numeric): string {
  if (isInteger(value)) return String(value)
  const float = numberOf(value)
  const text = printFloat(float)
  if (!text.includes('e')) return text
  const { digits, exponent, negative } = shortest(float)
  if (Math.abs(exponent) + digits.length > 200) return text
  return (negative ? '-' : '') + placePoint(digits, exponent, false)
}

/** The shortest decimal digits that read back as `value`: value = digits × 10^exponent. */
function shortest(value: number): { digits: string; exponent: number; negative: boolean } {
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  return { digits, exponent: Number(power) - (digits.length - 1), negative: value < 0 }
}

function placePoint(digits: string, exponent: number, alwaysPoint: boolean): string {
  if (exponent >= 0) return digits + '0'.repeat(exponent) + (alwaysPoint ? '.0' : '')
  const padded = digits.padStart(1 - exponent, '0')
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

/** A decimal number: (negative ? -1 : 1) × digits × 10^exponent. */
export type Decimal = { negative: boolean; digits: bigint; exponent: number }

/** Reads a decimal from digits with an optional point and exponent; undefined for anything else or beyond 10^±400. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,9}))?$/.exec(text)
  if (!match || text.length > 4300) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const exponent = Number(power) - fraction.length
  if (Math.abs(exponent) > 400) return undefined
  return { negative: sign === '-', digits: BigInt(whole + fraction), exponent }
}

export function decimalOf(value: Numeric): Decimal | undefined {
  return parseDecimal(isInteger(value) ? String(value) : printFloat(numberOf(value)))
}

/** A decimal with exactly `places` digits after the point, as text without a sign for zero. */
export function roundDecimal(value: Decimal, places: number, mode: 'half-up' | 'half-even'): string {
  let { digits } = value
  const drop = -value.exponent - places
  if (drop > 0) {
    const unit = 10n ** BigInt(drop)
    const rest = (digits % unit) * 2n
    digits /= unit
    if (rest > unit || (rest === unit && (mode === 'half-up' || digits % 2n === 1n))) digits += 1n
  } else digits *= 10n ** BigInt(-drop)
  const text = digits.toString().padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  const sign = value.negative && digits !== 0n ? '-' : ''
  return places === 0 ? sign + whole : `${sign}${whole}.${text.slice(text.length - places)}`
}

export function isIntegral(value: Decimal): boolean {
  return value.exponent >= 0 || value.digits % 10n ** BigInt(-value.exponent) === 0n
}

/** The exact binary value of a finite float, with `places` digits after the point, halves to even: what printf does. */
export function fixedBinary(value: number, places: number): string {
  return roundDecimal(exactDecimal(value), places, 'half-even')
}

export function exactDecimal(value: number): Decimal {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const rawExponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = rawExponent === 0 ? fraction : fraction | 0x10000000000000n
  const power = (rawExponent === 0 ? 1 : rawExponent) - 1075
  const negative = bits >> 63n === 1n
  if (power >= 0) return { negative, digits: mantissa << BigInt(power), exponent: 0 }
  return { negative, digits: mantissa * 5n ** BigInt(-power), exponent: power }
}
