import { AppError } from '../errors.ts'

const KNOWN = new Set(Intl.supportedValuesOf('currency'))

/** The currency itself, when ISO 4217 knows it. Upper case only. Throws `unknown_currency`. */
export function requireCurrency(currency: string): string {
  if (KNOWN.has(currency)) return currency
  throw new AppError('unknown_currency', 'Use a currency of ISO 4217 in upper case, such as EUR, USD or JPY.', {
    currency,
  })
}

/**
 * Minor units of a decimal amount ("949.95" EUR is 94995, "500" JPY is 500), rounded half away from zero. Undefined for text
 * that is no amount, and for a currency that nobody knows.
 */
export function minorOfDecimal(text: string, currency: string): number | undefined {
  if (!/^-?\d{1,15}(\.\d{1,10})?$/.test(text) || !KNOWN.has(currency)) return undefined
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const kept = fraction.slice(0, maximumFractionDigits).padEnd(maximumFractionDigits, '0')
  const minor = Number(whole + kept) + (Number(fraction[maximumFractionDigits] ?? 0) >= 5 ? 1 : 0)
  return text.startsWith('-') ? -minor : minor
}
