import { requireCurrency } from '../../lib/currency.ts'
import { formatDecimal, parseDecimal } from './decimal.ts'
import { CliError } from './failure.ts'

/** Digits after the point of a currency: 2 for EUR, 0 for JPY, 3 for KWD. Throws `unknown_currency`. */
function digitsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: requireCurrency(currency) })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}

/** An amount as typed, in minor units of the currency. Throws CliError, `unknown_currency`. */
export function parseAmountMinor(text: string, currency: string): number {
  const digits = digitsOf(currency)
  const amountMinor = parseDecimal(text, digits)
  if (amountMinor !== undefined) return amountMinor
  const example = formatDecimal(5 * 10 ** digits, digits)
  throw new CliError(`Write the amount in ${currency} as ${example}, without signs and thousands separators: ${text}`)
}

/** `12.34 EUR`. */
export function formatAmount(amountMinor: number, currency: string): string {
  return `${formatDecimal(amountMinor, digitsOf(currency))} ${currency}`
}
