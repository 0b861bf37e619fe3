import { setupBody } from '../../contract/account.ts'
import { needsSetup, type SetUpResult, setUp } from '../accounts/setup.ts'
import type { Db } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { AppError } from '../errors.ts'
import { createStore } from '../stores/create-store.ts'
import type { Cli } from './lib/cli.ts'
import { CliError } from './lib/failure.ts'
import { readPassword } from './lib/password.ts'

export type InitOptions = {
  email: string
  account: string
  currency: string
  timeZone: string
  passwordFile?: string
}

/** Sets the installation up; the password is asked for only when that can still be done. Throws what `setUp` throws. */
export async function setUpOwner(db: Db, cli: Cli, options: InitOptions): Promise<SetUpResult> {
  await migrate(db)
  if (!(await needsSetup(db))) {
    throw new AppError('already_set_up', 'Sign in: this installation has its owner. Nothing was changed.')
  }
  const { email, account: accountName, currency, timeZone } = options
  const password = await readPassword(cli.io, options.passwordFile)
  const body = setupBody.safeParse({ email, accountName, currency, timeZone, password })
  if (!body.success) {
    throw new CliError(body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
  }
  return await setUp(db, { ...body.data, now: new Date() }, (trx, store) =>
    createStore(trx, { ...store, kind: 'custom', url: null, sellsSubscriptions: false }),
  )
}
