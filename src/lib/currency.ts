import { AppError } from '../errors.ts'

const KNOWN: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** Returns `currency` when it is a code of ISO 4217 in upper case that the runtime knows; throws `unknown_currency`. */
export function requireCurrency(currency: string): string {
  if (KNOWN.has(currency)) return currency
  throw new AppError('unknown_currency', 'Use a three-letter ISO 4217 currency in upper case, such as EUR.', {
    currency,
  })
}
