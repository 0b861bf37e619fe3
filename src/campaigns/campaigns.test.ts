import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedCodes, seedCoupon, seedProfiles, TWENTY_PERCENT } from '../../test/seed.ts'
import {
  countStates,
  onList,
  openFakeChannel,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../test/seed-campaign.ts'
import { assignCodes } from '../codes/assign.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { recoverMessages } from '../messages/recover.ts'
import { updateTemplate } from '../messages/templates.ts'
import { addMembers, removeMembers } from '../profiles/lists.ts'
import { createProfile } from '../profiles/profiles.ts'
import {
  createCampaign,
  deleteCampaign,
  describeCampaign,
  listCampaigns,
  listCampaignsAtWork,
  updateCampaign,
} from './campaigns.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from './moves.ts'
import { reviewCampaign } from './review.ts'
import { runCampaign } from './run-campaign.ts'
import { scheduleCampaign } from './schedule.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
const review = (seeded: SeededCampaign, now = START) => reviewCampaign(db, { ...seeded, channel: 'outbox', now })

/** Starting is refused with the problems of the review. */
async function assertRefused(seeded: SeededCampaign, codes: string[]): Promise<void> {
  const { problems } = await review(seeded)
  assert.deepEqual(
    problems.map((problem) => problem.code),
    codes,
  )
  await assert.rejects(start(db, seeded), (error) => {
    assert.ok(error instanceof AppError)
    assert.deepEqual(
      [error.code, error.message, error.data],
      ['campaign_not_sendable', problems[0]?.message, { problems }],
    )
    return true
  })
  assert.equal((await describeCampaign(db, seeded)).state, 'draft')
}

test('the review counts who gets the mail, who does not and why, and the codes that they need', async () => {
  const seeded = await seedCampaign(db, { people: 5, codes: 10 })
  const { accountId, listId, coupon } = seeded
  const [keeper, unsubscribed] = seeded.profileIds as [string, string]
  await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [keeper], now: START })
  await sql`update profiles set email_consent = 'unsubscribed' where id = ${unsubscribed}`.execute(db)
  const { id: byPhone } = await createProfile(db, { accountId, phone: '+4915112345678', now: START })
  await addMembers(db, { accountId, listId, profileIds: [byPhone], now: START })
  const found = await review(seeded)
  assert.equal(found.recipients, 4)
  assert.deepEqual(found.skipped, [
    { reason: 'no_email', count: 1 },
    { reason: 'not_subscribed', count: 1 },
  ])
  const need = {
    couponId: coupon.id,
    name: 'WELCOME20',
    needed: 3,
    kept: 1,
    alreadyHad: 0,
    available: 9,
    missing: 0,
    underWay: 0,
    canBeMade: true,
  }
  assert.deepEqual(found.coupons, [need])
  assert.deepEqual([found.sender, found.problems], ['"Linden & Co" <shop@outbox.example>', []])
})

test('a code that has expired is not kept: its person needs a new one', async () => {
  const seeded = await seedCampaign(db, { people: 2, codes: 4 })
  const { accountId, coupon } = seeded
  await assignCodes(db, { accountId, couponId: coupon.id, profileIds: seeded.profileIds, now: START })
  const counts = async (now: Date): Promise<number[]> =>
    (await review(seeded, now)).coupons.flatMap(({ kept, needed }) => [kept, needed])
  assert.deepEqual(await counts(after(7 * 86_400 - 1)), [2, 0])
  assert.deepEqual(await counts(after(7 * 86_400)), [0, 2])
})

test('more recipients than codes: sending is refused with the number that is missing', async () => {
  const seeded = await seedCampaign(db, { people: 5, codes: 2 })
  await assertRefused(seeded, ['codes_missing'])
  const [problem] = (await review(seeded)).problems
  assert.equal(problem?.message, 'WELCOME20 has 2 codes for 5 recipients who need one. Add 3 codes.')
  assert.equal(problem?.data.missing, 3)
  await seedCodes(db, seeded.accountId, seeded.coupon.id, 3)
  await start(db, seeded)
})

test('an empty list, or one where nobody agreed to get email, is refused', async () => {
  await assertRefused(await seedCampaign(db, { people: 0, codes: 1 }), ['no_recipients'])
  const seeded = await seedCampaign(db, { people: 2 })
  await sql`update profiles set email_consent = 'never_subscribed' where account_id = ${seeded.accountId}`.execute(db)
  await assertRefused(seeded, ['no_recipients'])
})

test('a coupon that is over is refused', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const ends = { ...TWENTY_PERCENT, expires: { kind: 'at' as const, at: after(60).toISOString() } }
  await seedCoupon(db, seeded, { name: 'SHORT', terms: ends, codes: 1 })
  await updateTemplate(db, { ...seeded, html: "{% coupon_code 'SHORT' %}{% unsubscribe %}", now: START })
  const { problems } = await review(seeded, after(60))
  assert.ok(problems.some((problem) => problem.code === 'coupon_expired' && /SHORT has expired/.test(problem.message)))
  await assert.rejects(
    scheduleCampaign(db, { ...seeded, channel: 'outbox', now: after(60) }),
    refusal('campaign_not_sendable'),
  )
})

test('an unknown coupon and an unknown tag in the template are refused with their line', async () => {
  const html = "<p>\n{% coupon_code 'NOPE' %}\n</p>{% unsubscribe %}"
  const seeded = await seedCampaign(db, { people: 1, mail: { html } })
  await assertRefused(seeded, ['unknown_coupon'])
  const [problem] = (await review(seeded)).problems
  assert.match(problem?.message ?? '', /^html, line 2: There is no coupon named 'NOPE'/)
  await updateTemplate(db, { ...seeded, html: '\n\n{% nonsense %}', now: START })
  assert.equal((await review(seeded)).problems[0]?.data.line, 3)
})

test('a real mail server needs a real sender', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const problems = async () => (await reviewCampaign(db, { ...seeded, channel: 'smtp', now: START })).problems
  assert.deepEqual(
    (await problems()).map((problem) => problem.code),
    ['sender_missing'],
  )
  await sql`update accounts set sender_email = 'shop@linden.example' where id = ${seeded.accountId}`.execute(db)
  assert.deepEqual(await problems(), [])
})

test('only a draft can be changed or deleted', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  assert.equal((await updateCampaign(db, { ...seeded, name: 'New name' })).name, 'New name')
  await start(db, seeded)
  const state = refusal('campaign_state')
  const refuseBoth = async (): Promise<void> => {
    await assert.rejects(updateCampaign(db, { ...seeded, name: 'x' }), state)
    await assert.rejects(deleteCampaign(db, seeded), state)
  }
  await refuseBoth()
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  await refuseBoth()
  const draft = await createCampaign(db, { ...seeded, audience: onList(seeded.listId), name: 'Draft', now: START })
  await deleteCampaign(db, { ...seeded, campaignId: draft.id })
  assert.deepEqual(
    (await listCampaigns(db, { ...seeded, limit: 10 })).items.map(({ name }) => name),
    ['New name'],
  )
})

test('a campaign is started once: of several who press the button one wins', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => start(db, seeded)))
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  await assert.rejects(start(db, seeded), refusal('campaign_state'))
})

test('pause, resume and cancel are refused where they make no sense', async () => {
  const seeded = await seedCampaign(db, { people: 1 })
  const input = { ...seeded, now: START }
  const allowed = async (): Promise<string[]> => {
    const moves = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign }
    const names: string[] = []
    for (const [name, move] of Object.entries(moves)) {
      const attempt = db.transaction().execute(async (trx) => {
        await move(trx, input)
        throw new Error('allowed')
      })
      await attempt.catch((error: Error) => error.message === 'allowed' && names.push(name))
    }
    return names
  }
  assert.deepEqual(await allowed(), [])
  await start(db, seeded)
  assert.deepEqual(await allowed(), ['pause', 'cancel'])
  assert.equal((await pauseCampaign(db, input)).state, 'paused')
  assert.deepEqual(await allowed(), ['resume', 'cancel'])
  assert.equal((await resumeCampaign(db, input)).state, 'preparing')
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  assert.deepEqual(await allowed(), [])
})

test('a paused campaign sends nothing and goes on where it stopped', async () => {
  const seeded = await seedCampaign(db, { people: 450 })
  await start(db, seeded)
  const channel = openFakeChannel(async (email) => {
    if (channel.mails.length === 10) await pauseCampaign(db, { ...seeded, now: START })
    return { status: 'sent', providerId: email.messageId }
  })
  await runCampaign(db, runInput(seeded, channel))
  const drained = channel.mails.length
  assert.ok(drained < 450, 'the batch at work is finished, and no other begun')
  assert.deepEqual(await countStates(db, seeded.accountId), { ready: 450 - drained, sent: drained })
  assert.equal(
    (await listCampaignsAtWork(db, START)).some((work) => work.id === seeded.campaignId),
    false,
  )
  await runCampaign(db, runInput(seeded, channel))
  assert.equal(channel.mails.length, drained)
  await resumeCampaign(db, { ...seeded, now: START })
  await runCampaign(db, runInput(seeded, channel))
  assert.equal(new Set(channel.mails.map((mail) => mail.to)).size, 450)
  assert.equal(channel.mails.length, 450)
})

test('a cancelled campaign sends no more; what was sent stays sent', async () => {
  const seeded = await seedCampaign(db, { people: 450 })
  await start(db, seeded)
  const channel = openFakeChannel(async (email) => {
    if (channel.mails.length === 10) await cancelCampaign(db, { ...seeded, now: START })
    return { status: 'sent', providerId: email.messageId }
  })
  await runCampaign(db, runInput(seeded, channel))
  const { state, counts, finishedAt } = await describeCampaign(db, seeded)
  assert.deepEqual([state, finishedAt], ['cancelled', START.toISOString()])
  assert.deepEqual(
    [counts.sent, counts.cancelled, counts.recipients],
    [channel.mails.length, 450 - channel.mails.length, 450],
  )
  await runCampaign(db, runInput(seeded, channel))
  assert.equal(channel.mails.length, counts.sent)
})

test('a mail that the server defers while its campaign is cancelled is cancelled too', async () => {
  const seeded = await seedCampaign(db, { people: 5 })
  await start(db, seeded)
  const channel = openFakeChannel(async () => {
    if (channel.mails.length === 1) await cancelCampaign(db, { ...seeded, now: START })
    return { status: 'deferred', reason: '451 later' }
  })
  await runCampaign(db, runInput(seeded, channel))
  assert.deepEqual(await countStates(db, seeded.accountId), { cancelled: 5 })
})

test('what a dead process was writing to the outbox is unknown once its campaign was cancelled', async () => {
  const seeded = await seedCampaign(db, { people: 5 })
  await start(db, seeded)
  const reached = Promise.withResolvers<void>()
  const dying = openFakeChannel(() => {
    reached.resolve()
    return new Promise<never>(() => {})
  }, 'outbox')
  void runCampaign(db, runInput(seeded, dying))
  await reached.promise
  await cancelCampaign(db, { ...seeded, now: START })
  await recoverMessages(db, after(60))
  assert.deepEqual(await countStates(db, seeded.accountId), { unknown: 5 })
})

test('a campaign that somebody cancels while the mail server refuses us is cancelled, not an error', async () => {
  const seeded = await seedCampaign(db, { people: 5 })
  await start(db, seeded)
  const channel = openFakeChannel(async () => {
    if (channel.mails.length === 1) await cancelCampaign(db, { ...seeded, now: START })
    return { status: 'blocked', reason: '535 wrong password' }
  })
  assert.equal(await runCampaign(db, runInput(seeded, channel)), 'done')
  const { state, pausedReason } = await describeCampaign(db, seeded)
  assert.deepEqual([state, pausedReason], ['cancelled', null])
  assert.deepEqual(await countStates(db, seeded.accountId), { cancelled: 5 })
})

test('who joins the list after the start gets nothing, and who leaves it still gets their mail', async () => {
  const seeded = await seedCampaign(db, { people: 3, codes: 10 })
  const { accountId, listId } = seeded
  await start(db, seeded)
  const late = await seedProfiles(db, accountId, 2)
  const channel = openFakeChannel(async (email) => {
    if (channel.mails.length === 1) {
      await addMembers(db, { accountId, listId, profileIds: late, now: START })
      await removeMembers(db, { accountId, listId, profileIds: seeded.profileIds })
    }
    return { status: 'sent', providerId: email.messageId }
  })
  await runCampaign(db, runInput(seeded, channel))
  await runCampaign(db, runInput(seeded, channel))
  assert.equal(channel.mails.length, 3)
  await pauseAndResume(seeded)
  assert.deepEqual(await countStates(db, accountId), { sent: 3 })
})

/** A resumed campaign passes through `preparing` again; its recipients stay those of the start. */
async function pauseAndResume(seeded: SeededCampaign): Promise<void> {
  await sql`update campaigns set state = 'preparing' where id = ${seeded.campaignId}`.execute(db)
  await runCampaign(db, runInput(seeded, openFakeChannel()))
}

test('an edit of the template after the start changes nothing in what is sent', async () => {
  const seeded = await seedCampaign(db, { people: 2 })
  await start(db, seeded)
  await updateTemplate(db, { ...seeded, subject: 'Another', html: 'No code here', now: START })
  const channel = openFakeChannel()
  await runCampaign(db, runInput(seeded, channel))
  assert.ok(channel.mails.every((mail) => mail.subject === 'Welcome' && mail.html.includes('WELCOME20-')))
})

test('a campaign, its list and its template belong to one account', async () => {
  const [mine, other] = [await seedCampaign(db, { people: 1 }), await seedCampaign(db, { people: 1 })]
  const { accountId } = mine
  await assert.rejects(describeCampaign(db, { ...other, accountId }), refusal('campaign_not_found'))
  await assert.rejects(cancelCampaign(db, { ...other, accountId, now: START }), refusal('campaign_not_found'))
  await assert.rejects(updateCampaign(db, { ...mine, audience: onList(other.listId) }), refusal('list_not_found'))
  await assert.rejects(updateCampaign(db, { ...mine, templateId: other.templateId }), refusal('template_not_found'))
})
