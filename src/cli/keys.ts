import type { Command } from 'commander'
import type { z } from 'zod'
import { type ApiKey, type createdApiKey, scope } from '../../contract/account.ts'
import type { Cli } from './lib/cli.ts'
import { CliError } from './lib/failure.ts'
import { formatMoment } from './lib/progress.ts'
import { formatTable } from './lib/table.ts'

export function addKeys(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('API keys of the account.')
  keys
    .command('list')
    .description('Show the keys in use.')
    .addHelpText('after', '\nExample:\n  onecode keys list')
    .action(async () => {
      const all = await cli.client().listAll<ApiKey>('/v1/api-keys')
      const rows = all.map((key) => [
        key.name,
        key.prefix,
        key.lastUsedAt ? formatMoment(key.lastUsedAt) : 'never',
        key.scopes.join(','),
      ])
      cli.show(all, formatTable(['name', 'begins with', 'last used', 'scopes'], rows))
    })
  keys
    .command('create')
    .argument('<name>')
    .requiredOption('--scopes <list>', `what it may do, with commas between: ${scope.options.join(',')}`)
    .description('Make a key. It is shown this once.')
    .addHelpText('after', '\nExample:\n  onecode keys create Checkout --scopes checkout')
    .action(async (name: string, options: { scopes: string }) => {
      const body = { name, scopes: options.scopes.split(',').map((one) => one.trim()) }
      const made = await cli.client().post<z.infer<typeof createdApiKey>>('/v1/api-keys', body)
      cli.show(made, `API key, shown this once: ${made.key}`)
    })
  keys
    .command('revoke')
    .argument('<prefix>', 'how the key begins, as `onecode keys list` shows it')
    .description('End a key at once.')
    .addHelpText('after', '\nExample:\n  onecode keys revoke oc_4f9a21Bc')
    .action((prefix: string) => revoke(cli, prefix))
}

async function revoke(cli: Cli, prefix: string): Promise<void> {
  const client = cli.client()
  const all = await client.listAll<ApiKey>('/v1/api-keys')
  const [found, ...others] = all.filter((key) => key.prefix === prefix || key.id === prefix)
  if (!found || others.length > 0)
    throw new CliError(`No one key begins with "${prefix}". \`onecode keys list\` shows them.`)
  await client.remove(`/v1/api-keys/${found.id}`)
  cli.show({ id: found.id, revoked: true }, `The key ${found.name} is ended.`)
}
