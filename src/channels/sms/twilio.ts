import { z } from 'zod'
import type { HttpClient } from '../../lib/http/http-client.ts'
import {
  joinUrl,
  openProviderClient,
  type ProviderLimits,
  type ProviderReply,
  parseJson,
  readOutcome,
  readRetryAfter,
  readVerified,
} from '../provider-http.ts'
import type { Fault, LookUpResult, SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { LostSms, OutgoingSms, SmsChannel } from './sms-channel.ts'
import type { TwilioSettings } from './sms-settings.ts'

const BASE_URL = 'https://api.twilio.com'
const CONNECTIONS = 10
/** A message that was made this long before or after the attempt began may be it: clocks differ, and calls take time. */
const NEAR_MS = 600_000
/** One of the same text is it, also where a clock is wrong by this much: taken for another one, it would go out twice. */
const SAME_TEXT_MS = 3_600_000

const taken = z.object({ sid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i) })
const refusal = z.object({ code: z.number(), message: z.string() })
const account = z.object({ friendly_name: z.string(), status: z.string(), type: z.string() })
const list = z.object({
  messages: z.array(
    z.object({ sid: z.string(), body: z.string().nullable(), direction: z.string(), date_created: z.string() }),
  ),
})

/** Error codes by what they are about. Source: https://www.twilio.com/docs/api/errors. */
const FAULTS = new Map<number, Fault>([
  [21610, 'opted_out'], // the person replied STOP
  [21211, 'address'], // not a phone number
  [21214, 'address'],
  [21614, 'address'], // not a mobile number
  [21408, 'content'], // this country is not switched on: others may be
  [21608, 'content'], // a trial account and a number that is not verified
  [21612, 'content'], // no way from this sender to this number
])
/** Too fast, or the queue is full. */
const THROTTLING = new Set([20429, 21611, 14107, 30001])
/** Login, account, sender, address of the status callback: no message will go. */
const BLOCKING = new Set([20003, 20005, 20404, 21212, 21603, 21606, 21609, 21659, 21660, 21701, 21703, 30002])

/**
 * Twilio, POST Messages.json.
 *
 * Idempotency: query: the API takes no key, but lists the messages to a number. Our id travels in the address of the status
 * callback, which Twilio calls when a message was delivered or failed. Webhooks: status callbacks and incoming texts, signed by
 * X-Twilio-Signature. Source: https://www.twilio.com/docs/messaging/api/message-resource.
 */
export function openTwilio(settings: TwilioSettings, limits: ProviderLimits = {}): SmsChannel {
  const client = openProviderClient(CONNECTIONS, limits)
  return {
    name: 'twilio',
    idempotency: 'query',
    repeatableForMs: 0,
    concurrency: CONNECTIONS,
    send: (sms) => send(client, settings, sms),
    lookUp: (message) => lookUp(client, settings, message),
    verify: () => verifyAccount(client, settings),
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  }
}

async function send(client: HttpClient, settings: TwilioSettings, sms: OutgoingSms): Promise<SendOutcome> {
  const form = new URLSearchParams({ To: sms.to, Body: sms.body })
  if (sms.from !== null) form.set('From', sms.from)
  if (settings.messagingServiceSid) form.set('MessagingServiceSid', settings.messagingServiceSid)
  if (settings.statusCallbackUrl) form.set('StatusCallback', callbackOf(settings.statusCallbackUrl, sms.messageId))
  const reply = await client.call({
    method: 'POST',
    url: urlOf(settings, '/Messages.json'),
    headers: { ...headersFor(settings), 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  })
  return readOutcome(reply, { readId: ({ json }) => taken.safeParse(json).data?.sid, readReason, readRefusal })
}

/** The address of the status callback, with the message's id in it. */
function callbackOf(url: string, messageId: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}message=${encodeURIComponent(messageId)}`
}

function readRefusal({ json, headers, status }: ProviderReply, reason: string): SendOutcome | undefined {
  const code = refusal.safeParse(json).data?.code
  if (code === undefined || status >= 500) return undefined
  if (THROTTLING.has(code)) return { status: 'throttled', reason, retryAfterMs: readRetryAfter(headers) }
  if (BLOCKING.has(code)) return { status: 'blocked', reason }
  const fault = FAULTS.get(code)
  return fault && { status: 'rejected', fault, reason }
}

/**
 * Looks for the message among those to its number: by the time at which it was made, for Twilio filters by the day on which a
 * message left, which one that waits does not have yet; and by its text. One of about that time with another text (Twilio may
 * replace signs) makes nothing certain.
 */
async function lookUp(client: HttpClient, settings: TwilioSettings, message: LostSms): Promise<LookUpResult> {
  const url = urlOf(settings, `/Messages.json?${new URLSearchParams({ To: message.to, PageSize: '100' })}`)
  const reply = await client.call({ method: 'GET', url, headers: headersFor(settings) })
  if (reply.kind !== 'reply') return { status: 'unavailable', reason: reply.reason }
  const read = reply.status === 200 ? list.safeParse(parseJson(reply.body)).data : undefined
  if (!read) return { status: 'unavailable', reason: `HTTP ${reply.status}` }
  const within = (ms: number) =>
    read.messages.filter(({ direction, date_created }) => {
      const lateMs = Date.parse(date_created) - message.sentAt.getTime()
      return direction.startsWith('outbound') && Math.abs(lateMs) <= ms
    })
  const near = within(NEAR_MS)
  const same = message.body === null ? [] : within(SAME_TEXT_MS).filter(({ body }) => body === message.body)
  const [it] = message.body === null && near.length === 1 ? near : same
  if (it) return { status: 'found', providerId: it.sid }
  if (near.length === 0) return { status: 'absent' }
  const reason = `${near.length} messages to this number at that time; none is surely this one`
  return { status: 'unavailable', reason }
}

async function verifyAccount(client: HttpClient, settings: TwilioSettings): Promise<VerifyResult> {
  const reply = await client.call({ method: 'GET', url: urlOf(settings, '.json'), headers: headersFor(settings) })
  const verified = readVerified(reply, readReason, (json) => {
    const read = account.safeParse(json).data
    if (!read) return undefined
    const trial = read.type === 'Trial' ? ['A trial account: texts go to verified numbers only.'] : []
    return [`Account ${read.friendly_name}: ${read.status}.`, ...trial]
  })
  const isActive = verified.ok && verified.facts[0]?.endsWith(': active.')
  return verified.ok && !isActive ? { ok: false, reason: verified.facts.join(' ') } : verified
}

function urlOf({ baseUrl = BASE_URL, accountSid }: TwilioSettings, path: string): string {
  return joinUrl(baseUrl, `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}${path}`)
}

function headersFor({ accountSid, authToken }: TwilioSettings): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` }
}

function readReason(json: unknown): string | undefined {
  const read = refusal.safeParse(json).data
  return read && `${read.code} ${read.message}`
}
