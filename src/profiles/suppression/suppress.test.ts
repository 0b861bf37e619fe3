import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START, seedAccount, seedProfiles } from '../../../test/seed.ts'
import {
  countStates,
  openFakeChannel,
  readMessages,
  runInput,
  seedCampaign,
  start,
} from '../../../test/seed-campaign.ts'
import { describeCampaign } from '../../campaigns/campaigns.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { Database, Db } from '../../db/database.ts'
import { updateProfile } from '../profiles.ts'
import { unsubscribe } from '../unsubscribe.ts'
import { exportSuppressions, liftSuppression, listSuppressions, suppress, suppressByHand } from './suppress.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

async function emailOf(profileId: string): Promise<string> {
  const { rows } = await sql<{ email: string }>`select email from profiles where id = ${profileId}`.execute(db)
  return rows[0]?.email ?? ''
}

async function metricsOf(profileId: string): Promise<string[]> {
  const { rows } = await sql<{ metric: string }>`
    select metric from events where profile_id = ${profileId} order by id`.execute(db)
  return rows.map((row) => row.metric)
}

async function listAll(accountId: string) {
  return (await listSuppressions(db, { accountId, limit: 100 })).items
}

test('who is suppressed before a campaign starts is left out, counted in the review, and draws no code', async () => {
  const seeded = await seedCampaign(db, { people: 3 })
  const { accountId } = seeded
  const address = (await emailOf(seeded.profileIds[0]!)).toUpperCase()
  await suppressByHand(db, { accountId, channel: 'email', address, detail: null, now: START })
  const review = await reviewCampaign(db, { ...seeded, channel: 'outbox', now: START })
  assert.equal(review.recipients, 2)
  assert.deepEqual(review.skipped, [{ reason: 'suppressed', count: 1 }])
  assert.equal(review.coupons[0]?.needed, 2)
  await start(db, seeded)
  const channel = openFakeChannel()
  await runCampaign(db, runInput(seeded, channel))
  assert.deepEqual(await countStates(db, accountId), { sent: 2, skipped: 1 })
  const skipped = (await readMessages(db, accountId)).find((message) => message.state === 'skipped')
  assert.deepEqual([skipped?.profileId, skipped?.reason, skipped?.codes], [seeded.profileIds[0], 'suppressed', []])
})

test('who is suppressed while a campaign is under way gets nothing more of it: the claim itself looks', async () => {
  const seeded = await seedCampaign(db, { people: 6 })
  const { accountId } = seeded
  await start(db, seeded)
  const channel = openFakeChannel()
  channel.concurrency = 1
  const send = channel.send
  let isFirst = true
  channel.send = async (email) => {
    if (isFirst) {
      isFirst = false
      const others = (await Promise.all(seeded.profileIds.map(emailOf))).filter((address) => address !== email.to)
      const rows = others.map((address) => ({
        channel: 'email' as const,
        address,
        reason: 'complained' as const,
        detail: null,
        at: START,
      }))
      await suppress(db, { accountId, addresses: rows })
    }
    return await send(email)
  }
  await runCampaign(db, runInput(seeded, channel))
  // three are claimed at a time with one connection: the others of them were with us already
  assert.deepEqual(await countStates(db, accountId), { sent: 3, skipped: 3 })
  assert.ok(
    (await readMessages(db, accountId)).every(({ state, reason }) => state === 'sent' || reason === 'suppressed'),
  )
  assert.equal((await describeCampaign(db, seeded)).state, 'sent')
})

test('an address that a server refuses for good is suppressed at once, with the words in the feed; content is not held against it', async () => {
  const seeded = await seedCampaign(db, { people: 2 })
  await start(db, seeded)
  const [bad] = seeded.profileIds
  const badAddress = await emailOf(bad!)
  const channel = openFakeChannel((email) => ({
    status: 'rejected',
    fault: email.to === badAddress ? 'address' : 'content',
    reason: email.to === badAddress ? '550 no such user' : '554 looks like spam',
  }))
  await runCampaign(db, runInput(seeded, channel))
  const list = await listAll(seeded.accountId)
  assert.deepEqual(
    list.map(({ address, reason, detail, profileId }) => ({ address, reason, detail, profileId })),
    [{ address: badAddress, reason: 'bounced', detail: '550 no such user', profileId: bad }],
  )
  assert.ok((await metricsOf(bad!)).includes('suppressed'))
})

test('an unsubscribe suppresses the address, so that nobody brings it in again; consent by hand takes that back', async () => {
  const { accountId } = await seedAccount(db)
  const [profileId] = (await seedProfiles(db, accountId, 1)) as [string]
  const ids = { accountId, profileId, messageId: '01a203a5-a6f6-76d7-9b2c-ab8b8fba50a4' }
  assert.ok(await unsubscribe(db, { ...ids, now: START }))
  assert.ok(await unsubscribe(db, { ...ids, now: after(1) }))
  assert.deepEqual(
    (await listAll(accountId)).map(({ reason, at }) => [reason, at]),
    [['unsubscribed', START.toISOString()]],
  )
  await updateProfile(db, { accountId, profileId, emailConsent: 'subscribed', now: after(2) })
  assert.deepEqual(await listAll(accountId), [])
})

test('a bounce goes before an unsubscribe, and nobody takes it back by subscribing', async () => {
  const { accountId } = await seedAccount(db)
  const [profileId] = (await seedProfiles(db, accountId, 1)) as [string]
  const address = await emailOf(profileId)
  const row = { channel: 'email' as const, address, detail: null, at: START }
  for (const reason of ['unsubscribed', 'bounced', 'complained', 'unsubscribed'] as const)
    await suppress(db, { accountId, addresses: [{ ...row, reason }] })
  await updateProfile(db, { accountId, profileId, emailConsent: 'subscribed', now: after(2) })
  assert.deepEqual(
    (await listAll(accountId)).map(({ reason }) => reason),
    ['bounced'],
  )
})

test('twenty who suppress the same address at once leave one row and one event', async () => {
  const { accountId } = await seedAccount(db)
  const [profileId] = (await seedProfiles(db, accountId, 1)) as [string]
  const row = { channel: 'email' as const, address: await emailOf(profileId), detail: null, at: START }
  const tries = Array.from({ length: 20 }, () =>
    suppress(db, { accountId, addresses: [{ ...row, reason: 'complained' }] }),
  )
  const changed = await Promise.all(tries)
  assert.equal(
    changed.reduce((sum, one) => sum + one, 0),
    1,
  )
  assert.deepEqual(await metricsOf(profileId), ['suppressed'])
})

test('an address is added by hand once, found by a part of it, exported safely and taken off again', async () => {
  const { accountId } = await seedAccount(db)
  const other = await seedAccount(db)
  const input = {
    accountId,
    channel: 'email' as const,
    address: '=Formula@Example.com',
    detail: 'asked by phone',
    now: START,
  }
  const made = await suppressByHand(db, input)
  assert.equal(made.address, '=formula@example.com')
  await assert.rejects(suppressByHand(db, input), { code: 'already_suppressed' })
  await assert.rejects(suppressByHand(db, { ...input, address: 'nobody' }), { code: 'invalid_input' })
  assert.equal((await listSuppressions(db, { accountId, search: 'FORM', limit: 10 })).items.length, 1)
  assert.equal((await listSuppressions(db, { accountId, reason: 'bounced', limit: 10 })).items.length, 0)
  assert.deepEqual(await listAll(other.accountId), [])
  let csv = ''
  for await (const piece of exportSuppressions(db, { accountId })) csv += piece
  assert.match(csv, /^channel,address,reason,detail,at\nemail,'=formula@example\.com,manual,asked by phone,2027-/)
  const which = { suppressionId: made.id, now: START }
  await assert.rejects(liftSuppression(db, { ...which, accountId: other.accountId }), { code: 'suppression_not_found' })
  await liftSuppression(db, { ...which, accountId })
  await assert.rejects(liftSuppression(db, { ...which, accountId }), { code: 'suppression_not_found' })
})
