import type { AbMetric, Campaign } from '../../contract/campaigns.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { listVariants, releaseRest, type VariantRow } from '../messages/variants.ts'
import { type CampaignRow, updateWinner } from './campaigns.sql.ts'
import { type CampaignInput, describeCampaign, requireCampaign, wrongState } from './campaigns.ts'

/**
 * Picks the message that the rest of the recipients get. Of two who pick at once, or somebody and the clock, one wins.
 * Throws `campaign_state` when there is no test under way whose winner is open. Wake the worker afterwards.
 */
export async function pickWinner(db: Db, input: CampaignInput & { winner: 'a' | 'b'; now: Date }): Promise<Campaign> {
  const campaign = await requireCampaign(db, input)
  await inTransaction(db, async (trx) => {
    const templateVersionId = await updateWinner(trx, input)
    if (templateVersionId === undefined)
      throw wrongState(campaign, 'given a winner: no test of it is under way, or it has one')
    await releaseRest(trx, { ...input, templateVersionId })
  })
  return await describeCampaign(db, input)
}

/** Picks the winner of a test whose time is over; false when there is nothing to pick. */
export async function pickIfDue(db: Db, campaign: CampaignRow, now: Date): Promise<boolean> {
  const { accountId, id: campaignId, ab } = campaign
  if (!ab || ab.winner !== null || ab.sharePercent === 100 || ab.decidesAt === null) return false
  if (new Date(ab.decidesAt) > now) return false
  const winner = bestOf(await listVariants(db, { accountId, campaignId }), ab.metric)
  return await inTransaction(db, async (trx) => {
    const templateVersionId = await updateWinner(trx, { accountId, campaignId, winner })
    if (templateVersionId !== undefined) await releaseRest(trx, { accountId, campaignId, templateVersionId, now })
    return templateVersionId !== undefined
  })
}

/** The variant with the higher share of its sent messages; the first when they are equal. */
export function bestOf(variants: readonly VariantRow[], metric: AbMetric): 'a' | 'b' {
  const rate = (name: 'a' | 'b'): number => {
    const row = variants.find((one) => one.variant === name)
    return row && row.sent > 0 ? row[metric] / row.sent : 0
  }
  return rate('b') > rate('a') ? 'b' : 'a'
}
