/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function offsetMs(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(at.getTime() / 1000) * 1000
}

/**
 * The moment at which the clocks of a zone show `wall` (`2026-12-24 18:00:00`), as ISO 8601 in UTC.
 *
 * A time that the clocks skip in spring is taken an hour later; one that they show twice in autumn is the first.
 */
export function zonedToIso(wall: string, timeZone: string): string {
  const asUtc = new Date(`${wall.replace(' ', 'T')}Z`).getTime()
  const candidates = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => asUtc - offsetMs(new Date(near), timeZone))
  const exact = candidates.filter((moment) => moment + offsetMs(new Date(moment), timeZone) === asUtc)
  const [before = asUtc] = candidates
  return new Date(exact.length > 0 ? Math.min(...exact) : before).toISOString()
}

/** What the clocks of a zone show at a moment, as `2026-12-24 18:00:00`. */
export function isoToZoned(iso: string, timeZone: string): string {
  const at = new Date(iso)
  return new Date(at.getTime() + offsetMs(at, timeZone)).toISOString().slice(0, 19).replace('T', ' ')
}

export const browserTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
export const listTimeZones = (): string[] => {
  const zones = Intl.supportedValuesOf('timeZone')
  return zones.includes('UTC') ? zones : ['UTC', ...zones]
}
export const listCurrencies = (): { value: string; label: string }[] => {
  const names = new Intl.DisplayNames(undefined, { type: 'currency' })
  return Intl.supportedValuesOf('currency').map((code) => ({
    value: code,
    label: `${code} · ${names.of(code) ?? code}`,
  }))
}

/** The currency that a browser's region uses most likely; EUR when unknown. */
export function guessCurrency(language: string): string {
  const region = new Intl.Locale(language).maximize().region ?? ''
  const known: Record<string, string> = {
    US: 'USD',
    GB: 'GBP',
    CH: 'CHF',
    CA: 'CAD',
    AU: 'AUD',
    NZ: 'NZD',
    JP: 'JPY',
    SE: 'SEK',
    NO: 'NOK',
    DK: 'DKK',
    PL: 'PLN',
    CZ: 'CZK',
    HU: 'HUF',
    RO: 'RON',
    BR: 'BRL',
    MX: 'MXN',
    IN: 'INR',
    CN: 'CNY',
    KR: 'KRW',
    TR: 'TRY',
    ZA: 'ZAR',
  }
  return known[region] ?? 'EUR'
}
