import { requireAccount } from '../../accounts/account.ts'
import type { Db } from '../../db/database.ts'
import { recoverMessages } from '../recover.ts'
import { sendMessages } from '../send.ts'
import { senderOf } from '../senders/identity.ts'
import type { SendersInUse } from '../senders/open-senders.ts'
import type { MailCache } from '../templates.ts'
import { selectTestsAtWork, updateTestsRejected } from './test-sends.sql.ts'

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

/** Sends the tests of a template version that are ready. Safe to call again after any crash, and by several at once. */
export async function runTests(db: Db, input: RunTestsInput): Promise<void> {
  const { accountId, templateVersionId } = input
  const mail = await input.mails(db, accountId, templateVersionId)
  const sender = senderOf(await requireAccount(db, input), mail.channel, input)
  while (!input.signal?.aborted) {
    const { handled, blocked } = await sendMessages(db, {
      ...input,
      of: { testsOf: templateVersionId },
      smartSending: false,
      mail,
      sender,
    })
    if (blocked !== null) await updateTestsRejected(db, accountId, templateVersionId, blocked)
    if (handled === 0) break
  }
  await recoverMessages(db, input.now())
}

/** Template versions with tests to send, of all accounts; at most 100. */
export async function listTestsAtWork(db: Db): Promise<{ accountId: string; id: string }[]> {
  return await selectTestsAtWork(db, 100)
}
