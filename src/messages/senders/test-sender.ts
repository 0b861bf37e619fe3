import type { SenderCheck, TestMail } from '../../../contract/senders.ts'
import { requireAccount } from '../../accounts/account.ts'
import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../lib/ids.ts'
import { noteTurns, takeTurns } from '../pace/pace.ts'
import { fromOf } from '../sender.ts'
import { withIdentity } from './identity.ts'
import { identityOf, type OpenSenders } from './open-senders.ts'
import { kindOf } from './secrets.ts'
import type { SenderRow } from './senders.sql.ts'
import { requireSender } from './senders.ts'

type Input = { accountId: string; senderId: string; senders: OpenSenders }

/** Asks the provider whether address and credentials are right; sends nothing. Throws `sender_not_found`. */
export async function verifySender(db: Db, input: Input): Promise<SenderCheck> {
  const result = await input.senders.verify(await requireSender(db, input))
  return result.ok ? { ok: true, facts: result.facts, reason: null } : { ok: false, facts: [], reason: result.reason }
}

/**
 * Sends one mail through a sender, active or not, to the person who asks, and tells what became of it. It goes before campaigns.
 *
 * Throws `sender_not_found`, `sender_missing` without an address to send from, `sender_busy` while the sender rests or has used up
 * its day.
 */
export async function sendTestMail(db: Db, input: Input & { to: string; now: () => Date }): Promise<TestMail> {
  const { accountId, to, now } = input
  const row = await requireEmailSender(db, input)
  const identity = identityOf(row)
  const account = withIdentity(await requireAccount(db, { accountId }), identity)
  const from = fromOf(account, 'smtp')
  if (from === null) throw new AppError('sender_missing', 'Set the address that this sender writes from.')
  if ((await takeTurns(db, { accountId, sender: identity.paced, want: 1, goesFirst: true, now })) === 0) {
    throw new AppError(
      'sender_busy',
      'Try again later: this sender rests after failures, or has sent all that it may today.',
    )
  }
  const outcome = await input.senders.withChannel(row, (channel) =>
    channel.send({
      messageId: newId(),
      attempt: 1,
      accountId,
      group: 'test',
      from,
      to,
      ...(row.replyTo === null ? {} : { replyTo: row.replyTo }),
      subject: `Test of the sender ${row.name}`,
      html: `<p>This mail came through your sender <strong>${escapeHtml(row.name)}</strong>. It works.</p>`,
      text: `This mail came through your sender ${row.name}. It works.\n`,
      headers: {},
    }),
  )
  await noteTurns(db, { accountId, sender: identity.paced, unused: 0, outcomes: [outcome], now: now() })
  return { to, status: outcome.status, reason: 'reason' in outcome ? outcome.reason : null }
}

async function requireEmailSender(db: Db, input: Input): Promise<SenderRow> {
  const row = await requireSender(db, input)
  if (kindOf(row.provider) === 'email') return row
  throw new AppError('sender_kind', 'Choose a sender of emails.', { provider: row.provider })
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
