import { requireAccount } from '../../accounts/account.ts'
import type { EmailProvider } from '../../channels/email/email-channel.ts'
import type { SmsProvider } from '../../channels/sms/sms-channel.ts'
import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { Medium } from '../mail.ts'
import { fromOf } from '../sender.ts'
import { findCurrentSender, findCurrentSmsSender, withIdentity } from './identity.ts'

type Input = {
  accountId: string
  medium: Medium
  /** What sends email where no sender is active. */
  fallback: EmailProvider
}

/** The provider through which a message of an account would go now. Throws `sender_missing` where it lacks an address to send from. */
export async function requireProvider(db: Db, input: Input): Promise<EmailProvider | SmsProvider> {
  if (input.medium === 'sms') {
    const { provider, problem } = await findCurrentSmsSender(db, input)
    if (problem === undefined) return provider
    throw new AppError('sender_missing', problem)
  }
  const identity = await findCurrentSender(db, input)
  const account = withIdentity(await requireAccount(db, input), identity)
  if (fromOf(account, identity.provider) !== null) return identity.provider
  throw new AppError('sender_missing', 'Set the address that mails come from, in the settings of the account.')
}
