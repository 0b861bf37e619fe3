import type { UseFormReturnType } from '@mantine/form'
import type { Campaign } from '../../../../contract/campaigns.ts'
import type { CreateCampaign } from '../../api/types.ts'

/** The audience and the message of a draft as forms hold them; lists by their ids. */
export type DraftValues = { name: string; include: string[]; exclude: string[]; templateId: string }
export type DraftForm = Pick<UseFormReturnType<DraftValues>, 'values' | 'getInputProps'>

export const CHECKS = {
  name: (name: string) => (name.trim() === '' ? 'Give the campaign a name.' : null),
  include: (include: string[]) => (include.length === 0 ? 'Choose at least one list.' : null),
  templateId: (templateId: string) => (templateId === '' ? 'Choose a template.' : null),
}

export function draftValues({ name, audience, templateId }: Campaign): DraftValues {
  const ids = (sources: { id: string }[]) => sources.map(({ id }) => id)
  return { name, include: ids(audience.include), exclude: ids(audience.exclude), templateId }
}

export function toDraft({ name, include, exclude, templateId }: DraftValues): CreateCampaign {
  const sources = (ids: string[]) => ids.map((id) => ({ kind: 'list' as const, id }))
  return { name, audience: { include: sources(include), exclude: sources(exclude) }, templateId }
}

/** The server names the lists by their place in the audience. */
export const mapErrors = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([path, message]) => [
      path.startsWith('audience.exclude') ? 'exclude' : path.startsWith('audience') ? 'include' : path,
      message,
    ]),
  )
