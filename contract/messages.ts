import { z } from 'zod'
import { emailProvider, id, moment, name, pageQuery } from './common.ts'

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
  profileId: id,
  to: z.string(),
  subject: z.string().nullable(),
  channel: emailProvider,
  state: messageState,
  reason: z.string().nullable(),
  codes: z.array(z.object({ coupon: z.string(), code: z.string(), expiresAt: moment.nullable() })),
  createdAt: moment,
  sentAt: moment.nullable(),
})
export type Message = z.infer<typeof message>
export const listMessagesQuery = pageQuery.extend({
  campaignId: id.optional(),
  profileId: id.optional(),
  state: messageState.optional(),
  /** The word that the reason begins with, such as `no_code`. */
  reason: z.string().max(100).optional(),
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
