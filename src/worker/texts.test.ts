import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { pino } from 'pino'
import { openTestDatabase } from '../../test/database.ts'
import { START } from '../../test/seed.ts'
import { countStates, openTestSenders, readMessages } from '../../test/seed-campaign.ts'
import { seedTexts } from '../../test/seed-texts.ts'
import { addTwilio, openTwilioServer } from '../../test/sms-services.ts'
import { describeCampaign } from '../campaigns/campaigns.ts'
import type { Database, Db } from '../db/database.ts'
import { updateSender } from '../messages/senders/senders.ts'
import { requestTest } from '../messages/test-sends/request-test.ts'
import { openQueues } from './queues.ts'
import { startWorker } from './worker.ts'

const facts = { secret: 's'.repeat(32), publicUrl: 'https://shop.example', now: START }

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

/** Lets a worker work until something is so. */
async function work(twilioBaseUrl: string, until: () => Promise<boolean>): Promise<void> {
  const logger = pino({ level: 'silent' })
  await using senders = openTestSenders({ twilioBaseUrl })
  await using queues = await openQueues(database, logger)
  const stop = await startWorker({ ...facts, database, queues, senders, logger, leaseMs: 60_000, now: () => START })
  const end = Date.now() + 60_000
  try {
    while (!(await until())) {
      assert.ok(Date.now() < end, 'nothing came of it within a minute')
      await sleep(50)
    }
  } finally {
    await stop()
  }
}

test('the worker sends a campaign of 50 texts through Twilio, each once, and notes the sender and its ids', async () => {
  const seeded = await seedTexts(db, 50)
  const { accountId } = seeded
  await using twilio = await openTwilioServer()
  const senderId = await addTwilio(db, accountId)
  await work(twilio.url, async () => (await describeCampaign(db, seeded)).state === 'sent')
  assert.deepEqual(await countStates(db, accountId), { sent: 50 })
  const messages = await readMessages(db, accountId)
  assert.deepEqual(twilio.texts.map((text) => text.id).toSorted(), messages.map((message) => message.id).toSorted())
  const codes = new Set(twilio.texts.map(({ body }) => body.match(/WELCOME20-[2-9A-Z]{11}/)?.[0]))
  assert.equal(codes.size, 50)
  const { rows } = await sql`
    select distinct channel, sender_id as "senderId", provider_id ~ '^SM[0-9a-f]{32}$' as "isSid"
    from messages where account_id = ${accountId}`.execute(db)
  assert.deepEqual(rows, [{ channel: 'twilio', senderId, isSid: true }])
})

test('the worker sends tests of a text through the active sender; one with nothing to send from is refused before', async () => {
  const { accountId, templateId } = await seedTexts(db, 1)
  await using twilio = await openTwilioServer()
  const senderId = await addTwilio(db, accountId, { fromAddress: null })
  const request = {
    accountId,
    templateId,
    addresses: ['+353861234567'],
    profileId: null,
    channel: 'smtp' as const,
    now: START,
  }
  await assert.rejects(requestTest(db, { ...request, requestKey: 'a' }), { code: 'sender_missing' })
  await updateSender(db, { ...facts, accountId, senderId, fromAddress: '+15005550006' })
  const { messages } = await requestTest(db, { ...request, requestKey: 'b' })
  await work(twilio.url, async () => twilio.texts.some((text) => text.id === messages[0]?.id))
  const { rows } = await sql`
    select state, channel, sender_id as "senderId" from messages where id = ${messages[0]?.id}`.execute(db)
  assert.deepEqual(rows, [{ state: 'sent', channel: 'twilio', senderId }])
})
