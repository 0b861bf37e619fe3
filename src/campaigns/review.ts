import type { CampaignReview } from '../../contract/messages.ts'
import { requireAccount } from '../accounts/account.ts'
import { countAvailable } from '../codes/pool.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { fromOf } from '../messages/sender.ts'
import { checkMail, requireTemplate } from '../messages/templates.ts'
import { type Audience, type CampaignRow, selectAudience, selectKeepers } from './campaigns.sql.ts'
import { requireCampaign } from './campaigns.ts'

type Problem = CampaignReview['problems'][number]
type Need = CampaignReview['coupons'][number]

/**
 * Who would get the campaign now, which codes it needs, and everything that stands in the way of sending it, each with what
 * to do. Coupons inside conditions count as if everybody saw them. Throws `campaign_not_found`.
 */
export async function reviewCampaign(
  db: Db,
  input: { accountId: string; campaignId: string; channel: 'outbox' | 'smtp'; now: Date },
): Promise<CampaignReview> {
  const { accountId, channel } = input
  const campaign = await requireCampaign(db, input)
  const template = await requireTemplate(db, { accountId, templateId: campaign.templateId })
  const mail = await checkMail(db, { accountId, content: template })
  const audience = await selectAudience(db, accountId, campaign.listId, campaign.channel)
  const found = await listCouponsByName(db, { accountId, names: mail.coupons })
  const coupons = await Promise.all(found.map((coupon) => needOf(db, input, campaign, coupon, audience)))
  const sender = fromOf(await requireAccount(db, { accountId }), channel)
  const errors = mail.issues.filter((issue) => issue.severity === 'error')
  return {
    recipients: audience.recipients,
    skipped: skippedOf(audience, campaign.channel),
    coupons,
    sender,
    channel,
    problems: [
      ...(audience.recipients === 0 ? [noRecipients(campaign)] : []),
      ...errors.map((issue) => ({
        code: issue.code,
        message: `${issue.part}, line ${issue.line}: ${issue.message}`,
        data: { ...issue },
      })),
      ...found.flatMap((coupon) => overProblem(coupon, input.now)),
      ...coupons.flatMap(missingProblem),
      ...(sender === null && campaign.channel === 'email' ? [senderMissing()] : []),
    ],
  }
}

async function needOf(
  db: Db,
  input: { accountId: string; now: Date },
  campaign: Pick<CampaignRow, 'listId' | 'channel'>,
  coupon: CouponRow,
  audience: Audience,
): Promise<Need> {
  const kept = await selectKeepers(db, input.accountId, campaign.listId, coupon.id, campaign.channel, input.now)
  const available = await countAvailable(db, { accountId: input.accountId, coupon: coupon.id, now: input.now })
  const needed = Math.max(0, audience.recipients - kept)
  return { couponId: coupon.id, name: coupon.name, needed, kept, available, missing: Math.max(0, needed - available) }
}

function skippedOf(audience: Audience, channel: CampaignRow['channel']): CampaignReview['skipped'] {
  const all = [
    { reason: channel === 'sms' ? ('no_phone' as const) : ('no_email' as const), count: audience.noAddress },
    { reason: 'not_subscribed' as const, count: audience.notSubscribed },
  ]
  return all.filter((entry) => entry.count > 0)
}

function missingProblem(need: Need): Problem[] {
  if (need.missing === 0) return []
  const message = `${need.name} has ${need.available} codes for ${need.needed} recipients who need one. Add ${need.missing} codes.`
  return [{ code: 'codes_missing', message, data: { ...need } }]
}

function overProblem(coupon: CouponRow, now: Date): Problem[] {
  if (!coupon.expiresAt || coupon.expiresAt > now) return []
  const message = `The coupon ${coupon.name} has expired. Edit its terms to give it a later end.`
  return [{ code: 'coupon_expired', message, data: { couponId: coupon.id } }]
}

function noRecipients({ listName, channel }: CampaignRow): Problem {
  return {
    code: 'no_recipients',
    message: `Nobody on the list ${listName} can get this ${channel === 'sms' ? 'text message' : 'email'}. Import people who agreed to receive ${channel === 'sms' ? 'texts' : 'email'}, or choose another list.`,
    data: {},
  }
}

function senderMissing(): Problem {
  return {
    code: 'sender_missing',
    message: 'Set the address that mails come from, in the settings of the account.',
    data: {},
  }
}
