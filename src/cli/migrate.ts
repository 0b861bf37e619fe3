import type { Command } from 'commander'
import type { Cli } from './lib/cli.ts'

export function addMigrate(program: Command, cli: Cli): void {
  program
    .command('migrate')
    .description('Bring the database to the newest schema, forward only. The server does the same when it starts.')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… onecode migrate')
    .action(async () => {
      const { withDatabase } = await import('./lib/open-database.ts') // heavy, and few commands need it
      const { migrate } = await import('../db/migrate.ts')
      const { result: migrated } = await withDatabase(cli.io, migrate)
      const text = migrated.length === 0 ? 'The database is up to date.' : `Migrated: ${migrated.join(', ')}`
      cli.show({ migrated }, text)
    })
}
