import { requireAccount } from '../../accounts/account.ts'
import type { Db } from '../../db/database.ts'
import { recoverMessages } from '../recover.ts'
import { sendMessages } from '../send.ts'
import { senderOf } from '../senders/identity.ts'
import type { SendersInUse } from '../senders/open-senders.ts'
import type { MailCache } from '../templates.ts'
import { selectSinglesAtWork, updateSinglesRejected } from './test-sends.sql.ts'

/** `identity`, `smsIdentity`: in whose name the channels send; absent: the account's. */
export type RunTestsInput = Pick<SendersInUse, 'channel' | 'smsChannel'> &
  Partial<SendersInUse> & {
    accountId: string
    templateVersionId: string
    mails: MailCache
    publicUrl: string
    secret: string
    leaseMs: number
    now: () => Date
    signal?: AbortSignal
  }

/** Sends the single messages of a template version that are ready: tests, and what is sent again by hand. Safe to call again after any crash, and by several at once. */
export async function runTests(db: Db, input: RunTestsInput): Promise<void> {
  const { accountId, templateVersionId } = input
  const mail = await input.mails(db, accountId, templateVersionId)
  const sender = senderOf(await requireAccount(db, input), mail.channel, input)
  while (!input.signal?.aborted) {
    const { handled, blocked } = await sendMessages(db, {
      ...input,
      of: { singlesOf: templateVersionId },
      smartSending: false,
      mail,
      sender,
    })
    if (blocked !== null)
      await updateSinglesRejected(db, { accountId, templateVersionId, reason: blocked, now: input.now() })
    if (handled === 0) break
  }
  await recoverMessages(db, input.now())
}

/** Template versions with single messages to send now, of all accounts; at most 100. */
export async function listTestsAtWork(db: Db, now: Date): Promise<{ accountId: string; id: string }[]> {
  return await selectSinglesAtWork(db, now, 100)
}
