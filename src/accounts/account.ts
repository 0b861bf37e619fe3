import type { z } from 'zod'
import type { Account, Role, updateAccountBody } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { requireTimeZone } from '../lib/time-zone.ts'
import {
  type AccountChanges,
  type AccountRow,
  selectAccount,
  selectMemberships,
  updateAccountFields,
} from './accounts.sql.ts'
import { recordAudit } from './audit.ts'

/** An account's own facts; where mail goes is the installation's matter. */
export type AccountFacts = Omit<Account, 'emailChannel'>

/** Throws `account_not_found`. */
export async function requireAccount(db: Db, input: { accountId: string }): Promise<AccountFacts> {
  return toFacts(await selectAccount(db, input.accountId), input.accountId)
}

export type UpdateAccountInput = z.infer<typeof updateAccountBody> & { accountId: string; actor: string; now: Date }

/** Changes the fields that are given; null empties one. Throws `unknown_time_zone`, `account_not_found`. */
export async function updateAccount(db: Db, input: UpdateAccountInput): Promise<AccountFacts> {
  const { accountId, actor, now, ...fields } = input
  const changes = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as AccountChanges
  if (changes.timeZone !== undefined) requireTimeZone(changes.timeZone)
  if (Object.keys(changes).length === 0) return await requireAccount(db, { accountId })
  return await inTransaction(db, async (trx) => {
    const account = toFacts(await updateAccountFields(trx, accountId, changes), accountId)
    const subject = `account:${accountId}`
    await recordAudit(trx, { accountId, actor, action: 'account.updated', subject, data: changes, now })
    return account
  })
}

/** The accounts that a person may open, the one joined first at the top. */
export async function listMemberships(
  db: Db,
  input: { userId: string },
): Promise<{ id: string; name: string; role: Role }[]> {
  return await selectMemberships(db, input.userId)
}

function toFacts(row: AccountRow | undefined, accountId: string): AccountFacts {
  if (!row) throw new AppError('account_not_found', 'Choose one of your accounts.', { accountId })
  return { ...row, createdAt: row.createdAt.toISOString() }
}
