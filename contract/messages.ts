import { z } from 'zod'
import { id, messageProvider, moment, name, pageQuery } from './common.ts'

/** Most characters of a template's HTML. */
export const MAX_TEMPLATE_CHARACTERS = 500_000

/** Most characters of a text message's template. What arrives is longer or shorter: the code and the data decide. */
export const MAX_SMS_CHARACTERS = 1600

export const channel = z.enum(['email', 'sms'])

const content = {
  /** An email needs it; a text message has none. */
  subject: z.string().trim().max(998).default(''),
  previewText: z.string().max(500).default(''),
  html: z.string().max(MAX_TEMPLATE_CHARACTERS).default(''),
  /** Of an email, null: made from the HTML. A text message is this alone. */
  text: z.string().max(MAX_TEMPLATE_CHARACTERS).nullable().default(null),
}
type Written = { channel: 'email' | 'sms'; subject: string; html: string; text: string | null }
type Context = { addIssue: (issue: { code: 'custom'; path: string[]; message: string }) => void }

/** An email needs a subject and HTML, a text message its text and nothing else. */
function refuseEmpty({ channel, subject, html, text }: Written, context: Context): void {
  const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
  if (channel === 'email' && subject === '') refuse('subject', 'Write a subject.')
  if (channel === 'email' && html === '') refuse('html', 'Write the mail.')
  if (channel === 'email') return
  if (!text?.trim()) refuse('text', 'Write the text message.')
  if ((text?.length ?? 0) > MAX_SMS_CHARACTERS) refuse('text', `Write at most ${MAX_SMS_CHARACTERS} characters.`)
  if (subject !== '' || html !== '') refuse('html', 'A text message is text alone: leave subject and html out.')
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
  channel,
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
export const templateSummary = template.pick({
  id: true,
  name: true,
  channel: true,
  subject: true,
  text: true,
  coupons: true,
  updatedAt: true,
})
export const createTemplateBody = z
  .object({ name, channel: channel.default('email'), ...content })
  .superRefine(refuseEmpty)
/** A change makes a new version; campaigns that are under way keep theirs. */
export const updateTemplateBody = z.object({
  name: name.optional(),
  subject: z.string().trim().min(1).max(998).optional(),
  previewText: z.string().max(500).optional(),
  html: z.string().min(1).max(MAX_TEMPLATE_CHARACTERS).optional(),
  text: z.string().max(MAX_TEMPLATE_CHARACTERS).nullable().optional(),
})
/** Renders without saving. `profileId`: as this person would see it. No code is drawn: `NAME-preview` stands for it. */
export const previewBody = z
  .object({ channel: channel.default('email'), ...content, profileId: id.nullable().default(null) })
  .superRefine(refuseEmpty)
export const previewReply = z.object({
  subject: z.string(),
  previewText: z.string(),
  html: z.string(),
  text: z.string(),
  /** Of a text message, counted with a code of its real length and shortened links; null for an email. */
  segments: z
    .object({
      encoding: z.enum(['GSM-7', 'UCS-2']),
      segments: z.number().int(),
      characters: z.number().int(),
      perSegment: z.number().int(),
      remaining: z.number().int(),
    })
    .nullable(),
  coupons: z.array(z.string()),
  issues: z.array(templateIssue),
})
export type Preview = z.infer<typeof previewReply>

/** Most addresses of one test. */
export const MAX_TEST_ADDRESSES = 5
/** Sends the saved version to testers. `profileId`: as this person would see it; null: as somebody made up. */
export const testSendBody = z.object({
  /** Email addresses; phone numbers with + and country code for a text message. */
  addresses: z.array(z.string().trim().min(3).max(254)).min(1).max(MAX_TEST_ADDRESSES),
  profileId: id.nullable().default(null),
})
export const testSendReply = z.object({
  messages: z.array(z.object({ id, to: z.string() })),
  /** The real codes that the testers share, masked for callers who may not see codes. Empty for a repeat. */
  codes: z.array(z.object({ coupon: z.string(), code: z.string(), expiresAt: moment.nullable() })),
})

export const messageState = z.enum([
  'planned',
  'ready',
  'deferred',
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
  kind: z.enum(['campaign', 'test', 'resend']),
  medium: channel,
  /** Null for a test. */
  profileId: id.nullable(),
  to: z.string(),
  subject: z.string().nullable(),
  channel: messageProvider,
  state: messageState,
  /** When a deferred message is tried again. */
  deferredUntil: moment.nullable(),
  /** When the provider is asked (again) what became of an unknown message; null: it is not. */
  nextAskAt: moment.nullable(),
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
  /** The word that the reason begins with, such as `no_code`. */
  reason: z.string().max(100).optional(),
  search: z.string().max(254).optional(),
})
/** The message as it lies in the outbox; of a text message, `text` alone. Null parts: the message did not go through the outbox or is not sent yet. */
export const messageContent = z.object({
  subject: z.string(),
  from: z.string(),
  to: z.string(),
  html: z.string(),
  text: z.string(),
  /** Path of the .eml file, relative to DATA_DIR. */
  file: z.string(),
})
