import type { Audience, CampaignReview, CampaignWhen } from '../../contract/campaigns.ts'
import { MAX_DAYS_AHEAD } from '../../contract/campaigns.ts'
import type { TemplateIssue } from '../../contract/messages.ts'
import { type AccountFacts, requireAccount } from '../accounts/account.ts'
import type { EmailProvider } from '../channels/email/email-channel.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import type { MailContent } from '../messages/mail.ts'
import { countRecipients, type RecipientCounts } from '../messages/recipients.ts'
import { fromOf } from '../messages/sender.ts'
import { findCurrentSender, findCurrentSmsSender, withIdentity } from '../messages/senders/identity.ts'
import { checkMail, requireContent, requireTemplate } from '../messages/templates.ts'
import type { CampaignRow } from './campaigns.sql.ts'
import { audienceOf, requireCampaign, whenOf } from './campaigns.ts'
import { type Need, needOf } from './needs.ts'
import { isOver, latest, planOf, startOf } from './plan.ts'
import { findSenderProblems, findSmsSenderProblems } from './sender-problems.ts'

type Problem = CampaignReview['problems'][number]
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export type ReviewInput = { accountId: string; campaignId: string; channel: EmailProvider; now: Date }

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
  const mail = await checkMails(db, campaign)
  const start = latest(startOf(when, now), now)
  const plan = await planOf(db, { accountId, audience, when, timeZone: account.timeZone, start })
  const people = await countRecipients(db, { accountId, campaignId, audience, medium: campaign.channel, plan, now })
  const decided = new Date(start.getTime() + (campaign.ab?.afterHours ?? 0) * HOUR_MS)
  const until = latest(people.lastDueAt ?? start, decided)
  const found = await listCouponsByName(db, { accountId, names: mail.coupons })
  const coupons: Need[] = []
  for (const coupon of found) {
    const who = { audience, medium: campaign.channel, recipients: people.recipients }
    coupons.push(await needOf(db, { ...input, ...who, coupon, until }))
  }
  const sender =
    campaign.channel === 'sms'
      ? await reviewSmsSender(db, accountId)
      : await reviewEmailSender(db, { accountId, account, fallback: channel, mail })
  const isHeld = campaign.holdWithoutCode
  return {
    recipients: people.recipients,
    skipped: skippedOf(people, campaign.channel),
    coupons,
    startsAt: start.toISOString(),
    endsAt: until.toISOString(),
    sender: sender.from,
    channel: sender.provider,
    problems: [
      ...timeProblems(when, now),
      ...testProblems(campaign, when),
      ...(people.recipients === 0 ? [noRecipients(audience, campaign)] : []),
      ...templateProblems(mail.issues),
      ...found.flatMap((coupon) => overProblem(coupon, until, now)),
      ...(isHeld ? [] : coupons.flatMap(missingProblem)),
      ...sender.problems,
    ],
    notices: [
      ...sender.warnings,
      ...coupons.flatMap(hadNotice),
      ...(isHeld ? coupons.flatMap(heldNotice) : []),
      ...passedNotice(when, people),
    ],
  }
}

type ReviewedSender = {
  from: string | null
  provider: CampaignReview['channel']
  problems: Problem[]
  warnings: Problem[]
}

async function reviewEmailSender(
  db: Db,
  input: {
    accountId: string
    account: AccountFacts
    fallback: EmailProvider
    mail: { contents: MailContent[]; issues: TemplateIssue[] }
  },
): Promise<ReviewedSender> {
  const { accountId, account, fallback, mail } = input
  const identity = await findCurrentSender(db, { accountId, fallback })
  const { provider } = identity
  const from = fromOf(withIdentity(account, identity), provider)
  const { problems, warnings } = await findSenderProblems(db, { accountId, account, provider, ...mail })
  return { from, provider, problems: [...(from === null ? [senderMissing()] : []), ...problems], warnings }
}

async function reviewSmsSender(db: Db, accountId: string): Promise<ReviewedSender> {
  const { provider, from, problem } = await findCurrentSmsSender(db, { accountId })
  return { from, provider, ...findSmsSenderProblems(provider, problem) }
}

/** The coupons of what goes out, of both messages of a test, and what is wrong in it. */
export async function checkMails(
  db: Db,
  campaign: CampaignRow,
): Promise<{ contents: MailContent[]; coupons: string[]; issues: TemplateIssue[] }> {
  const { accountId, ab } = campaign
  const content = await contentOf(db, campaign, campaign)
  const first = await checkMail(db, { accountId, content })
  const other = ab ? await contentOf(db, campaign, ab) : null
  const second = other ? await checkMail(db, { accountId, content: other }) : null
  const inSecond = second?.issues.map((issue) => ({ ...issue, message: `${issue.message} (the second message)` })) ?? []
  const coupons = new Set([...first.coupons, ...(second?.coupons ?? [])])
  const contents = other ? [content, other] : [content]
  return { contents, coupons: [...coupons], issues: [...first.issues, ...inSecond] }
}

/** What goes out: of a draft the template as it is now, else the version that was frozen. */
async function contentOf(
  db: Db,
  { accountId, state }: CampaignRow,
  { templateId, templateVersionId }: { templateId: string; templateVersionId: string | null },
): Promise<MailContent> {
  return state === 'draft' || templateVersionId === null
    ? await requireTemplate(db, { accountId, templateId })
    : await requireContent(db, { accountId, versionId: templateVersionId })
}

function skippedOf(people: RecipientCounts, channel: CampaignRow['channel']): CampaignReview['skipped'] {
  const all = [
    { reason: 'excluded' as const, count: people.excluded },
    { reason: channel === 'sms' ? ('no_phone' as const) : ('no_email' as const), count: people.noAddress },
    { reason: 'not_subscribed' as const, count: people.notSubscribed },
    { reason: 'suppressed' as const, count: people.suppressed },
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

function testProblems({ ab }: CampaignRow, when: CampaignWhen): Problem[] {
  if (!ab || ab.sharePercent === 100 || (when.kind !== 'local' && when.spreadHours === 0)) return []
  const message =
    'A test whose winner goes to the rest is sent at one time. Choose a time without local times and spread, or test with everybody.'
  return [{ code: 'time_of_test', message, data: { when } }]
}

function templateProblems(issues: readonly TemplateIssue[]): Problem[] {
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

function hadNotice(need: Need): Problem[] {
  if (need.alreadyHad === 0) return []
  const { name, alreadyHad } = need
  const message = `${name} gives each person one code, once. Skipped because they had theirs and cannot use it any more: ${alreadyHad}.`
  return [{ code: 'already_had', message, data: { ...need } }]
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
  const [what, kind] = campaign.channel === 'sms' ? ['text message', 'texts'] : ['email', 'email']
  return {
    code: 'no_recipients',
    message: `Nobody ${where} can get this ${what}. Import people who agreed to receive ${kind}, or choose another list.`,
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
