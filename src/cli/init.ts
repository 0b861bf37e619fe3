import type { Command } from 'commander'
import { setupBody } from '../../contract/account.ts'
import { needsSetup, type SetUpResult, setUp } from '../accounts/setup.ts'
import type { Db } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { AppError } from '../errors.ts'
import { createStore } from '../stores/create-store.ts'
import type { Cli } from './lib/cli.ts'
import { CliError } from './lib/failure.ts'
import { withDatabase } from './lib/open-database.ts'
import { readPassword } from './lib/password.ts'

type InitOptions = { email: string; account: string; currency: string; timeZone: string; passwordFile?: string }

export function addInit(program: Command, cli: Cli): void {
  program
    .command('init')
    .description('Make the first owner, their account, its store and an API key, without a browser.')
    .requiredOption('--email <address>', 'the owner signs in with it')
    .requiredOption('--account <name>', 'name of the account and of its first store')
    .option('--currency <code>', 'currency of the store, for good', 'EUR')
    .option('--time-zone <zone>', 'time zone of the account and the store', 'UTC')
    .option('--password-file <file>', 'read the password from a file instead of asking (or of standard input)')
    .addHelpText(
      'after',
      '\nExample:\n  onecode init --email owner@example.com --account "Linden & Co" --time-zone Europe/Berlin',
    )
    .action(async (options: InitOptions) => {
      const { result, config } = await withDatabase(cli.io, (db) => init(db, cli, options))
      const lines = [
        `The account ${options.account} is set up. ${options.email} can sign in.`,
        `API key, shown this once: ${result.apiKey}`,
        `Next: onecode serve, then open ${config.publicUrl ?? `http://localhost:${config.port}`}`,
      ]
      cli.show(result, lines.join('\n'))
    })
}

async function init(db: Db, cli: Cli, options: InitOptions): Promise<SetUpResult> {
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
