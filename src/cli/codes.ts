import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { CodeJob, RowError } from '../../contract/codes.ts'
import { addCodesByHand } from './codes-by-hand.ts'
import { type Cli, INTERRUPTED } from './lib/cli.ts'
import { CliError } from './lib/failure.ts'
import { requireCoupon } from './lib/find.ts'
import { readCount } from './lib/options.ts'
import { formatCount, formatMoment, openProgress } from './lib/progress.ts'
import { formatTable } from './lib/table.ts'
import { waitUntil } from './lib/wait.ts'
import { describeRow } from './people.ts'

export function addCodes(program: Command, cli: Cli): void {
  const codes = program.command('codes').description('The codes of a coupon.')
  codes
    .command('add')
    .argument('<coupon>')
    .argument('<count>', 'how many', readCount)
    .description('Make codes in the server and wait for them. Ctrl-C stops the waiting only.')
    .addHelpText('after', '\nExample:\n  onecode codes add WELCOME20 10000')
    .action((coupon: string, count: number) => add(cli, coupon, count))
  codes
    .command('jobs')
    .argument('<coupon>')
    .description('Show the newest jobs that added codes, and how far they are.')
    .addHelpText('after', '\nExample:\n  onecode codes jobs WELCOME20')
    .action((coupon: string) => showJobs(cli, coupon))
  codes
    .command('upload')
    .argument('<coupon>', 'one that was created with --uploaded')
    .argument('<file>', 'CSV; the column Code, else the first one')
    .description('Take codes from a file. Codes that are there already are passed over and reported.')
    .addHelpText('after', '\nExample:\n  onecode codes upload PARTNER codes.csv')
    .action((coupon: string, file: string) => upload(cli, coupon, file))
  codes
    .command('export')
    .argument('<coupon>')
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .description('Write all codes as CSV, in full, with the people who hold them.')
    .addHelpText('after', '\nExample:\n  onecode codes export WELCOME20 -o codes.csv')
    .action((coupon: string, { output }: { output?: string }) => exportCodes(cli, coupon, output))
  addCodesByHand(codes, cli)
}

async function add(cli: Cli, couponName: string, count: number): Promise<void> {
  const client = cli.client()
  const coupon = await requireCoupon(client, couponName)
  const started = await client.post<CodeJob>(`/v1/coupons/${coupon.id}/codes`, { count })
  const job = await waitForJob(cli, started, couponName)
  if (!job) return
  if (job.state !== 'done') throw new CliError(job.error ?? `The job is ${job.state}; ${job.done} codes were made.`)
  cli.show(job, `${formatCount(job.done)} codes were added to ${coupon.name}.`)
}

/** Undefined when Ctrl-C ended the waiting; the server goes on. */
async function waitForJob(cli: Cli, started: CodeJob, couponName: string): Promise<CodeJob | undefined> {
  const progress = openProgress(cli, 'codes')
  const job = await waitUntil(cli, {
    ask: () => cli.client().get<CodeJob>(`/v1/code-jobs/${started.id}`),
    tell: progress.show,
    isFinal: ({ state }) => state !== 'queued' && state !== 'running',
  })
  progress.end()
  if (job) return job
  cli.show(started, `The server goes on adding codes. Look at them with: onecode codes jobs "${couponName}"`)
  cli.setExitCode(INTERRUPTED)
  return undefined
}

async function showJobs(cli: Cli, couponName: string): Promise<void> {
  const client = cli.client()
  const { id } = await requireCoupon(client, couponName)
  const jobs = await client.get<CodeJob[]>(`/v1/coupons/${id}/code-jobs`)
  const rows = jobs.map((job) => [
    formatMoment(job.createdAt),
    job.kind,
    job.state,
    job.done,
    job.wanted,
    job.readyAt ? formatMoment(job.readyAt) : '',
  ])
  cli.show(jobs, formatTable(['begun', 'kind', 'state', 'done', 'of', 'ready at'], rows))
}

async function upload(cli: Cli, couponName: string, file: string): Promise<void> {
  const client = cli.client()
  const { id, name } = await requireCoupon(client, couponName)
  const uploaded = await client.upload<CodeJob>(`/v1/coupons/${id}/codes/upload`, file)
  const job = uploaded.state === 'queued' ? await waitForJob(cli, uploaded, name) : uploaded
  if (!job) return
  if (job.state !== 'done')
    throw new CliError(job.error ?? 'The upload did not come to its end. Upload the file again.')
  const errors = await client.listAll<RowError>(`/v1/code-jobs/${job.id}/errors`)
  const summary = `${formatCount(job.done)} codes were added to ${name}, ${formatCount(job.skipped)} rows were not taken.`
  cli.show({ ...job, errors }, [summary, ...errors.map(describeRow)].join('\n'))
}

async function exportCodes(cli: Cli, couponName: string, file: string | undefined): Promise<void> {
  const client = cli.client()
  const { id } = await requireCoupon(client, couponName)
  const csv = await client.download(`/v1/coupons/${id}/codes.csv`)
  if (file === undefined) {
    await pipeline(csv, cli.io.output, { end: false })
    return
  }
  const part = `${file}.part`
  try {
    await pipeline(csv, createWriteStream(part, { mode: 0o600 }))
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    throw cause
  }
  cli.show({ file }, `The codes are in ${file}.`)
}
