import { z } from 'zod'
import { signAwsRequest } from '../../lib/http/aws-signature.ts'
import type { HttpClient, HttpReply } from '../../lib/http/http-client.ts'
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
import type { SesSettings } from './email-settings.ts'
import { buildMail } from './mime.ts'

const CONNECTIONS = 10

const taken = z.object({ MessageId: z.string().min(1) })
const refusal = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
})
const account = z.object({
  SendingEnabled: z.boolean(),
  ProductionAccessEnabled: z.boolean(),
  EnforcementStatus: z.string().optional(),
  SendQuota: z.object({ Max24HourSend: z.number(), MaxSendRate: z.number(), SentLast24Hours: z.number() }),
})

const THROTTLING = /^(?:TooManyRequests|Throttling|LimitExceeded)/
const BLOCKING =
  /^(?:AccountSuspended|SendingPaused|MailFromDomainNotVerified|NotFound|AccessDenied|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|RequestExpired)/

/**
 * Amazon SES, API v2, SendEmail with the whole mail, so that its headers arrive as they are.
 *
 * Idempotency: none. Message-ID: SES replaces it by its own; our id travels as a tag and, with ours, among the original headers
 * of its notifications. Webhooks: delivery, delay, bounce, complaint, reject, by SNS, signed by a certificate of AWS; they need
 * a configuration set, or notifications on the identity.
 * Sources: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html,
 * https://docs.aws.amazon.com/ses/latest/dg/send-email-raw.html.
 */
export function openSes(settings: SesSettings, limits: ProviderLimits & { now?: () => Date } = {}): EmailChannel {
  const client = openProviderClient(CONNECTIONS, limits)
  const call = createCall(client, settings, limits.now ?? (() => new Date()))

  async function send(email: OutgoingEmail): Promise<SendOutcome> {
    const { raw } = buildMail(email)
    const reply = await call('POST', '/v2/email/outbound-emails', {
      Destination: { ToAddresses: [email.to] },
      Content: { Raw: { Data: raw.toString('base64') } },
      ConfigurationSetName: settings.configurationSet,
      EmailTags: [{ Name: MESSAGE_TAG, Value: email.messageId }],
    })
    return readOutcome(reply, {
      readId: ({ json }) => taken.safeParse(json).data?.MessageId,
      readReason,
      readRefusal: (refused, reason) => readRefusal(refused, reason, email),
    })
  }

  return {
    name: 'ses',
    idempotency: 'none',
    repeatableForMs: 0,
    concurrency: CONNECTIONS,
    send,
    verify: async () => readAccount(await call('GET', '/v2/email/account')),
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]()
    },
  }
}

type Call = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<HttpReply>

function createCall(client: HttpClient, settings: SesSettings, now: () => Date): Call {
  const base = settings.baseUrl ?? `https://email.${settings.region}.amazonaws.com`
  return async (method, path, content) => {
    const body = content === undefined ? '' : JSON.stringify(content)
    const plain = { method, url: joinUrl(base, path), headers: { 'content-type': 'application/json' }, body }
    if (!URL.canParse(plain.url)) return await client.call(plain) // which says what is wrong with it
    const headers = signAwsRequest(plain, { ...settings, service: 'ses' }, now())
    return await client.call({ ...plain, headers })
  }
}

/** SES names its errors in a header, or in the body; `com.amazonaws…#Name` and `Name:http://…` are the same name. */
function readRefusal(
  { status, headers, json }: ProviderReply,
  reason: string,
  email: OutgoingEmail,
): SendOutcome | undefined {
  const read = refusal.safeParse(json).data
  const name = (headers['x-amzn-errortype'] ?? read?.__type ?? '').replace(/^.*#/, '').replace(/:.*$/, '')
  if (THROTTLING.test(name)) return { status: 'throttled', reason, retryAfterMs: null }
  if (BLOCKING.test(name)) return { status: 'blocked', reason }
  if (status === 400 && /not verified/i.test(reason)) return outcomeOfUnverified(reason, email)
  return undefined
}

/** SES names the addresses that are not verified: the recipient's, in the sandbox, concerns this mail; any other all of them. */
function outcomeOfUnverified(reason: string, { from, to }: OutgoingEmail): SendOutcome {
  const sender = from.match(/[^\s<>"]+@[^\s<>"]+/)?.[0] ?? from
  const names = (address: string): boolean => reason.toLowerCase().includes(address.toLowerCase())
  if (names(to) && !names(sender)) return { status: 'rejected', fault: 'account', reason }
  return { status: 'blocked', reason }
}

function readReason(json: unknown): string | undefined {
  const read = refusal.safeParse(json).data
  return read?.message ?? read?.Message
}

function readAccount(reply: HttpReply): VerifyResult {
  return readVerified(reply, readReason, (json) => {
    const read = account.safeParse(json).data
    if (!read) return undefined
    const { SendQuota: quota } = read
    return [
      `${quota.MaxSendRate} mails a second, ${quota.Max24HourSend} in 24 hours, ${quota.SentLast24Hours} of them used.`,
      ...(read.ProductionAccessEnabled ? [] : ['The account is in the sandbox: mail goes to verified addresses only.']),
      ...(read.SendingEnabled ? [] : ['Sending is switched off for this account.']),
    ]
  })
}
