import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import type { RowError } from '../../contract/codes.ts'
import type { FeedItem, List, PeopleImport, ProfileDetail } from '../../contract/people.ts'
import { formatAmount } from './lib/amount.ts'
import type { Cli } from './lib/cli.ts'
import type { Client } from './lib/client.ts'
import { CliError } from './lib/failure.ts'
import { findList, requireList, requireProfile } from './lib/find.ts'
import { formatCount, formatMoment } from './lib/progress.ts'
import { formatFacts, formatTable } from './lib/table.ts'

type ImportOptions = { list: string; consent: 'column' | 'subscribed'; createList?: true }

export function addPeople(program: Command, cli: Cli): void {
  const people = program.command('people').description('The people of the shop.')
  people
    .command('import')
    .argument('<file>', 'CSV with a header; a column Email or Phone')
    .description('Read people from a CSV file into a list. Doing it twice adds nobody twice.')
    .requiredOption('--list <name>', 'the list that they join')
    .addOption(
      new Option('--consent <how>', 'column: follow "Accepts Email Marketing"; subscribed: all of them agreed')
        .choices(['column', 'subscribed'])
        .default('column'),
    )
    .option('--create-list', 'make the list when it is not there yet')
    .addHelpText('after', '\nExample:\n  onecode people import examples/customers.csv --list Newsletter --create-list')
    .action((file: string, options: ImportOptions) => importPeople(cli, file, options))
  people
    .command('show')
    .argument('<email>')
    .description('Show a person: consent, lists, codes and everything that happened, newest first.')
    .addHelpText('after', '\nExample:\n  onecode people show jane@example.com')
    .action((email: string) => showPerson(cli, email))
}

async function importPeople(cli: Cli, file: string, options: ImportOptions): Promise<void> {
  const client = cli.client()
  const list = options.createList ? await ensureList(client, options.list) : await requireList(client, options.list)
  const query = new URLSearchParams({ fileName: basename(file).slice(0, 255), consent: options.consent })
  const done = await client.upload<PeopleImport>(`/v1/lists/${list.id}/import?${query}`, file)
  if (done.state !== 'done')
    throw new CliError(done.error ?? 'The import did not come to its end. Import the file again.')
  const errors = await client.listAll<RowError>(`/v1/imports/${done.id}/errors`)
  cli.show({ ...done, errors }, [describeImport(done), ...errors.map(describeRow)].join('\n'))
}

async function ensureList(client: Client, name: string): Promise<List> {
  return (await findList(client, name)) ?? (await client.post<List>('/v1/lists', { name }))
}

export function describeImport(done: PeopleImport): string {
  const counts = (['read', 'added', 'updated', 'unchanged', 'repeated', 'bad', 'joined'] as const).map(
    (name) => `${formatCount(done[name])} ${name}`,
  )
  return `${done.fileName}: ${counts.join(', ')}`
}

export function describeRow({ line, reason, value }: RowError): string {
  return `  line ${line}: ${reason}${value === '' ? '' : ` (${value})`}`
}

async function showPerson(cli: Cli, email: string): Promise<void> {
  const client = cli.client()
  const { id } = await requireProfile(client, email)
  const profile = await client.get<ProfileDetail>(`/v1/profiles/${id}`)
  const feed = await client.listAll<FeedItem>(`/v1/profiles/${id}/feed`)
  const facts = formatFacts({
    name: [profile.firstName, profile.lastName].filter(Boolean).join(' ') || null,
    email: profile.email,
    phone: profile.phone,
    'email consent': profile.emailConsent,
    lists: profile.lists.map((list) => list.name).join(', ') || null,
  })
  cli.show({ ...profile, feed }, `${facts}\n\n${formatFeed(feed)}`)
}

export function formatFeed(feed: readonly FeedItem[]): string {
  const rows = feed.map((item) => [formatMoment(item.at), item.metric, describeItem(item)])
  return formatTable(['when', 'what', 'details'], rows)
}

function describeItem(item: FeedItem): string {
  const { currency, subtotalMinor, discountMinor } = item
  return [
    item.code ?? item.couponName,
    item.campaignName && `campaign ${item.campaignName}`,
    item.orderId && `order ${item.orderId}`,
    currency && subtotalMinor !== null && `of ${formatAmount(subtotalMinor, currency)}`,
    currency && discountMinor !== null && `less ${formatAmount(discountMinor, currency)}`,
  ]
    .filter(Boolean)
    .join(', ')
}
