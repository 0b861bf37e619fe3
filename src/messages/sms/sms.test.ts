import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { after, START } from '../../../test/seed.ts'
import {
  countStates,
  type FakeSms,
  openFakeChannel,
  openFakeSms,
  readMessages,
  runInput,
  type SeededCampaign,
} from '../../../test/seed-campaign.ts'
import { seedTexts } from '../../../test/seed-texts.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { registerSentMailRoutes } from '../../api/routes/sent-mail.ts'
import { requireCampaign } from '../../campaigns/campaigns.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import { editTerms } from '../../codes/edit-terms.ts'
import type { Db } from '../../db/database.ts'
import { optIn, optOut } from '../../profiles/opt-out.ts'
import { previewMail } from '../preview.ts'
import { answerHelp } from './answer-help.ts'

const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1'

let server: TestServer
let db: Db
before(async () => {
  server = await openTestServer(registerSentMailRoutes, { now: () => after(60), publicUrl: 'https://shop.example' })
  db = server.db
})
afterAll(() => server[Symbol.asyncDispose]())

async function run(seeded: SeededCampaign, sms: FakeSms, second = 0): Promise<void> {
  const now = () => after(second)
  await runCampaign(db, runInput(seeded, openFakeChannel(), now, sms))
}

test('a text goes to those who agreed to texts, with the name, a code of their own, and at first the way to opt out', async () => {
  const seeded = await seedTexts(db, 3)
  const { accountId } = seeded
  const [noPhone, noConsent] = seeded.profileIds as [string, string]
  await sql`update profiles set phone = null, email_consent = 'subscribed' where id = ${noPhone}`.execute(db)
  await sql`update profiles set sms_consent = 'never_subscribed' where id = ${noConsent}`.execute(db)
  const review = await reviewCampaign(db, { accountId, campaignId: seeded.campaignId, channel: 'outbox', now: START })
  assert.deepEqual(
    [review.recipients, review.skipped, review.problems],
    [
      1,
      [
        { reason: 'no_phone', count: 1 },
        { reason: 'not_subscribed', count: 1 },
      ],
      [],
    ],
  )
  assert.equal((await requireCampaign(db, seeded)).channel, 'sms')
  const sms = openFakeSms()
  await run(seeded, sms)
  assert.equal(sms.texts.length, 1)
  assert.match(
    sms.texts[0]?.body ?? '',
    /^Linden & Co: Your code WELCOME20-[2-9A-Z]{11}: https:\/\/shop\.example\/c\/[\w-]{12} Reply STOP to opt out\.$/,
  )
  assert.match(sms.texts[0]?.to ?? '', /^\+4930/)
  const { rows } = await sql<{
    subject: string
  }>`select subject from messages where account_id = ${accountId} and state = 'sent'`.execute(db)
  assert.match(rows[0]?.subject ?? '', /^Linden & Co: Your code •••: /)
  const later = openFakeSms()
  await run(await seeded.campaign(), later, 25 * 3600)
  assert.doesNotMatch(later.texts[0]?.body ?? '', /STOP/)
})

test('a short link leads to the shop with the code, is counted, and holds no code itself', async () => {
  const seeded = await seedTexts(db, 1)
  const sms = openFakeSms()
  await run(seeded, sms)
  const path = sms.texts[0]?.body.match(/https:\/\/shop\.example(\/c\/\S+)/)?.[1] ?? ''
  const code = sms.texts[0]?.body.match(/WELCOME20-[2-9A-Z]{11}/)?.[0]
  const headers = { 'user-agent': SAFARI }
  const answer = await server.call<unknown>('GET', path, { headers })
  assert.equal(answer.headers.location, `https://store.example/sale?discount=${code}`)
  for (const bad of [`${path.slice(0, -1)}2`, `${path.slice(0, -2)}.1`, `/c/AAAAAAAAAAA1`])
    assert.equal((await server.call('GET', bad, { headers })).status, 404)
  const { rows } = await sql`select link from message_hits where account_id = ${seeded.accountId}`.execute(db)
  assert.deepEqual(rows, [{ link: 1 }])
})

test('at night a text waits for the morning where the person is; it is not lost and costs no try', async () => {
  const seeded = await seedTexts(db, 2)
  const [tokyo] = seeded.profileIds as [string]
  await sql`update profiles set properties = '{"$timezone": "Asia/Tokyo"}' where id = ${tokyo}`.execute(db)
  const sms = openFakeSms()
  await run(seeded, sms, 2.5 * 3600) // 12:30 in Berlin, 20:30 in Tokyo
  assert.equal(sms.texts.length, 1)
  const [held] = (await readMessages(db, seeded.accountId)).filter((message) => message.state === 'ready')
  assert.deepEqual(
    [held?.profileId, held?.reason, held?.attempt, held?.leaseUntil?.toISOString()],
    [tokyo, 'quiet_hours', 0, '2027-03-02T00:00:00.000Z'],
  )
  await run(seeded, sms, 14.9 * 3600)
  assert.equal(sms.texts.length, 1)
  await run(seeded, sms, 15 * 3600)
  assert.equal(sms.texts.length, 2)
  assert.equal((await requireCampaign(db, seeded)).state, 'sent')
})

test('a text whose code ended while it waited gets a fresh one, or is skipped where there is none any more', async () => {
  for (const isOver of [false, true]) {
    const seeded = await seedTexts(db, 1)
    const { accountId, coupon } = seeded
    await sql`update profiles set properties = '{"$timezone": "Asia/Tokyo"}' where account_id = ${accountId}`.execute(
      db,
    )
    const sms = openFakeSms()
    await run(seeded, sms, 2.5 * 3600)
    const [first] = (await readMessages(db, accountId)).flatMap((message) => message.codes)
    await sql`update assignments set expires_at = ${after(14 * 3600)} where account_id = ${accountId}`.execute(db)
    if (isOver) {
      const terms = { ...coupon.terms, expires: { kind: 'at' as const, at: after(13 * 3600).toISOString() } }
      await editTerms(db, { accountId, couponId: coupon.id, terms, now: START })
    }
    await run(seeded, sms, 15 * 3600)
    const [message] = await readMessages(db, accountId)
    if (isOver) assert.deepEqual([message?.state, message?.reason, sms.texts.length], ['skipped', 'code_expired', 0])
    else {
      assert.equal(message?.state, 'sent')
      assert.notEqual(message?.codes[0], first)
      assert.ok(sms.texts[0]?.body.includes(message?.codes[0] ?? '-'))
    }
  }
})

test('STOP ends texts at once and email not, START begins them again, HELP is answered; each change is noted once', async () => {
  const seeded = await seedTexts(db, 1)
  const { accountId } = seeded
  const { rows } = await sql<{ phone: string }>`select phone from profiles where account_id = ${accountId}`.execute(db)
  const of = (address = rows[0]?.phone ?? '') => ({
    accountId,
    channel: 'sms' as const,
    address,
    source: 'provider' as const,
    now: START,
  })
  await Promise.all([optOut(db, { ...of(), at: START }), optOut(db, { ...of(), at: START })])
  const sms = openFakeSms()
  await run(seeded, sms)
  assert.equal(sms.texts.length, 0)
  assert.deepEqual(await countStates(db, accountId), { skipped: 1 })
  await optIn(db, { ...of(), from: 'unsubscribed' })
  const { rows: events } = await sql<{ properties: Record<string, unknown> }>`
    select properties from events where account_id = ${accountId} and metric = 'consent_changed' order by id`.execute(
    db,
  )
  assert.deepEqual(events.map(({ properties }) => [properties.channel, properties.to, properties.source]).toSorted(), [
    ['sms', 'subscribed', 'provider'],
    ['sms', 'unsubscribed', 'provider'],
  ])
  const { rows: after_ } =
    await sql`select email_consent as email, sms_consent as sms from profiles where account_id = ${accountId}`.execute(
      db,
    )
  assert.deepEqual(after_, [{ email: 'unsubscribed', sms: 'subscribed' }])
  assert.equal(await answerHelp(db, { accountId }), 'Linden & Co. Reply STOP to opt out.')
  await optOut(db, { ...of('+4930999'), at: START })
})

test('a second coupon in a text is refused with its line, and the meter counts with a code of real length', async () => {
  const { accountId } = await seedTexts(db, 1)
  const show = (text: string) =>
    previewMail(db, {
      accountId,
      channel: 'sms',
      subject: '',
      previewText: '',
      html: '',
      text,
      profileId: null,
      publicUrl: 'https://shop.example',
      now: START,
    })
  const two = await show("{% coupon_code 'WELCOME20' %}\n{% coupon_code 'OTHER' %}")
  assert.deepEqual(
    two.issues
      .filter((issue) => issue.code === 'second_coupon')
      .map(({ severity, line, column }) => [severity, line, column]),
    [['error', 2, 1]],
  )
  const fits = await show(
    `${'x'.repeat(160 - 'Linden & Co:  Reply STOP to opt out.'.length - 21)}{% coupon_code 'WELCOME20' %}`,
  )
  assert.deepEqual([fits.segments?.encoding, fits.segments?.segments, fits.segments?.remaining], ['GSM-7', 1, 0])
  assert.equal((await show('Grüße 👋')).segments?.encoding, 'UCS-2')
})
