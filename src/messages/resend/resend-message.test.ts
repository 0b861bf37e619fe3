import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START, seedCodes, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import {
  type FakeChannel,
  openFakeChannel,
  openFakeSms,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../../test/seed-campaign.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { EmailChannel } from '../../channels/email/email-channel.ts'
import type { SmsChannel } from '../../channels/sms/sms-channel.ts'
import { assignCodes } from '../../codes/assign.ts'
import { replaceCode } from '../../codes/revoke/replace.ts'
import { revokeCode } from '../../codes/revoke/revoke.ts'
import type { Database, Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../lib/ids.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { reportCampaign } from '../../reports/campaigns.ts'
import { reportFeed } from '../../reports/people.ts'
import { createMailCache } from '../templates.ts'
import { listTestsAtWork, runTests } from '../test-sends/run-tests.ts'
import { type Resent, resendMessage } from './resend-message.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const refusal = (code: string, message?: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && (message?.test(error.message) ?? true)

type Story = { seeded: SeededCampaign; profileId: string; codeId: string; code: string; mails: FakeChannel['mails'] }

/** Somebody to whom a campaign told a code at START. */
async function begin(options: Partial<Parameters<typeof seedCampaign>[1]> = {}): Promise<Story> {
  const seeded = await seedCampaign(db, { people: 1, codes: 4, ...options })
  await sql`update profiles set first_name = 'Ada' where account_id = ${seeded.accountId}`.execute(db)
  await start(db, seeded)
  const channel = openFakeChannel()
  await runCampaign(db, runInput(seeded, channel))
  const [profileId] = seeded.profileIds as [string]
  const { codeId, code } = await openCode(seeded, profileId)
  return { seeded, profileId, codeId, code, mails: channel.mails }
}

async function openCode({ accountId, coupon }: SeededCampaign, profileId: string) {
  const [outcome] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId], now: START })
  assert.ok(outcome && 'codeId' in outcome)
  return outcome
}

type Ask = { codeId?: string; requestKey?: string; medium?: 'email' | 'sms'; now?: Date }

async function ask({ seeded, codeId }: Story, options: Ask = {}): Promise<Resent> {
  const { accountId } = seeded
  return await resendMessage(db, {
    accountId,
    codeId,
    requestKey: newId(),
    channel: 'outbox',
    now: after(60),
    ...options,
  })
}

async function send(
  { seeded }: Story,
  { templateVersionId }: Pick<Resent, 'templateVersionId'>,
  {
    channel = openFakeChannel(),
    smsChannel = openFakeSms(),
    now = after(61),
  }: { channel?: EmailChannel; smsChannel?: SmsChannel; now?: Date } = {},
): Promise<void> {
  const sending = {
    mails: createMailCache(),
    publicUrl: 'https://shop.example',
    secret: 's'.repeat(32),
    leaseMs: 60_000,
  }
  const { accountId } = seeded
  await runTests(db, { ...sending, accountId, templateVersionId, channel, smsChannel, now: () => now })
}

async function outcomeOf(story: Story, resent: Resent): Promise<[string | undefined, string | null | undefined]> {
  const found = (await readMessages(db, story.seeded.accountId)).find((message) => message.id === resent.id)
  return [found?.state, found?.reason]
}

test('the mail comes once more, with the same words and the same code, to the address that the person has now', async () => {
  const story = await begin()
  const { accountId, campaignId } = story.seeded
  await sql`update profiles set email = 'new@example.com', first_name = 'Eve' where id = ${story.profileId}`.execute(db)
  const resent = await ask(story)
  const channel = openFakeChannel()
  await send(story, resent, { channel })
  const [first] = story.mails
  const [again] = channel.mails
  assert.equal(channel.mails.length, 1)
  assert.deepEqual([again?.to, again?.subject], ['new@example.com', 'Welcome Ada'])
  assert.ok(again?.html.includes(story.code) && first?.html.includes(story.code))
  assert.ok(again?.headers['List-Unsubscribe'])
  const feed = await reportFeed(db, { accountId, profileId: story.profileId, showsCodes: true, limit: 1 })
  assert.deepEqual([feed.items[0]?.metric, feed.items[0]?.isResent], ['message_sent', true])
  const report = await reportCampaign(db, { accountId, campaignId })
  assert.deepEqual([report.sent, report.recipients], [1, 1], 'the campaign has one message still')
})

test('one request makes one message, however often and however fast it is repeated', async () => {
  const story = await begin()
  const requestKey = newId()
  const asked = await Promise.all([1, 2, 3, 4].map(() => ask(story, { requestKey })))
  assert.equal(new Set(asked.map(({ id }) => id)).size, 1)
  assert.deepEqual(asked.map(({ isRepeat }) => isRepeat).toSorted(), [false, true, true, true])
  const channel = openFakeChannel()
  await Promise.all([1, 2].map(() => send(story, asked[0] as Resent, { channel })))
  assert.equal(channel.mails.length, 1)
})

test('a code that replaced another is told by the message of that one, with the new code', async () => {
  const story = await begin()
  const { accountId } = story.seeded
  const { replacement } = await replaceCode(db, { accountId, codeId: story.codeId, reason: 'Lost', now: after(30) })
  const next = await replaceCode(db, { accountId, codeId: replacement.codeId, reason: 'Lost again', now: after(31) })
  const channel = openFakeChannel()
  await send(story, await ask(story, { codeId: next.replacement.codeId }), { channel })
  const html = channel.mails[0]?.html ?? ''
  assert.ok(html.includes(next.replacement.code) && !html.includes(story.code) && !html.includes(replacement.code))
  await assert.rejects(ask(story), refusal('code_state'))
})

test('only a code that the person can use is sent again', async () => {
  const [used, revoked, over] = [await begin(), await begin(), await begin()]
  const order = { orderId: 'o', subtotalMinor: 5000, currency: 'EUR', now: after(30) }
  await redeemCode(db, { ...order, accountId: used.seeded.accountId, code: used.code })
  await revokeCode(db, { ...revoked.seeded, codeId: revoked.codeId, reason: 'Shared', now: after(30) })
  await assert.rejects(ask(used), refusal('code_state'))
  await assert.rejects(ask(revoked), refusal('code_state'))
  await assert.rejects(ask(over, { now: after(8 * 86_400) }), refusal('code_state'))
})

test('a code that no message told is not sent again, nor one that nobody has', async () => {
  const story = await begin()
  const { accountId, coupon } = story.seeded
  const [other] = (await seedProfiles(db, accountId, 1)) as [string]
  const { codeId } = await openCode(story.seeded, other)
  await assert.rejects(ask(story, { codeId }), refusal('code_not_sent', /in another way/))
  await assert.rejects(ask(story, { medium: 'sms' }), refusal('code_not_sent', /No text message/))
  await seedCodes(db, accountId, coupon.id, 1)
  const { rows } = await sql<{ id: string }>`
    select c.id from codes c where c.account_id = ${accountId} and not exists (select from assignments a where a.code_id = c.id) limit 1`.execute(
    db,
  )
  await assert.rejects(ask(story, { codeId: rows[0]?.id ?? '' }), refusal('code_not_found'))
})

test('who unsubscribed, is suppressed or has no address any more gets nothing, at the request and until it goes out', async () => {
  for (const [change, reason] of [
    [sql`update profiles set email_consent = 'unsubscribed'`, 'not_subscribed'],
    [sql`update profiles set email = null, phone = '+49301234567'`, 'no_address'],
  ] as const) {
    const story = await begin()
    await sql`${change} where account_id = ${story.seeded.accountId}`.execute(db)
    await assert.rejects(ask(story), (error: unknown) => error instanceof AppError && error.data.reason === reason)
  }
  const [left, bounced] = [await begin(), await begin()]
  const [first, second] = [await ask(left), await ask(bounced)]
  await sql`update profiles set email_consent = 'unsubscribed' where account_id = ${left.seeded.accountId}`.execute(db)
  await suppress(bounced)
  const channel = openFakeChannel()
  await send(left, first, { channel })
  await send(bounced, second, { channel })
  assert.deepEqual(channel.mails, [])
  assert.deepEqual(await outcomeOf(left, first), ['skipped', 'unsubscribed'])
  assert.deepEqual(await outcomeOf(bounced, second), ['skipped', 'suppressed'])
  await assert.rejects(ask(bounced), refusal('not_reachable', /suppression list/))
})

async function suppress({ seeded: { accountId } }: Story): Promise<void> {
  await sql`
    insert into suppressions (account_id, id, channel, address, reason, at)
    select account_id, ${newId()}, 'email', lower(email), 'manual', ${START} from profiles where account_id = ${accountId}`.execute(
    db,
  )
}

test('a code that is revoked before its message goes out is not told', async () => {
  const story = await begin()
  const resent = await ask(story)
  await revokeCode(db, { ...story.seeded, codeId: story.codeId, reason: 'Shared', now: after(60) })
  const channel = openFakeChannel()
  await send(story, resent, { channel })
  assert.deepEqual(channel.mails, [])
  assert.deepEqual(await outcomeOf(story, resent), ['skipped', 'code_withdrawn'])
})

test('a person gets at most five messages again in a day', async () => {
  const story = await begin()
  for (let nth = 0; nth < 5; nth += 1) await ask(story)
  await assert.rejects(ask(story), refusal('too_many_requests'))
  await ask(story, { now: after(60 + 86_400) })
})

test('a message with a second coupon whose code is over is not sent again without it', async () => {
  const html =
    "<p>{% coupon_code 'WELCOME20' %} {% coupon_code 'EXTRA' %}</p><p>{% unsubscribe %} {{ organization.full_address }}</p>"
  const seeded = await seedCampaign(db, { people: 1, codes: 2, mail: { html } })
  const extra = await seedCoupon(db, seeded, { name: 'EXTRA', codes: 2 })
  await start(db, seeded)
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  const [profileId] = seeded.profileIds as [string]
  const { codeId, code } = await openCode(seeded, profileId)
  const story: Story = { seeded, profileId, codeId, code, mails: [] }
  const [other] = await assignCodes(db, {
    accountId: seeded.accountId,
    couponId: extra.id,
    profileIds: [profileId],
    now: START,
  })
  assert.ok(other && 'codeId' in other)
  await revokeCode(db, { ...seeded, codeId: other.codeId, reason: 'Shared', now: after(30) })
  await assert.rejects(ask(story), refusal('code_state', /EXTRA/))
})

test('a text message waits for the morning of its recipient, and no job is kept busy meanwhile', async () => {
  const mail = { channel: 'sms' as const, subject: '', html: '', text: "Your code: {% coupon_code 'WELCOME20' %}" }
  const seeded = await seedCampaign(db, { people: 1, codes: 2, mail })
  await sql`
    update profiles set phone = '+49301234567', sms_consent = 'subscribed', properties = '{"timezone": "Europe/Berlin"}'
    where account_id = ${seeded.accountId}`.execute(db)
  await start(db, seeded)
  await runCampaign(
    db,
    runInput(seeded, openFakeChannel(), () => after(3600)),
  )
  const [profileId] = seeded.profileIds as [string]
  const { codeId, code } = await openCode(seeded, profileId)
  const story: Story = { seeded, profileId, codeId, code, mails: [] }
  const night = after(13 * 3600)
  const resent = await ask(story, { now: night })
  assert.deepEqual([resent.medium, resent.to], ['sms', '+49301234567'])
  const smsChannel = openFakeSms()
  await send(story, resent, { smsChannel, now: night })
  assert.equal(smsChannel.texts.length, 0)
  const isAtWork = async (now: Date) =>
    (await listTestsAtWork(db, now)).some((one) => one.accountId === seeded.accountId)
  assert.ok(!(await isAtWork(night)))
  const morning = after(24 * 3600)
  assert.ok(await isAtWork(morning))
  await send(story, resent, { smsChannel, now: morning })
  assert.equal(smsChannel.texts.length, 1)
  assert.ok(smsChannel.texts[0]?.body.includes(code))
})

test('a provider that takes nothing ends the message with its words, and the feed shows it', async () => {
  const story = await begin()
  const resent = await ask(story)
  await send(story, resent, { channel: openFakeChannel(() => ({ status: 'blocked', reason: 'wrong password' })) })
  assert.deepEqual(await outcomeOf(story, resent), ['rejected', 'wrong password'])
  const feed = await reportFeed(db, {
    accountId: story.seeded.accountId,
    profileId: story.profileId,
    showsCodes: true,
    limit: 1,
  })
  assert.deepEqual(
    [feed.items[0]?.metric, feed.items[0]?.properties],
    ['message_rejected', { reason: 'wrong password' }],
  )
})
