import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START, seedAccount, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { openFakeChannel, openFakeSms, type SeededCampaign, seedCampaign } from '../../../test/seed-campaign.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import type { EmailChannel } from '../../channels/email/email-channel.ts'
import { assignCodes } from '../../codes/assign.ts'
import { editTerms } from '../../codes/edit-terms.ts'
import { countAvailable } from '../../codes/pool.ts'
import { drawTestCode } from '../../codes/test-code.ts'
import type { Database, Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../lib/ids.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { reportCouponPage } from '../../reports/coupon-pages.ts'
import { reportCoupon } from '../../reports/coupons.ts'
import { reportHome } from '../../reports/home.ts'
import { forgetRecipients } from '../forget.ts'
import { createMailCache, updateTemplate } from '../templates.ts'
import { type RequestedTest, requestTest } from './request-test.ts'
import { listTestsAtWork, runTests } from './run-tests.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
const TESTERS = ['ann@team.example', 'bo@team.example', 'cy@team.example']

type Options = { addresses?: string[]; requestKey?: string; profileId?: string | null; now?: Date }

async function ask(seeded: SeededCampaign, options: Options = {}): Promise<RequestedTest> {
  return await requestTest(db, {
    accountId: seeded.accountId,
    templateId: seeded.templateId,
    addresses: TESTERS,
    profileId: null,
    requestKey: newId(),
    channel: 'outbox',
    now: START,
    ...options,
  })
}

async function send(seeded: SeededCampaign, asked: RequestedTest, channel: EmailChannel): Promise<void> {
  const { accountId } = seeded
  const sending = {
    mails: createMailCache(),
    publicUrl: 'https://shop.example',
    secret: 's'.repeat(32),
    leaseMs: 60_000,
  }
  const { templateVersionId } = asked
  await runTests(db, { ...sending, accountId, templateVersionId, channel, smsChannel: openFakeSms(), now: () => START })
}

async function count(table: string, accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)} where account_id = ${accountId}`.execute(db)
  return rows[0]?.count ?? -1
}

test('all testers see one real code of the coupon, and so do the testers of a later test', async () => {
  const seeded = await seedCampaign(db, { people: 3, codes: 10 })
  const channel = openFakeChannel()
  const first = await ask(seeded)
  await send(seeded, first, channel)
  await send(seeded, await ask(seeded, { addresses: ['dee@team.example'] }), channel)
  const codes = channel.mails.map((mail) => mail.html.match(/WELCOME20-[2-9A-Z]{11}/)?.[0])
  assert.equal(codes.length, 4)
  assert.deepEqual([...new Set(codes)], [first.codes[0]?.code])
  assert.deepEqual(channel.mails.map((mail) => mail.to).toSorted(), [...TESTERS, 'dee@team.example'])
  assert.deepEqual([...new Set(channel.mails.map((mail) => mail.subject))], ['[Test] Welcome Ada'])
  assert.equal(await count('test_codes', seeded.accountId), 1)
})

test('a test code counts in no number of the coupon, the campaign and the account, not even when it is redeemed', async () => {
  const seeded = await seedCampaign(db, { people: 3, codes: 10 })
  const { accountId, campaignId, coupon } = seeded
  const [profileId] = seeded.profileIds as [string]
  await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId], now: START })
  const asked = await ask(seeded)
  await send(seeded, asked, openFakeChannel())
  const code = asked.codes[0]?.code ?? ''
  const order = { orderId: 'order-1', subtotalMinor: 10_000, currency: 'EUR', code }
  const reply = await redeemCode(db, { ...order, accountId, now: START })
  assert.equal(reply.status, 'redeemed', JSON.stringify(reply))
  const { counts } = await reportCouponPage(db, { accountId, couponId: coupon.id, now: START })
  assert.deepEqual(counts, {
    made: 9,
    live: 9,
    available: 8,
    reserved: 0,
    assigned: 1,
    redeemed: 0,
    expired: 0,
    withdrawn: 0,
    failed: 0,
  })
  const report = await reportCoupon(db, { accountId, couponId: coupon.id, now: START })
  assert.deepEqual(
    [report.assigned, report.redeemed, report.redeemedBySomebodyElse, report.money, report.days[0]?.redeemed],
    [1, 0, 0, [], 0],
  )
  const home = await reportHome(db, { accountId, now: START })
  assert.deepEqual([home.totals.assigned, home.totals.redeemed, home.totals.sent, home.revenue], [1, 0, 0, []])
  const review = await reviewCampaign(db, { accountId, campaignId, channel: 'outbox', now: START })
  assert.deepEqual([review.recipients, review.coupons[0]?.kept, review.coupons[0]?.available], [3, 1, 8])
  assert.equal(await count('events', accountId), 1 + 3, 'one draw and three list joins')
})

test('whoever draws at the same moment: testers share one code, and no customer gets it', async () => {
  const seeded = await seedCampaign(db, { people: 1, codes: 60 })
  const { accountId, coupon } = seeded
  const people = await seedProfiles(db, accountId, 40)
  const tests = Array.from({ length: 8 }, () => drawTestCode(db, { accountId, couponId: coupon.id, now: START }))
  const draws = people.map((id) => assignCodes(db, { accountId, couponId: coupon.id, profileIds: [id], now: START }))
  const testCodes = (await Promise.all(tests)).map((outcome) => ('code' in outcome ? outcome.code : outcome.status))
  const drawn = (await Promise.all(draws)).flat().map((outcome) => ('code' in outcome ? outcome.code : outcome.status))
  assert.equal(new Set(testCodes).size, 1)
  assert.equal(new Set(drawn).size, 40)
  assert.ok(!drawn.includes(testCodes[0] ?? ''))
  assert.equal(await countAvailable(db, { accountId, coupon: coupon.id, now: START }), 60 - 41)
})

test('testers who ask for the first time at the same moment draw one code', async () => {
  const account = await seedAccount(db)
  for (let round = 0; round < 6; round += 1) {
    const { id: couponId } = await seedCoupon(db, account, { name: `C${round}`, codes: 20 })
    await Promise.all(Array.from({ length: 16 }, () => sql`select 1`.execute(db))) // connections are open
    const draws = Array.from({ length: 12 }, () => drawTestCode(db, { ...account, couponId, now: START }))
    const statuses = (await Promise.all(draws)).map((outcome) => outcome.status)
    assert.deepEqual(statuses.toSorted(), ['drawn', ...Array(11).fill('kept')])
    assert.equal(await countAvailable(db, { ...account, coupon: couponId, now: START }), 19)
  }
})

test('testers get another code once theirs is over, used, or of older terms', async () => {
  const seeded = await seedCampaign(db, { people: 1, codes: 5 })
  const { accountId, coupon } = seeded
  const draw = async (now = START) => {
    const outcome = await drawTestCode(db, { accountId, couponId: coupon.id, now })
    return 'code' in outcome ? outcome : assert.fail(outcome.status)
  }
  const first = await draw()
  assert.equal((await draw(after(7 * 86_400 - 1))).code, first.code)
  const second = await draw(after(7 * 86_400))
  assert.notEqual(second.code, first.code)
  await sql`update codes set state = 'redeemed' where id = ${second.codeId}`.execute(db)
  const third = await draw(after(7 * 86_400))
  assert.notEqual(third.code, second.code)
  const terms = { ...coupon.terms, discount: { kind: 'percentage' as const, basisPoints: 3000 } }
  await editTerms(db, { accountId, couponId: coupon.id, terms, now: START })
  assert.equal((await drawTestCode(db, { accountId, couponId: coupon.id, now: START })).status, 'exhausted')
})

test('a request that is repeated, even at the same moment, sends each tester one mail', async () => {
  const seeded = await seedCampaign(db, { people: 1, codes: 5 })
  const requestKey = newId()
  const asked = await Promise.all([1, 2, 3, 4].map(() => ask(seeded, { requestKey })))
  assert.equal(asked.filter((one) => !one.isRepeat).length, 1)
  assert.equal(new Set(asked.map((one) => JSON.stringify(one.messages))).size, 1)
  const channel = openFakeChannel()
  await Promise.all([1, 2].map(() => send(seeded, asked[0] as RequestedTest, channel)))
  assert.equal(channel.mails.length, TESTERS.length)
  assert.deepEqual(
    (await listTestsAtWork(db, START)).filter((work) => work.accountId === seeded.accountId),
    [],
  )
})

test('a coupon without a code left, a mistake in the template or too many tests refuse it, and nothing was drawn', async () => {
  const seeded = await seedCampaign(db, { people: 1, codes: 1 })
  const { accountId, coupon, profileIds, templateId } = seeded
  await assignCodes(db, { accountId, couponId: coupon.id, profileIds, now: START })
  await assert.rejects(ask(seeded), refusal('no_code'))
  await updateTemplate(db, { accountId, templateId, html: "{% coupon_code 'NOPE' %}", now: START })
  await assert.rejects(ask(seeded), refusal('template_invalid'))
  await updateTemplate(db, { accountId, templateId, html: '<p>{% unsubscribe %}</p>', now: START })
  for (let nth = 0; nth < 20; nth += 1)
    await ask(seeded, { addresses: [1, 2, 3, 4, 5].map((n) => `t${nth}-${n}@team.example`) })
  await assert.rejects(ask(seeded), refusal('too_many_requests'))
  assert.equal((await ask(seeded, { now: after(3601) })).messages.length, 3)
  assert.equal(await count('test_codes', accountId), 0)
})

test('a test shown as a person has what that person would see, and nothing happens to the person', async () => {
  const seeded = await seedCampaign(db, {
    people: 2,
    codes: 5,
    mail: {
      subject: 'Hi {{ first_name }}',
      html: "{% if person.vip %}{% coupon_code 'WELCOME20' %}{% else %}no code{% endif %}{% unsubscribe %}",
    },
  })
  const [plain, vip] = seeded.profileIds as [string, string]
  await sql`update profiles set first_name = 'Vi', properties = '{"vip": true, "secret": "x"}' where id = ${vip}`.execute(
    db,
  )
  const channel = openFakeChannel()
  await send(seeded, await ask(seeded, { profileId: plain, addresses: ['ann@team.example'] }), channel)
  assert.equal(await count('test_codes', seeded.accountId), 0, 'a hidden block draws nothing')
  await send(seeded, await ask(seeded, { profileId: vip, addresses: ['bo@team.example'] }), channel)
  assert.match(channel.mails[0]?.html ?? '', /no code/)
  assert.match(channel.mails[1]?.html ?? '', /WELCOME20-/)
  assert.equal(channel.mails[1]?.subject, '[Test] Hi Vi')
  const { rows } = await sql<{ context: Record<string, unknown> }>`
    select context from messages where account_id = ${seeded.accountId} order by id desc limit 1`.execute(db)
  assert.deepEqual(rows[0]?.context.person, { vip: true }, 'properties that the template does not read are not kept')
  assert.equal(await count('assignments', seeded.accountId), 1)
  const { rows: events } =
    await sql`select 1 from events where account_id = ${seeded.accountId} and metric <> 'joined_list'`.execute(db)
  assert.equal(events.length, 0)
})

test('where the provider takes no mail at all, a test ends with its reason', async () => {
  const seeded = await seedCampaign(db, { people: 1, codes: 5 })
  const asked = await ask(seeded)
  await send(
    seeded,
    asked,
    openFakeChannel(() => ({ status: 'blocked', reason: '535 wrong password' })),
  )
  const { rows } =
    await sql`select distinct state, reason from messages where account_id = ${seeded.accountId}`.execute(db)
  assert.deepEqual(rows, [{ state: 'rejected', reason: '535 wrong password' }])
})

test('erasing a person takes their data out of tests that were shown as them, and out of no others', async () => {
  const seeded = await seedCampaign(db, { people: 2, codes: 10 })
  const [ada, eve] = seeded.profileIds
  const channel = openFakeChannel()
  for (const profileId of [ada, eve, null])
    await send(seeded, await ask(seeded, { profileId: profileId ?? null }), channel)
  await forgetRecipients(db, { accountId: seeded.accountId, profileIds: [ada ?? ''] })
  const { rows } = await sql<{ shownAs: string | null; kept: number; subjects: number; addresses: number }>`
    select shown_as as "shownAs", count(context) as kept, count(subject) as subjects, count(nullif(address, '')) as addresses
    from messages where account_id = ${seeded.accountId} and kind = 'test' group by shown_as`.execute(db)
  const of = (shownAs: string | null | undefined) => rows.find((row) => row.shownAs === shownAs)
  assert.deepEqual(of(ada), { shownAs: ada, kept: 0, subjects: 0, addresses: 3 })
  assert.deepEqual(of(eve), { shownAs: eve, kept: 3, subjects: 3, addresses: 3 })
  assert.deepEqual(of(null), { shownAs: null, kept: 3, subjects: 3, addresses: 3 })
})
