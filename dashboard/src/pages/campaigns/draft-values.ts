import type { UseFormReturnType } from '@mantine/form'
import type { AbMetric, AbTest, Campaign } from '../../../../contract/campaigns.ts'
import type { CreateCampaign } from '../../api/types.ts'

/** The audience and the message of a draft as forms hold them; lists by their ids. */
export type DraftValues = {
  name: string
  include: string[]
  exclude: string[]
  templateId: string
  /** Whether people who got another message lately are passed over. */
  smartSending: boolean
  isTest: boolean
  secondId: string
  sharePercent: number | string
  metric: AbMetric
  /** `hours`: the winner is picked by itself. `hand`: somebody picks it. */
  pick: 'hours' | 'hand'
  afterHours: number | string
}

/** A draft before anything is chosen. */
export const NO_DRAFT: DraftValues = {
  name: '',
  include: [],
  exclude: [],
  templateId: '',
  smartSending: true,
  isTest: false,
  secondId: '',
  sharePercent: 20,
  metric: 'redeemed',
  pick: 'hours',
  afterHours: 4,
}

const isWhole = (value: number | string, least: number, most: number): boolean =>
  Number.isInteger(Number(value)) && Number(value) >= least && Number(value) <= most
export type DraftForm = Pick<UseFormReturnType<DraftValues>, 'values' | 'getInputProps'>

export const CHECKS = {
  name: (name: string) => (name.trim() === '' ? 'Give the campaign a name.' : null),
  include: (include: string[]) => (include.length === 0 ? 'Choose at least one list.' : null),
  templateId: (templateId: string) => (templateId === '' ? 'Choose a template.' : null),
  secondId: (secondId: string, { isTest, templateId }: DraftValues) => {
    if (!isTest) return null
    if (secondId === '') return 'Choose a second template.'
    return secondId === templateId ? 'Choose another template than the first one.' : null
  },
  sharePercent: (share: number | string, { isTest }: DraftValues) =>
    isTest && !isWhole(share, 10, 100) ? 'Use a whole number from 10 to 100.' : null,
  afterHours: (hours: number | string, { isTest, pick }: DraftValues) =>
    isTest && pick === 'hours' && !isWhole(hours, 1, 168) ? 'Use a whole number from 1 to 168.' : null,
}

export function draftValues({ name, audience, templateId, smartSending, ab }: Campaign): DraftValues {
  const ids = (sources: { id: string }[]) => sources.map(({ id }) => id)
  const chosen = { name, include: ids(audience.include), exclude: ids(audience.exclude), templateId, smartSending }
  const values = { ...NO_DRAFT, ...chosen }
  if (!ab) return values
  const { sharePercent, metric, afterHours } = ab
  const how = afterHours === null ? { pick: 'hand' as const } : { pick: 'hours' as const, afterHours }
  return { ...values, isTest: true, secondId: ab.templateId, sharePercent, metric, ...how }
}

export function toDraft(values: DraftValues): CreateCampaign {
  const { name, include, exclude, templateId, smartSending } = values
  const sources = (ids: string[]) => ids.map((id) => ({ kind: 'list' as const, id }))
  const audience = { include: sources(include), exclude: sources(exclude) }
  return { name, audience, templateId, smartSending, ab: toTest(values) }
}

function toTest({ isTest, secondId, sharePercent, metric, pick, afterHours }: DraftValues): AbTest | null {
  if (!isTest) return null
  const hours = pick === 'hand' ? null : Number(afterHours)
  return { templateId: secondId, sharePercent: Number(sharePercent), metric, afterHours: hours }
}

/** The server names the lists by their place in the audience. */
export const mapErrors = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([path, message]) => [
      path.startsWith('audience.exclude') ? 'exclude' : path.startsWith('audience') ? 'include' : path,
      message,
    ]),
  )
