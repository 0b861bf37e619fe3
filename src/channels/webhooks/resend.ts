import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { asMessageId, MESSAGE_TAG } from '../message-id.ts'
import { parseJson } from '../provider-http.ts'
import { headerOf, isRecent, isSame, momentOf } from './check.ts'
import type { ProviderEvent, WebhookRequest, WebhookResult } from './provider-event.ts'

/** `signingSecret`: `whsec_…`, shown beside the webhook in Resend's dashboard. */
export type ResendSecret = { signingSecret: string }

const shape = z.object({
  type: z.string(),
  created_at: z.string(),
  data: z.object({
    email_id: z.string().optional(),
    to: z.array(z.string()).default([]),
    tags: z.record(z.string(), z.unknown()).optional().catch(undefined),
    bounce: z.object({ message: z.string(), type: z.string(), subType: z.string() }).partial().optional(),
    failed: z.object({ reason: z.string() }).partial().optional(),
    suppressed: z.object({ message: z.string() }).partial().optional(),
  }),
})
type Shape = z.infer<typeof shape>

const KINDS: Record<string, ProviderEvent['kind']> = {
  'email.delivered': 'delivered',
  'email.delivery_delayed': 'deferred',
  'email.bounced': 'bounced',
  'email.suppressed': 'bounced',
  'email.complained': 'complained',
  'email.failed': 'failed',
}

/**
 * Resend: Standard Webhooks, with Svix's names of the headers (https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests).
 * `email.bounced` is permanent unless Resend calls it transient.
 */
export function readResendWebhook(request: WebhookRequest, secret: ResendSecret, now: Date): WebhookResult {
  const id = headerOf(request, 'svix-id') || headerOf(request, 'webhook-id')
  const seconds = headerOf(request, 'svix-timestamp') || headerOf(request, 'webhook-timestamp')
  const signatures = headerOf(request, 'svix-signature') || headerOf(request, 'webhook-signature')
  if (!id || !/^\d{1,11}$/.test(seconds) || !signatures) return { refused: 'The request is not signed.' }
  const at = new Date(Number(seconds) * 1000)
  const expected = sign(secret.signingSecret, id, at, request.rawBody)
  if (!expected) return { refused: 'The signing secret of Resend is malformed.' }
  if (!signatures.split(' ').some((signature) => isSame(signature, expected)))
    return { refused: 'The signature is wrong.' }
  if (!isRecent(at, now)) return { refused: 'The request is too old or from the future.' }
  const read = shape.safeParse(parseJson(request.rawBody.toString('utf8'))).data
  const kind = read && KINDS[read.type]
  return { events: read && kind ? [toEvent(read, kind, id, now)] : [] }
}

function sign(secret: string, id: string, at: Date, body: Buffer): string | undefined {
  try {
    return new Webhook(secret).sign(id, at, body.toString('utf8'))
  } catch {
    return undefined
  }
}

function toEvent({ data, created_at, type }: Shape, kind: ProviderEvent['kind'], id: string, now: Date): ProviderEvent {
  const { bounce, failed, suppressed } = data
  return {
    eventId: id,
    kind,
    providerId: data.email_id ?? null,
    messageId: asMessageId(data.tags?.[MESSAGE_TAG]),
    address: data.to[0] ?? null,
    isPermanent:
      kind === 'complained' || type === 'email.suppressed' || (kind === 'bounced' && bounce?.type !== 'Transient'),
    reason: bounce?.message ?? failed?.reason ?? suppressed?.message ?? null,
    at: momentOf(created_at, now),
  }
}
