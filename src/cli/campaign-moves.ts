import type { Command } from 'commander'
import type { Campaign } from '../../contract/campaigns.ts'
import { describeAudience, describeWhen, readWhen, type WhenOptions } from './campaign-when.ts'
import { type Cli, INTERRUPTED } from './lib/cli.ts'
import { CliError } from './lib/failure.ts'
import { requireCampaign } from './lib/find.ts'
import { formatMoment, openProgress } from './lib/progress.ts'
import { formatFacts } from './lib/table.ts'
import { waitUntil } from './lib/wait.ts'

const MOVES = {
  schedule: 'Reserve its codes and send it at its time.',
  unschedule: 'Make it a draft again and give its codes back.',
  pause: 'Stop sending for now; who has the email has it.',
  resume: 'Go on with a campaign that was paused.',
  cancel: 'Stop for good and give the reserved codes back.',
}

export function addCampaignMoves(campaigns: Command, cli: Cli): void {
  campaigns
    .command('send')
    .argument('<name>')
    .option('--wait', 'show the progress until it is sent; Ctrl-C stops the waiting only')
    .description('Reserve its codes and send it now, whatever its time.')
    .addHelpText('after', '\nExample:\n  onecode campaigns send Spring --wait')
    .action((name: string, { wait = false }: { wait?: boolean }) => send(cli, name, wait))
  for (const [move, description] of Object.entries(MOVES)) {
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
  addReschedule(campaigns, cli)
  addPick(campaigns, cli)
  campaigns
    .command('show')
    .argument('<name>')
    .description('Show how far it is. Of several with the name, the newest.')
    .addHelpText('after', '\nExample:\n  onecode campaigns show Spring')
    .action(async (name: string) => showCampaign(cli, await requireCampaign(cli.client(), name)))
}

function addReschedule(campaigns: Command, cli: Cli): void {
  campaigns
    .command('reschedule')
    .argument('<name>')
    .option('--at <moment>', 'a moment such as 2027-03-01T09:00+01:00; at once without it')
    .option('--local <time>', "what each recipient's clock shows, such as 2027-03-01T09:00")
    .option('--spread <hours>', 'evenly over this many hours')
    .description('Give a scheduled campaign another time.')
    .addHelpText('after', '\nExample:\n  onecode campaigns reschedule Spring --local 2027-03-01T09:00')
    .action(async (name: string, options: WhenOptions) => {
      const client = cli.client()
      const { id } = await requireCampaign(client, name)
      const when = readWhen(options)
      showCampaign(cli, await client.post<Campaign>(`/v1/campaigns/${id}/reschedule`, { when }))
    })
}

function addPick(campaigns: Command, cli: Cli): void {
  campaigns
    .command('pick')
    .argument('<name>')
    .argument('<winner>', 'a: the first message, b: the second')
    .description('Pick the message of a test that the rest of the recipients get.')
    .addHelpText('after', '\nExample:\n  onecode campaigns pick Spring b')
    .action(async (name: string, winner: string) => {
      const client = cli.client()
      const { id } = await requireCampaign(client, name)
      showCampaign(
        cli,
        await client.post<Campaign>(`/v1/campaigns/${id}/pick-winner`, { winner: winner.toLowerCase() }),
      )
    })
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
    audience: describeAudience(campaign),
    template: campaign.templateName,
    ...(campaign.ab ? { 'second message': campaign.ab.templateName, winner: campaign.ab.winner } : {}),
    when: describeWhen(campaign.when),
    ...(campaign.startsAt ? { starts: formatMoment(campaign.startsAt) } : {}),
    recipients: counts.recipients,
    sent: counts.sent,
    rejected: counts.rejected,
    unknown: counts.unknown,
    skipped: counts.skipped,
    ...(counts.waitingForCodes > 0 ? { 'waiting for codes': counts.waitingForCodes } : {}),
    finished: campaign.finishedAt && formatMoment(campaign.finishedAt),
  })
  cli.show(campaign, facts)
}
