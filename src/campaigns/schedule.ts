import type { Campaign, CampaignReview, CampaignWhen } from '../../contract/campaigns.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { requireTemplate } from '../messages/templates.ts'
import {
  type CampaignRow,
  lockCampaign,
  updateDraft,
  updateScheduled,
  updateStarted,
  updateTime,
} from './campaigns.sql.ts'
import { abTestOf, campaignNotFound, describeCampaign, whenOf, wrongState } from './campaigns.ts'
import { reserveNeeds } from './needs.ts'
import { type ReviewInput, reviewAs } from './review.ts'

/**
 * Schedules a draft: from now on its template's version is fixed, its codes are reserved, and a worker sends it when its time
 * has come (`runCampaign`); at once when that is now. `atOnce`: whatever time was chosen before.
 *
 * Throws `campaign_not_sendable` with the problems of the review in `data`, the first one's text as message; `campaign_state`
 * when it was scheduled already. Nothing has changed then.
 */
export async function scheduleCampaign(db: Db, input: ReviewInput & { atOnce?: boolean }): Promise<Campaign> {
  const { accountId, campaignId, now } = input
  await inTransaction(db, async (trx) => {
    const campaign = await requireLocked(trx, input, 'draft', 'scheduled: that was done already')
    const when = input.atOnce ? atOnce(whenOf(campaign)) : whenOf(campaign)
    const review = refuseProblems(await reviewAs(trx, input, campaign, when))
    if (input.atOnce) await updateDraft(trx, { ...campaign, ab: abTestOf(campaign), when })
    const template = await requireTemplate(trx, { accountId, templateId: campaign.templateId })
    const { ab } = campaign
    const second = ab ? await requireTemplate(trx, { accountId, templateId: ab.templateId }) : null
    const versions = { templateVersionId: template.versionId, abTemplateVersionId: second?.versionId ?? null }
    const sender = review.sender ?? ''
    const lookAt = new Date(review.startsAt)
    const facts = { accountId, id: campaignId, ...versions, sender, lookAt, now }
    if (!(await updateScheduled(trx, facts))) throw wrongState(campaign, 'scheduled')
    await reserve(trx, input, campaign, review)
    await updateStarted(trx, accountId, campaignId, now)
  })
  return await describeCampaign(db, input)
}

/**
 * Gives a scheduled campaign another time; the review holds for the new one. Throws `campaign_not_sendable`; `campaign_state`
 * when it is not scheduled (any more). Wake the worker when its time has come.
 */
export async function rescheduleCampaign(db: Db, input: ReviewInput & { when: CampaignWhen }): Promise<Campaign> {
  const { accountId, campaignId, when, now } = input
  await inTransaction(db, async (trx) => {
    const campaign = await requireLocked(trx, input, 'scheduled', 'given another time: it is not scheduled')
    const review = refuseProblems(await reviewAs(trx, input, campaign, when))
    const lookAt = new Date(review.startsAt)
    if (!(await updateTime(trx, { accountId, id: campaignId, when, lookAt })))
      throw wrongState(campaign, 'given another time')
    await reserve(trx, input, campaign, review)
    await updateStarted(trx, accountId, campaignId, now)
  })
  return await describeCampaign(db, input)
}

async function requireLocked(
  trx: Db,
  { accountId, campaignId }: ReviewInput,
  state: CampaignRow['state'],
  what: string,
): Promise<CampaignRow> {
  const campaign = await lockCampaign(trx, accountId, campaignId)
  if (!campaign) throw campaignNotFound(campaignId)
  if (campaign.state !== state) throw wrongState(campaign, what)
  return campaign
}

function atOnce(when: CampaignWhen): CampaignWhen {
  return { kind: 'now', spreadHours: when.kind === 'local' ? 0 : when.spreadHours }
}

function refuseProblems(review: CampaignReview): CampaignReview {
  const [problem] = review.problems
  if (problem) throw new AppError('campaign_not_sendable', problem.message, { problems: review.problems })
  return review
}

/** The review counted before the coupons were held: of two campaigns that want the last codes, one is refused here. */
async function reserve(trx: Db, input: ReviewInput, campaign: CampaignRow, review: CampaignReview): Promise<void> {
  const { accountId, campaignId, now } = input
  const whose = { accountId, campaignId, mayExceed: campaign.holdWithoutCode, now }
  const [short] = await reserveNeeds(trx, whose, review.coupons)
  const need = review.coupons.find((coupon) => coupon.couponId === short?.couponId)
  if (!short || !need) return
  const missing = need.needed - short.available
  const message = `${need.name} has ${short.available} codes for ${need.needed} recipients who need one: others took some just now. Add ${missing} codes.`
  const problem = { code: 'codes_missing', message, data: { ...need, available: short.available, missing } }
  throw new AppError('campaign_not_sendable', message, { problems: [problem] })
}
