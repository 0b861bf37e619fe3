import addressparser from 'nodemailer/lib/addressparser'
import { z } from 'zod'
import type { HttpClient } from '../../lib/http/http-client.ts'
import { MESSAGE_TAG } from '../message-id.ts'
import {
  joinUrl,
  openProviderClient,
  type ProviderLimits,
  type ProviderReply,
  readOutcome,
  readRetryAfter,
  readVerified,
} from '../provider-http.ts'
import type { SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import type { SendgridSettings } from './email-settings.ts'
import { headersOf } from './mime.ts'

const BASE_URL = 'https://api.sendgrid.com'
const CONNECTIONS = 10

const refusal = z.object({
  errors: z.array(z.object({ message: z.string(), field: z.string().nullish() })).min(1),
})
const scopes = z.object({ scopes: z.array(z.string()) })

/** SendGrid tracks nothing: our own links count clicks, and its rewriting would log codes in clear. */
const TRACKING_OFF = {
  click_tracking: { enable: false, enable_text: false },
  open_tracking: { enable: false },
  subscription_tracking: { enable: false },
}

/**
 * SendGrid, POST /v3/mail/send.
 *
 * Idempotency: none; a lost answer stays unknown until the event webhook names the message. Message-ID: SendGrid's own; our id
 * travels as a custom argument, which its events give back. Webhooks: delivered, deferred, bounce, dropped, spam report,
 * unsubscribe, signed by ECDSA.
 * Source: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send.
 */
export function openSendgrid(settings: SendgridSettings, limits: ProviderLimits = {}): EmailChannel {
  const client = openProviderClient(CONNECTIONS, limits)
  return {
    name: 'sendgrid',
    idempotency: 'none',
    repeatableForMs: 0,
    concurrency: CONNECTIONS,
    send: (email) => send(client, settings, email),
    verify: () => verifyScopes(client, settings),
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  }
}

async function send(client: HttpClient, settings: SendgridSettings, email: OutgoingEmail): Promise<SendOutcome> {
  const reply = await client.call({
    method: 'POST',
    url: joinUrl(settings.baseUrl ?? BASE_URL, '/v3/mail/send'),
    headers: { ...headersFor(settings), 'content-type': 'application/json' },
    body: JSON.stringify({
      personalizations: [{ to: [toAddress(email.to)], custom_args: { [MESSAGE_TAG]: email.messageId } }],
      from: toAddress(email.from),
      ...(email.replyTo === undefined ? {} : { reply_to: toAddress(email.replyTo) }),
      subject: email.subject,
      content: [
        { type: 'text/plain', value: email.text },
        { type: 'text/html', value: email.html },
      ],
      headers: headersOf(email),
      tracking_settings: TRACKING_OFF,
    }),
  })
  return readOutcome(reply, { readId: ({ headers }) => headers['x-message-id'], readReason, readRefusal })
}

function toAddress(text: string): { email: string; name?: string } {
  const [parsed] = addressparser(text, { flatten: true })
  const email = parsed?.address ?? text
  return parsed?.name ? { email, name: parsed.name } : { email }
}

/** A refused sender concerns every mail; so does an account without credits, which comes as 401 or 403. */
function readRefusal({ status, headers, json }: ProviderReply, reason: string): SendOutcome | undefined {
  if (status === 429)
    return { status: 'throttled', reason, retryAfterMs: readReset(headers) ?? readRetryAfter(headers) }
  const field = refusal.safeParse(json).data?.errors[0]?.field
  if (status === 400 && field?.startsWith('from')) return { status: 'blocked', reason }
  return undefined
}

/** X-RateLimit-Reset is a moment in seconds; it counts from the reply's own date. */
function readReset(headers: Record<string, string>): number | null {
  const wait = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1000 - Date.parse(headers.date ?? '')
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}

async function verifyScopes(client: HttpClient, settings: SendgridSettings): Promise<VerifyResult> {
  const url = joinUrl(settings.baseUrl ?? BASE_URL, '/v3/scopes')
  const reply = await client.call({ method: 'GET', url, headers: headersFor(settings) })
  const verified = readVerified(reply, readReason, (json) => scopes.safeParse(json).data?.scopes)
  if (!verified.ok) return verified
  if (!verified.facts.includes('mail.send'))
    return { ok: false, reason: 'This key may not send: it lacks the scope mail.send.' }
  return { ok: true, facts: ['This key may send mail.'] }
}

function headersFor({ apiKey }: SendgridSettings): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` }
}

function readReason(json: unknown): string | undefined {
  return refusal
    .safeParse(json)
    .data?.errors.map(({ message, field }) => (field ? `${field}: ${message}` : message))
    .join('; ')
}
