import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START } from '../../test/seed.ts'
import { countStates, openFakeChannel, readMessages, runInput, seedCampaign, start } from '../../test/seed-campaign.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { Database, Db } from '../db/database.ts'
import { recoverMessages } from '../messages/recover.ts'
import { describeCampaign } from './campaigns.ts'
import { cancelCampaign } from './moves.ts'
import { resendUnknown } from './resend.ts'
import { runCampaign } from './run-campaign.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const LOST: SendOutcome = { status: 'unknown', reason: 'connection closed' }

/** A channel that knows our ids for 23 hours, as Resend's. */
function openKeyed(answer: () => SendOutcome) {
  const channel = openFakeChannel(answer)
  channel.name = 'resend'
  channel.idempotency = 'key'
  channel.repeatableForMs = 23 * 3_600_000
  return channel
}

test('messages whose answer was lost are sent again when somebody says so, with the same code, each once however often it is pressed', async () => {
  const seeded = await seedCampaign(db, { people: 6 })
  await start(db, seeded)
  await runCampaign(
    db,
    runInput(
      seeded,
      openFakeChannel(() => LOST),
    ),
  )
  const before1 = await readMessages(db, seeded.accountId)
  assert.equal((await describeCampaign(db, seeded)).state, 'sent')
  const pressed = await Promise.all(Array.from({ length: 10 }, () => resendUnknown(db, { ...seeded, now: START })))
  assert.equal(
    pressed.reduce((sum, one) => sum + one, 0),
    6,
  )
  assert.equal((await describeCampaign(db, seeded)).state, 'sending')
  const channel = openFakeChannel()
  assert.equal(await runCampaign(db, runInput(seeded, channel)), 'done')
  assert.equal(new Set(channel.mails.map((mail) => mail.to)).size, 6)
  assert.equal(channel.mails.length, 6)
  const after1 = await readMessages(db, seeded.accountId)
  assert.deepEqual(
    after1.map(({ id, codes }) => ({ id, codes })),
    before1.map(({ id, codes }) => ({ id, codes })),
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 6 })
})

test('nothing of a cancelled campaign is sent again', async () => {
  const seeded = await seedCampaign(db, { people: 2 })
  await start(db, seeded)
  await cancelCampaign(db, { ...seeded, now: START })
  await assert.rejects(resendUnknown(db, { ...seeded, now: START }), { code: 'campaign_state' })
})

test('a provider that knows our ids is asked again by itself and the message is sent once for it', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  await start(db, seeded)
  let isDown = true
  const channel = openKeyed(() => (isDown ? LOST : { status: 'sent', providerId: 're-1' }))
  assert.equal(await runCampaign(db, runInput(seeded, channel)), 'later')
  assert.deepEqual(await countStates(db, seeded.accountId), { ready: 1 })
  isDown = false
  assert.equal(
    await runCampaign(
      db,
      runInput(seeded, channel, () => after(61)),
    ),
    'done',
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 1 })
  assert.equal(new Set(channel.mails.map((mail) => mail.messageId)).size, 1)
})

test('after the time for which the provider knows our ids, or by another provider, a lost answer stays unknown', async () => {
  for (const second of [24 * 3600, 120]) {
    const seeded = await seedCampaign(db, { people: 1 })
    await start(db, seeded)
    const channel = openKeyed(() => LOST)
    await runCampaign(db, runInput(seeded, channel))
    if (second === 120)
      await sql`update messages set sender_id = gen_random_uuid() where account_id = ${seeded.accountId}`.execute(db)
    const later = openKeyed(() => ({ status: 'sent', providerId: 'x' }))
    await runCampaign(
      db,
      runInput(seeded, later, () => after(second)),
    )
    assert.equal(later.mails.length, 0)
    assert.deepEqual(await countStates(db, seeded.accountId), { unknown: 1 })
  }
})

test('a process that died while a provider that knows our ids had the message is followed by one that asks again', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  await start(db, seeded)
  const dying = openKeyed(() => {
    throw new Error('killed')
  })
  await assert.rejects(runCampaign(db, runInput(seeded, dying)))
  await recoverMessages(db, after(120))
  const [message] = await readMessages(db, seeded.accountId)
  assert.equal(message?.state, 'ready')
  const channel = openKeyed(() => ({ status: 'sent', providerId: 're-1' }))
  await runCampaign(
    db,
    runInput(seeded, channel, () => after(121)),
  )
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 1 })
})

test('cancelling leaves a message that may have arrived unknown', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  await start(db, seeded)
  await runCampaign(
    db,
    runInput(
      seeded,
      openKeyed(() => LOST),
    ),
  )
  await cancelCampaign(db, { ...seeded, now: START })
  assert.deepEqual(await countStates(db, seeded.accountId), { unknown: 1 })
})
