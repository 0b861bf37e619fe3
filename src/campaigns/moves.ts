import type { Campaign } from '../../contract/campaigns.ts'
import { releaseCodes } from '../codes/reserve.ts'
import type { Db } from '../db/database.ts'
import { inRetriedTransaction, inTransaction } from '../db/transaction.ts'
import { cancelMessages } from '../messages/progress.ts'
import { updateState } from './campaigns.sql.ts'
import { type CampaignInput, describeCampaign, requireCampaign, wrongState } from './campaigns.ts'

type MoveInput = CampaignInput & { now: Date }

/** Stops sending after the batch at work. Its reserved codes stay its own. Throws `campaign_state`. */
export async function pauseCampaign(db: Db, input: MoveInput & { reason?: string }): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  const why = input.reason === undefined ? {} : { reason: input.reason }
  const move = { accountId, id: campaign.id, from: ['sending', 'preparing'], to: 'paused', now, ...why }
  if (!(await updateState(db, move))) throw wrongState(campaign, 'paused: it is not being sent')
  return await describeCampaign(db, input)
}

/** Throws `campaign_state`. Wake the worker afterwards. */
export async function resumeCampaign(db: Db, input: MoveInput): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  const move = { accountId, id: campaign.id, from: ['paused'], to: 'preparing', now }
  if (!(await updateState(db, move))) throw wrongState(campaign, 'resumed: it is not paused')
  return await describeCampaign(db, input)
}

/** Makes a scheduled campaign a draft again and gives its reserved codes back. Throws `campaign_state`. */
export async function unscheduleCampaign(db: Db, input: MoveInput): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  await inTransaction(db, async (trx) => {
    const move = { accountId, id: campaign.id, from: ['scheduled'], to: 'draft', now }
    if (!(await updateState(trx, move))) throw wrongState(campaign, 'unscheduled: it is not scheduled')
    await releaseCodes(trx, input)
  })
  return await describeCampaign(db, input)
}

/**
 * Ends a campaign: what is not sent yet is cancelled, and codes that it reserved and did not draw are given back. Codes that
 * its messages hold stay their people's: the next mail with the same coupon shows them (docs/decisions/0005). Throws `campaign_state`.
 */
export async function cancelCampaign(db: Db, input: MoveInput): Promise<Campaign> {
  const { accountId, now } = input
  const campaign = await requireCampaign(db, input)
  await inRetriedTransaction(db, async (trx) => {
    const from = ['scheduled', 'preparing', 'sending', 'paused']
    if (!(await updateState(trx, { accountId, id: campaign.id, from, to: 'cancelled', now })))
      throw wrongState(campaign, 'cancelled: it is neither scheduled nor being sent')
    await cancelMessages(trx, { accountId, campaignId: campaign.id })
    await releaseCodes(trx, input)
  })
  return await describeCampaign(db, input)
}
