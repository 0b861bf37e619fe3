import type { SenderCheck, TestMail } from '../../../contract/senders.ts'
import { requireAccount } from '../../accounts/account.ts'
import type { SendOutcome } from '../../channels/send-outcome.ts'
import type { Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../lib/ids.ts'
import { readPhone } from '../../profiles/phone.ts'
import { listSuppressionsOf } from '../../profiles/suppression/suppress.ts'
import { noteTurns, takeTurns } from '../pace/pace.ts'
import { fromOf } from '../sender.ts'
import { fromProblemOf } from '../sms/open-sms.ts'
import { withIdentity } from './identity.ts'
import { identityOf, type OpenSenders } from './open-senders.ts'
import type { SenderKind, SenderRow } from './senders.sql.ts'
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
 * Throws `sender_not_found`, `sender_kind`, `sender_missing` without an address to send from, `sender_busy` while the sender rests
 * or has used up its day.
 */
export async function sendTestMail(db: Db, input: Input & { to: string; now: () => Date }): Promise<TestMail> {
  const { accountId, to, senders } = input
  const row = await requireSenderOf(db, input, 'email')
  const account = withIdentity(await requireAccount(db, { accountId }), identityOf(row))
  const from = fromOf(account, 'smtp')
  if (from === null) throw new AppError('sender_missing', 'Set the address that this sender writes from.')
  const mail = {
    ...oneTest(accountId),
    from,
    to,
    ...(row.replyTo === null ? {} : { replyTo: row.replyTo }),
    subject: `Test of the sender ${row.name}`,
    html: `<p>This mail came through your sender <strong>${escapeHtml(row.name)}</strong>. It works.</p>`,
    text: `This mail came through your sender ${row.name}. It works.\n`,
    headers: {},
  }
  const outcome = await inTurn(db, input, row, () => senders.withChannel(row, (channel) => channel.send(mail)))
  return { to, status: outcome.status, reason: 'reason' in outcome ? outcome.reason : null }
}

/**
 * Sends one text message through a sender, active or not, to the number that somebody typed. It goes before campaigns, at any hour.
 *
 * Throws `invalid_input` for what is no number in E.164 or gets nothing from this account; else like a test mail.
 */
export async function sendTestText(db: Db, input: Input & { to: string; now: () => Date }): Promise<TestMail> {
  const { accountId, senders } = input
  const row = await requireSenderOf(db, input, 'sms')
  const to = await requireReachable(db, input)
  const problem = fromProblemOf(row)
  if (problem !== undefined) throw new AppError('sender_missing', problem)
  const { name } = await requireAccount(db, { accountId })
  const sms = {
    ...oneTest(accountId),
    from: row.fromAddress,
    to,
    body: `${name}: a test of the sender ${row.name}. It works.`,
  }
  const outcome = await inTurn(db, input, row, () => senders.withSmsChannel(row, (channel) => channel.send(sms)))
  return { to, status: outcome.status, reason: 'reason' in outcome ? outcome.reason : null }
}

async function requireReachable(db: Db, { accountId, to }: { accountId: string; to: string }): Promise<string> {
  const read = readPhone(to, null)
  if ('problem' in read) throw new AppError('invalid_input', read.problem, { field: 'to' })
  const [suppressed] = await listSuppressionsOf(db, { accountId, email: null, phone: read.phone })
  if (!suppressed) return read.phone
  throw new AppError('invalid_input', 'This number is suppressed. Choose another, or take it off that list first.', {
    field: 'to',
  })
}

function oneTest(accountId: string) {
  return { messageId: newId(), attempt: 1, accountId, group: 'test' }
}

/** Takes a turn of the sender before the work and notes afterwards how it fared. Throws `sender_busy`. */
async function inTurn(
  db: Db,
  { accountId, now }: { accountId: string; now: () => Date },
  row: SenderRow,
  work: () => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const { paced } = identityOf(row)
  if ((await takeTurns(db, { accountId, sender: paced, want: 1, goesFirst: true, now })) === 0) {
    throw new AppError(
      'sender_busy',
      'Try again later: this sender rests after failures, or has sent all that it may today.',
    )
  }
  const outcome = await work()
  await noteTurns(db, { accountId, sender: paced, unused: 0, outcomes: [outcome], now: now() })
  return outcome
}

async function requireSenderOf(db: Db, input: Input, kind: SenderKind): Promise<SenderRow> {
  const row = await requireSender(db, input)
  if (row.channel === kind) return row
  const message = kind === 'email' ? 'Choose a sender of emails.' : 'Choose a sender of text messages.'
  throw new AppError('sender_kind', message, { provider: row.provider })
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
