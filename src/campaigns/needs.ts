import type { Audience, CampaignReview } from '../../contract/campaigns.ts'
import { countUnderWay } from '../codes/code-jobs.ts'
import { countAvailable } from '../codes/pool.ts'
import { type ReserveInput, reserveCodes } from '../codes/reserve.ts'
import { scopeOf } from '../codes/scope.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { countKeepers, countUnserved } from '../messages/recipients.ts'

export type Need = CampaignReview['coupons'][number]

/** How many codes of a coupon an audience needs, and how many the campaign can count on. `until`: when the last message is due. */
export async function needOf(
  db: Db,
  input: {
    accountId: string
    campaignId: string
    audience: Audience
    medium: 'email' | 'sms'
    recipients: number
    coupon: CouponRow
    until: Date
    now: Date
  },
): Promise<Need> {
  const { accountId, campaignId, audience, medium, coupon, until, now } = input
  const scope = scopeOf(coupon, { campaignId })
  const { kept, alreadyHad } = await countKeepers(db, {
    accountId,
    audience,
    medium,
    couponId: coupon.id,
    scope,
    until,
  })
  const available = await countAvailable(db, { accountId, coupon: coupon.id, campaignId, now })
  const needed = Math.max(0, input.recipients - kept - alreadyHad)
  return {
    couponId: coupon.id,
    name: coupon.name,
    needed,
    kept,
    alreadyHad,
    available,
    missing: Math.max(0, needed - available),
    underWay: await countUnderWay(db, { accountId, couponId: coupon.id }),
    canBeMade: coupon.type === 'unique',
  }
}

/** What the planned messages of a campaign under way need of the coupons of these names: one for each person without a code. */
export async function listUnserved(
  db: Db,
  input: { accountId: string; campaignId: string; names: string[] },
): Promise<{ couponId: string; needed: number }[]> {
  const { accountId, campaignId } = input
  const needs: { couponId: string; needed: number }[] = []
  for (const coupon of await listCouponsByName(db, input)) {
    const scope = scopeOf(coupon, { campaignId })
    const couponId = coupon.id
    needs.push({ couponId, needed: await countUnserved(db, { accountId, campaignId, couponId, scope }) })
  }
  return needs
}

/** Reserves for a campaign what it needs, coupon by coupon in the order of their ids, as draws hold them. Returns who had too few. */
export async function reserveNeeds(
  trx: Db,
  input: Omit<ReserveInput, 'couponId' | 'count'>,
  needs: readonly { couponId: string; needed: number }[],
): Promise<{ couponId: string; available: number }[]> {
  const short: { couponId: string; available: number }[] = []
  for (const { couponId, needed } of needs.toSorted((a, b) => (a.couponId < b.couponId ? -1 : 1))) {
    const result = await reserveCodes(trx, { ...input, couponId, count: needed })
    if (result.status === 'too_few') short.push({ couponId, available: result.available })
  }
  return short
}
