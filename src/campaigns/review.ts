import type { CampaignReview } from '../../contract/messages.ts'
import { requireAccount } from '../accounts/account.ts'
import type { EmailProvider } from '../channels/email/email-channel.ts'
import { countAvailable } from '../codes/pool.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { fromOf } from '../messages/sender.ts'
import { findCurrentSender, withIdentity } from '../messages/senders/identity.ts'
import { checkMail, requireTemplate } from '../messages/templates.ts'
import { type Audience, selectAudience, selectKeepers } from './campaigns.sql.ts'
import { requireCampaign } from './campaigns.ts'
import { findSenderProblems } from './sender-problems.ts'

type Problem = CampaignReview['problems'][number]
type Need = CampaignReview['coupons'][number]

/**
 * Who would get the campaign now, which codes it needs, and everything that stands in the way of sending it, each with what
 * to do. Coupons inside conditions count as if everybody saw them. Throws `campaign_not_found`.
 */
export async function reviewCampaign(
  db: Db,
  input: { accountId: string; campaignId: string; channel: EmailProvider; now: Date },
): Promise<CampaignReview> {
  const { accountId, channel } = input
  const campaign = await requireCampaign(db, input)
  const template = await requireTemplate(db, { accountId, templateId: campaign.templateId })
  const mail = await checkMail(db, { accountId, content: template })
  const audience = await selectAudience(db, accountId, campaign.listId)
  const found = await listCouponsByName(db, { accountId, names: mail.coupons })
  const coupons = await Promise.all(found.map((coupon) => needOf(db, input, campaign.listId, coupon, audience)))
  const identity = await findCurrentSender(db, { accountId, fallback: channel })
  const account = await requireAccount(db, { accountId })
  const sender = fromOf(withIdentity(account, identity), identity.provider)
  const asked = await findSenderProblems(db, {
    accountId,
    account,
    provider: identity.provider,
    content: template,
    mail,
  })
  const errors = mail.issues.filter((issue) => issue.severity === 'error')
  return {
    recipients: audience.recipients,
    skipped: skippedOf(audience),
    coupons,
    sender,
    channel: identity.provider,
    problems: [
      ...(audience.recipients === 0 ? [noRecipients(campaign.listName)] : []),
      ...errors.map((issue) => ({
        code: issue.code,
        message: `${issue.part}, line ${issue.line}: ${issue.message}`,
        data: { ...issue },
      })),
      ...found.flatMap((coupon) => overProblem(coupon, input.now)),
      ...coupons.flatMap(missingProblem),
      ...(sender === null ? [senderMissing()] : []),
      ...asked.problems,
    ],
    warnings: asked.warnings,
  }
}

async function needOf(
  db: Db,
  input: { accountId: string; now: Date },
  listId: string,
  coupon: CouponRow,
  audience: Audience,
): Promise<Need> {
  const kept = await selectKeepers(db, input.accountId, listId, coupon.id, input.now)
  const available = await countAvailable(db, { accountId: input.accountId, coupon: coupon.id, now: input.now })
  const needed = Math.max(0, audience.recipients - kept)
  return { couponId: coupon.id, name: coupon.name, needed, kept, available, missing: Math.max(0, needed - available) }
}

function skippedOf(audience: Audience): CampaignReview['skipped'] {
  const all = [
    { reason: 'no_email' as const, count: audience.noEmail },
    { reason: 'not_subscribed' as const, count: audience.notSubscribed },
    { reason: 'suppressed' as const, count: audience.suppressed },
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

function noRecipients(listName: string): Problem {
  return {
    code: 'no_recipients',
    message: `Nobody on the list ${listName} can get this email. Import people who agreed to receive email, or choose another list.`,
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
