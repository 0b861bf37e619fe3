import { AppError } from '../errors.ts'

/**
 * Returns `timeZone` in the spelling of the time zone database (`europe/berlin` → `Europe/Berlin`); throws
 * `unknown_time_zone`. An offset such as `+02:00` is refused: it knows no summer time.
 */
export function requireTimeZone(timeZone: string): string {
  const known = /^[A-Za-z]/.test(timeZone) ? findTimeZone(timeZone) : undefined
  if (known) return known
  throw new AppError('unknown_time_zone', 'Use a name of the time zone database, such as Europe/Berlin or UTC.', {
    timeZone,
  })
}

function findTimeZone(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return undefined // a RangeError: the runtime does not know the name
  }
}
