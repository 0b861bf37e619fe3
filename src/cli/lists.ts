import type { Command } from 'commander'
import type { List } from '../../contract/people.ts'
import type { Cli } from './lib/cli.ts'
import { formatTable } from './lib/table.ts'

export function addLists(program: Command, cli: Cli): void {
  const lists = program.command('lists').description('Lists of people.')
  lists
    .command('create')
    .argument('<name>')
    .description('Make an empty list.')
    .addHelpText('after', '\nExample:\n  onecode lists create Newsletter')
    .action(async (name: string) => {
      const list = await cli.client().post<List>('/v1/lists', { name })
      cli.show(list, `The list ${list.name} is there.`)
    })
  lists
    .command('list')
    .description('Show all lists.')
    .addHelpText('after', '\nExample:\n  onecode lists list --json')
    .action(async () => {
      const all = await cli.client().listAll<List>('/v1/lists')
      const rows = all.map((list) => [list.name, list.memberCount])
      cli.show(all, formatTable(['name', 'people'], rows))
    })
}
