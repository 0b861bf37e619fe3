import type { Fault, SendOutcome } from '../send-outcome.ts'

/** What nodemailer tells of a failure, beside its message. */
type SmtpError = {
  code?: string
  /** The server's number; absent where it said none. */
  responseCode?: number
  response?: string
  /** The step that failed; CONN for everything that concerns the connection, at whatever step. */
  command?: string
  syscall?: string
  timeoutType?: string
  message?: string
}

/** Waiting for these ends before any mail was offered. */
const TIMEOUTS_BEFORE_MAIL = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'])
/** Steps before any mail was offered, at which a refusal concerns every mail. */
const STEPS_BEFORE_MAIL = new Set(['CONN', 'EHLO', 'HELO', 'STARTTLS'])
/** Enhanced status codes (RFC 3463) that say that the address does not exist or takes no mail any more. */
const BAD_ADDRESS = /\b5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b/
const ENHANCED = /\b5\.\d{1,3}\.\d{1,3}\b/
/** Words of servers that refuse the sender while they talk about the recipient. */
const ABOUT_US = /relay|spam|block|polic|denied|listed|authenticat|reputation|rate|not allowed|access/i

/**
 * Whether a failed send may have been delivered, and what the refusal is about.
 *
 * Certain it is only where the server said a number of its refusals, or where no mail was offered yet. A connection that broke
 * later looks the same before and after the final dot (nodemailer does not tell the stage), so it is unknown. 421 and 454 mean
 * slower; a refused login, or a refusal before any mail was offered, stops all mail.
 */
export function outcomeOfError(error: unknown): SendOutcome {
  const { code, responseCode = 0, command, syscall, timeoutType, message } = error as SmtpError
  const reason = message ?? String(error)
  if (responseCode >= 400 && !isOutOfTurn(error as SmtpError)) return outcomeOfReply(error as SmtpError, reason)
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'EOAUTH2') return { status: 'blocked', reason }
  if (code === 'ETLS' || isCertificateError(error)) return { status: 'blocked', reason }
  if (syscall === 'connect' || code === 'EDNS' || code === 'ECONNREFUSED') return { status: 'deferred', reason }
  if (TIMEOUTS_BEFORE_MAIL.has(timeoutType ?? '')) return { status: 'deferred', reason }
  if ((code === 'EENVELOPE' || code === 'EMESSAGE') && command === 'API')
    return { status: 'rejected', fault: 'content', reason }
  return { status: 'unknown', reason }
}

function outcomeOfReply(error: SmtpError, reason: string): SendOutcome {
  const { responseCode = 0, command = '', code } = error
  if (responseCode === 421 || responseCode === 454) return { status: 'throttled', reason, retryAfterMs: null }
  if (responseCode < 500) return { status: 'deferred', reason }
  if (code === 'EAUTH' || responseCode === 530 || STEPS_BEFORE_MAIL.has(command)) return { status: 'blocked', reason }
  return { status: 'rejected', fault: faultOf(error), reason }
}

/** A reply that no command waited for: it does not answer the mail under way. */
function isOutOfTurn({ code, message = '' }: SmtpError): boolean {
  return code === 'EPROTOCOL' && message.startsWith('Unexpected Response')
}

function isCertificateError(error: unknown): boolean {
  const { originalCode = '' } = error as { originalCode?: string }
  return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(originalCode)
}

/**
 * What a refusal for good is about. An enhanced status code decides; without one, a recipient that is refused counts as a bad
 * address unless the words speak of us. In doubt never the address: who is taken for one gets no mail any more.
 */
function faultOf({ command = '', response = '' }: SmtpError): Fault {
  if (command === 'MAIL FROM') return 'account'
  if (BAD_ADDRESS.test(response)) return 'address'
  if (command !== 'RCPT TO') return 'content'
  if (/\b5\.7\./.test(response) || ABOUT_US.test(response)) return 'account'
  return ENHANCED.test(response) || response.startsWith('552') ? 'content' : 'address'
}
