import { z } from 'zod'
import { asMessageId, MESSAGE_TAG, parseMessageId } from '../message-id.ts'
import { parseJson } from '../provider-http.ts'
import { momentOf } from './check.ts'
import type { ProviderEvent, WebhookRequest, WebhookResult } from './provider-event.ts'
import { isSnsUrl, readSnsMessage } from './sns.ts'

/** `certificate`: what `fetchCertificate` gives for `findCertificateUrl(request)`. `topicArn`: the topic that SES reports to. */
export type SesSecret = { topicArn: string; certificate: string }

const recipient = z.object({
  emailAddress: z.string(),
  diagnosticCode: z.string().optional(),
  status: z.string().optional(),
})
const shape = z.object({
  eventType: z.string().optional(),
  notificationType: z.string().optional(),
  mail: z.object({
    messageId: z.string(),
    timestamp: z.string().optional(),
    destination: z.array(z.string()).default([]),
    tags: z.record(z.string(), z.array(z.string())).optional(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  }),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string(),
      bouncedRecipients: z.array(recipient),
      timestamp: z.string(),
    })
    .optional(),
  complaint: z
    .object({
      complainedRecipients: z.array(recipient),
      complaintFeedbackType: z.string().nullish(),
      timestamp: z.string(),
    })
    .optional(),
  delivery: z.object({ recipients: z.array(z.string()), timestamp: z.string() }).optional(),
  deliveryDelay: z
    .object({ delayType: z.string(), delayedRecipients: z.array(recipient), timestamp: z.string() })
    .optional(),
  reject: z.object({ reason: z.string() }).optional(),
})
type Shape = z.infer<typeof shape>
type Told = Pick<ProviderEvent, 'kind' | 'isPermanent' | 'reason' | 'address'> & { at: string | undefined }

/**
 * Amazon SES by way of SNS: notifications of an identity, or the events of a configuration set. Only the latter carry our tag;
 * else our Message-ID among the original headers names the message, where SES was told to include them.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
 */
export function readSesWebhook(request: WebhookRequest, secret: SesSecret, now: Date): WebhookResult {
  const checked = readSnsMessage(request, secret, now)
  if ('refused' in checked) return checked
  const { message } = checked
  if (message.Type === 'SubscriptionConfirmation') {
    const url = message.SubscribeURL ?? ''
    return isSnsUrl(url)
      ? { subscription: { url, topicArn: message.TopicArn } }
      : { refused: 'The URL that confirms does not lie at SNS.' }
  }
  const read = message.Type === 'Notification' ? shape.safeParse(parseJson(message.Message)).data : undefined
  if (!read) return { events: [] }
  return {
    events: tell(read).map(({ at, ...told }, index) => ({
      ...told,
      eventId: `${message.MessageId}:${index}`,
      providerId: read.mail.messageId,
      messageId: findMessageId(read.mail),
      at: momentOf(at, now),
    })),
  }
}

/** One event for each address that the report is about. */
function tell({ eventType, notificationType, mail, ...report }: Shape): Told[] {
  const { bounce, complaint, delivery, deliveryDelay, reject } = report
  const type = eventType ?? notificationType
  if (type === 'Bounce' && bounce) {
    const isPermanent = bounce.bounceType === 'Permanent'
    return bounce.bouncedRecipients.map(({ emailAddress: address, diagnosticCode }) => {
      const reason = `${bounce.bounceType} ${bounce.bounceSubType}${diagnosticCode ? `: ${diagnosticCode}` : ''}`
      return { kind: 'bounced', isPermanent, reason, address, at: bounce.timestamp }
    })
  }
  if (type === 'Complaint' && complaint) {
    const { complaintFeedbackType: reason = null, timestamp: at } = complaint
    return complaint.complainedRecipients.map(({ emailAddress: address }) => {
      return { kind: 'complained', isPermanent: true, reason, address, at }
    })
  }
  if (type === 'Delivery' && delivery) {
    const { timestamp: at } = delivery
    return delivery.recipients.map((address) => {
      return { kind: 'delivered', isPermanent: false, reason: null, address, at }
    })
  }
  if (type === 'DeliveryDelay' && deliveryDelay) {
    const { delayType, timestamp: at } = deliveryDelay
    return deliveryDelay.delayedRecipients.map(({ emailAddress: address, diagnosticCode }) => {
      return { kind: 'deferred', isPermanent: false, reason: diagnosticCode ?? delayType, address, at }
    })
  }
  if (type !== 'Reject' || !reject) return []
  const [address = null] = mail.destination
  return [{ kind: 'failed', isPermanent: false, reason: reject.reason, address, at: mail.timestamp }]
}

function findMessageId({ tags, headers = [] }: Shape['mail']): string | null {
  const header = headers.find(({ name }) => name.toLowerCase() === 'message-id')
  return asMessageId(tags?.[MESSAGE_TAG]?.[0]) ?? parseMessageId(header?.value ?? '')?.messageId ?? null
}
