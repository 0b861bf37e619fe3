import { parseIntegerValue } from './coerce.ts'
import { Incomparable } from './compare.ts'
import { exactDecimal, fixedBinary, isInteger, isNumeric, numberOf } from './numbers.ts'
import { print, represent } from './print.ts'
import { codePointLength, codePoints } from './text.ts'
import { isDict, textOf } from './values.ts'

type Spec = { flags: string; width: number; precision: number | undefined; type: string }

const SPEC = /^([-#0 +]*)(\d{0,6})(?:\.(\d{0,6}))?[hlL]?([diouxXeEfFgGcrsa])/

/** Widest field and most digits; what asks for more is not formatted. */
const MAX_WIDTH = 10_000

/** `"%" + format` filled with a value, as printf does; empty when they do not fit. */
export function formatValue(value: unknown, format: unknown): string {
  const pattern = print(format)
  const match = SPEC.exec(pattern)
  if (pattern === '%' && (Array.isArray(value) || isDict(value))) return '%'
  if (!match) return ''
  const [whole, flags = '', width = '', precision, type = 's'] = match
  const rest = pattern.slice(whole.length)
  const literal = rest.replaceAll('%%', '')
  const spec: Spec = {
    flags,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    type: type === 'i' || type === 'u' ? 'd' : type,
  }
  if (literal.includes('%') || spec.width > MAX_WIDTH || (spec.precision ?? 0) > MAX_WIDTH) return ''
  const text = convert(value, spec)
  return text === undefined ? '' : padField(text, spec) + rest.replaceAll('%%', '%')
}

function convert(value: unknown, spec: Spec): string | undefined {
  switch (spec.type) {
    case 's':
      return cutTo(print(value), spec.precision)
    case 'r':
    case 'a':
      return cutTo(spec.type === 'r' ? represent(value) : toAscii(represent(value)), spec.precision)
    case 'c':
      return formatCharacter(value)
    case 'd':
    case 'o':
    case 'x':
    case 'X':
      return formatInteger(value, spec)
    default:
      return formatFloat(value, spec)
  }
}

function cutTo(text: string, length: number | undefined): string {
  return length === undefined ? text : codePoints(text).slice(0, length).join('')
}

function toAscii(text: string): string {
  return Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0
    if (code < 128) return char
    if (code < 256) return `\\x${code.toString(16)}`
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
  }).join('')
}

function formatCharacter(value: unknown): string | undefined {
  const text = textOf(value)
  if (text !== undefined) return codePointLength(text) === 1 ? text : undefined
  const code =
    isNumeric(value) && isInteger(value) ? Number(value) : typeof value === 'boolean' ? Number(value) : undefined
  if (code === undefined) return undefined
  if (code < 0 || code > 0x10ffff) throw new Incomparable('There is no character by that number.')
  return String.fromCodePoint(code)
}

function formatInteger(value: unknown, spec: Spec): string | undefined {
  const isFloat = isNumeric(value) && !isInteger(value)
  if (textOf(value) !== undefined || (isFloat && spec.type !== 'd')) return undefined
  const integer = parseIntegerValue(value)
  if (integer === undefined) return undefined
  const negative = integer < 0
  const absolute = negative ? -BigInt(integer) : BigInt(integer)
  const radix = spec.type === 'd' ? 10 : spec.type === 'o' ? 8 : 16
  const digits = absolute.toString(radix).padStart(spec.precision ?? 0, '0')
  const prefix = spec.flags.includes('#') && radix !== 10 ? (radix === 8 ? '0o' : '0x') : ''
  const text = signOf(negative, spec) + prefix + digits
  return spec.type === 'X' ? text.toUpperCase() : text
}

function formatFloat(value: unknown, spec: Spec): string | undefined {
  const float = typeof value === 'boolean' ? Number(value) : isNumeric(value) ? numberOf(value) : undefined
  if (float === undefined) return undefined
  const negative = float < 0 || Object.is(float, -0)
  const text = signOf(negative, spec) + formatMagnitude(Math.abs(float), spec)
  return /[EFG]/.test(spec.type) ? text.toUpperCase() : text
}

function formatMagnitude(value: number, spec: Spec): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf'
  const precision = spec.precision ?? 6
  const type = spec.type.toLowerCase()
  const point = spec.flags.includes('#') && precision === 0 ? '.' : ''
  if (type === 'f') return fixedBinary(value, precision) + point
  if (type === 'e') return scientific(value, precision, point).text
  const digits = Math.max(precision, 1)
  const { text, exponent } = scientific(value, digits - 1, '')
  const isFixed = exponent >= -4 && exponent < digits
  const general = isFixed ? fixedBinary(value, digits - 1 - exponent) : text
  if (!spec.flags.includes('#')) return dropZeros(general)
  return general.includes('.') ? general : general.replace(/^\d+/, '$&.')
}

function dropZeros(text: string): string {
  const [mantissa = '', power] = text.split('e')
  const short = mantissa.includes('.') ? mantissa.replace(/0+$/, '').replace(/\.$/, '') : mantissa
  return power === undefined ? short : `${short}e${power}`
}

/** `d.ddde+XX` with `places` digits after the point, halves of the exact value to even. */
function scientific(value: number, places: number, point: string): { text: string; exponent: number } {
  const { digits, exponent } = exactDecimal(value)
  if (digits === 0n) return { text: `0${places > 0 ? `.${'0'.repeat(places)}` : point}e+00`, exponent: 0 }
  let shown = digits.toString()
  let power = shown.length - 1 + exponent
  const drop = shown.length - (places + 1)
  if (drop > 0) {
    const unit = 10n ** BigInt(drop)
    const half = (digits % unit) * 2n
    let kept = digits / unit
    if (half > unit || (half === unit && kept % 2n === 1n)) kept += 1n
    shown = kept.toString()
    if (shown.length > places + 1) power++
  }
  shown = shown.padEnd(places + 1, '0').slice(0, places + 1)
  const mantissa = places > 0 ? `${shown.charAt(0)}.${shown.slice(1)}` : shown + point
  const sign = power < 0 ? '-' : '+'
  return { text: `${mantissa}e${sign}${String(Math.abs(power)).padStart(2, '0')}`, exponent: power }
}

function signOf(negative: boolean, spec: Spec): string {
  if (negative) return '-'
  return spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : ''
}

function padField(text: string, spec: Spec): string {
  const missing = spec.width - codePointLength(text)
  if (missing <= 0) return text
  if (spec.flags.includes('-')) return text + ' '.repeat(missing)
  if (!spec.flags.includes('0') || /[srca]/.test(spec.type)) return ' '.repeat(missing) + text
  const head = /^[-+ ]?(?:0[oxX])?/.exec(text)?.[0] ?? ''
  const prefix = /[oxX]/.test(spec.type) && spec.flags.includes('#') ? head : head.slice(0, /^[-+ ]/.test(head) ? 1 : 0)
  return prefix + '0'.repeat(missing) + text.slice(prefix.length)
}
