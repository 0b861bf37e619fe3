import { type Command, Option } from 'commander'
import type { Role } from '../app.ts'
import { CliError } from './lib/failure.ts'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Run the server until it is stopped by a signal.')
    .addOption(
      new Option('--role <role>', 'api answers requests only, worker adds codes and sends, all is both')
        .choices(['api', 'worker', 'all'])
        .default('all'),
    )
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… onecode serve --role worker')
    .action(async ({ role }: { role: Role }) => {
      const { describeStartFailure, runServer } = await import('./run-server.ts') // heavy: the whole server
      try {
        await runServer({ role })
      } catch (cause) {
        const told = describeStartFailure(cause)
        throw typeof told === 'string' ? new CliError(told, { cause }) : cause
      }
      await new Promise<never>(() => {}) // a signal ends the process
    })
}
