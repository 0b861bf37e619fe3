/** The browser's languages decide how numbers, money and dates are written. */
const locales: readonly string[] | undefined = typeof navigator === 'undefined' ? undefined : navigator.languages

const counts = new Intl.NumberFormat(locales as string[] | undefined)
const shortCounts = new Intl.NumberFormat(locales as string[] | undefined, {
  notation: 'compact',
  maximumFractionDigits: 1,
})
const percents = new Intl.NumberFormat(locales as string[] | undefined, { maximumFractionDigits: 1 })

const partOf = (type: string) => counts.formatToParts(12_345.6).find((part) => part.type === type)?.value
/** How number fields separate thousands and decimals, so that they look like every other number. */
export const NUMBER_FIELD = { thousandSeparator: partOf('group') ?? ' ', decimalSeparator: partOf('decimal') ?? '.' }

export const formatCount = (count: number): string => counts.format(count)
/** 1.2M instead of 1,234,567, for narrow places; the full count goes into the title. */
export const formatShortCount = (count: number): string => shortCounts.format(count)
/** A share of 0 to 1; a dash when there is nothing to divide by. */
export const formatShare = (share: number | null): string =>
  share === null ? '–' : `${percents.format(share * 100)} %`
/** 1 basis point = 0.01 %. */
export const formatBasisPoints = (basisPoints: number): string => `${counts.format(basisPoints / 100)} %`

/** Digits after the point: 2 for EUR, 0 for JPY, 3 for KWD. An unknown code counts as 2. */
export function currencyDigits(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

export function formatMoney(amountMinor: number, currency: string): string {
  const amount = amountMinor / 10 ** currencyDigits(currency)
  try {
    return new Intl.NumberFormat(locales as string[] | undefined, { style: 'currency', currency }).format(amount)
  } catch {
    return `${counts.format(amount)} ${currency}`
  }
}

export const toMinor = (amount: number, currency: string): number => Math.round(amount * 10 ** currencyDigits(currency))
export const fromMinor = (amountMinor: number, currency: string): number => amountMinor / 10 ** currencyDigits(currency)

export function formatMoment(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locales as string[] | undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(iso))
}

/** With the zone's short name, for places where a deadline must not be misread. */
export function formatMomentWithZone(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locales as string[] | undefined, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(new Date(iso))
}

/** A day such as 2026-11-22, which belongs to no time zone. */
export function formatDay(day: string): string {
  return new Intl.DateTimeFormat(locales as string[] | undefined, {
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`))
}

/** 90 → “2 minutes”: the largest fitting unit, rounded. */
export function formatDuration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ]
  const [size, unit] = units.find(([candidate]) => seconds >= candidate) ?? [1, 'second']
  return new Intl.NumberFormat(locales as string[] | undefined, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(Math.round(seconds / size))
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** Null where there is nothing to be a share of. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
