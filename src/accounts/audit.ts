import type { z } from 'zod'
import type { auditEntry } from '../../contract/account.ts'
import type { Page } from '../../contract/common.ts'
import type { Db } from '../db/database.ts'
import { decodeIdCursor, toPage } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'
import { insertAuditEntry, selectAuditEntries } from './accounts.sql.ts'

export type AuditInput = {
  accountId: string
  /** `user:<id>`, `key:<id>` or `system`. */
  actor: string
  /** Thing and past participle: `api_key.revoked`, `coupon.archived`. */
  action: string
  /** What it was done to: `coupon:<id>`. */
  subject: string
  /** Ids, names and numbers that explain the entry; never a code, a password or a key. */
  data?: Record<string, unknown>
  now: Date
}

/** Writes down who did what. Called in the transaction of the deed, so that neither exists without the other. */
export async function recordAudit(db: Db, input: AuditInput): Promise<void> {
  const { accountId, actor, action, subject, data = {}, now } = input
  await insertAuditEntry(db, accountId, { id: newId(), at: now, actor, action, subject, data })
}

type ListAuditInput = { accountId: string; cursor?: string | undefined; limit: number }

/** The audit log, newest first. */
export async function listAudit(db: Db, input: ListAuditInput): Promise<Page<z.infer<typeof auditEntry>>> {
  const before = decodeIdCursor(input.cursor)
  const rows = await selectAuditEntries(db, input.accountId, before, input.limit + 1)
  return toPage(
    rows,
    input.limit,
    (row) => [row.id],
    (row) => ({ ...row, at: row.at.toISOString(), data: { ...row.data } }),
  )
}
