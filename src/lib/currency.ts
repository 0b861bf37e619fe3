import { AppError } from '../errors.ts'

const KNOWN = new Set(Intl.supportedValuesOf('currency'))

/** The currency itself, when ISO 4217 knows it. Upper case only. Throws `unknown_currency`. */
export function requireCurrency(currency: string): string {
  if (KNOWN.has(currency)) return currency
  throw new AppError('unknown_currency', 'Use a currency of ISO 4217 in upper case, such as EUR, USD or JPY.', {
    currency,
  })
}
