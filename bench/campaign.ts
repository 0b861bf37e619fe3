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
const BAR_OF_BARE = 0.8
/** How much more memory the second half of a campaign may hold than its first: it does not grow with the recipients. */
const BAR_GROWTH = 1.2
const PARAGRAPH =
  '<p>Something to read about what is new in the shop this week, with {{ first_name|default:"you" }} in mind.</p>\n'
const MAIL = {
  html: `<h1>{% coupon_code 'WELCOME20' %}</h1>${PARAGRAPH.repeat(90)}<p>{% unsubscribe %} {{ organization.full_address }}</p>`,
}

/** CAMPAIGN_PEOPLE recipients, 100,000 where nothing is said; `quick` sends to 2,000. Bare nodemailer sends a tenth as many before and after, of the size that ours had. */
export async function run({ database, quick }: BenchOptions): Promise<BenchResult> {
  const people = Number(process.env.CAMPAIGN_PEOPLE) || (quick ? 2_000 : 100_000)
  await using sink = await openMailSink()
  const seeded = await seedCampaign(database.db, { people, mail: MAIL })
  await start(database.db, seeded)
  const sample = 'x'.repeat(Math.round(MAIL.html.length * 1.02))
  const before = await measureBare(sink.url, sample, people / 10)
  const sent = await measureCampaign(database.db, seeded, sink.url)
  const after = await measureBare(sink.url, sample, people / 10)
  const bare = (before + after) / 2
  return {
    name: 'campaign',
    machine: describeMachine(database),
    results: {
      people,
      sink: sink.kind,
      connections: CONNECTIONS,
      htmlBytes: MAIL.html.length,
      bare: { before, after },
      ...sent,
    },
    bars: [
      atLeast('messages per second to bare nodemailer', sent.perSecond / bare, BAR_OF_BARE),
      atMost('memory of the second half to the first', sent.peakMiB.secondHalf / sent.peakMiB.firstHalf, BAR_GROWTH),
    ],
  }
}

/** Mails per second through nodemailer's pool alone. Text and HTML as ours have. */
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
  const { perSecond } = await measureCalls(count, CONNECTIONS, (i) =>
    transport.sendMail({ ...mail, to: `person-${i}@example.com` }),
  )
  transport.close()
  return perSecond
}

async function measureCampaign(db: Db, seeded: SeededCampaign, url: string) {
  const { hostname, port } = new URL(url)
  await using channel = openSmtp({
    provider: 'smtp',
    host: hostname,
    port: Number(port),
    security: 'none',
    connections: CONNECTIONS,
  })
  const sizes: number[] = []
  const watch = setInterval(() => sizes.push(process.memoryUsage().rss / 2 ** 20), 200)
  const began = performance.now()
  const ended = await runCampaign(
    db,
    runInput(seeded, channel, () => new Date()),
  )
  const seconds = (performance.now() - began) / 1000
  clearInterval(watch)
  if (ended !== 'done') throw new Error(`the campaign is ${ended}`)
  const half = Math.ceil(sizes.length / 2)
  const peak = (part: number[]): number => round(Math.max(0, ...part))
  const people = seeded.profileIds.length
  const peakMiB = { firstHalf: peak(sizes.slice(0, half)), secondHalf: peak(sizes.slice(half)) }
  return { seconds: round(seconds), perSecond: round(people / seconds), peakMiB }
}
