import { type AbTest, abMetric } from '../../contract/campaigns.ts'
import type { Client } from './lib/client.ts'
import { CliError } from './lib/failure.ts'
import { requireTemplate } from './lib/find.ts'

export type TestOptions = { test?: string; share: string; best: string; after?: string }

/** The test of a second message, as told by options; null without one. Throws CliError for what is no number or no metric. */
export async function readTest(client: Client, { test, share, best, after }: TestOptions): Promise<AbTest | null> {
  if (test === undefined) return null
  const { id: templateId } = await requireTemplate(client, test)
  const metric = abMetric.safeParse(best)
  if (!metric.success) throw new CliError('--best takes redeemed, clicked or opened.')
  const afterHours = after === undefined ? null : readWhole('--after', after)
  return { templateId, sharePercent: readWhole('--share', share), metric: metric.data, afterHours }
}

function readWhole(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number)) throw new CliError(`${option} takes a whole number.`)
  return number
}
