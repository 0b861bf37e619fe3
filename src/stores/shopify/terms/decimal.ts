/** Digits after the point of a currency: 2 for EUR, 0 for JPY, 3 for KWD. */
function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** Minor units as Shopify's `Decimal`, exact: 1250 of EUR is "12.50". */
export function toDecimal(amountMinor: number, currency: string): string {
  const digits = digitsOf(currency)
  const text = String(amountMinor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** A decimal in one form, so that "5", "5.0" and "5.00" are equal: without zeros that say nothing. */
export function plainDecimal(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.')
  const rest = fraction.replace(/0+$/, '')
  return `${whole.replace(/^0+(?=\d)/, '')}${rest ? `.${rest}` : ''}`
}
