import { type AuditInput, recordAudit } from '../accounts/audit.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import type { ApiDeps, Caller } from './route.ts'

type Entry = Pick<AuditInput, 'action' | 'subject' | 'data'>

/** Does what a caller asked for and writes it into the audit log, in one transaction; `entry` describes what was done. */
export async function audited<Result>(
  { db, now }: ApiDeps,
  { accountId, actor }: Caller,
  work: (trx: Db) => Promise<Result>,
  entry: (result: Result) => Entry,
): Promise<Result> {
  return await inTransaction(db, async (trx) => {
    const result = await work(trx)
    await recordAudit(trx, { ...entry(result), accountId, actor, now: now() })
    return result
  })
}
