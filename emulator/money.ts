/** A decimal as Shopify accepts it: optional sign, digits, optional fraction. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text.trim())
}

/** Cents of a decimal, rounded half away from zero. Exact up to 90 trillion units; the caller checks the range before. */
export function toMinor(decimal: string): number {
  const value = Number(decimal)
  const minor = Math.round(Math.abs(value) * 100 + 1e-9) // 1.005 times 100 falls just short of 100.5
  return value < 0 ? -minor : minor
}

/** The Admin API's form: at least one digit after the point, no trailing zero beyond it ("5.0", "949.95"). */
export function toDecimal(minor: number): string {
  const [whole, fraction = '0'] = (minor / 100).toFixed(2).split('.')
  return `${whole}.${fraction.endsWith('0') ? fraction[0] : fraction}`
}

/** Two digits, as webhooks and the `Money` scalar write an amount ("5.00"). */
export function toFixed(minor: number): string {
  return (minor / 100).toFixed(2)
}

/** "$1,234.50": the form of summaries and pages. Every currency is shown with a dollar sign, as CAD, USD and AUD shops do. */
export function toPrice(minor: number): string {
  const [whole = '0', fraction = '00'] = (Math.abs(minor) / 100).toFixed(2).split('.')
  return `${minor < 0 ? '-' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`
}
