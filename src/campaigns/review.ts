import type { Audience, CampaignReview, CampaignWhen } from '../../contract/campaigns.ts'
import { MAX_DAYS_AHEAD } from '../../contract/campaigns.ts'
import { requireAccount } from '../accounts/account.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import type { MailContent } from '../messages/mail.ts'
import { countRecipients, type RecipientCounts } from '../messages/recipients.ts'
import { fromOf } from '../messages/sender.ts'
import { checkMail, requireContent, requireTemplate } from '../messages/templates.ts'
import type { CampaignRow } from './campaigns.sql.ts'
import { audienceOf, requireCampaign, whenOf } from './campaigns.ts'
import { type Need, needOf } from './needs.ts'
import { isOver, latest, planOf, startOf } from './plan.ts'

type Problem = CampaignReview['problems'][number]
const DAY_MS = 86_400_000

export type ReviewInput = { accountId: string; campaignId: string; channel: 'outbox' | 'smtp'; now: Date }

/**
 * Who would get the campaign, when, which codes it needs, and everything that stands in the way of scheduling it, each with
 * what to do. Coupons inside conditions count as if everybody saw them. Throws `campaign_not_found`.
 */
export async function reviewCampaign(db: Db, input: ReviewInput): Promise<CampaignReview> {
  const campaign = await requireCampaign(db, input)
  return await reviewAs(db, input, campaign, whenOf(campaign))
}

/** The review as it would be with another time. */
export async function reviewAs(
  db: Db,
  input: ReviewInput,
  campaign: CampaignRow,
  when: CampaignWhen,
): Promise<CampaignReview> {
  const { accountId, campaignId, channel, now } = input
  const audience = audienceOf(campaign)
  const account = await requireAccount(db, { accountId })
  const mail = await checkMail(db, { accountId, content: await contentOf(db, campaign) })
  const start = latest(startOf(when, now), now)
  const plan = await planOf(db, { accountId, audience, when, timeZone: account.timeZone, start })
  const people = await countRecipients(db, { accountId, campaignId, audience, plan, now })
  const until = latest(people.lastDueAt ?? start, start)
  const found = await listCouponsByName(db, { accountId, names: mail.coupons })
  const coupons: Need[] = []
  for (const coupon of found) {
    coupons.push(await needOf(db, { ...input, audience, recipients: people.recipients, coupon, until }))
  }
  const sender = fromOf(account, channel)
  const isHeld = campaign.holdWithoutCode
  return {
    recipients: people.recipients,
    skipped: skippedOf(people),
    coupons,
    startsAt: start.toISOString(),
    endsAt: until.toISOString(),
    sender,
    channel,
    problems: [
      ...timeProblems(when, now),
      ...(people.recipients === 0 ? [noRecipients(audience, campaign)] : []),
      ...templateProblems(mail.issues),
      ...found.flatMap((coupon) => overProblem(coupon, until, now)),
      ...(isHeld ? [] : coupons.flatMap(missingProblem)),
      ...(sender === null ? [senderMissing()] : []),
    ],
    notices: [...(isHeld ? coupons.flatMap(heldNotice) : []), ...passedNotice(when, people)],
  }
}

/** What goes out: of a draft the template as it is now, else the version that was frozen. */
export async function contentOf(db: Db, campaign: CampaignRow): Promise<MailContent> {
  const { accountId, templateId, templateVersionId } = campaign
  return campaign.state === 'draft' || templateVersionId === null
    ? await requireTemplate(db, { accountId, templateId })
    : await requireContent(db, { accountId, versionId: templateVersionId })
}

function skippedOf(people: RecipientCounts): CampaignReview['skipped'] {
  const all = [
    { reason: 'excluded' as const, count: people.excluded },
    { reason: 'no_email' as const, count: people.noEmail },
    { reason: 'not_subscribed' as const, count: people.notSubscribed },
  ]
  return all.filter((entry) => entry.count > 0)
}

function timeProblems(when: CampaignWhen, now: Date): Problem[] {
  if (isOver(when, now)) {
    const message = 'The time of this campaign has passed. Choose a later one, or send it now.'
    return [{ code: 'time_passed', message, data: { when } }]
  }
  if (startOf(when, now).getTime() <= now.getTime() + MAX_DAYS_AHEAD * DAY_MS) return []
  const message = `A campaign can be scheduled ${MAX_DAYS_AHEAD} days ahead. Choose an earlier time.`
  return [{ code: 'time_too_far', message, data: { when } }]
}

function templateProblems(issues: Awaited<ReturnType<typeof checkMail>>['issues']): Problem[] {
  return issues
    .filter((issue) => issue.severity === 'error')
    .map((issue) => ({
      code: issue.code,
      message: `${issue.part}, line ${issue.line}: ${issue.message}`,
      data: { ...issue },
    }))
}

function missingProblem(need: Need): Problem[] {
  if (need.missing === 0) return []
  const { name, available, needed, missing } = need
  const way = need.canBeMade ? `Add ${missing} codes` : `Upload ${missing} more`
  const message = `${name} has ${available} codes for ${needed} recipients who need one. ${way}.`
  return [{ code: 'codes_missing', message, data: { ...need } }]
}

function heldNotice(need: Need): Problem[] {
  if (need.missing === 0) return []
  const message = `${need.missing} people wait until ${need.name} has codes for them; the others get theirs in time.`
  return [{ code: 'held_without_code', message, data: { ...need } }]
}

function passedNotice(when: CampaignWhen, people: RecipientCounts): Problem[] {
  if (when.kind !== 'local' || people.passed === 0) return []
  const { passed } = people
  const message = `For ${passed} people it is later than that already: they get it at once.`
  return [{ code: 'local_time_passed', message, data: { passed } }]
}

function overProblem(coupon: CouponRow, until: Date, now: Date): Problem[] {
  if (!coupon.expiresAt || coupon.expiresAt > until) return []
  const message =
    coupon.expiresAt <= now
      ? `The coupon ${coupon.name} has expired. Edit its terms to give it a later end.`
      : `The coupon ${coupon.name} expires before the last message is sent. Edit its terms to give it a later end, or send earlier.`
  return [{ code: 'coupon_expired', message, data: { couponId: coupon.id } }]
}

function noRecipients(audience: Audience, campaign: CampaignRow): Problem {
  const names = campaign.sources.filter((source) => !source.isExcluded).map((source) => source.name)
  const where = audience.include.length === 1 ? `on the list ${names.join()}` : 'of this audience'
  return {
    code: 'no_recipients',
    message: `Nobody ${where} can get this email. Import people who agreed to receive email, or choose another list.`,
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
