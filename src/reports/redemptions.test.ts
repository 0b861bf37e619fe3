import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { NOW, type SeededCoupon, seedAccount, seedCode, seedCoupon, seedProfile } from '../../test/seed-redemptions.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { redeemCode } from '../redemptions/redeem.ts'
import { rollbackCode } from '../redemptions/rollback.ts'
import { reportCampaign } from './campaigns.ts'
import { reportCoupon } from './coupons.ts'
import { listRedemptions } from './redemptions.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const HOUR = 3600
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)

async function redeem(
  coupon: SeededCoupon,
  code: string,
  at: number,
  more: { email?: string; subtotalMinor?: number } = {},
) {
  const order = { accountId: coupon.accountId, code, orderId: `o-${code}`, currency: 'EUR', now: later(at) }
  const reply = await redeemCode(database.db, { ...order, subtotalMinor: 5000, ...more })
  assert.equal(reply.status, 'redeemed')
}

/** Codes P-0 to P-3 of four profiles, P-3 over after an hour, and X in line. */
async function seedSome(): Promise<SeededCoupon & { profileIds: string[] }> {
  const coupon = await seedCoupon(database.db)
  const profileIds: string[] = []
  for (let n = 0; n < 4; n += 1) {
    const profileId = await seedProfile(database.db, coupon.accountId, `p${n}@example.com`)
    profileIds.push(profileId)
    await seedCode(database.db, coupon, `P-${n}`, { profileId, ...(n === 3 ? { expiresAt: later(HOUR) } : {}) })
  }
  await seedCode(database.db, coupon, 'X')
  return { ...coupon, profileIds }
}

test('the report of a coupon counts who got codes, who used them and what it brought', async () => {
  const coupon = await seedSome()
  await redeem(coupon, 'P-0', 100, { email: 'P0@example.com' })
  await redeem(coupon, 'P-1', 300, { email: 'eve@example.com', subtotalMinor: 1001 })
  await redeem(coupon, 'P-2', 86_400)
  await rollbackCode(database.db, { ...coupon, code: 'P-2', orderId: 'o-P-2', now: later(86_500) })
  await redeem(coupon, 'X', 86_600)
  const report = await reportCoupon(database.db, { ...coupon, now: later(2 * HOUR) })
  assert.deepEqual(report, {
    couponId: coupon.couponId,
    name: 'WELCOME20',
    assigned: 4,
    redeemed: 3,
    rate: 0.5,
    expiredUnused: 1,
    redeemedBySomebodyElse: 2,
    cancelled: 0,
    renewals: 0,
    overuses: 0,
    money: [{ currency: 'EUR', revenueMinor: 8801, discountMinor: 2200, orders: 3 }],
    medianSecondsToRedeem: 200,
    days: [
      { day: '2026-05-01', assigned: 4, redeemed: 2 },
      { day: '2026-05-02', assigned: 0, redeemed: 1 },
    ],
  })
})

test('the report of a coupon that nobody has is empty', async () => {
  const coupon = await seedCoupon(database.db)
  const report = await reportCoupon(database.db, { ...coupon, now: NOW })
  assert.deepEqual(
    { ...report, couponId: '', name: '' },
    {
      couponId: '',
      name: '',
      assigned: 0,
      redeemed: 0,
      rate: null,
      expiredUnused: 0,
      redeemedBySomebodyElse: 0,
      cancelled: 0,
      renewals: 0,
      overuses: 0,
      money: [],
      medianSecondsToRedeem: null,
      days: [],
    },
  )
})

test('coupons and campaigns of another account are not found', async () => {
  const coupon = await seedCoupon(database.db)
  const accountId = await seedAccount(database.db)
  await assert.rejects(reportCoupon(database.db, { accountId, couponId: coupon.couponId, now: NOW }), {
    code: 'coupon_not_found',
  })
  await assert.rejects(reportCampaign(database.db, { accountId, campaignId: newId() }), { code: 'campaign_not_found' })
})

test('redemptions are listed newest first, page by page, rolled back ones too', async () => {
  const coupon = await seedSome()
  const other = await seedCoupon(database.db, { ...coupon, name: 'OTHER', prefix: 'OTHER' })
  await seedCode(database.db, other, 'OTHER-23456789')
  await redeem(coupon, 'P-0', 1, { email: 'p0@example.com' })
  await redeem(other, 'OTHER-23456789', 2)
  await redeem(coupon, 'P-1', 3)
  await rollbackCode(database.db, { ...coupon, code: 'P-1', orderId: 'o-P-1', now: later(4) })
  const list = { accountId: coupon.accountId, limit: 2, showsCodes: true }
  const first = await listRedemptions(database.db, list)
  const second = await listRedemptions(database.db, { ...list, cursor: first.next ?? '' })
  assert.deepEqual(
    [...first.items, ...second.items].map(({ code, state, profileEmail }) => [code, state, profileEmail]),
    [
      ['P-1', 'rolled_back', 'p1@example.com'],
      ['OTHER-23456789', 'accepted', null],
      ['P-0', 'accepted', 'p0@example.com'],
    ],
  )
  assert.equal(second.next, null)
  assert.equal(second.items[0]?.recipientMatches, true)
  const ofOne = await listRedemptions(database.db, { ...list, couponId: other.couponId, showsCodes: false })
  assert.deepEqual(
    ofOne.items.map((item) => item.code),
    ['OTHER-•••••789'],
  )
  assert.deepEqual(
    (await listRedemptions(database.db, { ...list, accountId: await seedAccount(database.db) })).items,
    [],
  )
})

test('the report of a campaign counts its messages and the orders with their codes', async () => {
  const coupon = await seedSome()
  const campaignId = await seedCampaign(coupon, ['sent', 'sent', 'unknown', 'skipped'])
  await redeem(coupon, 'P-0', 1)
  await redeem(coupon, 'X', 2)
  assert.deepEqual(await reportCampaign(database.db, { accountId: coupon.accountId, campaignId }), {
    campaignId,
    name: 'May',
    recipients: 4,
    sent: 2,
    skipped: 1,
    rejected: 0,
    unknown: 1,
    skippedBecause: [{ reason: 'render_failed', count: 1 }],
    opened: 0,
    clicked: 0,
    assigned: 3,
    redeemed: 1,
    rate: 1 / 3,
    money: [{ currency: 'EUR', revenueMinor: 4000, discountMinor: 1000, orders: 1 }],
    variants: [],
    hours: [{ hour: new Date(Math.floor(NOW.getTime() / 3_600_000) * 3_600_000).toISOString(), sent: 2, redeemed: 1 }],
  })
})

/** A campaign to the profiles of the coupon, a message for each state; all but skipped ones hold the profile's code. */
async function seedCampaign(coupon: SeededCoupon & { profileIds: string[] }, states: string[]): Promise<string> {
  const [campaignId, listId, templateId, versionId] = [newId(), newId(), newId(), newId()]
  const { accountId, profileIds } = coupon
  const { db } = database
  await sql`insert into lists (account_id, id, name, created_at) values (${accountId}::uuid, ${listId}::uuid, 'All', ${NOW}::timestamptz)`.execute(
    db,
  )
  await sql`insert into templates (account_id, id, name, version, created_at) values (${accountId}::uuid, ${templateId}::uuid, 'T', 1, ${NOW}::timestamptz)`.execute(
    db,
  )
  await sql`
    insert into template_versions (account_id, id, template_id, version, subject, preview_text, html, created_at)
    values (${accountId}::uuid, ${versionId}::uuid, ${templateId}::uuid, 1, '', '', '', ${NOW}::timestamptz)`.execute(
    db,
  )
  await sql`
    insert into campaigns (account_id, id, name, channel, state, template_id, created_at)
    values (${accountId}::uuid, ${campaignId}::uuid, 'May', 'email', 'sent', ${templateId}::uuid, ${NOW}::timestamptz)`.execute(
    db,
  )
  const ids = states.map(() => newId())
  await sql`
    insert into messages (account_id, id, campaign_id, template_version_id, profile_id, channel, state, reason, address, sent_at, created_at)
    select ${accountId}::uuid, m.id, ${campaignId}::uuid, ${versionId}::uuid, m.profile_id, 'outbox', m.state,
      case when m.state = 'skipped' then 'render_failed: a loop of 200,000' end, '',
      case when m.state = 'sent' then ${NOW}::timestamptz end, ${NOW}::timestamptz
    from unnest(${ids}::uuid[], ${profileIds}::uuid[], ${states}::text[]) as m (id, profile_id, state)`.execute(db)
  await sql`
    insert into message_codes (account_id, message_id, coupon_id, coupon_name, code_id)
    select m.account_id, m.id, a.coupon_id, '', a.code_id
    from messages m join assignments a on a.account_id = m.account_id and a.profile_id = m.profile_id
    where m.campaign_id = ${campaignId}::uuid and m.state <> 'skipped'`.execute(db)
  return campaignId
}
