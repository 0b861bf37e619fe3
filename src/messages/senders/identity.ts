import type { EmailProvider } from '../../channels/email/email-channel.ts'
import type { Db } from '../../db/database.ts'
import type { Sender } from '../sender.ts'
import { type Identity, identityOf } from './open-senders.ts'
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

/** The account as its mails name it: the sender's own name and address go before the account's. */
export function withIdentity<Account extends Sender['account']>(account: Account, identity: Identity): Account {
  return {
    ...account,
    senderName: identity.fromName ?? account.senderName,
    senderEmail: identity.fromAddress ?? account.senderEmail,
  }
}

/** Who writes: the account, through the sender in use where it has one. */
export function senderOf<Account extends Sender['account']>(
  account: Account,
  { identity, publicUrl, secret }: { identity?: Identity | undefined; publicUrl: string; secret: string },
): Sender {
  if (!identity) return { account, publicUrl, secret }
  const { replyTo, paced } = identity
  return { account: withIdentity(account, identity), publicUrl, secret, replyTo, paced }
}
