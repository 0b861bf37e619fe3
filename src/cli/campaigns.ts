import type { Command } from 'commander'
import type { AddMissingReply, Campaign, CampaignReview, CampaignWhen } from '../../contract/campaigns.ts'
import { addCampaignMoves } from './campaign-moves.ts'
import { readTest, type TestOptions } from './campaign-test.ts'
import { describeAudience, describeWhen, readWhen, type WhenOptions } from './campaign-when.ts'
import type { Cli } from './lib/cli.ts'
import type { Client } from './lib/client.ts'
import { requireCampaign, requireList, requireTemplate } from './lib/find.ts'
import { formatCount, formatMoment } from './lib/progress.ts'
import { formatFacts, formatTable } from './lib/table.ts'

export function addCampaigns(program: Command, cli: Cli): void {
  const campaigns = program.command('campaigns').description('One email to an audience at a time.')
  addCreate(campaigns, cli)
  campaigns
    .command('list')
    .description('Show all campaigns, newest first.')
    .addHelpText('after', '\nExample:\n  onecode campaigns list')
    .action(async () => {
      const all = await cli.client().listAll<Campaign>('/v1/campaigns')
      const rows = all.map((one) => [one.name, one.state, describeAudience(one), one.templateName, one.counts.sent])
      cli.show(all, formatTable(['name', 'state', 'audience', 'template', 'sent'], rows))
    })
  campaigns
    .command('review')
    .argument('<name>')
    .description(
      'Say who would get it, which codes it needs and what stands in the way. Exit code 1 when something does.',
    )
    .addHelpText('after', '\nExample:\n  onecode campaigns review Spring')
    .action((name: string) => review(cli, name))
  campaigns
    .command('add-missing')
    .argument('<name>')
    .description('Add exactly the codes that it misses, to all its coupons.')
    .addHelpText('after', '\nExample:\n  onecode campaigns add-missing Spring')
    .action((name: string) => addMissing(cli, name))
  campaigns
    .command('copy')
    .argument('<name>')
    .description('Make a draft of the same content.')
    .addHelpText('after', '\nExample:\n  onecode campaigns copy Spring')
    .action(async (name: string) => {
      const client = cli.client()
      const { id } = await requireCampaign(client, name)
      const made = await client.post<Campaign>(`/v1/campaigns/${id}/copy`)
      cli.show(made, `The campaign ${made.name} is a draft.`)
    })
  addCampaignMoves(campaigns, cli)
}

type CreateOptions = WhenOptions & TestOptions & { list: string[]; exclude?: string[]; template: string; hold?: true }

function addCreate(campaigns: Command, cli: Cli): void {
  campaigns
    .command('create')
    .argument('<name>')
    .description('Make a draft.')
    .requiredOption('--list <name...>', 'who gets it: members of any of these lists')
    .option('--exclude <name...>', 'less the members of these lists')
    .requiredOption('--template <name>')
    .option('--at <moment>', 'when: a moment such as 2027-03-01T09:00+01:00; at once without it')
    .option('--local <time>', "when: what each recipient's clock shows, such as 2027-03-01T09:00")
    .option('--spread <hours>', 'evenly over this many hours')
    .option('--test <template>', 'a second message, tested against the first')
    .option('--share <percent>', 'how many recipients take part in the test, half each', '20')
    .option('--best <what>', 'what the winner has most of: redeemed, clicked or opened', 'redeemed')
    .option('--after <hours>', 'when the rest get the winner; without it you pick it')
    .option('--hold', 'hold people without a code until there is one, instead of skipping them')
    .addHelpText(
      'after',
      '\nExample:\n  onecode campaigns create Spring --list News Shop --exclude Staff --template Welcome',
    )
    .action(async (name: string, options: CreateOptions) => {
      const client = cli.client()
      const { id: templateId } = await requireTemplate(client, options.template)
      const when: CampaignWhen = readWhen(options)
      const audience = {
        include: await sourcesOf(client, options.list),
        exclude: await sourcesOf(client, options.exclude ?? []),
      }
      const ab = await readTest(client, options)
      const draft = { name, audience, templateId, ab, when, holdWithoutCode: options.hold ?? false }
      const made = await client.post<Campaign>('/v1/campaigns', draft)
      cli.show(made, `The campaign ${made.name} is a draft. Next: onecode campaigns review "${made.name}"`)
    })
}

async function sourcesOf(client: Client, names: string[]): Promise<{ kind: 'list'; id: string }[]> {
  const found: { kind: 'list'; id: string }[] = []
  for (const name of names) found.push({ kind: 'list', id: (await requireList(client, name)).id })
  return found
}

async function review(cli: Cli, name: string): Promise<void> {
  const client = cli.client()
  const campaign = await requireCampaign(client, name)
  const found = await client.get<CampaignReview>(`/v1/campaigns/${campaign.id}/review`)
  const next = campaign.when.kind === 'now' ? 'send' : 'schedule'
  const lines = [
    formatFacts({
      audience: describeAudience(campaign),
      recipients: found.recipients,
      when: describeWhen(campaign.when),
      'first mail': formatMoment(found.startsAt),
      'last mail': formatMoment(found.endsAt),
      sender: found.sender,
      'goes out by': found.channel,
    }),
    ...found.skipped.map(({ reason, count }) => `left out: ${formatCount(count)} (${reason})`),
    ...found.coupons.map(
      (need) =>
        `${need.name}: ${formatCount(need.needed)} codes needed, ${formatCount(need.available)} available${need.alreadyHad > 0 ? `, skipped because they had theirs: ${formatCount(need.alreadyHad)}` : ''}`,
    ),
    ...found.notices.map((notice) => `note: ${notice.message}`),
    ...found.problems.map((problem) => `problem: ${problem.message} (${problem.code})`),
    found.problems.length === 0 ? `Ready. Next: onecode campaigns ${next} "${name}"` : 'It cannot be sent yet.',
  ]
  cli.show(found, lines.join('\n'))
  if (found.problems.length > 0) cli.setExitCode(1)
}

async function addMissing(cli: Cli, name: string): Promise<void> {
  const client = cli.client()
  const { id } = await requireCampaign(client, name)
  const added = await client.post<AddMissingReply>(`/v1/campaigns/${id}/add-missing-codes`)
  const total = added.jobs.reduce((sum, { wanted }) => sum + wanted, 0)
  cli.show(
    added,
    total === 0
      ? 'No code is missing that could be made.'
      : `${formatCount(total)} codes are being made in the server.`,
  )
}
