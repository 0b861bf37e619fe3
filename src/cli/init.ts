import type { Command } from 'commander'
import type { Cli } from './lib/cli.ts'
import type { InitOptions } from './set-up-owner.ts'

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
      const { withDatabase } = await import('./lib/open-database.ts') // heavy, and no other command needs it
      const { setUpOwner } = await import('./set-up-owner.ts')
      const { result, config } = await withDatabase(cli.io, (db) => setUpOwner(db, cli, options))
      const lines = [
        `The account ${options.account} is set up. ${options.email} can sign in.`,
        `API key, shown this once: ${result.apiKey}`,
        `Next: onecode serve, then open ${config.publicUrl ?? `http://localhost:${config.port}`}`,
      ]
      cli.show(result, lines.join('\n'))
    })
}
