import { createTransport } from 'nodemailer'
import type { SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import type { DkimSettings, SmtpSettings } from './email-settings.ts'
import { buildMail } from './mime.ts'
import { isUnoffered, outcomeOfError } from './smtp-outcome.ts'

/** How long each step with the server may take. A mail needs at most the sum of a few: keep it below the message lease. */
const CONNECT_MS = 10_000
const SILENCE_MS = 20_000
/** How often a mail is offered at once, where the server had closed the connection before it was offered. */
const UNOFFERED_TRIES = 5

/**
 * Headers that the signature covers. nodemailer's own list lacks List-Unsubscribe-Post, which RFC 8058 (section 4) wants
 * covered, and Feedback-ID, which Gmail counts only when it is signed.
 */
const SIGNED_HEADERS = [
  ...['From', 'Sender', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'Cc', 'MIME-Version', 'Content-Type'],
  ...['Content-Transfer-Encoding', 'List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post', 'Feedback-ID'],
].join(':')

/**
 * Any SMTP server.
 *
 * Idempotency: none; what was under way when the connection broke stays unknown. Webhooks: none; bounces come as mails.
 * Message-ID: ours. nodemailer's own queueing again of mails whose connection closed is off: what must not be sent twice is
 * decided here. `silenceMs`: how long the server may say nothing.
 */
export function openSmtp(settings: SmtpSettings, silenceMs: number = SILENCE_MS): EmailChannel {
  const transport = createTransport({
    host: settings.host,
    port: settings.port,
    ...TLS[settings.security],
    ...(settings.user === undefined ? {} : { auth: { user: settings.user, pass: settings.password ?? '' } }),
    ...(settings.dkim === undefined ? {} : { dkim: toDkim(settings.dkim) }),
    pool: true,
    maxConnections: settings.connections,
    maxMessages: Number.POSITIVE_INFINITY,
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: Math.min(CONNECT_MS, silenceMs / 2), // else silence would end the wait first, and look like a lost mail
    socketTimeout: silenceMs,
  })

  let isClosed = false

  async function send(email: OutgoingEmail, triesLeft = UNOFFERED_TRIES): Promise<SendOutcome> {
    try {
      const info = await transport.sendMail(buildMail(email))
      return { status: 'sent', providerId: info.messageId }
    } catch (error) {
      if (isClosed || !isUnoffered(error)) return outcomeOfError(error)
      if (triesLeft > 1) return await send(email, triesLeft - 1)
      return { status: 'deferred', reason: 'The server closes connections before it takes a mail.' }
    }
  }

  async function verify(): Promise<VerifyResult> {
    try {
      await transport.verify()
      return { ok: true, facts: [`${settings.host} took the connection${settings.user ? ' and the login' : ''}.`] }
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    name: 'smtp',
    idempotency: 'none',
    repeatableForMs: 0,
    concurrency: settings.connections * 2,
    send: (email) => send(email),
    verify,
    [Symbol.asyncDispose]: async () => {
      isClosed = true
      transport.close()
    },
  }
}

const TLS = {
  tls: { secure: true },
  starttls: { secure: false, requireTLS: true },
  auto: { secure: false },
  none: { secure: false, ignoreTLS: true },
}

function toDkim({ domain, selector, privateKey }: DkimSettings): Record<string, string> {
  return { domainName: domain, keySelector: selector, privateKey, headerFieldNames: SIGNED_HEADERS }
}

/** Settings of `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`. */
export function parseSmtpUrl(text: string, connections: number): SmtpSettings {
  const url = new URL(text)
  const isTls = url.protocol === 'smtps:'
  return {
    provider: 'smtp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isTls ? 465 : 587)),
    security: isTls ? 'tls' : 'auto',
    ...(url.username ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) } : {}),
    connections,
  }
}
