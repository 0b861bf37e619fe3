import type { Secrets } from './secrets.ts'
import type { SenderRow } from './senders.sql.ts'

/**
 * Names the account of a provider that can be asked about messages: where two differ, one may know nothing of what went through
 * the other. Postmark keeps messages by server (its token) and stream, Twilio by account.
 */
export function providerAccountOf(
  { provider, settings }: Pick<SenderRow, 'provider' | 'settings'>,
  secrets: Secrets,
): string {
  if (provider === 'postmark') return `${secrets.serverToken} ${settings.messageStream}`
  return provider === 'twilio' ? String(settings.accountSid) : ''
}
