import { z } from 'zod'
import { id, moment, name } from './common.ts'

/** A secret of a provider: it goes in and never comes out again. */
const secretText = z.string().min(1).max(5000)
const text = z.string().trim().min(1).max(500)

/** `shape`: what is shown; `secrets`: what is kept sealed. Absent secrets keep theirs when a sender is changed, null removes one. */
function provider<Name extends string, Shape extends z.ZodRawShape, Secrets extends Record<string, z.ZodType<string>>>(
  providerName: Name,
  shape: Shape,
  secrets: Secrets,
) {
  const optional = Object.fromEntries(
    Object.entries(secrets).map(([key, schema]) => [key, schema.nullable().optional()]),
  ) as { [Key in keyof Secrets]: z.ZodOptional<z.ZodNullable<Secrets[Key]>> }
  return z.object({
    provider: z.literal(providerName),
    settings: z.strictObject(shape),
    secrets: z.strictObject(optional).default({} as never),
  })
}

const smtp = provider(
  'smtp',
  {
    host: text.max(253),
    port: z.number().int().min(1).max(65_535).default(587),
    /** tls: from the first byte (465). starttls: refuse to go on without. auto: STARTTLS where it is offered. */
    security: z.enum(['tls', 'starttls', 'auto', 'none']).default('starttls'),
    user: text.optional(),
    connections: z.number().int().min(1).max(100).default(5),
  },
  { password: secretText },
)
const ses = provider(
  'ses',
  {
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'Use a region such as eu-central-1'),
    accessKeyId: text,
    configurationSet: text.optional(),
    /** The SNS topic whose reports are believed. */
    topicArn: z
      .string()
      .regex(/^arn:aws[\w-]*:sns:/, 'Use the ARN of the SNS topic')
      .max(500)
      .optional(),
  },
  { secretAccessKey: secretText },
)
const resend = provider('resend', {}, { apiKey: secretText, webhookSecret: secretText })
const postmark = provider(
  'postmark',
  { messageStream: text.default('broadcast'), webhookUser: text.optional() },
  { serverToken: secretText, webhookPassword: secretText },
)
const sendgrid = provider(
  'sendgrid',
  {
    /** Where the account of SendGrid lies. */
    region: z.enum(['global', 'eu']).default('global'),
    /** The verification key of the event webhook: public, in base64. */
    webhookKey: text.optional(),
  },
  { apiKey: secretText },
)
const twilio = provider('twilio', { accountSid: text, messagingServiceSid: text.optional() }, { authToken: secretText })

/** Headers that are ours to set, or would change how the call itself is read. */
const OWN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|expect|upgrade|te|trailer|proxy-.*)$/i
const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, 'Use a name of a header such as X-Api-Key')
  .refine((text) => !OWN_HEADERS.test(text), 'This header is set by the call itself. Leave it out')
const MAX_HEADERS = 20

/** Any SMS service with an HTTP call. What its parts mean: docs/channels.md. */
const http = z.object({
  provider: z.literal('http'),
  settings: z.strictObject({
    method: z.enum(['POST', 'PUT']).default('POST'),
    url: text.max(2000),
    bodyKind: z.enum(['json', 'form']).default('json'),
    /** With {{to}} (or {{to_digits}}, without the +) and {{body}}, and {{from}} and {{id}} where the service wants them. */
    body: z.string().trim().min(1).max(10_000),
    acceptedStatuses: z.array(z.number().int().min(200).max(299)).min(1).max(20).default([200, 201, 202]),
    /** Where the reply has the id of the message: `messages.0.id`. */
    idPath: z
      .string()
      .regex(/^[\w-]+(\.[\w-]+)*$/, 'Write keys and indexes with dots between, such as messages.0.id')
      .max(200)
      .optional(),
    /** The header under which a repeat is known, and for how long. */
    idempotency: z.strictObject({ header: headerName, minutes: z.number().int().min(5).max(43_200) }).optional(),
    /** Only where the installation allows it. */
    allowsPrivateAddresses: z.boolean().default(false),
  }),
  /** The values of the call's headers, by name. */
  secrets: z
    .record(headerName, secretText.nullable())
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `Use ${MAX_HEADERS} headers at most`)
    .default({}),
})

export const senderSetup = z.discriminatedUnion('provider', [smtp, ses, resend, postmark, sendgrid, twilio, http])
export type SenderSetup = z.infer<typeof senderSetup>
export type SenderProvider = SenderSetup['provider']

const identity = {
  name,
  fromName: z.string().trim().max(200).nullable().default(null),
  /** Null: the address of the account. For SMS a number in E.164 or a sender of letters. */
  fromAddress: z.string().trim().max(254).nullable().default(null),
  replyTo: z.email().max(254).nullable().default(null),
}
const pace = {
  /** Messages a second and a day; null: as fast as the provider takes them. */
  perSecond: z.number().int().min(1).max(10_000).nullable().default(null),
  perDay: z.number().int().min(1).max(100_000_000).nullable().default(null),
  /** Few messages on the first days and more on each, so that mailboxes get to know the sender. */
  warmUp: z.boolean().default(false),
}
export const createSenderBody = z.object({ ...identity, ...pace, setup: senderSetup })
export const updateSenderBody = z.object({
  name: name.optional(),
  fromName: z.string().trim().max(200).nullable().optional(),
  fromAddress: z.string().trim().max(254).nullable().optional(),
  replyTo: z.email().max(254).nullable().optional(),
  perSecond: pace.perSecond.unwrap().optional(),
  perDay: pace.perDay.unwrap().optional(),
  warmUp: z.boolean().optional(),
  /** Whole settings; the provider cannot be changed. */
  setup: senderSetup.optional(),
})

export const sender = z.object({
  id,
  channel: z.enum(['email', 'sms']),
  provider: z.enum(['smtp', 'ses', 'resend', 'postmark', 'sendgrid', 'twilio', 'http']),
  name: z.string(),
  fromName: z.string().nullable(),
  fromAddress: z.string().nullable(),
  replyTo: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  /** The secrets that are set, by name; their values are never shown. */
  secretsSet: z.array(z.string()),
  isActive: z.boolean(),
  perSecond: z.number().int().nullable(),
  perDay: z.number().int().nullable(),
  /** The first day of the warm-up; null without one. */
  warmUpFrom: z.iso.date().nullable(),
  /** How it is doing. `resting`: it failed several times in a row and is tried again at `until`. */
  health: z.object({
    state: z.enum(['well', 'slowed', 'resting']),
    reason: z.string().nullable(),
    until: moment.nullable(),
    sentToday: z.number().int(),
    /** What may go out today; null without a limit. */
    dailyLimit: z.number().int().nullable(),
  }),
  /** Where the provider reports to; null where it reports nothing. */
  webhookUrl: z.string().nullable(),
  createdAt: moment,
})
export type Sender = z.infer<typeof sender>
export const senders = z.object({
  items: z.array(sender),
  /** What sends email where no sender is active: the outbox, or the SMTP server of the installation (SMTP_URL). */
  fallback: z.enum(['outbox', 'smtp']),
  /** Whether senders of text messages may call addresses inside the own network. */
  allowsPrivateAddresses: z.boolean(),
})
export type Senders = z.infer<typeof senders>

/** `facts`: what the provider tells, a sentence each. */
export const senderCheck = z.object({ ok: z.boolean(), facts: z.array(z.string()), reason: z.string().nullable() })
export type SenderCheck = z.infer<typeof senderCheck>
/** `to`: a number with + and its country code. */
export const testTextBody = z.object({ to: z.string().trim().min(1).max(40) })
/** What became of a test, a mail or a text message. */
export const testMail = z.object({
  to: z.string(),
  status: z.enum(['sent', 'rejected', 'throttled', 'deferred', 'blocked', 'unknown']),
  reason: z.string().nullable(),
})
export type TestMail = z.infer<typeof testMail>
