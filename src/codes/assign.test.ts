import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedAccount, seedCodes, seedCoupon, seedProfiles } from '../../test/seed.ts'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'
import { assignCodes } from './assign.ts'
import { createAssignQueue } from './assign-queue.ts'
import { archiveCoupon, editTerms } from './edit-terms.ts'
import { expireAssignments } from './expire.ts'
import { countAvailable } from './pool.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

async function countRows(accountId: string): Promise<{ assignments: number; profiles: number; events: number }> {
  const { rows } = await sql<{ assignments: number; profiles: number; events: number }>`
    select count(*) as assignments, count(distinct profile_id) as profiles,
      (select count(*) from events where account_id = ${accountId} and metric = 'code_assigned') as events
    from assignments where account_id = ${accountId}`.execute(db)
  return rows[0] as { assignments: number; profiles: number; events: number }
}

test('a profile gets the next code of the line with its own deadline', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 3 })
  const [profileId] = await seedProfiles(db, account.accountId, 1)
  const [outcome] = await assignCodes(db, {
    ...account,
    couponId: coupon.id,
    profileIds: [profileId as string],
    now: START,
  })
  assert.equal(outcome?.status, 'assigned')
  assert.ok(outcome.status === 'assigned')
  assert.match(outcome.code, /^WELCOME20-[2-9A-HJKMNP-Z]{11}$/)
  assert.deepEqual(outcome.expiresAt, after(7 * 86_400))
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 2)
})

test('the same profile keeps its code until it expires, then draws a fresh one', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 3 })
  const [profileId] = (await seedProfiles(db, account.accountId, 1)) as [string]
  const input = { ...account, couponId: coupon.id, profileIds: [profileId] }
  const [first] = await assignCodes(db, { ...input, now: START })
  const [again] = await assignCodes(db, { ...input, now: after(60) })
  const [later] = await assignCodes(db, { ...input, now: after(7 * 86_400) })
  assert.ok(first?.status === 'assigned' && again?.status === 'kept' && later?.status === 'assigned')
  assert.equal(again.code, first.code)
  assert.notEqual(later.code, first.code)
  const { rows } =
    await sql`select 1 from events where account_id = ${account.accountId} and metric = 'code_expired'`.execute(db)
  assert.equal(rows.length, 1)
})

test('an empty pool is an outcome: those who were served keep their codes', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 2 })
  const profileIds = await seedProfiles(db, account.accountId, 3)
  const outcomes = await assignCodes(db, { ...account, couponId: coupon.id, profileIds, now: START })
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['assigned', 'assigned', 'exhausted'])
  await seedCodes(db, account.accountId, coupon.id, 5)
  const later = await assignCodes(db, { ...account, couponId: coupon.id, profileIds, now: START })
  assert.deepEqual(later.map((outcome) => outcome.status).sort(), ['assigned', 'kept', 'kept'])
})

test('a profile that is not there, or of another account, gets nothing and costs nothing', async () => {
  const account = await seedAccount(db)
  const other = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 2 })
  const [stranger] = (await seedProfiles(db, other.accountId, 1)) as [string]
  const outcomes = await assignCodes(db, {
    ...account,
    couponId: coupon.id,
    profileIds: [newId(), stranger],
    now: START,
  })
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ['unknown_profile', 'unknown_profile'],
  )
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 2)
})

test('a coupon of another account is not found', async () => {
  const account = await seedAccount(db)
  const other = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 1 })
  const call = assignCodes(db, { accountId: other.accountId, couponId: coupon.id, profileIds: [newId()], now: START })
  await assert.rejects(call, (error) => error instanceof AppError && error.code === 'coupon_not_found')
})

test('200 racing assignments of 60 profiles from a pool of 50: 50 codes, one each, none lost', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 50 })
  const profileIds = await seedProfiles(db, account.accountId, 60)
  const calls = Array.from({ length: 200 }, (_, i) => ({
    ...account,
    couponId: coupon.id,
    profileIds: [profileIds[i % 60] as string],
    now: START,
  }))
  const outcomes = (await Promise.all(calls.map((call) => assignCodes(db, call)))).flat()
  const codes = new Map<string, string>()
  for (const outcome of outcomes) {
    if (outcome.status !== 'assigned' && outcome.status !== 'kept') continue
    const known = codes.get(outcome.profileId)
    assert.ok(known === undefined || known === outcome.code, 'a profile saw two codes')
    codes.set(outcome.profileId, outcome.code)
  }
  assert.equal(codes.size, 50)
  assert.equal(new Set(codes.values()).size, 50)
  assert.equal(outcomes.filter((outcome) => outcome.status === 'assigned').length, 50)
  assert.deepEqual(await countRows(account.accountId), { assignments: 50, profiles: 50, events: 50 })
})

test('racing bulk calls with the same people give each person one code and lose none', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 1000 })
  const profileIds = await seedProfiles(db, account.accountId, 400)
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => {
      const shifted = [...profileIds.slice(i * 50), ...profileIds.slice(0, i * 50)]
      return assignCodes(db, { ...account, couponId: coupon.id, profileIds: shifted, now: START })
    }),
  )
  assert.deepEqual(await countRows(account.accountId), { assignments: 400, profiles: 400, events: 400 })
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 600)
})

test('gathered single calls behave like calls on their own', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 30 })
  const profileIds = await seedProfiles(db, account.accountId, 40)
  const assignOne = createAssignQueue(db)
  const outcomes = await Promise.all(
    [...profileIds, ...profileIds].map((profileId) =>
      assignOne({ ...account, couponId: coupon.id, profileId, now: START }),
    ),
  )
  const byStatus = Object.groupBy(outcomes, (outcome) => outcome.status)
  assert.equal((byStatus.assigned?.length ?? 0) >= 30, true)
  assert.equal(byStatus.exhausted?.length, 20)
  assert.deepEqual(await countRows(account.accountId), { assignments: 30, profiles: 30, events: 30 })
})

test('a code that was redeemed before anybody drew it is passed over', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 3 })
  await sql`
    with gone as (
      update codes set state = 'redeemed' where account_id = ${account.accountId} and position = 2 returning *
    )
    insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at)
    select account_id, id, pool_id, ${coupon.id}::uuid, null, 'out', position, ${START} from gone`.execute(db)
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 2)
  const profileIds = await seedProfiles(db, account.accountId, 3)
  const outcomes = await assignCodes(db, { ...account, couponId: coupon.id, profileIds, now: START })
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['assigned', 'assigned', 'exhausted'])
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 0)
})

test('after an edit nobody gets a code of the old terms, and those who have one keep it', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 5 })
  const [early, late] = (await seedProfiles(db, account.accountId, 2)) as [string, string]
  const [before] = await assignCodes(db, { ...account, couponId: coupon.id, profileIds: [early], now: START })
  const terms = { ...coupon.terms, discount: { kind: 'percentage' as const, basisPoints: 1000 } }
  assert.deepEqual(await editTerms(db, { ...account, couponId: coupon.id, terms, now: START }), {
    version: 2,
    withdrawn: 4,
  })
  const outcomes = await assignCodes(db, { ...account, couponId: coupon.id, profileIds: [early, late], now: START })
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['exhausted', 'kept'])
  const kept = outcomes.find((outcome) => outcome.status === 'kept')
  assert.ok(before?.status === 'assigned' && kept?.status === 'kept' && kept.code === before.code)
})

test('edits racing with draws: no code of a closed pool is handed out after the edit returned', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 100 })
  const profileIds = await seedProfiles(db, account.accountId, 60)
  let edited = false
  let drawnAfter = 0
  const draws = profileIds.map(async (profileId) => {
    const began = edited
    const [outcome] = await assignCodes(db, { ...account, couponId: coupon.id, profileIds: [profileId], now: START })
    if (began && outcome?.status === 'assigned') drawnAfter += 1
  })
  const edit = editTerms(db, { ...account, couponId: coupon.id, terms: coupon.terms, now: START }).then(() => {
    edited = true
  })
  await Promise.all([...draws.slice(0, 30), edit, ...draws.slice(30)])
  assert.equal(drawnAfter, 0)
  const { rows } = await sql<{ lost: number }>`
    select p.tail - h.head - (100 - (select count(*) from assignments a where a.account_id = p.account_id)) as lost
    from pools p join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id
    where p.account_id = ${account.accountId} and p.version_id = ${coupon.versionId}`.execute(db)
  assert.equal(rows[0]?.lost, 0)
})

test('nothing is assigned of an archived or expired coupon', async () => {
  const account = await seedAccount(db)
  const profileIds = await seedProfiles(db, account.accountId, 1)
  const archived = await seedCoupon(db, account, { name: 'GONE', codes: 2 })
  assert.deepEqual(await archiveCoupon(db, { ...account, couponId: archived.id, now: START }), { withdrawn: 2 })
  const ending = await seedCoupon(db, account, {
    name: 'ENDING',
    codes: 2,
    terms: { discount: { kind: 'percentage', basisPoints: 500 }, expires: { kind: 'at', at: after(60).toISOString() } },
  })
  for (const [couponId, code] of [
    [archived.id, 'coupon_archived'],
    [ending.id, 'coupon_expired'],
  ] as const) {
    const call = assignCodes(db, { ...account, couponId, profileIds, now: after(60) })
    await assert.rejects(call, (error) => error instanceof AppError && error.code === code)
  }
})

test('the clock closes what has expired, once, with an event', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 3 })
  const profileIds = await seedProfiles(db, account.accountId, 3)
  await assignCodes(db, { ...account, couponId: coupon.id, profileIds, now: START })
  assert.equal(await expireAssignments(db, after(7 * 86_400 - 1)), 0)
  await Promise.all([expireAssignments(db, after(7 * 86_400)), expireAssignments(db, after(7 * 86_400))])
  const { rows } = await sql<{ expired: number; events: number }>`
    select count(*) filter (where state = 'expired') as expired,
      (select count(*) from events where account_id = ${account.accountId} and metric = 'code_expired') as events
    from assignments where account_id = ${account.accountId}`.execute(db)
  assert.deepEqual(rows[0], { expired: 3, events: 3 })
})

test('a coupon is found by its id and by its exact name', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account)
  assert.equal((await requireCoupon(db, { ...account, coupon: 'WELCOME20' })).id, coupon.id)
  await assert.rejects(requireCoupon(db, { ...account, coupon: 'welcome20' }), AppError)
})
