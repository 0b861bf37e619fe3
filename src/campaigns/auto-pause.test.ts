import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { START } from '../../test/seed.ts'
import { openFakeChannel, runInput, type SeededCampaign, seedCampaign, start } from '../../test/seed-campaign.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { Database, Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { pauseTroubledCampaigns } from './auto-pause.ts'
import { describeCampaign } from './campaigns.ts'
import { cancelCampaign, resumeCampaign } from './moves.ts'
import { runCampaign } from './run-campaign.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

/** Sends a campaign until about `stopAfter` mails are out; every n-th is refused. */
async function sendPart(seeded: SeededCampaign, stopAfter: number, everyNth: number): Promise<void> {
  const power = new AbortController()
  let count = 0
  const channel = openFakeChannel((email): SendOutcome => {
    count += 1
    if (count >= stopAfter) power.abort()
    if (count % everyNth === 0) return { status: 'rejected', fault: 'content', reason: '554 no' }
    return { status: 'sent', providerId: email.messageId }
  })
  await runCampaign(db, { ...runInput(seeded, channel), signal: power.signal })
}

test('a campaign of which too many messages are refused pauses with the figures; resumed, it is counted anew', async () => {
  const seeded = await seedCampaign(db, { people: 400 })
  await start(db, seeded)
  await sendPart(seeded, 90, 10)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 0, 'of fewer than 100 a share says little')
  await sendPart(seeded, 40, 10)
  const racing = await Promise.all([1, 2, 3].map(() => pauseTroubledCampaigns(db, { now: START })))
  assert.deepEqual(racing.toSorted(), [0, 0, 1])
  const paused = await describeCampaign(db, seeded)
  assert.equal(paused.state, 'paused')
  assert.match(
    paused.pausedReason ?? '',
    /of 1\d\d messages came back or were refused \(\d+\.\d %\): more than the limit of 5\.00 %/,
  )
  await resumeCampaign(db, { ...seeded, now: START })
  await sendPart(seeded, 40, 1000)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 0)
  await sendPart(seeded, 120, 5)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 1)
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit_log where account_id = ${seeded.accountId} and actor = 'system'`.execute(db)
  assert.equal(rows[0]?.count, 2)
})

test('a campaign under the limit goes on, and the limit is the account’s own', async () => {
  const seeded = await seedCampaign(db, { people: 200 })
  await start(db, seeded)
  await sendPart(seeded, 150, 25)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 0)
  await sql`update accounts set bounce_limit = 300 where id = ${seeded.accountId}`.execute(db)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 1)
})

test('three complaints of a hundred pause a campaign, two do not', async () => {
  const seeded = await seedCampaign(db, { people: 150 })
  await start(db, seeded)
  await sendPart(seeded, 110, 1000)
  const complain = async (count: number): Promise<void> => {
    await sql`
      update messages set complained_at = ${START} where account_id = ${seeded.accountId} and id in (
        select id from messages where account_id = ${seeded.accountId} and state = 'sent' order by id limit ${count})`.execute(
      db,
    )
  }
  await complain(2)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 0)
  await complain(3)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 1)
  assert.match((await describeCampaign(db, seeded)).pausedReason ?? '', /3 of \d+ people marked the mail as spam/)
})

test('a campaign that is cancelled, or is being cancelled at this moment, is not paused', async () => {
  const seeded = await seedCampaign(db, { people: 150 })
  await start(db, seeded)
  await sendPart(seeded, 110, 2)
  let pausing: Promise<number> = Promise.resolve(-1)
  await inTransaction(db, async (trx) => {
    await cancelCampaign(trx, { ...seeded, now: START })
    pausing = pauseTroubledCampaigns(db, { now: START }) // sees it being sent, where the database lets it look
    await sleep(300)
  })
  assert.equal(await pausing, 0)
  assert.equal(await pauseTroubledCampaigns(db, { now: START }), 0)
  const { state, pausedReason } = await describeCampaign(db, seeded)
  assert.deepEqual([state, pausedReason], ['cancelled', null])
})
