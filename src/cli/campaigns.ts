import type { Command } from 'commander'
import type { Campaign, CampaignReview } from '../../contract/messages.ts'
import { type Cli, INTERRUPTED } from './lib/cli.ts'
import { CliError } from './lib/failure.ts'
import { requireCampaign, requireList, requireTemplate } from './lib/find.ts'
import { formatCount, formatMoment, openProgress } from './lib/progress.ts'
import { formatFacts, formatTable } from './lib/table.ts'
import { waitUntil } from './lib/wait.ts'

export function addCampaigns(program: Command, cli: Cli): void {
  const campaigns = program.command('campaigns').description('One email to everybody on a list.')
  addCreate(campaigns, cli)
  campaigns
    .command('list')
    .description('Show all campaigns, newest first.')
    .addHelpText('after', '\nExample:\n  onecode campaigns list')
    .action(async () => {
      const all = await cli.client().listAll<Campaign>('/v1/campaigns')
      const rows = all.map((one) => [one.name, one.state, one.listName, one.templateName, one.counts.sent])
      cli.show(all, formatTable(['name', 'state', 'list', 'template', 'sent'], rows))
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
    .command('send')
    .argument('<name>')
    .option('--wait', 'show the progress until it is sent; Ctrl-C stops the waiting only')
    .description('Send it now.')
    .addHelpText('after', '\nExample:\n  onecode campaigns send Spring --wait')
    .action((name: string, { wait = false }: { wait?: boolean }) => send(cli, name, wait))
  addMoves(campaigns, cli)
}

function addCreate(campaigns: Command, cli: Cli): void {
  campaigns
    .command('create')
    .argument('<name>')
    .description('Make a draft.')
    .requiredOption('--list <name>')
    .requiredOption('--template <name>')
    .addHelpText('after', '\nExample:\n  onecode campaigns create Spring --list Newsletter --template Welcome')
    .action(async (name: string, options: { list: string; template: string }) => {
      const client = cli.client()
      const { id: listId } = await requireList(client, options.list)
      const { id: templateId } = await requireTemplate(client, options.template)
      const made = await client.post<Campaign>('/v1/campaigns', { name, listId, templateId })
      cli.show(made, `The campaign ${made.name} is a draft. Next: onecode campaigns review "${made.name}"`)
    })
}

function addMoves(campaigns: Command, cli: Cli): void {
  const moves = {
    pause: 'Stop sending for now; who has the email has it.',
    resume: 'Go on with a campaign that was paused.',
    cancel: 'Stop sending for good.',
  }
  for (const [move, description] of Object.entries(moves)) {
    campaigns
      .command(move)
      .argument('<name>')
      .description(description)
      .addHelpText('after', `\nExample:\n  onecode campaigns ${move} Spring`)
      .action(async (name: string) => {
        const client = cli.client()
        const { id } = await requireCampaign(client, name)
        showCampaign(cli, await client.post<Campaign>(`/v1/campaigns/${id}/${move}`))
      })
  }
  campaigns
    .command('show')
    .argument('<name>')
    .description('Show how far it is. Of several with the name, the newest.')
    .addHelpText('after', '\nExample:\n  onecode campaigns show Spring')
    .action(async (name: string) => showCampaign(cli, await requireCampaign(cli.client(), name)))
}

async function review(cli: Cli, name: string): Promise<void> {
  const client = cli.client()
  const { id } = await requireCampaign(client, name)
  const found = await client.get<CampaignReview>(`/v1/campaigns/${id}/review`)
  const lines = [
    formatFacts({ recipients: found.recipients, sender: found.sender, 'goes out by': found.channel }),
    ...found.skipped.map(({ reason, count }) => `left out: ${formatCount(count)} (${reason})`),
    ...found.coupons.map(
      (need) => `${need.name}: ${formatCount(need.needed)} codes needed, ${formatCount(need.available)} available`,
    ),
    ...found.problems.map((problem) => `problem: ${problem.message} (${problem.code})`),
    found.problems.length === 0 ? `Ready. Next: onecode campaigns send "${name}" --wait` : 'It cannot be sent yet.',
  ]
  cli.show(found, lines.join('\n'))
  if (found.problems.length > 0) cli.setExitCode(1)
}

async function send(cli: Cli, name: string, wait: boolean): Promise<void> {
  const client = cli.client()
  const { id } = await requireCampaign(client, name)
  const started = await client.post<Campaign>(`/v1/campaigns/${id}/send`)
  if (!wait) return showCampaign(cli, started)
  const progress = openProgress(cli, 'emails')
  const ended = await waitUntil(cli, {
    ask: () => client.get<Campaign>(`/v1/campaigns/${id}`),
    tell: ({ counts }) => progress.show({ done: endedOf(counts), wanted: counts.recipients }),
    isFinal: ({ state }) => state !== 'preparing' && state !== 'sending',
  })
  progress.end()
  if (!ended) {
    cli.show(started, `The server goes on sending. Look at it with: onecode campaigns show "${name}"`)
    cli.setExitCode(INTERRUPTED)
    return
  }
  showCampaign(cli, ended)
  if (ended.state !== 'sent') throw new CliError(ended.pausedReason ?? `The campaign is ${ended.state}.`)
}

/** Messages that have their outcome. */
function endedOf({ sent, rejected, unknown, skipped, cancelled }: Campaign['counts']): number {
  return sent + rejected + unknown + skipped + cancelled
}

function showCampaign(cli: Cli, campaign: Campaign): void {
  const { counts } = campaign
  const facts = formatFacts({
    name: campaign.name,
    state: campaign.pausedReason ? `${campaign.state}: ${campaign.pausedReason}` : campaign.state,
    list: campaign.listName,
    template: campaign.templateName,
    recipients: counts.recipients,
    sent: counts.sent,
    rejected: counts.rejected,
    unknown: counts.unknown,
    skipped: counts.skipped,
    finished: campaign.finishedAt && formatMoment(campaign.finishedAt),
  })
  cli.show(campaign, facts)
}
