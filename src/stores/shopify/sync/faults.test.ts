import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { deleteDiscount } from '../../../../emulator/discounts/lifecycle.ts'
import { removeRedeemCodes } from '../../../../emulator/discounts/redeem-codes.ts'
import { FAULT_KINDS } from '../../../../emulator/faults/fault.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import {
  addForeignDiscount,
  assertAgreement,
  buyWith,
  openSyncShop,
  pauseImports,
  readStored,
  type SyncShop,
  TEN_PERCENT,
  takeAway,
  until,
} from '../../../../test/sync-shop.ts'
import { cancelCodeJob, requireCodeJob } from '../../../codes/code-jobs.ts'
import { archiveCoupon, editTerms } from '../../../codes/edit-terms.ts'
import { countAvailable } from '../../../codes/pool.ts'
import type { CouponRow } from '../../../coupons/coupon.ts'
import type { Database } from '../../../db/database.ts'
import { describeSync, listStoresToSync } from './describe-sync.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

/** PGlite does one thing at a time: there every third pair is looked at, each fault and each step among them. FAULTS=all: all. */
const LOOKS_AT_ALL = Boolean(process.env.TEST_DATABASE_URL) || process.env.FAULTS === 'all'

/** Calls by a text that only their document holds. */
const STEPS = {
  'creating the discount': 'discountCodeBasicCreate',
  'sending a batch': 'discountRedeemCodeBulkAdd',
  'looking at creations': 'nodes(ids',
  'reading a creation with failures': 'discountRedeemCodeBulkCreation(id',
  'looking codes up': 'codeDiscountNodeByCode(code: $c0)',
  'reading codes to remove': 'fragment CodePage',
  'deleting codes': 'discountCodeRedeemCodeBulkDelete',
}

const available = (shop: SyncShop, coupon: CouponRow) =>
  countAvailable(shop.db, { ...shop, coupon: coupon.id, now: new Date() })

describe('every fault at every step', { concurrency: 8 }, () => {
  for (const [nth, kind] of FAULT_KINDS.entries()) {
    for (const [at, [step, match]] of Object.entries(STEPS).entries()) {
      if (!LOOKS_AT_ALL && (nth + at) % 3 !== 0) continue
      test(`${kind} while ${step}: nothing is lost, doubled or orphaned`, async (t) => {
        const shop = await openSyncShop(t, { database })
        const coupon = await shop.createCoupon('WELCOME')
        const foreign = addForeignDiscount(shop)
        pauseImports(shop, true)
        const jobId = await shop.add(coupon, 600)
        const times = kind === 'http_429' ? 1 : 2
        shop.emulator.faults.add({ kind, match, times, delayMs: 30, retryAfterSeconds: 1 })
        const work = shop.finish()
        await until(() => shop.emulator.shop.creations.size > 0)
        takeAway(shop, foreign, 7)
        pauseImports(shop, false)
        await work
        const job = await requireCodeJob(shop.db, { ...shop, jobId })
        assert.deepEqual([job.state, job.done, job.made], ['done', 600, 600])
        assert.equal(await available(shop, coupon), 600)
        await assertAgreement(shop, new Set([foreign.id]))
        const given = await shop.give(coupon, 5)
        await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: coupon.terms, now: new Date() })
        await shop.finish()
        await assertAgreement(shop, new Set([foreign.id]))
        assert.equal(shop.emulator.shop.codes.size, 5 + 1 + foreign.codes.length, 'only codes that somebody has stay')
        for (const code of given) assert.ok(buyWith(shop, code))
        assert.ok((shop.emulator.faults.list()[0]?.times ?? 0) < times, 'the fault came')
      })
    }
  }
})

test('the token is revoked in the middle: work stops, says so, and goes on after a new connection', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  pauseImports(shop, true)
  await shop.add(coupon, 600)
  const work = shop.sync()
  await until(() => shop.emulator.shop.creations.size > 0)
  const [[token, details] = []] = shop.emulator.shop.app.tokens
  shop.emulator.shop.app.tokens.clear()
  assert.equal(await work, 'blocked')
  pauseImports(shop, false)
  const seen = await describeSync(shop.db, { ...shop, now: new Date() })
  assert.equal(seen.state, 'unauthorized')
  assert.match(seen.problem ?? '', /connect/i)
  assert.deepEqual(await listStoresToSync(shop.db, new Date()), [])
  shop.emulator.shop.app.tokens.set(token ?? '', details as never)
  await sql`update shopify_shops set state = 'connected' where account_id = ${shop.accountId}`.execute(shop.db)
  await shop.finish()
  assert.equal(await available(shop, coupon), 600)
  await assertAgreement(shop)
})

test('the plan changes in the middle: the new limits are kept', async (t) => {
  const shop = await openSyncShop(t, { database, plan: 'plus' })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 30_000)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 5)
  shop.emulator.shop.settings.plan = 'standard'
  await work
  assert.equal(await available(shop, coupon), 30_000)
  await assertAgreement(shop)
})

test('slow jobs: a batch is not taken for lost while the shop still imports it', async (t) => {
  const shop = await openSyncShop(t, { database, codesPerSecond: 2000, settings: { jobDelayMs: 150 } })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 2000)
  while ((await shop.sync()) !== 'done');
  assert.equal(shop.emulator.shop.creations.size, 8)
  await assertAgreement(shop)
})

test('a creation that the shop does not know any more is sent again, with the same codes', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  pauseImports(shop, true)
  await shop.add(coupon, 250)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size === 1)
  const [first] = shop.emulator.shop.creations.values()
  shop.emulator.shop.creations.clear()
  await until(() => shop.emulator.shop.creations.size === 1)
  const [second] = shop.emulator.shop.creations.values()
  assert.deepEqual(second?.codes, first?.codes)
  pauseImports(shop, false)
  await work
  await assertAgreement(shop)
})

test('the merchant deletes codes while they are imported: the batch is sent again until they are there', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  pauseImports(shop, true)
  shop.emulator.faults.add({ kind: 'reply_lost', match: 'discountRedeemCodeBulkAdd' })
  await shop.add(coupon, 250)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 0)
  shop.emulator.worker.finish()
  const [discount] = shop.emulator.shop.discounts.values()
  assert.ok(discount)
  removeRedeemCodes(shop.emulator.shop, discount, new Set(discount.codes.slice(1, 11).map((code) => code.id)))
  pauseImports(shop, false)
  await work
  assert.equal(await available(shop, coupon), 250)
  await assertAgreement(shop)
})

test('the merchant deletes the discount while codes are imported: the job goes on in a fresh one', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 300)
  await shop.finish()
  const given = await shop.give(coupon, 3)
  pauseImports(shop, true)
  const jobId = await shop.add(coupon, 1000)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 3)
  const [discount] = shop.emulator.shop.discounts.values()
  assert.ok(discount)
  deleteDiscount(shop.emulator.shop, discount)
  pauseImports(shop, false)
  await work
  const job = await requireCodeJob(shop.db, { ...shop, jobId })
  assert.deepEqual([job.state, job.done], ['done', 1000])
  assert.equal(await available(shop, coupon), 1000)
  await assertAgreement(shop)
  const { codes } = await readStored(shop.db, shop)
  for (const code of given) assert.equal(codes.find((row) => row.code === code)?.state, 'withdrawn')
  const [fresh] = await shop.give(coupon, 1, shop.lastProfiles.slice(0, 1))
  assert.ok(fresh && buyWith(shop, fresh), 'who had a code of the lost discount gets another')
})

test('a cancelled job makes nothing new, and what the shop has heard of becomes live', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  pauseImports(shop, true)
  const jobId = await shop.add(coupon, 100_000)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 0)
  await cancelCodeJob(shop.db, { ...shop, jobId, now: new Date() })
  pauseImports(shop, false)
  await work
  const job = await requireCodeJob(shop.db, { ...shop, jobId })
  assert.equal(job.state, 'cancelled')
  assert.equal(await available(shop, coupon), job.done)
  assert.ok(job.done > 0 && job.done < 20_000)
  await assertAgreement(shop)
})

test('an archived coupon leaves nothing in the shop when nobody has one of its codes', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 300)
  await shop.finish()
  await archiveCoupon(shop.db, { ...shop, couponId: coupon.id, now: new Date() })
  shop.emulator.faults.add({ kind: 'reply_lost', match: 'discountCodeDelete' })
  await shop.finish()
  assert.equal(shop.emulator.shop.discounts.size, 0)
  await assertAgreement(shop)
})

test('terms that Shopify refuses fail the job with its words', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME', {
    terms: { ...TEN_PERCENT, appliesTo: { kind: 'products', productIds: ['999999999999'] } },
  })
  const jobId = await shop.add(coupon, 300)
  await shop.finish()
  const job = await requireCodeJob(shop.db, { ...shop, jobId })
  assert.equal(job.state, 'failed')
  assert.match(job.error ?? '', /Product with id: 999999999999 is invalid.*Edit the terms/)
  await assertAgreement(shop)
})

test('a full store fails the job with its words, and what fitted is live', async (t) => {
  const shop = await openSyncShop(t, { database, settings: { maxCodes: 301 } })
  const coupon = await shop.createCoupon('WELCOME')
  const jobId = await shop.add(coupon, 1000)
  await shop.finish()
  const job = await requireCodeJob(shop.db, { ...shop, jobId })
  assert.equal(job.state, 'failed')
  assert.match(job.error ?? '', /maximum number of unique discount codes/)
  assert.equal(await available(shop, coupon), 300)
  await assertAgreement(shop)
})

test('all processes together have no more creations under way than the window allows', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 250)
  await shop.finish()
  pauseImports(shop, true)
  await sql`update shopify_syncs set creations = 3 where account_id = ${shop.accountId}`.execute(shop.db)
  await shop.add(coupon, 50_000)
  const stop = new AbortController()
  const before = shop.emulator.shop.creations.size
  const runs = Array.from({ length: 6 }, () => shop.sync({ signal: stop.signal }))
  await until(() => shop.emulator.shop.creations.size - before >= 3)
  await new Promise((resolve) => setTimeout(resolve, 400))
  const underWay = shop.emulator.shop.creations.size - before
  pauseImports(shop, false)
  stop.abort()
  await Promise.all(runs)
  assert.equal(underWay, 3)
})
