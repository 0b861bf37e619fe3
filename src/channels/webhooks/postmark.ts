import { z } from 'zod'
import { asMessageId, MESSAGE_TAG } from '../message-id.ts'
import { parseJson } from '../provider-http.ts'
import { headerOf, isSame, momentOf } from './check.ts'
import type { ProviderEvent, WebhookRequest, WebhookResult } from './provider-event.ts'

/** Postmark signs nothing: a login in the webhook's URL, or a token in its URL (`?token=`) or header X-Webhook-Token. */
export type PostmarkSecret = { user: string; password: string } | { token: string }

const common = {
  MessageID: z.string().nullish(),
  Metadata: z.record(z.string(), z.unknown()).nullish(),
}
const shape = z.discriminatedUnion('RecordType', [
  z.object({ RecordType: z.literal('Delivery'), Recipient: z.string(), DeliveredAt: z.string(), ...common }),
  z.object({
    RecordType: z.literal('Bounce'),
    ID: z.number(),
    Type: z.string(),
    Email: z.string(),
    BouncedAt: z.string(),
    Inactive: z.boolean().default(false),
    Description: z.string().optional(),
    Details: z.string().optional(),
    ...common,
  }),
  z.object({
    RecordType: z.literal('SpamComplaint'),
    ID: z.number(),
    Email: z.string(),
    BouncedAt: z.string(),
    ...common,
  }),
  z.object({
    RecordType: z.literal('SubscriptionChange'),
    Recipient: z.string(),
    ChangedAt: z.string(),
    SuppressSending: z.boolean(),
    SuppressionReason: z.string().nullish(),
    ...common,
  }),
])
type Shape = z.infer<typeof shape>
type Told = Pick<ProviderEvent, 'kind' | 'address' | 'isPermanent' | 'reason'> & { at: string; id: string }

/** Bounces after which Postmark still tries, or that are no bounce at all. */
const BOUNCE_KINDS: Record<string, ProviderEvent['kind']> = {
  Transient: 'deferred',
  Unsubscribe: 'opted_out',
  SpamComplaint: 'complained',
  SpamNotification: 'bounced',
}
const BAD_ADDRESS = new Set(['HardBounce', 'BadEmailAddress'])
const SUPPRESSIONS: Record<string, ProviderEvent['kind']> = {
  HardBounce: 'bounced',
  SpamComplaint: 'complained',
  ManualSuppression: 'opted_out',
}

/**
 * Postmark's webhooks. Nothing in them is signed, so that a repeat is known by its event id alone. An address that was
 * reactivated is no event: that was somebody of the shop, not the person.
 * Source: https://postmarkapp.com/developer/webhooks/webhooks-overview.
 */
export function readPostmarkWebhook(request: WebhookRequest, secret: PostmarkSecret, now: Date): WebhookResult {
  if (!isAllowed(request, secret)) return { refused: 'The login or token of the webhook is wrong.' }
  const read = shape.safeParse(parseJson(request.rawBody.toString('utf8'))).data
  const told = read && tell(read)
  if (!read || !told) return { events: [] }
  const { id, at, ...event } = told
  return {
    events: [
      {
        ...event,
        eventId: `${read.RecordType}:${read.MessageID ?? ''}:${id}`,
        providerId: read.MessageID ?? null,
        messageId: asMessageId(read.Metadata?.[MESSAGE_TAG]),
        at: momentOf(at, now),
      },
    ],
  }
}

function isAllowed(request: WebhookRequest, secret: PostmarkSecret): boolean {
  if ('token' in secret) {
    const inUrl = URL.parse(request.url)?.searchParams.get('token')
    return isSame(headerOf(request, 'x-webhook-token') || (inUrl ?? ''), secret.token)
  }
  const [, encoded = ''] = headerOf(request, 'authorization').match(/^Basic ([\w+/=-]+)$/i) ?? []
  return (
    secret.password !== '' &&
    isSame(Buffer.from(encoded, 'base64').toString('utf8'), `${secret.user}:${secret.password}`)
  )
}

function tell(read: Shape): Told | undefined {
  if (read.RecordType === 'Delivery') {
    const { Recipient: address, DeliveredAt: at } = read
    return { kind: 'delivered', address, isPermanent: false, reason: null, at, id: address }
  }
  if (read.RecordType === 'SpamComplaint') {
    const { Email: address, BouncedAt: at, ID } = read
    return { kind: 'complained', address, isPermanent: true, reason: null, at, id: `${ID}` }
  }
  if (read.RecordType === 'Bounce') {
    const { Type, Inactive, Email: address, BouncedAt: at, Details, Description, ID } = read
    const kind = BOUNCE_KINDS[Type] ?? 'bounced'
    const isPermanent = kind !== 'deferred' && (Inactive || BAD_ADDRESS.has(Type) || kind !== 'bounced')
    return { kind, address, isPermanent, reason: [Type, Details ?? Description].join(': '), at, id: `${ID}` }
  }
  const kind = read.SuppressSending ? SUPPRESSIONS[read.SuppressionReason ?? ''] : undefined
  const { Recipient: address, ChangedAt: at, SuppressionReason } = read
  return kind && { kind, address, isPermanent: true, reason: SuppressionReason ?? null, at, id: `${address}:${at}` }
}
