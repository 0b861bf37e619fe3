import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { seedBareCampaign } from '../../../test/seed-campaign.ts'
import { NOW, type SeededCoupon, seedCode, seedCodes, seedCoupon, seedProfile } from '../../../test/seed-redemptions.ts'
import type { Database } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { createRedeemQueue } from '../../redemptions/redeem-queue.ts'
import { reserveCode } from '../../redemptions/reserve.ts'
import { assignCodes } from '../assign.ts'
import { reserveCodes } from '../reserve.ts'
import { replaceCode } from './replace.ts'
import { revokeCode } from './revoke.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** Fewer on PGlite, where two transactions cannot overlap anyway. */
const ROUNDS = process.env.TEST_DATABASE_URL ? 60 : 8

const order = (coupon: SeededCoupon, code: string, orderId: string) => ({
  accountId: coupon.accountId,
  code,
  orderId,
  subtotalMinor: 5000,
  currency: 'EUR',
  now: NOW,
})

/** How long before the redemptions a revocation begins: it looks at more before it takes the code. */
const HEAD_STARTS_MS = [0, 2, 4, 8, 40]

/** `done`, or the code of the refusal. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code
  }
}

const byHand = (coupon: SeededCoupon, codeId: string) => ({
  accountId: coupon.accountId,
  codeId,
  reason: 'By hand',
  now: NOW,
})

type Row = { code: string; state: string; assignment: string | null; sum: number; accepted: number; revoked: boolean }

async function readRows(coupon: SeededCoupon): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.code, c.state, a.state as assignment, v.code_id is not null as revoked,
      (select coalesce(sum(delta), 0) from redemption_ledger l where l.account_id = c.account_id and l.code_id = c.id) as sum,
      (select count(*) from redemptions r where r.account_id = c.account_id and r.code_id = c.id and r.state = 'accepted') as accepted
    from codes c
      left join assignments a on a.account_id = c.account_id and a.code_id = c.id
      left join revocations v on v.account_id = c.account_id and v.code_id = c.id
    where c.account_id = ${coupon.accountId}::uuid order by c.code`.execute(database.db)
  return rows
}

test('of a revocation and many redemptions of one code exactly one wins', async () => {
  const winners = new Set<string>()
  for (let round = 0; round < ROUNDS; round += 1) {
    const coupon = await seedCoupon(database.db)
    const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
    const codeId = await seedCode(database.db, coupon, 'ONE', round % 2 === 0 ? { profileId } : undefined)
    const queue = createRedeemQueue(database.db)
    const revoking = outcomeOf(revokeCode(database.db, byHand(coupon, codeId)))
    await sleep(HEAD_STARTS_MS[round % HEAD_STARTS_MS.length])
    const redeems = Array.from({ length: 6 }, (_, n) =>
      n % 2 === 0 ? redeemCode(database.db, order(coupon, 'ONE', `o-${n}`)) : queue(order(coupon, 'ONE', `o-${n}`)),
    )
    const redeemed = (await Promise.all(redeems)).filter((reply) => reply.status === 'redeemed').length
    const revoked = await revoking
    winners.add(revoked)
    assert.equal(redeemed, revoked === 'done' ? 0 : 1)
    const [row] = await readRows(coupon)
    const isOut = round % 2 === 1
    assert.deepEqual(
      row,
      revoked === 'done'
        ? { code: 'ONE', state: 'withdrawn', assignment: isOut ? 'out' : 'revoked', sum: 0, accepted: 0, revoked: true }
        : {
            code: 'ONE',
            state: 'redeemed',
            assignment: isOut ? 'out' : 'redeemed',
            sum: 1,
            accepted: 1,
            revoked: false,
          },
    )
    if (revoked !== 'done') assert.equal(revoked, 'code_redeemed')
  }
  if (process.env.TEST_DATABASE_URL)
    assert.deepEqual([...winners].toSorted(), ['code_redeemed', 'done'], 'both won at times')
})

test('a redemption that commits while the revocation waits for the code wins, and the revocation says so', {
  timeout: 20_000,
}, async (t) => {
  if (database.kind === 'pglite') return t.skip('PGlite has one connection: two transactions cannot overlap')
  const coupon = await seedCoupon(database.db)
  const codeId = await seedCode(database.db, coupon, 'ONE')
  const { revoking } = await database.db.transaction().execute(async (trx) => {
    assert.equal((await redeemCode(trx, order(coupon, 'ONE', 'o'))).status, 'redeemed')
    const revoking = outcomeOf(revokeCode(database.db, byHand(coupon, codeId)))
    await untilSomebodyWaits()
    return { revoking }
  })
  assert.equal(await revoking, 'code_redeemed')
})

test('a checkout that takes a code from the line while the revocation waits for it does not stop the revocation', {
  timeout: 20_000,
}, async (t) => {
  if (database.kind === 'pglite') return t.skip('PGlite has one connection: two transactions cannot overlap')
  const coupon = await seedCoupon(database.db)
  const codeId = await seedCode(database.db, coupon, 'ONE')
  const { revoking } = await database.db.transaction().execute(async (trx) => {
    assert.equal((await reserveCode(trx, { ...order(coupon, 'ONE', 'o'), seconds: 600 })).status, 'reserved')
    const revoking = outcomeOf(revokeCode(database.db, byHand(coupon, codeId)))
    await untilSomebodyWaits()
    return { revoking }
  })
  assert.equal(await revoking, 'done')
  assert.equal((await redeemCode(database.db, order(coupon, 'ONE', 'o'))).reason, 'withdrawn')
})

test('a code that is revoked while people draw is nobody’s, and every other code is somebody’s', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const coupon = await seedCoupon(database.db)
    const { accountId, couponId } = coupon
    const ids = await seedCodes(database.db, coupon, ['A', 'B', 'C', 'D'])
    const people = await Promise.all([1, 2, 3, 4].map((n) => seedProfile(database.db, accountId, `p${n}@b.c`)))
    const [revoked, ...outcomes] = await Promise.all([
      outcomeOf(revokeCode(database.db, byHand(coupon, ids[1] ?? ''))),
      ...people.map((id) => assignCodes(database.db, { accountId, couponId, profileIds: [id], now: NOW })),
    ])
    assert.equal(revoked, 'done')
    const rows = await readRows(coupon)
    const drawn = outcomes.flat().flatMap((outcome) => ('code' in outcome ? [outcome.code] : []))
    assert.equal(new Set(drawn).size, drawn.length)
    assert.deepEqual(
      rows.filter((row) => row.assignment === 'open').map((row) => row.code),
      drawn.filter((code) => code !== 'B').toSorted(),
    )
    assert.equal(rows[1]?.state, 'withdrawn')
    assert.ok(drawn.includes('B') ? rows[1]?.assignment === 'revoked' : rows[1]?.assignment === 'out')
  }
})

test('of the codes in line one may be revoked where a campaign counts on all others, however many ask at once', async () => {
  for (let round = 0; round < Math.ceil(ROUNDS / 3); round += 1) {
    const coupon = await seedCoupon(database.db)
    const { accountId, couponId } = coupon
    const ids = await seedCodes(database.db, coupon, ['A', 'B', 'C', 'D'])
    const campaignId = await seedBareCampaign(database.db, accountId, 'Spring')
    const reservation = { accountId, couponId, campaignId, count: 3, mayExceed: false, now: NOW }
    await database.db.transaction().execute((trx) => reserveCodes(trx, reservation))
    const outcomes = await Promise.all(ids.map((id) => outcomeOf(revokeCode(database.db, byHand(coupon, id)))))
    assert.deepEqual(outcomes.toSorted(), ['coupon_reserved', 'coupon_reserved', 'coupon_reserved', 'done'])
  }
})

test('of many replacements of one code one is made, and the person has one open code', async () => {
  for (let round = 0; round < Math.ceil(ROUNDS / 3); round += 1) {
    const coupon = await seedCoupon(database.db)
    const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
    const codeId = await seedCode(database.db, coupon, 'OLD', { profileId })
    await seedCodes(database.db, coupon, ['N1', 'N2', 'N3', 'N4', 'N5'])
    const outcomes = await Promise.all([
      ...Array.from({ length: 4 }, () => outcomeOf(replaceCode(database.db, byHand(coupon, codeId)))),
      outcomeOf(assignCodes(database.db, { ...coupon, profileIds: [profileId], now: NOW })),
    ])
    assert.deepEqual(outcomes.toSorted(), ['code_state', 'code_state', 'code_state', 'done', 'done'])
    const rows = await readRows(coupon)
    assert.equal(rows.filter((row) => row.assignment === 'open').length, 1)
    assert.equal(rows.filter((row) => row.revoked).length, 1)
  }
})

test('a replacement against a redemption: the person is given another only where the old one was not used', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const coupon = await seedCoupon(database.db)
    const profileId = await seedProfile(database.db, coupon.accountId, 'a@b.c')
    const codeId = await seedCode(database.db, coupon, 'OLD', { profileId })
    await seedCodes(database.db, coupon, ['NEW'])
    const [replaced, reply] = await Promise.all([
      outcomeOf(replaceCode(database.db, byHand(coupon, codeId))),
      redeemCode(database.db, order(coupon, 'OLD', 'o')),
    ])
    const [fresh, old] = await readRows(coupon)
    assert.equal(replaced === 'done', reply.status === 'refused')
    assert.deepEqual(
      [old?.state, fresh?.assignment ?? null],
      replaced === 'done' ? ['withdrawn', 'open'] : ['redeemed', null],
    )
  }
})

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      database.db,
    )
    if ((rows[0]?.waiting ?? 0) > 0) return
  }
}
