// A campaign with a code of its own for each person, next to bare nodemailer that sends as many bytes to the same server.
import { setInterval } from 'node:timers'
import { createTransport } from 'nodemailer'
import { runCampaign } from '../src/campaigns/run-campaign.ts'
import { openSmtp } from '../src/channels/email/smtp.ts'
import type { Db } from '../src/db/database.ts'
import { runInput, type SeededCampaign, seedCampaign, start } from '../test/seed-campaign.ts'
import { openMailSink } from './mail-sink.ts'
import { atLeast, atMost, type BenchOptions, type BenchResult, describeMachine, measureCalls, round } from './result.ts'

const CONNECTIONS = 10
/** How long the campaign sends, in ms, between two measures of bare nodemailer, and how many mails that sends then. */
const TURN_MS = 10_000
const BARE_AT_ONCE = 2000
const BAR_OF_BARE = 0.8
/** How much more memory the second half of a campaign may hold than its first: it does not grow with the recipients. */
const BAR_GROWTH = 1.2
const PARAGRAPH =
  '<p>Something to read about what is new in the shop this week, with {{ first_name|default:"you" }} in mind.</p>\n'
const MAIL = {
  html: `<h1>{% coupon_code 'WELCOME20' %}</h1>${PARAGRAPH.repeat(90)}<p>{% unsubscribe %} {{ organization.full_address }}</p>`,
}

/**
 * CAMPAIGN_PEOPLE recipients, 100,000 where nothing is said; `quick` sends to 2,000. The machine is not equally fast all the time: the campaign is stopped
 * every ten seconds, and bare nodemailer sends some mails of the same size.
 */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const people = Number(process.env.CAMPAIGN_PEOPLE) || (quick ? 2_000 : 100_000)
  await using sink = await openMailSink()
  const seeded = await seedCampaign(database.db, { people, mail: MAIL })
  await start(database.db, seeded)
  const { ours, bare, sizes } = await measureInTurns(database.db, seeded, sink.url)
  const half = Math.ceil(sizes.length / 2)
  const peak = (part: number[]): number => round(Math.max(0, ...part))
  const peakMiB = { firstHalf: peak(sizes.slice(0, half)), secondHalf: peak(sizes.slice(half)) }
  const facts = { people, sink: sink.kind, connections: CONNECTIONS, htmlBytes: MAIL.html.length }
  return {
    name: 'campaign',
    machine: describeMachine(database),
    results: { ...facts, bare: report(bare), ...report(ours), peakMiB },
    bars: [
      atLeast('messages per second to bare nodemailer', rateOf(ours) / rateOf(bare), BAR_OF_BARE),
      atMost('memory of the second half to the first', peakMiB.secondHalf / peakMiB.firstHalf, BAR_GROWTH),
    ],
  }
}

/** What was sent in which time. */
type Work = { mails: number; seconds: number }

const rateOf = ({ mails, seconds }: Work): number => mails / seconds
const report = (work: Work) => ({ seconds: round(work.seconds), perSecond: round(rateOf(work)) })

async function measureInTurns(
  db: Db,
  seeded: SeededCampaign,
  url: string,
): Promise<{ ours: Work; bare: Work; sizes: number[] }> {
  const { hostname, port } = new URL(url)
  const facts = { host: hostname, port: Number(port), connections: CONNECTIONS }
  await using channel = openSmtp({ provider: 'smtp', security: 'none', ...facts })
  const sample = 'x'.repeat(Math.round(MAIL.html.length * 1.02))
  const ours: Work = { mails: seeded.profileIds.length, seconds: 0 }
  const bare: Work = { mails: 0, seconds: 0 }
  const sizes: number[] = []
  await measureBare(url, sample, BARE_AT_ONCE / 2) // until nodemailer is compiled
  for (;;) {
    bare.seconds += await measureBare(url, sample, BARE_AT_ONCE)
    bare.mails += BARE_AT_ONCE
    const watch = setInterval(() => sizes.push(process.memoryUsage().rss / 2 ** 20), 200)
    const began = performance.now()
    const input = { ...runInput(seeded, channel, () => new Date()), signal: AbortSignal.timeout(TURN_MS) }
    const ended = await runCampaign(db, input)
    ours.seconds += (performance.now() - began) / 1000
    clearInterval(watch)
    if (ended === 'done') return { ours, bare, sizes }
    if (ended === 'later') throw new Error('the campaign waits for something')
  }
}

/** Seconds that nodemailer's pool alone needs. Text and HTML as ours have. */
async function measureBare(url: string, html: string, count: number): Promise<number> {
  const { hostname, port } = new URL(url)
  const transport = createTransport({
    host: hostname,
    port: Number(port),
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
  })
  const mail = { from: 'shop@shop.example', subject: 'Welcome', html, text: html }
  const { seconds } = await measureCalls(count, CONNECTIONS, (i) =>
    transport.sendMail({ ...mail, to: `person-${i}@example.com` }),
  )
  transport.close()
  return seconds
}
