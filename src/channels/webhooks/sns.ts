import { verify, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../provider-http.ts'
import { isRecent, isSame } from './check.ts'
import type { WebhookRequest } from './provider-event.ts'

/**
 * How old a message of SNS may be. The signed time is that of publishing, and SNS tries for up to an hour to deliver it, so that
 * 5 minutes would lose what happened while this server was away.
 */
const TOLERANCE_MS = 65 * 60_000

const shape = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  Subject: z.string().optional(),
  SubscribeURL: z.string().optional(),
  Token: z.string().optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
})
export type SnsMessage = z.infer<typeof shape>

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const

/** Whether a URL is one of SNS itself: what a message names is fetched only from there. */
export function isSnsUrl(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.port === '' && /^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(url.hostname)
}

/** Where the certificate of a message lies; undefined where that is not at SNS: then the message is not from there either. */
export function findCertificateUrl(request: WebhookRequest): string | undefined {
  const url = readBody(request)?.SigningCertURL
  return url && isSnsUrl(url) && url.endsWith('.pem') ? url : undefined
}

/**
 * A message of SNS whose signature and topic are right. The signature says only that SNS sent it; anybody has topics there, so
 * that the topic must be ours. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
 */
export function readSnsMessage(
  request: WebhookRequest,
  { topicArn, certificate }: { topicArn: string; certificate: string },
  now: Date,
): { message: SnsMessage } | { refused: string } {
  const message = readBody(request)
  if (!message) return { refused: 'The request is no message of SNS.' }
  if (!findCertificateUrl(request)) return { refused: 'The certificate does not lie at SNS.' }
  if (!isSame(message.TopicArn, topicArn)) return { refused: 'The message is of another topic.' }
  if (!isSigned(message, certificate, now)) return { refused: 'The signature is wrong.' }
  if (!isRecent(new Date(message.Timestamp), now, TOLERANCE_MS))
    return { refused: 'The request is too old or from the future.' }
  return { message }
}

function readBody(request: WebhookRequest): SnsMessage | undefined {
  return shape.safeParse(parseJson(request.rawBody.toString('utf8'))).data
}

function isSigned(message: SnsMessage, pem: string, now: Date): boolean {
  const text = SIGNED[message.Type]
    .flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`]))
    .join('')
  const hash = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256'
  try {
    const certificate = new X509Certificate(pem)
    const isValid = now >= new Date(certificate.validFrom) && now <= new Date(certificate.validTo)
    return isValid && verify(hash, Buffer.from(text), certificate.publicKey, Buffer.from(message.Signature, 'base64'))
  } catch {
    return false // no certificate at all
  }
}
