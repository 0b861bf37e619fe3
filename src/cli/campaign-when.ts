import type { Campaign, CampaignWhen } from '../../contract/campaigns.ts'
import { CliError } from './lib/failure.ts'
import { formatMoment } from './lib/progress.ts'

export type WhenOptions = { at?: string; local?: string; spread?: string }

/** When a campaign goes out, as told by options. Throws CliError for what contradicts itself. */
export function readWhen({ at, local, spread }: WhenOptions): CampaignWhen {
  if (at !== undefined && local !== undefined) throw new CliError('Choose one of --at and --local.')
  if (local !== undefined && spread !== undefined) throw new CliError('A campaign at local times cannot be spread.')
  const spreadHours = Number(spread ?? 0)
  if (!Number.isInteger(spreadHours)) throw new CliError('--spread takes a whole number of hours.')
  if (local !== undefined) return { kind: 'local', at: local }
  return at === undefined ? { kind: 'now', spreadHours } : { kind: 'at', at, spreadHours }
}

export function describeWhen(when: CampaignWhen): string {
  if (when.kind === 'local') return `${when.at.replace('T', ' ')} by each recipient's clock`
  const start = when.kind === 'now' ? 'at once' : formatMoment(when.at)
  return when.spreadHours === 0 ? start : `${start}, spread over ${when.spreadHours} h`
}

export function describeAudience({ audience }: Campaign): string {
  const names = (sources: { name: string }[]): string => sources.map((source) => source.name).join(', ')
  return audience.exclude.length === 0
    ? names(audience.include)
    : `${names(audience.include)} without ${names(audience.exclude)}`
}
