import { z } from 'zod'
import { id, messageProvider, moment, name } from './common.ts'

/** Most sources that an audience includes, and most that it excludes. */
export const MAX_AUDIENCE_SOURCES = 20
/** Longest time over which a campaign can be spread. */
export const MAX_SPREAD_HOURS = 72
/** How far ahead a campaign can be scheduled. */
export const MAX_DAYS_AHEAD = 366

export const audienceSource = z.object({ kind: z.literal('list'), id })
export type AudienceSource = z.infer<typeof audienceSource>
const sources = z.array(audienceSource).max(MAX_AUDIENCE_SOURCES)
/** Who is in any of `include` and in none of `exclude`: each person once, however many sources hold them. */
export const audience = z.object({ include: sources.min(1), exclude: sources.default([]) })
export type Audience = z.infer<typeof audience>
const namedSource = audienceSource.extend({ name: z.string() })

const spreadHours = z.number().int().min(0).max(MAX_SPREAD_HOURS).default(0)
const wallClock = z.string().refine(isWallClock, 'Use a date and a time without a zone, such as 2027-03-01T09:00')
/**
 * now: as soon as it is scheduled. at: at a moment. Both can be spread evenly over hours.
 * local: when the clocks of each recipient show `at`.
 */
export const campaignWhen = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('now'), spreadHours }),
  z.object({ kind: z.literal('at'), at: moment, spreadHours }),
  z.object({ kind: z.literal('local'), at: wallClock }),
])
export type CampaignWhen = z.infer<typeof campaignWhen>

function isWallClock(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false
  const read = new Date(`${text}Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text)
}

/** Longest time after which the winner of a test is picked by itself. */
export const MAX_TEST_HOURS = 168

export const abMetric = z.enum(['redeemed', 'clicked', 'opened'])
export type AbMetric = z.infer<typeof abMetric>
/**
 * A second message that is tested against the first. `sharePercent` of the recipients get one of the two, half each; the rest get
 * the one of which the higher share was redeemed (or clicked, or opened) after so many hours. `afterHours` null: somebody picks it.
 */
export const abTest = z.object({
  templateId: id,
  sharePercent: z.number().int().min(10).max(100),
  metric: abMetric,
  afterHours: z.number().int().min(1).max(MAX_TEST_HOURS).nullable(),
})
export type AbTest = z.infer<typeof abTest>
export const abWinner = z.enum(['a', 'b'])
export const pickWinnerBody = z.object({ winner: abWinner })

export const campaignState = z.enum(['draft', 'scheduled', 'preparing', 'sending', 'paused', 'sent', 'cancelled'])
export const campaignCounts = z.object({
  recipients: z.number().int(),
  planned: z.number().int(),
  /** Planned, and held until there is a code for them. */
  waitingForCodes: z.number().int(),
  ready: z.number().int(),
  /** Made and put off to a later time: by the provider, or because it is night where the person is. */
  deferred: z.number().int(),
  sending: z.number().int(),
  sent: z.number().int(),
  rejected: z.number().int(),
  unknown: z.number().int(),
  /** Of the unknown ones: about how many the provider is still asked. */
  asked: z.number().int(),
  skipped: z.number().int(),
  cancelled: z.number().int(),
  /** As far as the provider told: arrived, came back, marked as spam. */
  delivered: z.number().int(),
  bounced: z.number().int(),
  complained: z.number().int(),
})
export const campaign = z.object({
  id,
  name,
  /** That of its templates. */
  channel: z.enum(['email', 'sms']),
  /** Whether people who got another message lately are passed over. */
  smartSending: z.boolean(),
  state: campaignState,
  audience: z.object({ include: z.array(namedSource), exclude: z.array(namedSource) }),
  templateId: id,
  templateName: z.string(),
  /** `decidesAt`: when the winner is picked by itself; null before the start, and where somebody picks it. */
  ab: abTest.extend({ templateName: z.string(), winner: abWinner.nullable(), decidesAt: moment.nullable() }).nullable(),
  when: campaignWhen,
  /** True: who finds no code is held until there is one. False: is skipped with the reason `no_code`. */
  holdWithoutCode: z.boolean(),
  counts: campaignCounts,
  /** When the provider is asked next about messages whose answer was lost; null: about none. */
  nextAskAt: moment.nullable(),
  /** Why the campaign was paused by itself; null otherwise. */
  pausedReason: z.string().nullable(),
  createdAt: moment,
  /** When a scheduled campaign starts; with local times the earliest of them. Null in every other state. */
  startsAt: moment.nullable(),
  startedAt: moment.nullable(),
  finishedAt: moment.nullable(),
})
export type Campaign = z.infer<typeof campaign>
export const createCampaignBody = z.object({
  name,
  audience,
  templateId: id,
  ab: abTest.nullable().default(null),
  when: campaignWhen.default({ kind: 'now', spreadHours: 0 }),
  holdWithoutCode: z.boolean().default(false),
  smartSending: z.boolean().default(true),
})
/** Changes a draft. */
export const updateCampaignBody = z.object({
  name: name.optional(),
  audience: audience.optional(),
  templateId: id.optional(),
  ab: abTest.nullable().optional(),
  when: campaignWhen.optional(),
  holdWithoutCode: z.boolean().optional(),
  smartSending: z.boolean().optional(),
})

export const rescheduleBody = z.object({ when: campaignWhen })

export const couponNeed = z.object({
  couponId: id,
  name: z.string(),
  needed: z.number().int(),
  /** Recipients who already have an open code and keep it. */
  kept: z.number().int(),
  /** Recipients who had a code of a coupon that gives each person one for good, and cannot use it any more: they are skipped as `already_had`. */
  alreadyHad: z.number().int(),
  /** For this campaign: what it has reserved, and what nobody has. */
  available: z.number().int(),
  missing: z.number().int(),
  /** Codes that are being made now. */
  underWay: z.number().int(),
  /** False: the codes of this coupon are uploaded, so that none can be made. */
  canBeMade: z.boolean(),
})
const notice = z.object({ code: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()) })
/** How many messages are sent again. */
export const resendReply = z.object({ count: z.number().int() })

export const campaignReview = z.object({
  recipients: z.number().int(),
  /** People of the included sources who will not get it, by reason. */
  skipped: z.array(
    z.object({
      reason: z.enum(['excluded', 'no_email', 'no_phone', 'not_subscribed', 'suppressed']),
      count: z.number().int(),
    }),
  ),
  coupons: z.array(couponNeed),
  /** When the first and the last message are due, if it were scheduled now. */
  startsAt: moment,
  endsAt: moment,
  sender: z.string().nullable(),
  channel: messageProvider,
  /** What stands in the way of sending, each with what to do. Empty: it can be sent. */
  problems: z.array(notice),
  /** What one should know and can leave as it is. */
  notices: z.array(notice),
})
export type CampaignReview = z.infer<typeof campaignReview>
/** One job for each coupon that had too few codes. Empty: enough are there or being made. */
export const addMissingReply = z.object({ jobs: z.array(z.object({ id, couponId: id, wanted: z.number().int() })) })
export type AddMissingReply = z.infer<typeof addMissingReply>
