import { z } from 'zod'
import type { HttpClient } from '../../lib/http/http-client.ts'
import { MESSAGE_TAG, makeMessageId } from '../message-id.ts'
import {
  joinUrl,
  openProviderClient,
  type ProviderLimits,
  type ProviderReply,
  parseJson,
  readOutcome,
  readVerified,
} from '../provider-http.ts'
import type { LookUpResult, LostMessage, SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import type { PostmarkSettings } from './email-settings.ts'
import { headersOf } from './mime.ts'

const BASE_URL = 'https://api.postmarkapp.com'
const CONNECTIONS = 10

const taken = z.object({ ErrorCode: z.literal(0), MessageID: z.string().min(1) })
const refusal = z.object({ ErrorCode: z.number(), Message: z.string() })
const stream = z.object({ ID: z.string(), Name: z.string(), MessageStreamType: z.string() })
const found = z.object({ Messages: z.array(z.object({ MessageID: z.string() })) })

/** API error codes that mean that no mail will go: token, stream, sender signature, account, credits. */
const BLOCKING_CODES = new Set([10, 400, 401, 405, 412, 413, 1221, 1222, 1226, 1235])
/** "You tried to send to a recipient that has been marked as inactive": it bounced, complained or unsubscribed before. */
const INACTIVE_RECIPIENT = 406
const RATE_LIMIT = 429

/**
 * Postmark, POST /email.
 *
 * Idempotency: query: messages can be searched by their metadata, one field at a time, for 45 days by default. Message-ID: ours
 * (X-PM-KeepID). Webhooks: delivery, bounce, spam complaint, subscription change, guarded by a password in their URL; they give
 * the metadata back. Opens and links are not tracked by Postmark.
 * Sources: https://postmarkapp.com/developer/api/email-api, https://postmarkapp.com/developer/api/overview (error codes),
 * https://postmarkapp.com/support/article/1125-custom-metadata-faq.
 */
export function openPostmark(settings: PostmarkSettings, limits: ProviderLimits = {}): EmailChannel {
  const client = openProviderClient(CONNECTIONS, limits)
  return {
    name: 'postmark',
    idempotency: 'query',
    repeatableForMs: 0,
    concurrency: CONNECTIONS,
    send: (email) => send(client, settings, email),
    lookUp: (message) => lookUp(client, settings, message),
    verify: () => verifyStream(client, settings),
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  }
}

async function send(client: HttpClient, settings: PostmarkSettings, email: OutgoingEmail): Promise<SendOutcome> {
  const headers = { ...headersOf(email), 'Message-ID': makeMessageId(email), 'X-PM-KeepID': 'true' }
  const reply = await client.call({
    method: 'POST',
    url: joinUrl(settings.baseUrl ?? BASE_URL, '/email'),
    headers: { ...headersFor(settings), 'content-type': 'application/json' },
    body: JSON.stringify({
      From: email.from,
      To: email.to,
      ReplyTo: email.replyTo,
      Subject: email.subject,
      HtmlBody: email.html,
      TextBody: email.text,
      Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
      MessageStream: settings.messageStream,
      Metadata: { [MESSAGE_TAG]: email.messageId },
      TrackOpens: false,
      TrackLinks: 'None',
    }),
  })
  return readOutcome(reply, { readId: ({ json }) => taken.safeParse(json).data?.MessageID, readReason, readRefusal })
}

function readRefusal({ json }: ProviderReply, reason: string): SendOutcome | undefined {
  const code = refusal.safeParse(json).data?.ErrorCode
  if (code === INACTIVE_RECIPIENT) return { status: 'rejected', fault: 'address', reason }
  if (code === RATE_LIMIT) return { status: 'throttled', reason, retryAfterMs: null }
  return code !== undefined && BLOCKING_CODES.has(code) ? { status: 'blocked', reason } : undefined
}

async function lookUp(client: HttpClient, settings: PostmarkSettings, message: LostMessage): Promise<LookUpResult> {
  const query = new URLSearchParams({ count: '1', offset: '0', [`metadata_${MESSAGE_TAG}`]: message.messageId })
  query.set('messagestream', settings.messageStream)
  const url = joinUrl(settings.baseUrl ?? BASE_URL, `/messages/outbound?${query}`)
  const reply = await client.call({ method: 'GET', url, headers: headersFor(settings) })
  if (reply.kind !== 'reply') return { status: 'unavailable', reason: reply.reason }
  const read = reply.status === 200 ? found.safeParse(parseJson(reply.body)).data : undefined
  if (!read) return { status: 'unavailable', reason: `HTTP ${reply.status}` }
  const [first] = read.Messages
  return first ? { status: 'found', providerId: first.MessageID } : { status: 'absent' }
}

async function verifyStream(client: HttpClient, settings: PostmarkSettings): Promise<VerifyResult> {
  const url = joinUrl(settings.baseUrl ?? BASE_URL, `/message-streams/${encodeURIComponent(settings.messageStream)}`)
  const reply = await client.call({ method: 'GET', url, headers: headersFor(settings) })
  return readVerified(reply, readReason, (json) => {
    const read = stream.safeParse(json).data
    return read && [`Message stream ${read.Name}, of the kind ${read.MessageStreamType}.`]
  })
}

function headersFor({ serverToken }: PostmarkSettings): Record<string, string> {
  return { accept: 'application/json', 'x-postmark-server-token': serverToken }
}

function readReason(json: unknown): string | undefined {
  const read = refusal.safeParse(json).data
  return read && `${read.ErrorCode} ${read.Message}`
}
