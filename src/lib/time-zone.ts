import { IANAZone } from 'luxon'
import { AppError } from '../errors.ts'

/** The time zone itself, when the IANA database knows it. Offsets such as +02:00 are none. Throws `unknown_time_zone`. */
export function requireTimeZone(timeZone: string): string {
  if (/^[A-Za-z]/.test(timeZone) && IANAZone.isValidZone(timeZone)) return timeZone
  throw new AppError('unknown_time_zone', 'Use a time zone of the IANA database, such as Europe/Berlin or UTC.', {
    timeZone,
  })
}
