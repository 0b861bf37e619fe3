import { z } from 'zod'
import { id, moment, name, pageQuery } from './common.ts'

/** Most characters of a template's HTML. */
export const MAX_TEMPLATE_CHARACTERS = 500_000

const content = {
  subject: z.string().trim().min(1).max(998),
  previewText: z.string().max(500).default(''),
  html: z.string().min(1).max(MAX_TEMPLATE_CHARACTERS),
  /** Null: made from the HTML. */
  text: z.string().max(MAX_TEMPLATE_CHARACTERS).nullable().default(null),
}
export const templateIssue = z.object({
  part: z.enum(['subject', 'previewText', 'html', 'text']),
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  line: z.number().int(),
  column: z.number().int(),
})
export type TemplateIssue = z.infer<typeof templateIssue>

export const template = z.object({
  id,
  name,
  version: z.number().int(),
  subject: z.string(),
  previewText: z.string(),
  html: z.string(),
  text: z.string().nullable(),
  coupons: z.array(z.string()),
  issues: z.array(templateIssue),
  createdAt: moment,
  updatedAt: moment,
})
export type Template = z.infer<typeof template>
export const templateSummary = template.pick({ id: true, name: true, subject: true, coupons: true, updatedAt: true })
export const createTemplateBody = z.object({ name, ...content })
/** A change makes a new version; campaigns that are under way keep theirs. */
export const updateTemplateBody = z.object({
  name: name.optional(),
  subject: content.subject.optional(),
  previewText: z.string().max(500).optional(),
  html: content.html.optional(),
  text: z.string().max(MAX_TEMPLATE_CHARACTERS).nullable().optional(),
})
/** Renders without saving. `profileId`: as this person would see it. No code is drawn: `NAME-preview` stands for it. */
export const previewBody = z.object({ ...content, profileId: id.nullable().default(null) })
export const previewReply = z.object({
  subject: z.string(),
  previewText: z.string(),
  html: z.string(),
  text: z.string(),
  coupons: z.array(z.string()),
  issues: z.array(templateIssue),
})
export type Preview = z.infer<typeof previewReply>

/** Most addresses of one test. */
export const MAX_TEST_ADDRESSES = 5
/** Sends the saved version to testers. `profileId`: as this person would see it; null: as somebody made up. */
export const testSendBody = z.object({
  addresses: z.array(z.email().max(254)).min(1).max(MAX_TEST_ADDRESSES),
  profileId: id.nullable().default(null),
})
export const testSendReply = z.object({
  messages: z.array(z.object({ id, to: z.string() })),
  /** The real codes that the testers share, masked for callers who may not see codes. Empty for a repeat. */
  codes: z.array(z.object({ coupon: z.string(), code: z.string(), expiresAt: moment.nullable() })),
})

export const campaignState = z.enum(['draft', 'preparing', 'sending', 'paused', 'sent', 'cancelled'])
export const campaignCounts = z.object({
  recipients: z.number().int(),
  planned: z.number().int(),
  ready: z.number().int(),
  sending: z.number().int(),
  sent: z.number().int(),
  rejected: z.number().int(),
  unknown: z.number().int(),
  skipped: z.number().int(),
  cancelled: z.number().int(),
})
export const campaign = z.object({
  id,
  name,
  channel: z.literal('email'),
  state: campaignState,
  listId: id,
  listName: z.string(),
  templateId: id,
  templateName: z.string(),
  counts: campaignCounts,
  /** Why the campaign was paused by itself; null otherwise. */
  pausedReason: z.string().nullable(),
  createdAt: moment,
  startedAt: moment.nullable(),
  finishedAt: moment.nullable(),
})
export type Campaign = z.infer<typeof campaign>
export const createCampaignBody = z.object({ name, listId: id, templateId: id })
export const updateCampaignBody = createCampaignBody.partial()

export const couponNeed = z.object({
  couponId: id,
  name: z.string(),
  needed: z.number().int(),
  /** Recipients who already have an open code and keep it. */
  kept: z.number().int(),
  available: z.number().int(),
  missing: z.number().int(),
})
export const campaignReview = z.object({
  recipients: z.number().int(),
  /** Members of the list who will not get it, by reason. */
  skipped: z.array(z.object({ reason: z.enum(['no_email', 'not_subscribed']), count: z.number().int() })),
  coupons: z.array(couponNeed),
  sender: z.string().nullable(),
  channel: z.enum(['outbox', 'smtp']),
  /** What stands in the way of sending, each with what to do. Empty: it can be sent. */
  problems: z.array(z.object({ code: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()) })),
})
export type CampaignReview = z.infer<typeof campaignReview>

export const messageState = z.enum([
  'planned',
  'ready',
  'sending',
  'sent',
  'rejected',
  'unknown',
  'skipped',
  'cancelled',
])
export const message = z.object({
  id,
  campaignId: id.nullable(),
  campaignName: z.string().nullable(),
  kind: z.enum(['campaign', 'test']),
  /** Null for a test. */
  profileId: id.nullable(),
  to: z.string(),
  subject: z.string().nullable(),
  channel: z.enum(['outbox', 'smtp']),
  state: messageState,
  reason: z.string().nullable(),
  codes: z.array(z.object({ coupon: z.string(), code: z.string(), expiresAt: moment.nullable() })),
  createdAt: moment,
  sentAt: moment.nullable(),
  /** How often it was opened and its links were followed, machines left out as far as they can be told. */
  opens: z.number().int(),
  clicks: z.number().int(),
  openedAt: moment.nullable(),
  clickedAt: moment.nullable(),
})
export type Message = z.infer<typeof message>
export const listMessagesQuery = pageQuery.extend({
  campaignId: id.optional(),
  profileId: id.optional(),
  state: messageState.optional(),
  search: z.string().max(254).optional(),
})
/** The mail as it lies in the outbox. Null parts: the message did not go through the outbox or is not sent yet. */
export const messageContent = z.object({
  subject: z.string(),
  from: z.string(),
  to: z.string(),
  html: z.string(),
  text: z.string(),
  /** Path of the .eml file, relative to DATA_DIR. */
  file: z.string(),
})
