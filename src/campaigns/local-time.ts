import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import { DateTime, IANAZone } from 'luxon'

/** How far clocks are ahead of UTC at most (Kiribati), and behind it at most. */
const MOST_AHEAD_MS = 14 * 3_600_000
const MOST_BEHIND_MS = 12 * 3_600_000

/**
 * The moment at which the clocks of a zone show `wall` (`2027-03-01T09:00`). A time that they skip in spring is as much later
 * as they skip; one that they show twice in autumn is the first.
 */
export function momentOfWall(wall: string, zone: string): Date {
  const read = DateTime.fromISO(wall, { zone })
  const times = read.getPossibleOffsets().map((time) => time.toMillis())
  return new Date(Math.min(...(times.length > 0 ? times : [read.toMillis()])))
}

/** The first and the last moment at which clocks anywhere may show `wall`. */
export function spanOfWall(wall: string): { first: Date; last: Date } {
  const asUtc = new Date(`${wall}Z`).getTime()
  return { first: new Date(asUtc - MOST_AHEAD_MS), last: new Date(asUtc + MOST_BEHIND_MS) }
}

/** When the clocks show `wall` in those of the zones that the IANA database knows; others, such as `GMT+2 (Berlin)`, are left out. */
export function momentsByZone(wall: string, zones: readonly string[]): Record<string, Date> {
  const known = zones.filter((zone) => IANAZone.isValidZone(zone))
  return Object.fromEntries(known.map((zone) => [zone, momentOfWall(wall, zone)]))
}

/**
 * When the clocks show `wall` where numbers of a calling code belong: for codes all of whose countries show it at the same
 * moment. So +49 is there, and +1, +7 or +34 (Canary Islands) are not.
 */
export function momentsByCallingCode(wall: string): Record<string, Date> {
  const found = new Map<string, Set<number>>()
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    const moments = found.get(code) ?? new Set()
    found.set(code, moments)
    const zones = zonesOf(country)
    if (zones.length === 0) moments.add(Number.NaN) // a country without a known zone makes its code useless
    for (const zone of zones) moments.add(momentOfWall(wall, zone).getTime())
  }
  const single = [...found].filter(([, moments]) => moments.size === 1 && !moments.has(Number.NaN))
  return Object.fromEntries(single.map(([code, [moment = 0]]) => [code, new Date(moment)]))
}

/** Zones of a country by the Unicode CLDR data of this Node. */
function zonesOf(country: string): string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined }
  return locale.getTimeZones?.() ?? []
}
