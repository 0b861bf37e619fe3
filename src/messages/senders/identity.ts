import type { EmailProvider } from '../../channels/email/email-channel.ts'
import type { SmsProvider } from '../../channels/sms/sms-channel.ts'
import type { Db } from '../../db/database.ts'
import type { Medium } from '../mail.ts'
import type { Sender } from '../sender.ts'
import { fromProblemOf } from '../sms/open-sms.ts'
import { type Identity, identityOf, type SendersInUse } from './open-senders.ts'
import { selectActiveSender } from './senders.sql.ts'

/** What sends the emails of an account now, and in whose name. */
export type CurrentSender = Identity & { provider: EmailProvider }

/** The active sender of emails; where there is none, the installation's own. */
export async function findCurrentSender(
  db: Db,
  input: { accountId: string; fallback: EmailProvider },
): Promise<CurrentSender> {
  const row = await selectActiveSender(db, input.accountId, 'email')
  return { ...identityOf(row), provider: (row?.provider as EmailProvider | undefined) ?? input.fallback }
}

/** What sends the text messages of an account now: `problem` is what it lacks to do so. */
export type CurrentSmsSender = { provider: SmsProvider; from: string | null; problem: string | undefined }

/** The active sender of text messages; where there is none, the outbox. */
export async function findCurrentSmsSender(db: Db, input: { accountId: string }): Promise<CurrentSmsSender> {
  const row = await selectActiveSender(db, input.accountId, 'sms')
  if (!row) return { provider: 'outbox', from: null, problem: undefined }
  const service = row.settings.messagingServiceSid
  const from = row.fromAddress ?? (typeof service === 'string' ? service : null)
  return { provider: row.provider as SmsProvider, from, problem: fromProblemOf(row) }
}

/** The account as its mails name it: the sender's own name and address go before the account's. */
export function withIdentity<Account extends Sender['account']>(account: Account, identity: Identity): Account {
  return {
    ...account,
    senderName: identity.fromName ?? account.senderName,
    senderEmail: identity.fromAddress ?? account.senderEmail,
  }
}

type InUse = Partial<Pick<SendersInUse, 'identity' | 'smsIdentity'>> & { publicUrl: string; secret: string }

/** Who writes messages of this kind: the account, through the sender in use where it has one. */
export function senderOf<Account extends Sender['account']>(account: Account, medium: Medium, inUse: InUse): Sender {
  const { identity, smsIdentity, publicUrl, secret } = inUse
  if (medium === 'sms') {
    const { fromAddress = null, paced = null, repeatKey = null } = smsIdentity ?? {}
    return { account, publicUrl, secret, smsFrom: fromAddress, paced, repeatKey }
  }
  if (!identity) return { account, publicUrl, secret }
  const { replyTo, paced, repeatKey } = identity
  return { account: withIdentity(account, identity), publicUrl, secret, replyTo, paced, repeatKey }
}
