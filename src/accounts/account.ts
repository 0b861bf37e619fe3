import type { z } from 'zod'
import type { Account, Role, updateAccountBody } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { brokenConstraint } from '../lib/constraint.ts'
import { newId } from '../lib/ids.ts'
import { requireTimeZone } from '../lib/time-zone.ts'
import {
  type AccountChanges,
  type AccountRow,
  insertAccount,
  selectAccount,
  selectMemberships,
  selectUserEmail,
  updateAccountFields,
} from './accounts.sql.ts'
import { recordAudit } from './audit.ts'

/** An account's own facts; where mail goes is the installation's matter. */
export type AccountFacts = Omit<Account, 'emailChannel'>

/** Throws `account_not_found`. */
export async function requireAccount(db: Db, input: { accountId: string }): Promise<AccountFacts> {
  return toFacts(await selectAccount(db, input.accountId), input.accountId)
}

/** Adds an account without people and stores to an installation. Throws `unknown_time_zone`. */
export async function createAccount(
  db: Db,
  input: { name: string; timeZone: string; actor: string; now: Date },
): Promise<{ id: string }> {
  const { name, actor, now } = input
  const timeZone = requireTimeZone(input.timeZone)
  const id = newId()
  await inTransaction(db, async (trx) => {
    await insertAccount(trx, { id, name, timeZone, now })
    const data = { name, timeZone }
    await recordAudit(trx, { accountId: id, actor, action: 'account.created', subject: `account:${id}`, data, now })
  })
  return { id }
}

export type UpdateAccountInput = z.infer<typeof updateAccountBody> & { accountId: string; actor: string; now: Date }

/** Changes the fields that are given; null empties one. Throws `unknown_time_zone`, `account_not_found`, `invalid_input`. */
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
  }).catch((error: unknown) => refuseQuietHours(error))
}

function refuseQuietHours(error: unknown): never {
  if (brokenConstraint(error) !== 'accounts_quiet_hours') throw error
  throw new AppError(
    'invalid_input',
    'Let the hours for text messages end later than they begin.',
    {},
    { cause: error },
  )
}

/** The accounts that a person may open, the one joined first at the top. */
export async function listMemberships(
  db: Db,
  input: { userId: string },
): Promise<{ id: string; name: string; role: Role }[]> {
  return await selectMemberships(db, input.userId)
}

/** The email address of the person behind an actor; undefined for an API key. */
export async function findPersonEmail(db: Db, input: { actor: string }): Promise<string | undefined> {
  const [kind, userId] = input.actor.split(':')
  return kind === 'user' && userId !== undefined ? await selectUserEmail(db, userId) : undefined
}

function toFacts(row: AccountRow | undefined, accountId: string): AccountFacts {
  if (!row) throw new AppError('account_not_found', 'Choose one of your accounts.', { accountId })
  return { ...row, createdAt: row.createdAt.toISOString() }
}
