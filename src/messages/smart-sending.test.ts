import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START } from '../../test/seed.ts'
import {
  type FakeChannel,
  onList,
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../test/seed-campaign.ts'
import { createCampaign } from '../campaigns/campaigns.ts'
import { runCampaign } from '../campaigns/run-campaign.ts'
import type { Database, Db } from '../db/database.ts'

const HOUR = 3600

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

/** Another started campaign to the same people. */
async function startAnother(seeded: SeededCampaign, smartSending?: boolean): Promise<SeededCampaign> {
  const { id } = await createCampaign(db, {
    ...seeded,
    name: 'Another',
    audience: onList(seeded.listId),
    smartSending,
    now: START,
  })
  const another = { ...seeded, campaignId: id }
  await start(db, another)
  return another
}

async function run(seeded: SeededCampaign, channel: FakeChannel, second: number): Promise<number> {
  const before = channel.mails.length
  await runCampaign(
    db,
    runInput(seeded, channel, () => after(second)),
  )
  return channel.mails.length - before
}

/** Holds the people's rows until so many statements wait for them: all of them have begun then, and none has seen another's work. */
async function whenAllWait(accountId: string, count: number, work: () => Promise<unknown>): Promise<void> {
  let working: Promise<unknown> = Promise.resolve()
  await db.transaction().execute(async (trx) => {
    await sql`select 1 from latest_messages where account_id = ${accountId} for update`.execute(trx)
    working = work()
    const deadline = performance.now() + 20_000
    for (let waiting = 0; waiting < count && performance.now() < deadline; ) {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(trx)
      waiting = rows[0]?.n ?? 0
    }
  })
  await working
}

test('who got a mail is passed over for 16 hours by the next campaigns, with the reason, unless a campaign says otherwise', async () => {
  const seeded = await seedCampaign(db, { people: 2 })
  const channel = openFakeChannel()
  assert.equal(await run(await startAnother(seeded), channel, 0), 2)
  assert.equal(await run(await startAnother(seeded), channel, 16 * HOUR - 1), 0)
  const reasons = (await readMessages(db, seeded.accountId)).flatMap(({ state, reason }) =>
    state === 'skipped' ? [reason] : [],
  )
  assert.deepEqual(reasons, ['smart_sending', 'smart_sending'])
  assert.equal(await run(await startAnother(seeded, false), channel, 16 * HOUR - 1), 2)
  assert.equal(
    await run(await startAnother(seeded), channel, 32 * HOUR - 2),
    0,
    'the mail that went out meanwhile counts',
  )
  assert.equal(await run(await startAnother(seeded), channel, 32 * HOUR - 1), 2)
  await sql`update accounts set smart_email_hours = 0 where id = ${seeded.accountId}`.execute(db)
  assert.equal(await run(await startAnother(seeded), channel, 32 * HOUR), 2)
})

test('a mail that was refused, and one that waits to be tried again, keep nobody from a later mail, and not from their own', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const refusing = openFakeChannel(() => ({ status: 'rejected', fault: 'content', reason: '554 spam' }))
  await run(await startAnother(seeded), refusing, 0)
  const channel = openFakeChannel()
  assert.equal(await run(await startAnother(seeded), channel, 60), 1)
  const busy = await seedCampaign(db, { people: 1 })
  let isBusy = true
  const waiting = openFakeChannel((mail) =>
    isBusy ? { status: 'deferred', reason: '451 later' } : { status: 'sent', providerId: mail.messageId },
  )
  const own = await startAnother(busy)
  await run(own, waiting, 0)
  isBusy = false
  assert.equal(await run(own, waiting, 60), 1)
  assert.deepEqual(
    (await readMessages(db, busy.accountId)).map(({ state }) => state),
    ['sent'],
  )
})

test('of five campaigns that write to the same people at the same moment, each person gets one mail', async () => {
  const seeded = await seedCampaign(db, { people: 120, codes: 5 * 120 })
  await Promise.all(Array.from({ length: 16 }, () => sql`select 1`.execute(db))) // connections are open
  const campaigns: SeededCampaign[] = []
  for (let nth = 0; nth < 5; nth += 1) campaigns.push(await startAnother(seeded))
  // made ready first, so that nothing but the claims race
  const blocked = openFakeChannel(() => ({ status: 'blocked', reason: 'down' }), 'outbox')
  for (const [nth, campaign] of campaigns.entries()) await run(campaign, blocked, (nth - 5) * 17 * HOUR)
  assert.ok((await readMessages(db, seeded.accountId)).every(({ state }) => state === 'ready'))
  await sql`update campaigns set state = 'sending' where account_id = ${seeded.accountId}`.execute(db)
  await sql`update latest_messages set at = '2000-01-01' where account_id = ${seeded.accountId}`.execute(db)
  const channel = openFakeChannel(undefined, 'outbox')
  const sendAll = () => Promise.all(campaigns.map((campaign) => run(campaign, channel, 60)))
  if (database.kind === 'pglite') await sendAll()
  else await whenAllWait(seeded.accountId, campaigns.length, sendAll)
  const to = channel.mails.map((mail) => mail.to)
  assert.deepEqual([to.length, new Set(to).size], [120, 120])
})
