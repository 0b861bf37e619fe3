import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

export type PhoneReading = { phone: string } | { problem: string }

/**
 * Reads a phone number into E.164 (`+4930901820`).
 *
 * A number without `+` needs the country that it is dialled in (ISO 3166, two letters, any case). The apostrophe that
 * spreadsheets put before a `+` is passed over. Extensions are dropped. The problem says what to do.
 */
export function readPhone(text: string, country: string | null): PhoneReading {
  const number = text.trim().replace(/^'/, '')
  const region = country?.trim().toUpperCase()
  const isKnown = region !== undefined && isSupportedCountry(region)
  if (!number.startsWith('+') && !isKnown) {
    return { problem: 'Write the phone number with + and its country code, as in +49 30 901820.' }
  }
  const parsed = parsePhoneNumberFromString(number, { ...(isKnown ? { defaultCountry: region } : {}), extract: false })
  if (!parsed?.isValid()) return { problem: 'Correct the phone number: no such number can exist in its country.' }
  return { phone: parsed.number }
}
