import type { CampaignWhen } from '../../../contract/campaigns.ts'
import { formatMomentWithZone } from './format.ts'
import { isoToZoned, zonedToIso } from './zoned-time.ts'

/** The time of a campaign as a form holds it: `at` is what clocks show, `2027-03-01 09:00:00`. */
export type WhenValues = { kind: CampaignWhen['kind']; at: string | null; spreadHours: number | string }

export function whenValues(when: CampaignWhen, timeZone: string): WhenValues {
  if (when.kind === 'local') return { kind: 'local', at: `${when.at.replace('T', ' ')}:00`, spreadHours: 0 }
  return {
    kind: when.kind,
    at: when.kind === 'at' ? isoToZoned(when.at, timeZone) : null,
    spreadHours: when.spreadHours,
  }
}

/** Call it with values that `checkWhen` finds right. `timeZone` is the account's. */
export function toWhen({ kind, at, spreadHours }: WhenValues, timeZone: string): CampaignWhen {
  const wall = at ?? ''
  const hours = Number(spreadHours) || 0
  if (kind === 'local') return { kind, at: wall.slice(0, 16).replace(' ', 'T') }
  return kind === 'at'
    ? { kind, at: zonedToIso(wall.length === 16 ? `${wall}:00` : wall, timeZone), spreadHours: hours }
    : { kind, spreadHours: hours }
}

/** What to correct, by field; empty when all is right. */
export function checkWhen({ kind, at, spreadHours }: WhenValues): Partial<Record<keyof WhenValues, string>> {
  const hours = Number(spreadHours)
  return {
    ...(kind !== 'now' && !at && { at: 'Choose a date and a time.' }),
    ...(kind !== 'local' &&
      !(Number.isInteger(hours) && hours >= 0 && hours <= 72) && {
        spreadHours: 'Use a whole number from 0 to 72.',
      }),
  }
}

/** `At Mar 1, 2027, 9:00 AM GMT+1, spread evenly over 4 hours` */
export function describeWhen(when: CampaignWhen, timeZone: string): string {
  if (when.kind === 'local') {
    const shown = formatMomentWithZone(`${when.at}:00Z`, 'UTC').replace(/,? UTC$/, '')
    return `${shown} by each recipient’s clock`
  }
  const start = when.kind === 'now' ? 'At once' : formatMomentWithZone(when.at, timeZone)
  if (when.spreadHours === 0) return start
  return `${start}, spread evenly over ${when.spreadHours} ${when.spreadHours === 1 ? 'hour' : 'hours'}`
}
