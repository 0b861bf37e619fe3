import type { AddMissingReply } from '../../contract/campaigns.ts'
import { countUnderWay } from '../codes/code-jobs.ts'
import { addCodes } from '../codes/generate.ts'
import { countAvailable } from '../codes/pool.ts'
import { requireLockedCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { requireCampaign } from './campaigns.ts'
import { listUnserved } from './needs.ts'
import { checkMails, type ReviewInput, reviewCampaign } from './review.ts'

/** Most codes of one job. */
const MOST_PER_JOB = 5_000_000

/**
 * Adds to each coupon of a campaign exactly the codes that are missing: those that its recipients need, less those that it can
 * count on and those that are being made. Of one under way: for everybody who has not got their message yet.
 *
 * Pressing it twice adds nothing twice: the coupon is held while its missing codes are counted. Coupons whose codes are
 * uploaded are passed over. Throws `campaign_not_found`, `coupon_expired`. Wake the worker for the jobs.
 */
export async function addMissingCodes(db: Db, input: ReviewInput): Promise<AddMissingReply> {
  const needs = await listNeeds(db, input)
  return await inTransaction(db, async (trx) => {
    const jobs: AddMissingReply['jobs'] = []
    for (const { couponId, needed } of needs.toSorted((a, b) => (a.couponId < b.couponId ? -1 : 1))) {
      const { accountId, campaignId, now } = input
      const coupon = await requireLockedCoupon(trx, { accountId, couponId })
      if (coupon.type !== 'unique') continue
      const available = await countAvailable(trx, { accountId, coupon: couponId, campaignId, now })
      const count = needed - available - (await countUnderWay(trx, { accountId, couponId }))
      if (count <= 0) continue
      const job = await addCodes(trx, { accountId, coupon: couponId, count: Math.min(count, MOST_PER_JOB), now })
      jobs.push({ id: job.id, couponId, wanted: job.wanted })
    }
    return { jobs }
  })
}

async function listNeeds(db: Db, input: ReviewInput): Promise<{ couponId: string; needed: number }[]> {
  const campaign = await requireCampaign(db, input)
  if (campaign.state === 'draft' || campaign.state === 'scheduled') return (await reviewCampaign(db, input)).coupons
  const { coupons } = await checkMails(db, campaign)
  return await listUnserved(db, { ...input, names: coupons })
}
