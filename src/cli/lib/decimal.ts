/**
 * Reads a decimal such as `5`, `5.0` or `12.34` as a whole number of its last digit: with 2 digits, `12.34` is 1234.
 *
 * Undefined for anything else: signs, exponents, commas, spaces, more digits after the point than `digits`, or a number too
 * large to be exact. No floats are involved.
 */
export function parseDecimal(text: string, digits: number): number | undefined {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined || fraction.length > digits) return undefined
  const value = Number(whole + fraction.padEnd(digits, '0'))
  return Number.isSafeInteger(value) ? value : undefined
}

/** Writes a whole number of last digits as a decimal: with 2 digits, 1234 is `12.34`. */
export function formatDecimal(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, '0')
  const sign = value < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}
