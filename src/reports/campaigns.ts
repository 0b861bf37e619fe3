import type { CampaignReport } from '../../contract/reports.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { listVariants } from '../messages/variants.ts'
import {
  countCampaignCodes,
  findCampaignRow,
  selectCampaignHours,
  selectCampaignMoney,
  selectSkipReasons,
} from './campaigns.sql.ts'

const MOST_HOURS = 168

/**
 * What became of a campaign: its messages, and the orders that used the codes in them, whenever the codes were assigned.
 * Revenue is the orders' subtotal less discounts and refunds. Throws `campaign_not_found`.
 */
export async function reportCampaign(
  db: Db,
  input: { accountId: string; campaignId: string },
): Promise<CampaignReport> {
  const { accountId, campaignId } = input
  const campaign = await findCampaignRow(db, accountId, campaignId)
  if (!campaign) {
    throw new AppError('campaign_not_found', 'No campaign of this account has this id. GET /v1/campaigns lists them.', {
      campaignId,
    })
  }
  const assigned = await countCampaignCodes(db, accountId, campaignId)
  const rows = await selectCampaignMoney(db, accountId, campaignId)
  const redeemed = rows.reduce((total, { redemptions }) => total + redemptions, 0)
  const hours = await selectCampaignHours(db, accountId, campaignId, MOST_HOURS)
  return {
    ...campaign,
    campaignId,
    skippedBecause: await selectSkipReasons(db, accountId, campaignId),
    assigned,
    redeemed,
    rate: assigned === 0 ? null : redeemed / assigned,
    money: rows.map(({ redemptions: _all, ...money }) => money),
    variants: await listVariants(db, { accountId, campaignId }),
    hours: hours.map((row) => ({ ...row, hour: row.hour.toISOString() })),
  }
}
