import type { ChannelAbilities, LostMessage, SendOutcome } from '../send-outcome.ts'

/** One text message, ready to go. */
export type OutgoingSms = {
  /** Names the message for ever, like that of an email. */
  messageId: string
  /** From 1. */
  attempt: number
  accountId: string
  /** Groups messages in the outbox. */
  group: string
  /** A number in E.164 or an alphanumeric sender; null: the provider chooses (Twilio's Messaging Service). */
  from: string | null
  /** E.164. */
  to: string
  body: string
}

/** `body`: its text, by which a provider that knows no id of ours finds it; null where it is not known any more. */
export type LostSms = LostMessage & { body: string | null }

export type SmsProvider = 'outbox' | 'twilio' | 'http'

export type SmsChannel = ChannelAbilities<LostSms> & {
  name: SmsProvider
  /** Never throws for what happens outside our walls: that is an outcome. */
  send: (sms: OutgoingSms) => Promise<SendOutcome>
}
