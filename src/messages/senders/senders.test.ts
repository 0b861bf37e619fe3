import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { z } from 'zod'
import { createSenderBody } from '../../../contract/senders.ts'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START, seedAccount } from '../../../test/seed.ts'
import { openTestSenders, readMessages, runInput, seedCampaign, start } from '../../../test/seed-campaign.ts'
import { openSmtpSink } from '../../../test/smtp-sink.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { Database, Db } from '../../db/database.ts'
import { unseal } from '../../lib/seal.ts'
import type { SendersInUse } from './open-senders.ts'
import { resealSenders } from './secrets.ts'
import {
  activateSender,
  createSender,
  deactivateSender,
  listSenders,
  removeSender,
  requireSender,
  updateSender,
} from './senders.ts'
import { sendTestMail, verifySender } from './test-sender.ts'

const SECRET = 's'.repeat(32)
const facts = { secret: SECRET, publicUrl: 'https://shop.example', now: START }

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

function bodyOf(given: Partial<z.input<typeof createSenderBody>> & { port?: number } = {}) {
  const { port = 25, ...fields } = given
  const setup = {
    provider: 'smtp',
    settings: { host: '127.0.0.1', port, security: 'none' },
    secrets: { password: 'hush-hush' },
  }
  return createSenderBody.parse({ name: 'Mail server', fromAddress: 'hello@shop.example', setup, ...fields })
}

async function openCount(accountId: string): Promise<number> {
  const { items } = await listSenders(db, { ...facts, accountId, fallback: 'outbox' })
  return items.filter((sender) => sender.isActive).length
}

test('a sender keeps its secret sealed and never tells it; a change without the secret keeps it, null removes it', async () => {
  const { accountId } = await seedAccount(db)
  const made = await createSender(db, { ...bodyOf(), ...facts, accountId })
  assert.deepEqual(made.secretsSet, ['password'])
  assert.deepEqual(made.settings, { host: '127.0.0.1', port: 25, security: 'none', connections: 5 })
  assert.ok(!JSON.stringify(await listSenders(db, { ...facts, accountId, fallback: 'outbox' })).includes('hush'))
  const { rows } = await sql<{ text: string }>`select s::text as text from senders s where id = ${made.id}`.execute(db)
  assert.ok(!rows[0]?.text.includes('hush'))

  const ids = { ...facts, accountId, senderId: made.id }
  const setup = { provider: 'smtp' as const, settings: bodyOf({ port: 26 }).setup.settings as never }
  const moved = await updateSender(db, { ...ids, setup: { ...setup, secrets: {} } })
  assert.deepEqual([moved.settings.port, moved.secretsSet], [26, ['password']])
  const row = await requireSender(db, ids)
  assert.deepEqual(JSON.parse(unseal(SECRET, row.sealed)), { password: 'hush-hush' })
  const settings = { ...bodyOf().setup.settings, host: 'other.example' } as never
  await assert.rejects(
    updateSender(db, { ...ids, setup: { ...setup, settings, secrets: {} } }),
    { code: 'invalid_input', data: { field: 'setup.secrets.password' } },
    'the password goes to another server',
  )
  const bare = await updateSender(db, { ...ids, setup: { ...setup, secrets: { password: null } } })
  assert.deepEqual(bare.secretsSet, [])
})

test('settings that the provider does not know, a missing secret, a taken name and another provider are refused', async () => {
  const { accountId } = await seedAccount(db)
  const wrong = { provider: 'smtp', settings: { host: 'x', hots: 'y' } }
  assert.equal(createSenderBody.safeParse({ name: 'x', setup: wrong }).success, false)
  const keyless = bodyOf({ setup: { provider: 'resend', settings: {}, secrets: {} } })
  await assert.rejects(createSender(db, { ...keyless, ...facts, accountId }), { code: 'invalid_input' })
  const made = await createSender(db, { ...bodyOf(), ...facts, accountId })
  await assert.rejects(createSender(db, { ...bodyOf({ name: 'MAIL SERVER' }), ...facts, accountId }), {
    code: 'name_taken',
  })
  const setup = { provider: 'resend' as const, settings: {}, secrets: { apiKey: 're_1' } }
  await assert.rejects(updateSender(db, { ...facts, accountId, senderId: made.id, setup }), { code: 'sender_provider' })
  const other = await seedAccount(db)
  await assert.rejects(updateSender(db, { ...facts, accountId: other.accountId, senderId: made.id, name: 'x' }), {
    code: 'sender_not_found',
  })
  await assert.rejects(activateSender(db, { ...facts, accountId: other.accountId, senderId: made.id }), {
    code: 'sender_not_found',
  })
})

test('one sender is active, also when ten are activated at once; the active one is not removed', async () => {
  const { accountId } = await seedAccount(db)
  const made = await Promise.all(
    Array.from({ length: 10 }, (_, i) => createSender(db, { ...bodyOf({ name: `S${i}` }), ...facts, accountId })),
  )
  await Promise.all(made.map(({ id }) => activateSender(db, { ...facts, accountId, senderId: id })))
  assert.equal(await openCount(accountId), 1)
  const { items } = await listSenders(db, { ...facts, accountId, fallback: 'outbox' })
  const active = items.find((sender) => sender.isActive)!
  await assert.rejects(removeSender(db, { accountId, senderId: active.id, now: START }), { code: 'sender_active' })
  await deactivateSender(db, { ...facts, accountId, senderId: active.id })
  assert.equal(await openCount(accountId), 0)
  await removeSender(db, { accountId, senderId: active.id, now: START })
  await assert.rejects(activateSender(db, { ...facts, accountId, senderId: active.id }), { code: 'sender_not_found' })
})

test('a sender that is removed while it is activated is either active or gone, never both', async () => {
  const { accountId } = await seedAccount(db)
  for (let i = 0; i < 20; i += 1) {
    const { id } = await createSender(db, { ...bodyOf({ name: `R${i}` }), ...facts, accountId })
    await Promise.allSettled([
      activateSender(db, { ...facts, accountId, senderId: id }),
      removeSender(db, { accountId, senderId: id, now: START }),
    ])
    const { rows } = await sql<{ both: number }>`
      select count(*) as both from active_senders a join senders s on s.account_id = a.account_id and s.id = a.sender_id
      where a.account_id = ${accountId} and s.removed_at is not null`.execute(db)
    assert.equal(rows[0]?.both, 0)
    await deactivateSender(db, { ...facts, accountId, senderId: id }).catch(() => undefined)
  }
})

test('whoever works with a sender hears that it changed, and the next one has the new; the old is closed when nobody uses it', async () => {
  const { accountId } = await seedAccount(db)
  await using senders = openTestSenders({ lookMs: 20 })
  const seen: SendersInUse[] = []
  const first = await createSender(db, { ...bodyOf(), ...facts, accountId })
  await senders.withSenders(db, accountId, async (inUse, changed) => {
    seen.push(inUse)
    await activateSender(db, { ...facts, accountId, senderId: first.id })
    await new Promise<void>((resolve) => changed.addEventListener('abort', () => resolve(), { once: true }))
  })
  await senders.withSenders(db, accountId, async (inUse, changed) => {
    seen.push(inUse)
    await updateSender(db, { ...facts, accountId, senderId: first.id, fromAddress: 'new@shop.example' })
    await new Promise<void>((resolve) => changed.addEventListener('abort', () => resolve(), { once: true }))
    await senders.withSenders(db, accountId, async (newer) => {
      assert.notEqual(newer.channel, inUse.channel)
      assert.equal(newer.identity.fromAddress, 'new@shop.example')
    })
  })
  assert.deepEqual(
    seen.map(({ channel, identity }) => [channel.name, identity.fromAddress]),
    [
      ['outbox', null],
      ['smtp', 'hello@shop.example'],
    ],
  )
})

test('a campaign goes out in the name of the active sender and says so on each message', async () => {
  const seeded = await seedCampaign(db, { people: 2 })
  const { accountId } = seeded
  await using sink = await openSmtpSink()
  const made = await createSender(db, {
    ...bodyOf({ port: sink.port, fromName: 'Linden', replyTo: 'help@shop.example', setup: bare(sink.port) }),
    ...facts,
    accountId,
  })
  await activateSender(db, { ...facts, accountId, senderId: made.id })
  const review = await reviewCampaign(db, { ...seeded, channel: 'outbox', now: START })
  assert.deepEqual([review.sender, review.channel], ['"Linden" <hello@shop.example>', 'smtp'])
  await start(db, seeded)
  await using senders = openTestSenders()
  await senders.withSenders(db, accountId, async (inUse) =>
    runCampaign(db, { ...runInput(seeded, inUse.channel), ...inUse }),
  )
  assert.equal(sink.mails.length, 2)
  assert.match(sink.mails[0]?.raw ?? '', /^From: "?Linden"? <hello@shop\.example>\r?$/m)
  assert.match(sink.mails[0]?.raw ?? '', /^Reply-To: help@shop\.example\r?$/m)
  const { rows } = await sql`
    select distinct channel, sender_id as "senderId" from messages where account_id = ${accountId}`.execute(db)
  assert.deepEqual(rows, [{ channel: 'smtp', senderId: made.id }])
  assert.ok((await readMessages(db, accountId)).every((message) => message.state === 'sent'))
})

function bare(port: number) {
  return { provider: 'smtp' as const, settings: { host: '127.0.0.1', port, security: 'none' as const }, secrets: {} }
}

test('a test mail goes to the person who asks and its outcome is told; wrong settings are told by a check', async () => {
  const { accountId } = await seedAccount(db)
  await using sink = await openSmtpSink()
  await using senders = openTestSenders()
  const good = await createSender(db, { ...bodyOf({ setup: bare(sink.port) }), ...facts, accountId })
  const input = { accountId, senders, to: 'me@example.com', now: () => START }
  const told = await sendTestMail(db, { ...input, senderId: good.id })
  assert.deepEqual(told, { to: 'me@example.com', status: 'sent', reason: null })
  assert.equal(sink.mails[0]?.to, 'me@example.com')
  assert.equal((await verifySender(db, { accountId, senders, senderId: good.id })).ok, true)
  const bad = await createSender(db, { ...bodyOf({ name: 'Bad', setup: bare(1) }), ...facts, accountId })
  const checked = await verifySender(db, { accountId, senders, senderId: bad.id })
  assert.equal(checked.ok, false)
  assert.match(checked.reason ?? '', /ECONNREFUSED/)
  assert.equal((await sendTestMail(db, { ...input, senderId: bad.id })).status, 'deferred')
})

test('a sender whose secrets were sealed with a secret that is gone takes no mail and says what to do', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const { accountId } = seeded
  const made = await createSender(db, { ...bodyOf(), ...facts, accountId })
  await activateSender(db, { ...facts, accountId, senderId: made.id })
  await start(db, seeded)
  await using senders = openTestSenders({ secret: 'n'.repeat(32) })
  await senders.withSenders(db, accountId, async (inUse) =>
    runCampaign(db, { ...runInput(seeded, inUse.channel), ...inUse, now: () => after(1) }),
  )
  const { rows } = await sql<{ state: string; reason: string }>`
    select state, paused_reason as reason from campaigns where id = ${seeded.campaignId}`.execute(db)
  assert.equal(rows[0]?.state, 'paused')
  assert.match(rows[0]?.reason ?? '', /Enter them again/)

  const input = { ...facts, secret: 'n'.repeat(32), accountId, senderId: made.id }
  assert.equal((await updateSender(db, { ...input, name: 'Renamed' })).name, 'Renamed')
  const { settings } = bodyOf().setup
  const setup = { provider: 'smtp' as const, settings: settings as never, secrets: { password: 'new' } }
  await updateSender(db, { ...input, setup })
  const row = await requireSender(db, input)
  assert.deepEqual(JSON.parse(unseal(input.secret, row.sealed)), { password: 'new' })
})

test('after a new secret was put first, senders are sealed with it and the old one can go', async () => {
  const { accountId } = await seedAccount(db)
  const made = await createSender(db, { ...bodyOf(), ...facts, accountId })
  const newest = 'n'.repeat(32)
  assert.ok((await resealSenders(db, { secret: `${newest},${SECRET}` })) >= 1)
  const row = await requireSender(db, { accountId, senderId: made.id })
  assert.deepEqual(JSON.parse(unseal(newest, row.sealed)), { password: 'hush-hush' })
  assert.equal(await resealSenders(db, { secret: `${newest},${SECRET}` }), 0)
  await resealSenders(db, { secret: `${SECRET},${newest}` })
})
