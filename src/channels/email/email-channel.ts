import type { ChannelAbilities, LostMessage, SendOutcome } from '../send-outcome.ts'

/** One email, ready to go. It knows no coupon and no profile: text for one address. */
export type OutgoingEmail = {
  /** Names the message for ever: repeating a send with the same id must not make a second mail where the channel can help it. */
  messageId: string
  /** From 1. Together with the id it makes the Message-ID, so that a bounce or a webhook names the attempt. */
  attempt: number
  accountId: string
  /** Groups mails in the outbox. */
  group: string
  from: string
  to: string
  replyTo?: string
  subject: string
  html: string
  text: string
  headers: Record<string, string>
  /** The header Feedback-ID, by which Gmail sums up complaints: `campaign:account:kind:sender`. */
  feedbackId?: string
}

export type EmailProvider = 'outbox' | 'smtp' | 'ses' | 'resend' | 'postmark' | 'sendgrid'

export type EmailChannel = ChannelAbilities<LostMessage> & {
  name: EmailProvider
  /** Never throws for what happens outside our walls: that is an outcome. */
  send: (email: OutgoingEmail) => Promise<SendOutcome>
}
