import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedCodes, seedCoupon, seedProfiles, TWENTY_PERCENT } from '../../test/seed.ts'
import {
  countStates,
  onList,
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../test/seed-campaign.ts'
import { requireAccount } from '../accounts/account.ts'
import { describeCampaign, requireCampaign } from '../campaigns/campaigns.ts'
import { resumeCampaign } from '../campaigns/moves.ts'
import { runCampaign } from '../campaigns/run-campaign.ts'
import { assignCodes } from '../codes/assign.ts'
import { archiveCoupon } from '../codes/edit-terms.ts'
import { countAvailable } from '../codes/pool.ts'
import { releaseCodes } from '../codes/reserve.ts'
import type { Database, Db } from '../db/database.ts'
import { addMembers } from '../profiles/lists.ts'
import { prepareMessages } from './prepare.ts'
import { freezeRecipients } from './recipients.ts'
import { createMailCache, updateTemplate } from './templates.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

/** A started campaign with its recipients frozen, and a call that prepares them. */
async function seedFrozen(
  options: Parameters<typeof seedCampaign>[1],
): Promise<SeededCampaign & { prepare: (handle?: Db) => Promise<number> }> {
  const seeded = await seedCampaign(db, { codes: options.people, ...options })
  await sql`update profiles set first_name = 'Ada' where account_id = ${seeded.accountId}`.execute(db)
  await start(db, seeded)
  const { templateVersionId } = await requireCampaign(db, seeded)
  assert.ok(templateVersionId)
  const plan = { kind: 'once' as const, at: START, spreadSeconds: 0 }
  await freezeRecipients(db, {
    ...seeded,
    audience: onList(seeded.listId),
    plan,
    test: null,
    templateVersionId,
    medium: 'email',
    channel: 'outbox',
    now: START,
  })
  const mail = await createMailCache()(db, seeded.accountId, templateVersionId)
  const account = await requireAccount(db, seeded)
  const sender = { account, publicUrl: 'https://shop.example', secret: 's'.repeat(32) }
  return {
    ...seeded,
    prepare: (handle = db) =>
      prepareMessages(handle, { ...seeded, templateVersionId, mail, sender, holdWithoutCode: false, now: START }),
  }
}

async function countAssignments(accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from assignments where account_id = ${accountId}`.execute(db)
  return rows[0]?.count ?? 0
}

test('each message becomes ready with a code of its own', async () => {
  const seeded = await seedFrozen({ people: 50 })
  assert.equal(await seeded.prepare(), 50)
  const messages = await readMessages(db, seeded.accountId)
  assert.ok(messages.every((message) => message.state === 'ready' && message.codes.length === 1))
  assert.equal(new Set(messages.flatMap((message) => message.codes)).size, 50)
  assert.equal(await seeded.prepare(), 0)
})

test('codes are bound in the transaction that makes the messages ready: where it fails, nothing was drawn', async () => {
  const seeded = await seedFrozen({ people: 5 })
  const { accountId } = seeded
  await sql`create function fail_here() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`.execute(
    db,
  )
  await sql`create trigger power_cut before insert on message_codes execute function fail_here()`.execute(db)
  await assert.rejects(seeded.prepare(), /power cut/)
  await sql`drop trigger power_cut on message_codes`.execute(db)
  assert.equal(await countAssignments(accountId), 0)
  assert.deepEqual(await countStates(db, accountId), { planned: 5 })
  const { campaignId } = seeded
  assert.equal(await countAvailable(db, { accountId, coupon: seeded.coupon.id, campaignId, now: START }), 5)
  await seeded.prepare()
  assert.deepEqual([await countStates(db, accountId), await countAssignments(accountId)], [{ ready: 5 }, 5])
})

test('several processes that prepare at once draw one code for each message', async () => {
  const seeded = await seedFrozen({ people: 1500 })
  const counts = await Promise.all([1, 2, 3].map(() => seeded.prepare()))
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0) + (await seeded.prepare()) + (await seeded.prepare()),
    1500,
  )
  const messages = await readMessages(db, seeded.accountId)
  assert.ok(messages.every((message) => message.state === 'ready'))
  assert.equal(new Set(messages.flatMap((message) => message.codes)).size, 1500)
  assert.equal(await countAssignments(seeded.accountId), 1500)
})

test('who has an open code of the coupon gets that one, and no second', async () => {
  const seeded = await seedFrozen({ people: 3, codes: 4 })
  const { accountId, coupon } = seeded
  const [profileId] = seeded.profileIds as [string]
  const [kept] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId], now: START })
  assert.ok(kept?.status === 'assigned')
  await seeded.prepare()
  const message = (await readMessages(db, accountId)).find((row) => row.profileId === profileId)
  assert.deepEqual(message?.codes, [kept.code])
  assert.equal(await countAssignments(accountId), 3)
})

test('people who joined after the codes were reserved are skipped for lack of a code, and the rest go', async () => {
  const seeded = await seedCampaign(db, { people: 3, codes: 3 })
  await start(db, seeded)
  const late = await seedProfiles(db, seeded.accountId, 2)
  await addMembers(db, { ...seeded, profileIds: late, now: START })
  const channel = openFakeChannel()
  assert.equal(await runCampaign(db, runInput(seeded, channel)), 'done')
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 3, skipped: 2 })
  const skipped = (await readMessages(db, seeded.accountId)).filter((message) => message.state === 'skipped')
  assert.deepEqual(
    skipped.map(({ reason, codes }) => [reason, codes]),
    [
      ['no_code', []],
      ['no_code', []],
    ],
  )
})

test('a person whose data the template cannot work on is skipped with the reason, costs no code, and the rest go', async () => {
  const html = "{% for item in person.items %}{{ item }}{% endfor %}{% coupon_code 'WELCOME20' %}{% unsubscribe %}"
  const seeded = await seedFrozen({ people: 3, mail: { html } })
  const [profileId] = seeded.profileIds as [string]
  const items = JSON.stringify({ items: Array.from({ length: 200_000 }, () => 'x') })
  await sql`update profiles set properties = ${items}::jsonb where id = ${profileId}`.execute(db)
  await seeded.prepare()
  const messages = await readMessages(db, seeded.accountId)
  const skipped = messages.filter((message) => message.state === 'skipped')
  assert.deepEqual(
    skipped.map((message) => [message.profileId, message.codes]),
    [[profileId, []]],
  )
  assert.match(skipped[0]?.reason ?? '', /^render_failed: /)
  assert.equal(messages.filter((message) => message.state === 'ready').length, 2)
  assert.equal(await countAssignments(seeded.accountId), 2)
})

test('a mail with two coupons holds a code of each', async () => {
  const seeded = await seedCampaign(db, {
    people: 4,
    mail: { html: "{% coupon_code 'WELCOME20' %} {% coupon_code 'SPRING' %}{% unsubscribe %}" },
  })
  await seedCoupon(db, seeded, { name: 'SPRING', codes: 4 })
  await start(db, seeded)
  const channel = openFakeChannel()
  await runCampaign(db, runInput(seeded, channel))
  const messages = await readMessages(db, seeded.accountId)
  assert.equal(channel.mails.length, 4)
  assert.ok(messages.every(({ codes }) => codes[0]?.startsWith('SPRING') && codes[1]?.startsWith('WELCOME20')))
  assert.equal(new Set(messages.flatMap((message) => message.codes)).size, 8)
  assert.ok(channel.mails.every((mail) => /WELCOME20-\w{11} SPRING-\w{11}/.test(mail.html)))
})

test('who needs no code by the conditions of the template costs none', async () => {
  const html = "{% if person.vip %}{% coupon_code 'WELCOME20' %}{% endif %}{% unsubscribe %}"
  const seeded = await seedFrozen({ people: 3, mail: { html } })
  const [profileId] = seeded.profileIds as [string]
  await sql`update profiles set properties = '{"vip": true}' where id = ${profileId}`.execute(db)
  await seeded.prepare()
  const messages = await readMessages(db, seeded.accountId)
  assert.deepEqual(
    messages.filter((message) => message.codes.length > 0).map((message) => message.profileId),
    [profileId],
  )
  assert.ok(messages.every((message) => message.state === 'ready'))
  assert.equal(await countAssignments(seeded.accountId), 1)
})

test('a coupon that is archived after the start pauses the campaign with the reason and skips nobody', async () => {
  const seeded = await seedCampaign(db, { people: 3 })
  await start(db, seeded)
  await releaseCodes(db, seeded) // archiving is refused as long as codes are reserved
  await archiveCoupon(db, { ...seeded, couponId: seeded.coupon.id, now: START })
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  const paused = await describeCampaign(db, seeded)
  assert.equal(paused.state, 'paused')
  assert.match(paused.pausedReason ?? '', /WELCOME20/)
  assert.deepEqual(await countStates(db, seeded.accountId), { planned: 3 })
})

test('a coupon that ends after the start pauses the campaign with the reason, and nothing is lost', async () => {
  const seeded = await seedCampaign(db, { people: 3, codes: 0 })
  const ends = { ...TWENTY_PERCENT, expires: { kind: 'at' as const, at: after(3600).toISOString() } }
  const short = await seedCoupon(db, seeded, { name: 'SHORT', terms: ends, codes: 3 })
  const html = "{% coupon_code 'SHORT' %}{% unsubscribe %}"
  await updateTemplate(db, { ...seeded, html, now: START })
  await start(db, seeded)
  await runCampaign(
    db,
    runInput(seeded, openFakeChannel(), () => after(3601)),
  )
  const paused = await describeCampaign(db, seeded)
  assert.equal(paused.state, 'paused')
  assert.match(paused.pausedReason ?? '', /SHORT has expired/)
  assert.deepEqual(await countStates(db, seeded.accountId), {})
  await seedCodes(db, seeded.accountId, short.id, 1)
  await resumeCampaign(db, { ...seeded, now: START })
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  assert.deepEqual(await countStates(db, seeded.accountId), { sent: 3 })
})
