import type { Page } from '../../contract/common.ts'
import type { CampaignReport, Redemption } from '../../contract/reports.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { maskCode } from '../lib/mask.ts'
import { countCampaignCodes, findCampaignRow, selectCampaignMoney, selectRedemptions } from './redemptions.sql.ts'

export type ListRedemptionsInput = {
  accountId: string
  couponId?: string | undefined
  cursor?: string | undefined
  limit: number
  /** False masks the codes. */
  showsCodes: boolean
}

/** Redemptions of an account or of one coupon, newest first, rolled back and repeated ones too. Throws `CursorError`. */
export async function listRedemptions(db: Db, input: ListRedemptionsInput): Promise<Page<Redemption>> {
  const rows = await selectRedemptions(db, {
    accountId: input.accountId,
    couponId: input.couponId,
    before: decodeIdCursor(input.cursor),
    limit: input.limit + 1,
  })
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => ({
      ...row,
      at: row.at.toISOString(),
      cancelledAt: row.cancelledAt?.toISOString() ?? null,
      code: input.showsCodes ? row.code : maskCode(row.code),
    }),
  )
}

/**
 * What became of a campaign: its messages, and the orders that used the codes in them, whenever the codes were assigned.
 * Revenue is the orders' subtotal less discounts and refunds. Throws `campaign_not_found`.
 */
export async function reportCampaign(
  db: Db,
  input: { accountId: string; campaignId: string },
): Promise<CampaignReport> {
  const campaign = await findCampaignRow(db, input.accountId, input.campaignId)
  if (!campaign) {
    throw new AppError('campaign_not_found', 'No campaign of this account has this id. GET /v1/campaigns lists them.', {
      campaignId: input.campaignId,
    })
  }
  const assigned = await countCampaignCodes(db, input.accountId, input.campaignId)
  const rows = await selectCampaignMoney(db, input.accountId, input.campaignId)
  const redeemed = rows.reduce((total, { redemptions }) => total + redemptions, 0)
  return {
    ...campaign,
    campaignId: input.campaignId,
    assigned,
    redeemed,
    rate: assigned === 0 ? null : redeemed / assigned,
    money: rows.map(({ redemptions: _all, ...money }) => money),
  }
}
