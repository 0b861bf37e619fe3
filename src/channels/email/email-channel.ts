/** One email, ready to go. It knows no coupon and no profile: text for one address. */
export type OutgoingEmail = {
  /** Names the message for ever: repeating a send with the same id must not make a second mail where the channel can help it. */
  messageId: string
  accountId: string
  /** Groups mails in the outbox. */
  group: string
  from: string
  to: string
  subject: string
  html: string
  text: string
  headers: Record<string, string>
}

/**
 * What became of a send.
 *
 * sent: the provider took it. rejected: it said no to this mail for good. deferred: not now, certainly not sent.
 * blocked: it will take no mail at all (wrong credentials); certainly not sent. unknown: the answer was lost.
 */
export type SendOutcome =
  | { status: 'sent'; providerId: string }
  | { status: 'rejected' | 'deferred' | 'blocked' | 'unknown'; reason: string }

export type EmailChannel = AsyncDisposable & {
  name: 'outbox' | 'smtp'
  /** `key`: sending again with the same messageId is harmless. `none`: a lost answer stays unknown. */
  idempotency: 'key' | 'none'
  /** Sends that this process may have under way at once. */
  concurrency: number
  /** Never throws for what happens outside our walls: that is an outcome. */
  send: (email: OutgoingEmail) => Promise<SendOutcome>
}
