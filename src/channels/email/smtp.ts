import { createTransport } from 'nodemailer'
import type { Fault, SendOutcome, VerifyResult } from '../send-outcome.ts'
import type { EmailChannel, OutgoingEmail } from './email-channel.ts'
import { toMailOptions } from './mime.ts'

/** How long each step with the server may take. A mail needs at most the sum of a few: keep it below the message lease. */
const CONNECT_MS = 10_000
const SILENCE_MS = 20_000

/**
 * An SMTP server, by URL: `smtp://user:password@host:587`, `smtps://…:465`.
 *
 * nodemailer's own queueing again of mails whose connection closed is off: what must not be sent twice is decided here.
 */
export function openSmtp(url: string, connections: number): EmailChannel {
  const transport = createTransport({
    ...parseSmtpUrl(url),
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  })

  async function send(email: OutgoingEmail): Promise<SendOutcome> {
    try {
      const info = await transport.sendMail(toMailOptions(email))
      return { status: 'sent', providerId: info.messageId }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  async function verify(): Promise<VerifyResult> {
    try {
      await transport.verify()
      return { ok: true, facts: [] }
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    name: 'smtp',
    idempotency: 'none',
    repeatableForMs: 0,
    concurrency: connections * 2,
    send,
    verify,
    [Symbol.asyncDispose]: async () => transport.close(),
  }
}

function parseSmtpUrl(text: string): {
  host: string
  port: number
  secure: boolean
  auth?: { user: string; pass: string }
} {
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  return {
    host: url.hostname,
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    ...(url.username
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
  }
}

/**
 * Whether a failed send may have been delivered.
 *
 * Certain it is only where the server said a number, or where no connection came about. A connection that broke later looks
 * the same before and after the final dot (nodemailer does not tell the stage), so it is unknown. 421, 450 to 454 and the
 * like mean later; credentials that are refused stop all mail.
 */
export function outcomeOf(error: unknown): SendOutcome {
  const { code, responseCode, syscall, command, message } = error as {
    code?: string
    responseCode?: number
    syscall?: string
    command?: string
    message?: string
  }
  const reason = message ?? String(error)
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'EOAUTH2') return { status: 'blocked', reason }
  if (responseCode === 421 || responseCode === 454) return { status: 'throttled', reason, retryAfterMs: null }
  if (responseCode !== undefined && responseCode < 500) return { status: 'deferred', reason }
  if (responseCode !== undefined) return { status: 'rejected', fault: faultOf(command), reason }
  if (syscall === 'connect' || code === 'EDNS' || code === 'ECONNREFUSED') return { status: 'deferred', reason }
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { status: 'rejected', fault: faultOf(command), reason }
  return { status: 'unknown', reason }
}

/** The step at which a server says no tells what it has something against. */
function faultOf(command: string | undefined): Fault {
  if (command === 'RCPT TO') return 'address'
  return command === 'MAIL FROM' ? 'account' : 'content'
}
