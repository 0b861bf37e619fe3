import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { DateTime, IANAZone } from 'luxon'
import { isTexan, zonesOfAreaCode } from './area-codes.ts'

/** Where a recipient may be: every clock that may be theirs. */
export type Place = { zones: readonly string[]; isTexan: boolean }

/** Hours of the recipient's clock between which texts may arrive: from `from` on, before `until`. */
export type OpenHours = { from: number; until: number }

const NOON = 12
const STEP_MS = 15 * 60_000
/** Longest search for a moment at which all clocks allow a text. */
const MOST_STEPS = (8 * 86_400_000) / STEP_MS

/** All zones in which somebody with a number of the United States or Canada may be, where the number does not say more. */
const NORTH_AMERICA = [
  ...['America/St_Johns', 'America/Puerto_Rico', 'America/New_York', 'America/Chicago', 'America/Denver'],
  ...['America/Phoenix', 'America/Los_Angeles', 'America/Anchorage', 'Pacific/Honolulu'],
]

/**
 * Where a person is: the zone of their properties (`$timezone` or `timezone`, an IANA name), else what their phone number tells:
 * the area in the United States and Canada, the country elsewhere, with all its zones; else the account's zone.
 */
export function placeOf(
  person: { phone: string | null; properties: Record<string, unknown> },
  accountZone: string,
): Place {
  const { $timezone, timezone } = person.properties
  const code = /^\+1(\d{3})/.exec(person.phone ?? '')?.[1]
  const own = [$timezone, timezone].find((zone) => typeof zone === 'string' && IANAZone.isValidZone(zone))
  if (typeof own === 'string') return { zones: [own], isTexan: code !== undefined && isTexan(code) }
  if (code !== undefined) {
    const zones = zonesOfAreaCode(code)
    return zones.length > 0 ? { zones, isTexan: isTexan(code) } : { zones: NORTH_AMERICA, isTexan: true }
  }
  const country = parsePhoneNumberFromString(person.phone ?? '')?.country
  const zones = country === undefined ? [] : zonesOfCountry(country)
  return { zones: zones.length > 0 ? zones : [accountZone], isTexan: false }
}

/** Node's own list, of the Unicode CLDR; its type is not in TypeScript's library yet. */
function zonesOfCountry(country: string): string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined }
  return (locale.getTimeZones?.() ?? []).filter((zone) => IANAZone.isValidZone(zone))
}

/**
 * The next moment at which every clock that may be the person's is within the hours: `now` itself where it is one, else a full
 * quarter of an hour. Where no such moment comes (zones too far apart), the first clock decides.
 */
export function nextOpening(place: Place, hours: OpenHours, now: Date): Date {
  if (isOpen(place.zones, place, hours, now)) return now
  const found = search(place.zones, place, hours, now) ?? search(place.zones.slice(0, 1), place, hours, now)
  if (!found) throw new Error(`no hour between ${hours.from} and ${hours.until} was found`)
  return found
}

function search(zones: readonly string[], place: Place, hours: OpenHours, now: Date): Date | undefined {
  const first = (Math.floor(now.getTime() / STEP_MS) + 1) * STEP_MS
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const moment = new Date(first + step * STEP_MS)
    if (isOpen(zones, place, hours, moment)) return moment
  }
  return undefined
}

function isOpen(zones: readonly string[], { isTexan }: Place, { from, until }: OpenHours, moment: Date): boolean {
  return zones.every((zone) => {
    const { hour, weekday } = DateTime.fromJSDate(moment, { zone })
    const begins = isTexan && weekday === 7 ? Math.max(from, NOON) : from
    return hour >= begins && hour < until
  })
}
