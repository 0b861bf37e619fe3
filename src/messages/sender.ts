import type { AccountFacts } from '../accounts/account.ts'
import type { EmailProvider } from '../channels/email/email-channel.ts'
import type { PacedSender } from './pace/pace.ts'

/** Who writes, and what links in a mail are made of. */
export type Sender = {
  account: Pick<
    AccountFacts,
    | 'name'
    | 'postalAddress'
    | 'timeZone'
    | 'senderName'
    | 'senderEmail'
    | 'trackOpens'
    | 'trackClicks'
    | 'smsOptOut'
    | 'quietFrom'
    | 'quietUntil'
    | 'smartEmailHours'
    | 'smartSmsHours'
  >
  publicUrl: string
  secret: string
  replyTo?: string | null
  /** What text messages come from; null and absent: the provider chooses. */
  smsFrom?: string | null
  /** The account's own sender, with its limits; null and absent: the installation's, which nothing limits. */
  paced?: PacedSender | null
  /** Names the settings of the account's own sender: a message is repeated under the same ones only. */
  repeatKey?: string | null
}

/** The From of an account; null where mail cannot go out yet: a real mail server needs a real address. */
export function fromOf(account: Sender['account'], channel: EmailProvider): string | null {
  const address = account.senderEmail ?? (channel === 'outbox' ? 'shop@outbox.example' : null)
  if (address === null) return null
  const name = (account.senderName ?? account.name).replace(/["\\<>\r\n]/g, '').trim()
  return name === '' ? address : `"${name}" <${address}>`
}
