import { createHmac } from 'node:crypto'
import { asMessageId } from '../message-id.ts'
import { headerOf, isSame } from './check.ts'
import { readKeyword } from './keywords.ts'
import type { ProviderEvent, WebhookRequest, WebhookResult } from './provider-event.ts'

export type TwilioSecret = { authToken: string }

const OPT_OUT_TYPES = new Map([
  ['STOP', 'opted_out'],
  ['START', 'opted_in'],
  ['HELP', 'help'],
] as const)

const STATUSES: Record<string, ProviderEvent['kind']> = {
  delivered: 'delivered',
  undelivered: 'bounced',
  failed: 'failed',
  canceled: 'failed',
}
/** The person replied STOP. */
const OPTED_OUT = '21610'
/** Error codes of numbers that do not exist, or take no texts. Source: https://www.twilio.com/docs/api/errors. */
const BAD_NUMBERS = new Set(['21211', '21214', '21614', '30005', '30006'])
/** Error codes of texts that carriers did not take for what the sender is or wrote: nothing against the number. */
const SENDER_CODES = new Set(['30002', '30007', '30022', '30023', '30024', '30032', '30034'])

/**
 * Twilio: status callbacks and incoming texts, signed over URL and form
 * (https://www.twilio.com/docs/usage/security#validating-requests). No time is signed: a repeat is known by its event id.
 *
 * The URL must be the one that Twilio called, with the public host; our id stands in it as `message`. Where
 * Twilio has read a text of a person itself (OptOutType), that counts.
 */
export function readTwilioWebhook(request: WebhookRequest, secret: TwilioSecret, now: Date): WebhookResult {
  const form = new URLSearchParams(request.method === 'POST' ? request.rawBody.toString('utf8') : '')
  const given = headerOf(request, 'x-twilio-signature')
  if (!given) return { refused: 'The request is not signed.' }
  if (!spellings(request.url).some((url) => isSame(given, sign(url, form, secret.authToken))))
    return { refused: 'The signature is wrong.' }
  const sid = form.get('MessageSid') ?? form.get('SmsSid')
  const status = form.get('MessageStatus') ?? ''
  if (!sid) return { events: [] }
  if (status && status !== 'received' && status !== 'receiving') {
    const messageId = asMessageId(URL.parse(request.url)?.searchParams.get('message'))
    const about = { eventId: `${sid}:${status}`, providerId: sid, messageId, at: now }
    return { events: readStatus(form, status, about) }
  }
  const text = form.get('Body')
  if (text === null || !form.has('From')) return { events: [] }
  const kind = OPT_OUT_TYPES.get(form.get('OptOutType') as 'STOP') ?? readKeyword(text) ?? 'incoming'
  const about = { address: form.get('From'), isPermanent: kind === 'opted_out', reason: text, messageId: null }
  return { events: [{ ...about, eventId: sid, kind, providerId: sid, at: now }] }
}

type About = Pick<ProviderEvent, 'eventId' | 'providerId' | 'messageId' | 'at'>

/** An opt-out is told of the person, and of the message that it never arrived. */
function readStatus(form: URLSearchParams, status: string, about: About): ProviderEvent[] {
  const kind = STATUSES[status]
  if (!kind) return []
  const code = form.get('ErrorCode') ?? ''
  const reason = code === '' || code === '0' ? null : [code, form.get('ErrorMessage')].filter(Boolean).join(' ')
  const told = { ...about, kind, address: form.get('To'), isPermanent: false, reason }
  if (code === OPTED_OUT) {
    const person = { eventId: `${about.eventId}:person`, providerId: null, messageId: null, isPermanent: true }
    return [
      { ...told, ...person, kind: 'opted_out' },
      { ...told, kind: 'failed' },
    ]
  }
  if (BAD_NUMBERS.has(code)) return [{ ...told, kind: 'bounced', isPermanent: true }]
  return [{ ...told, kind: kind === 'bounced' && SENDER_CODES.has(code) ? 'failed' : kind }]
}

/** Twilio signs the URL with or without the standard port, whatever was configured. */
function spellings(text: string): string[] {
  const url = URL.parse(text)
  if (!url) return [text]
  const port = url.protocol === 'https:' ? 443 : 80
  const withPort = url.port === '' ? text.replace(/^(https?:\/\/[^/?#]+)/, `$1:${port}`) : text
  const withoutPort = text.replace(/^(https?:\/\/[^/?#]+):\d+(?=[/?#]|$)/, '$1')
  return [text, withPort, withoutPort]
}

/** HMAC-SHA1 over the URL and each field's name and value, sorted by name; values that repeat count once. */
function sign(url: string, form: URLSearchParams, token: string): string {
  const fields = [...new Set(form.keys())]
    .sort()
    .flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => `${name}${value}`))
  return createHmac('sha1', token)
    .update(url + fields.join(''))
    .digest('base64')
}
