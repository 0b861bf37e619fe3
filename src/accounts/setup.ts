import { hashPassword } from 'better-auth/crypto'
import type { z } from 'zod'
import { scope, type setupBody } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { requireCurrency } from '../lib/currency.ts'
import { newId } from '../lib/ids.ts'
import { requireTimeZone } from '../lib/time-zone.ts'
import { insertAccount, insertOwner, lockSetup, selectHasAccounts } from './accounts.sql.ts'
import { createApiKey } from './api-keys.ts'
import { recordAudit } from './audit.ts'

/** The stores' use case that makes a custom store; handed in, because stores lie above accounts. */
export type CreateFirstStore = (
  trx: Db,
  input: { accountId: string; name: string; currency: string; timeZone: string; now: Date },
) => Promise<{ id: string }>

export type SetUpInput = z.infer<typeof setupBody> & { now: Date }
export type SetUpResult = { accountId: string; storeId: string; userId: string; apiKey: string }

/** True until the first owner was made. */
export async function needsSetup(db: Db): Promise<boolean> {
  return !(await selectHasAccounts(db))
}

/**
 * Makes the first owner, their account, its first store and an API key with every scope.
 *
 * One transaction under one lock: of racing set-ups one wins, and a crash leaves nothing behind, so that set-up can be
 * repeated. Throws `already_set_up`, `unknown_currency`, `unknown_time_zone`.
 */
export async function setUp(db: Db, input: SetUpInput, createFirstStore: CreateFirstStore): Promise<SetUpResult> {
  const currency = requireCurrency(input.currency)
  const timeZone = requireTimeZone(input.timeZone)
  if (!(await needsSetup(db))) throw alreadySetUp()
  const email = input.email.toLowerCase() // as the login looks people up
  const passwordHash = await hashPassword(input.password) // slow on purpose, so not under the lock
  const { accountName: name, now } = input
  const [accountId, userId] = [newId(), newId()]
  const actor = `user:${userId}`

  return await inTransaction(db, async (trx) => {
    await lockSetup(trx)
    if (!(await needsSetup(trx))) throw alreadySetUp()
    await insertAccount(trx, { id: accountId, name, timeZone, now })
    await insertOwner(trx, { id: userId, email, name: email, passwordHash, accountId, now })
    const data = { name, email, currency, timeZone }
    await recordAudit(trx, { accountId, actor, action: 'account.set_up', subject: `account:${accountId}`, data, now })
    const store = await createFirstStore(trx, { accountId, name, currency, timeZone, now })
    const scopes = scope.options
    const allowedScopes = new Set(scopes)
    const made = await createApiKey(trx, { accountId, actor, name: 'First key', scopes, allowedScopes, now })
    return { accountId, storeId: store.id, userId, apiKey: made.key }
  })
}

function alreadySetUp(): AppError {
  return new AppError('already_set_up', 'Sign in: this installation has its owner.')
}
