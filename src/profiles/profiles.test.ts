import assert from 'node:assert/strict'
import { after as afterAll, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedAccount, seedCoupon } from '../../test/seed.ts'
import { assignCodes } from '../codes/assign.ts'
import { AppError } from '../errors.ts'
import { CursorError } from '../lib/cursor.ts'
import { reportFeed, reportProfile } from '../reports/people.ts'
import { addMembers, createList } from './lists.ts'
import { createProfile, findProfileByEmail, listProfiles, requireProfile, updateProfile } from './profiles.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(() => database[Symbol.asyncDispose]())

function hasCode(code: string) {
  return (error: unknown) => error instanceof AppError && error.code === code
}

async function consentEvents(accountId: string, profileId: string) {
  const { items } = await reportFeed(db, { accountId, profileId, showsCodes: true, limit: 50 })
  return items.filter((item) => item.metric === 'consent_changed').map((item) => item.properties)
}

test('a profile keeps the case of its email and is found by any case', async () => {
  const { accountId } = await seedAccount(db)
  const made = await createProfile(db, { accountId, email: ' Anna.B@Example.COM ', firstName: 'Anna', now: START })
  assert.equal(made.email, 'Anna.B@example.com')
  assert.deepEqual(await findProfileByEmail(db, { accountId, email: 'aNNA.b@eXAMPLE.com' }), made)
  assert.deepEqual(await requireProfile(db, { accountId, profileId: made.id }), made)
})

test('an email address and a phone number belong to one profile of the account', async () => {
  const [one, other] = [await seedAccount(db), await seedAccount(db)]
  const now = START
  await createProfile(db, { accountId: one.accountId, email: 'a@example.com', phone: '+493023125012', now })
  await assert.rejects(createProfile(db, { ...one, email: 'A@EXAMPLE.com', now }), hasCode('email_taken'))
  await assert.rejects(createProfile(db, { ...one, phone: '+49 30 231 25012', now }), hasCode('phone_taken'))
  await createProfile(db, { accountId: other.accountId, email: 'a@example.com', now })
})

test('a profile of another account is not found', async () => {
  const [one, other] = [await seedAccount(db), await seedAccount(db)]
  const { id: profileId } = await createProfile(db, { accountId: one.accountId, email: 'a@example.com', now: START })
  const { accountId } = other
  await assert.rejects(requireProfile(db, { accountId, profileId }), hasCode('profile_not_found'))
  await assert.rejects(
    updateProfile(db, { accountId, profileId, firstName: 'X', now: START }),
    hasCode('profile_not_found'),
  )
  assert.equal(await findProfileByEmail(db, { accountId, email: 'a@example.com' }), undefined)
})

test('a change keeps what is absent, clears what is null and merges properties', async () => {
  const { accountId } = await seedAccount(db)
  const made = await createProfile(db, {
    accountId,
    email: 'a@example.com',
    firstName: 'Anna',
    lastName: 'Lind',
    properties: { size: 'M', vip: true, none: null },
    now: START,
  })
  assert.deepEqual(made.properties, { size: 'M', vip: true })
  const changed = await updateProfile(db, {
    accountId,
    profileId: made.id,
    firstName: null,
    phone: '+493023125012',
    properties: { size: null, city: 'Köln' },
    now: after(5),
  })
  assert.deepEqual(changed, {
    ...made,
    firstName: null,
    phone: '+493023125012',
    properties: { vip: true, city: 'Köln' },
  })
})

test('a profile is never left without email and phone', async () => {
  const { accountId } = await seedAccount(db)
  await assert.rejects(createProfile(db, { accountId, firstName: 'Nobody', now: START }), hasCode('invalid_input'))
  const { id: profileId } = await createProfile(db, { accountId, email: 'a@example.com', now: START })
  await assert.rejects(updateProfile(db, { accountId, profileId, email: null, now: START }), hasCode('invalid_input'))
  assert.equal((await requireProfile(db, { accountId, profileId })).email, 'a@example.com')
})

test('bad input is refused and changes nothing', async () => {
  const { accountId } = await seedAccount(db)
  const { id: profileId } = await createProfile(db, { accountId, email: 'a@example.com', now: START })
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`p${n}`, n]))
  for (const input of [
    { email: 'no' },
    { phone: '030 23125012' },
    { firstName: 'A\0' },
    { properties: { a: '\ud800' } },
    { properties: many },
    { properties: { a: 'x'.repeat(100_001) } },
  ]) {
    await assert.rejects(updateProfile(db, { accountId, profileId, ...input, now: START }), hasCode('invalid_input'))
    await assert.rejects(
      createProfile(db, { accountId, email: 'b@example.com', ...input, now: START }),
      hasCode('invalid_input'),
    )
  }
  assert.deepEqual((await requireProfile(db, { accountId, profileId })).properties, {})
  assert.equal((await listProfiles(db, { accountId, limit: 50 })).items.length, 1)
})

test('each change of consent is an event, and only a change', async () => {
  const { accountId } = await seedAccount(db)
  const consent = { emailConsent: 'subscribed' as const }
  const { id: profileId } = await createProfile(db, { accountId, email: 'a@example.com', ...consent, now: START })
  await updateProfile(db, { accountId, profileId, ...consent, firstName: 'A', now: after(1) })
  await updateProfile(db, { accountId, profileId, emailConsent: 'unsubscribed', now: after(2) })
  assert.deepEqual(await consentEvents(accountId, profileId), [
    { channel: 'email', from: 'subscribed', to: 'unsubscribed', source: 'edit' },
    { channel: 'email', from: 'never_subscribed', to: 'subscribed', source: 'edit' },
  ])
})

test('racing changes of consent write an event for each step', async () => {
  const { accountId } = await seedAccount(db)
  const racers = Array.from({ length: 20 })
  await Promise.all(racers.map(() => sql`select pg_sleep(0.05)`.execute(db))) // opens the connections before the race
  for (let round = 0; round < 5; round++) {
    const { id: profileId } = await createProfile(db, { accountId, email: `a${round}@example.com`, now: START })
    const change = { accountId, profileId, emailConsent: 'unsubscribed' as const, now: START }
    await Promise.all(racers.map(() => updateProfile(db, change)))
    assert.equal((await consentEvents(accountId, profileId)).length, 1)
  }
})

test('profiles are listed newest first in pages, and each is listed once', async () => {
  const { accountId } = await seedAccount(db)
  const made: string[] = []
  for (let n = 0; n < 7; n++)
    made.unshift((await createProfile(db, { accountId, email: `p${n}@example.com`, now: START })).id)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listProfiles(db, { accountId, cursor, limit: 3 })
    seen.push(...page.items.map((item) => item.id))
    cursor = page.next ?? undefined
  } while (cursor)
  assert.deepEqual(seen, made)
  const forged = Buffer.from('["x"]').toString('base64url')
  await assert.rejects(listProfiles(db, { accountId, cursor: forged, limit: 3 }), CursorError)
})

test('a search finds parts of email, full name and phone in any case, and signs are taken literally', async () => {
  const { accountId } = await seedAccount(db)
  const now = START
  await createProfile(db, { accountId, email: 'Zoe_M@example.com', firstName: 'Zoë', lastName: 'Müller', now })
  await createProfile(db, { accountId, email: 'xzoe.m@example.org', phone: '+493023125012', now })
  const find = async (search: string) =>
    (await listProfiles(db, { accountId, search, limit: 9 })).items.map((p) => p.email)
  assert.deepEqual(await find('ZOE'), ['xzoe.m@example.org', 'Zoe_M@example.com'])
  assert.deepEqual(await find('zoe_'), ['Zoe_M@example.com'])
  assert.deepEqual(await find('zoë mÜLL'), ['Zoe_M@example.com'])
  assert.deepEqual(await find('ZOE_m@EXAMPLE.com'), ['Zoe_M@example.com'])
  assert.deepEqual(await find('25012'), ['xzoe.m@example.org'])
  assert.deepEqual(await find('100%'), [])
  assert.deepEqual(await find('a\0b'), [])
})

test("a profile's page shows lists and codes, and codes are masked for who may not read them", async () => {
  const account = await seedAccount(db)
  const { accountId } = account
  const coupon = await seedCoupon(db, account, { codes: 3 })
  const { id: profileId } = await createProfile(db, { accountId, email: 'a@example.com', now: START })
  const list = await createList(db, { accountId, name: 'Newsletter', now: START })
  await addMembers(db, { accountId, listId: list.id, profileIds: [profileId], now: after(1) })
  await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId], now: after(2) })

  const shown = await reportProfile(db, { accountId, profileId, showsCodes: true, now: after(3) })
  assert.deepEqual(shown.lists, [{ id: list.id, name: 'Newsletter', joinedAt: after(1).toISOString() }])
  const [code] = shown.codes
  assert.equal(code?.state, 'open')
  assert.equal(code?.couponName, 'WELCOME20')
  const masked = await reportProfile(db, { accountId, profileId, showsCodes: false, now: after(8 * 86_400) })
  assert.equal(masked.codes[0]?.state, 'expired')
  assert.notEqual(masked.codes[0]?.code, code?.code)
  assert.equal(masked.codes[0]?.code.slice(-3), code?.code.slice(-3))

  const feed = await reportFeed(db, { accountId, profileId, showsCodes: false, limit: 1 })
  assert.deepEqual(
    feed.items.map((item) => [item.metric, item.couponName, item.code]),
    [['code_assigned', 'WELCOME20', masked.codes[0]?.code]],
  )
  const rest = await reportFeed(db, { accountId, profileId, showsCodes: true, cursor: feed.next ?? '', limit: 9 })
  assert.deepEqual(
    rest.items.map((item) => [item.metric, item.properties]),
    [['joined_list', { listId: list.id, listName: 'Newsletter' }]],
  )
})

test('the feed shows message, campaign and order of its events', async () => {
  const account = await seedAccount(db)
  const { accountId } = account
  const coupon = await seedCoupon(db, account, { codes: 1 })
  const { id: profileId } = await createProfile(db, { accountId, email: 'a@example.com', now: START })
  const { rows } = await sql<{ id: string; poolId: string }>`select id, pool_id as "poolId" from codes
    where account_id = ${accountId}::uuid`.execute(db)
  const code = rows[0]!
  const redemptionId = crypto.randomUUID()
  await sql`insert into redemptions (account_id, id, store_id, coupon_id, pool_id, code_id, profile_id, order_id, currency,
      subtotal_minor, discount_minor, state, redeemed_at)
    values (${accountId}, ${redemptionId}, ${account.storeId}, ${coupon.id}, ${code.poolId}, ${code.id}, ${profileId},
      'order-7', 'EUR', 5000, 1000, 'accepted', ${START})`.execute(db)
  await sql`insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id, redemption_id)
    values (${accountId}, uuid_v7(${START}), ${profileId}, 'code_redeemed', ${START}, ${coupon.id}, ${code.id},
      ${redemptionId})`.execute(db)
  const { items } = await reportFeed(db, { accountId, profileId, showsCodes: true, limit: 9 })
  assert.deepEqual(
    items.map(({ metric, orderId, subtotalMinor, discountMinor, currency }) => [
      metric,
      orderId,
      subtotalMinor,
      discountMinor,
      currency,
    ]),
    [['code_redeemed', 'order-7', 5000, 1000, 'EUR']],
  )
})
