import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { asMessageId, MESSAGE_TAG } from '../message-id.ts'
import { parseJson } from '../provider-http.ts'
import { headerOf, isRecent, momentOf } from './check.ts'
import type { ProviderEvent, WebhookRequest, WebhookResult } from './provider-event.ts'

/** `publicKey`: the verification key of the signed event webhook, base64 as SendGrid shows it. */
export type SendgridSecret = { publicKey: string }

const shape = z.object({
  event: z.string(),
  email: z.string(),
  timestamp: z.number(),
  sg_event_id: z.string(),
  sg_message_id: z.string().optional(),
  reason: z.string().optional(),
  response: z.string().optional(),
  type: z.string().optional(),
  [MESSAGE_TAG]: z.string().optional(),
})
type Shape = z.infer<typeof shape>

const KINDS: Record<string, ProviderEvent['kind']> = {
  delivered: 'delivered',
  deferred: 'deferred',
  bounce: 'bounced',
  spamreport: 'complained',
  unsubscribe: 'opted_out',
  group_unsubscribe: 'opted_out',
}

/**
 * SendGrid's event webhook, signed by ECDSA over timestamp and body. Many events come in one request; each has an id.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event.
 */
export function readSendgridWebhook(request: WebhookRequest, secret: SendgridSecret, now: Date): WebhookResult {
  const seconds = headerOf(request, 'x-twilio-email-event-webhook-timestamp')
  const signature = headerOf(request, 'x-twilio-email-event-webhook-signature')
  if (!/^\d{1,11}$/.test(seconds) || !signature) return { refused: 'The request is not signed.' }
  const key = readKey(secret.publicKey)
  if (!key) return { refused: 'The verification key of SendGrid is malformed.' }
  const signed = Buffer.concat([Buffer.from(seconds), request.rawBody])
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64'))) return { refused: 'The signature is wrong.' }
  if (!isRecent(new Date(Number(seconds) * 1000), now)) return { refused: 'The request is too old or from the future.' }
  const list = z.array(z.unknown()).safeParse(parseJson(request.rawBody.toString('utf8'))).data ?? []
  return {
    events: list.flatMap((item) => {
      const read = shape.safeParse(item).data
      const kind = read && kindOf(read)
      return read && kind ? [toEvent(read, kind, now)] : []
    }),
  }
}

function readKey(base64: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** `dropped`: SendGrid did not even try, because of what the address did before. */
function kindOf({ event, reason = '' }: Shape): ProviderEvent['kind'] | undefined {
  if (event !== 'dropped') return KINDS[event]
  if (/bounced address/i.test(reason)) return 'bounced'
  if (/spam report/i.test(reason)) return 'complained'
  return /unsubscribed/i.test(reason) ? 'opted_out' : 'failed'
}

/** A bounce of the type `blocked` is a server that refused this mail, not a bad address. */
function toEvent(read: Shape, kind: ProviderEvent['kind'], now: Date): ProviderEvent {
  return {
    eventId: read.sg_event_id,
    kind,
    providerId: read.sg_message_id?.split('.')[0] ?? null, // what follows names the server that took it
    messageId: asMessageId(read[MESSAGE_TAG]),
    address: read.email,
    isPermanent: kind === 'complained' || kind === 'opted_out' || (kind === 'bounced' && read.type !== 'blocked'),
    reason: read.reason ?? read.response ?? null,
    at: momentOf(read.timestamp, now),
  }
}
