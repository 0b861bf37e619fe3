import { z } from 'zod'
import type { HttpClient } from '../../lib/http/http-client.ts'
import { MESSAGE_TAG } from '../message-id.ts'
import {
  joinUrl,
  openProviderClient,
  type ProviderLimits,
  type ProviderReply,
  readOutcome,
  readVerified,
} from '../provider-http.ts'
import type { SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import type { ResendSettings } from './email-settings.ts'
import { headersOf } from './mime.ts'

const BASE_URL = 'https://api.resend.com'
const CONNECTIONS = 5
/** Resend keeps a key for 24 hours (https://resend.com/docs/dashboard/emails/idempotency-keys); an hour is left for clocks. */
const KEY_LASTS_MS = 23 * 3_600_000
/** How often a lost answer is asked for again at once, with the same key. Three calls stay below the message lease. */
const REPEATS = 2

const taken = z.object({ id: z.string().min(1) })
const refusal = z.object({ name: z.string().optional(), message: z.string() })
const domains = z.object({ data: z.array(z.object({ name: z.string(), status: z.string() })) })

/**
 * Resend, POST /emails.
 *
 * Idempotency: key, 24 hours: a lost answer is asked for again with the same key, at once and, by the caller, later. The payload
 * must stay the same for it, so that nothing of the attempt is in it. Message-ID: Resend's own; our id travels as a tag, which
 * its webhooks give back. Webhooks: delivered, bounced, complained, delayed, failed, signed by Standard Webhooks.
 * Sources: https://resend.com/docs/api-reference/emails/send-email, https://resend.com/docs/api-reference/errors.
 */
export function openResend(settings: ResendSettings, limits: ProviderLimits = {}): EmailChannel {
  const client = openProviderClient(CONNECTIONS, limits)

  async function send(email: OutgoingEmail): Promise<SendOutcome> {
    let outcome = await sendOnce(client, settings, email)
    for (let repeat = 0; repeat < REPEATS && outcome.status === 'unknown'; repeat += 1)
      outcome = await sendOnce(client, settings, email)
    return outcome
  }

  return {
    name: 'resend',
    idempotency: 'key',
    repeatableForMs: KEY_LASTS_MS,
    concurrency: CONNECTIONS,
    send,
    verify: () => verifyKey(client, settings),
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  }
}

async function sendOnce(client: HttpClient, settings: ResendSettings, email: OutgoingEmail): Promise<SendOutcome> {
  const reply = await client.call({
    method: 'POST',
    url: joinUrl(settings.baseUrl ?? BASE_URL, '/emails'),
    headers: { ...headersFor(settings), 'content-type': 'application/json', 'idempotency-key': email.messageId },
    body: JSON.stringify({
      from: email.from,
      to: [email.to],
      reply_to: email.replyTo,
      subject: email.subject,
      html: email.html,
      text: email.text,
      headers: headersOf(email),
      tags: [{ name: MESSAGE_TAG, value: email.messageId }],
    }),
  })
  return readOutcome(reply, { readId: ({ json }) => taken.safeParse(json).data?.id, readReason, readRefusal })
}

/** By Resend's names of errors. A key that was used with another payload says that the first call arrived, not what became of it. */
function readRefusal({ json }: ProviderReply, reason: string): SendOutcome | undefined {
  const name = refusal.safeParse(json).data?.name
  if (name === 'concurrent_idempotent_requests') return { status: 'deferred', reason }
  if (name === 'invalid_idempotent_request') return { status: 'unknown', reason }
  return name === 'invalid_from_address' ? { status: 'blocked', reason } : undefined
}

/** A key that may only send cannot read the domains, which is no fault of it. */
async function verifyKey(client: HttpClient, settings: ResendSettings): Promise<VerifyResult> {
  const url = joinUrl(settings.baseUrl ?? BASE_URL, '/domains')
  const reply = await client.call({ method: 'GET', url, headers: headersFor(settings) })
  const verified = readVerified(reply, readReason, (json) =>
    domains.safeParse(json).data?.data.map(({ name, status }) => `Domain ${name}: ${status}.`),
  )
  if (!verified.ok && reply.kind === 'reply' && reply.body.includes('restricted_api_key'))
    return { ok: true, facts: ['This key may send and nothing else; its domains cannot be shown.'] }
  return verified
}

function headersFor({ apiKey }: ResendSettings): Record<string, string> {
  return { authorization: `Bearer ${apiKey}`, 'user-agent': 'onecode' }
}

function readReason(json: unknown): string | undefined {
  const read = refusal.safeParse(json).data
  return read && (read.name ? `${read.name}: ${read.message}` : read.message)
}
