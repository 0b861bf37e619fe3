// A process that sends and asks until it is killed, by a clock that runs fast, and says when everything is settled: see
// kill-asking.test.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { listCampaignsAtWork } from '../src/campaigns/campaigns.ts'
import { runCampaign } from '../src/campaigns/run-campaign.ts'
import { settleLost } from '../src/campaigns/settle-lost.ts'
import { openDatabase } from '../src/db/database.ts'
import { listSendersToAsk } from '../src/messages/lost/ask.ts'
import { recoverMessages } from '../src/messages/recover.ts'
import { createMailCache } from '../src/messages/templates.ts'
import { openSendersAt } from './lost-answers.ts'
import { START } from './seed.ts'

/** What kill-asking.test.ts hands on. `began`: the moment of the test's beginning, which is START by the fast clock. */
const { DATABASE_URL: url, DATA_DIR: folder = '', PROVIDER_URL = '', BEGAN, SPEED } = process.env

const now = (): Date => new Date(START.getTime() + (Date.now() - Number(BEGAN)) * Number(SPEED))

await using database = await openDatabase({ url, folder, connections: 5 })
const { db } = database
const senders = openSendersAt(PROVIDER_URL)
const deps = {
  mails: createMailCache(),
  publicUrl: 'https://shop.example',
  secret: 's'.repeat(32),
  leaseMs: 180_000,
  now,
}
for (;;) {
  await recoverMessages(db, now())
  for (const { accountId, id: campaignId } of await listCampaignsAtWork(db, now()))
    await senders.withSenders(db, accountId, (inUse) => runCampaign(db, { ...deps, ...inUse, accountId, campaignId }))
  for (const { accountId, id: senderId } of await listSendersToAsk(db, now()))
    await settleLost(db, { ...deps, senders, accountId, senderId, pauseMs: 10 })
  const { rows } = await sql`
    select 1 from messages where state in ('planned', 'ready', 'sending') or state = 'unknown' and ask_at is not null limit 1`.execute(
    db,
  )
  if (rows.length === 0) console.log('settled')
  await sleep(20)
}
