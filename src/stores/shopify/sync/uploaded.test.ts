import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { FAULT_KINDS } from '../../../../emulator/faults/fault.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import {
  addForeignDiscount,
  assertAgreement,
  buyWith,
  FAST,
  openSyncShop,
  pauseImports,
  type SyncShop,
  TEN_PERCENT,
  takeAway,
  until,
} from '../../../../test/sync-shop.ts'
import type { CodeJobRow } from '../../../codes/code-jobs.sql.ts'
import { cancelCodeJob, listCodeJobErrors, requireCodeJob } from '../../../codes/code-jobs.ts'
import { archiveCoupon, editTerms } from '../../../codes/edit-terms.ts'
import { countAvailable } from '../../../codes/pool.ts'
import { failAbandonedUploads, uploadCodes } from '../../../codes/upload.ts'
import type { CouponRow } from '../../../coupons/coupon.ts'
import type { Database } from '../../../db/database.ts'
import { AppError } from '../../../errors.ts'
import { recordOrder } from '../../../redemptions/orders/record-order.ts'
import type { ShopifyClient } from '../client/client.ts'
import { describeSync } from './describe-sync.ts'
import { runSync } from './run-sync.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const LOOKS_AT_ALL = Boolean(process.env.TEST_DATABASE_URL)

const namesOf = (count: number, prefix = 'PARTNER') =>
  Array.from({ length: count }, (_, nth) => `${prefix}-${String(nth + 1).padStart(5, '0')}`)

async function upload(shop: SyncShop, coupon: CouponRow, codes: readonly string[]): Promise<CodeJobRow> {
  const source = Readable.from([`Code\n${codes.join('\n')}\n`])
  return await uploadCodes(shop.db, { accountId: shop.accountId, coupon: coupon.id, source, now: new Date() })
}

const jobOf = (shop: SyncShop, { id }: CodeJobRow) => requireCodeJob(shop.db, { accountId: shop.accountId, jobId: id })
const errorsOf = (shop: SyncShop, { id }: CodeJobRow) =>
  listCodeJobErrors(shop.db, { accountId: shop.accountId, jobId: id, after: 0, limit: 1000 })
const available = (shop: SyncShop, coupon: CouponRow) =>
  countAvailable(shop.db, { ...shop, coupon: coupon.id, now: new Date() })

async function leftovers(shop: SyncShop): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from upload_rows where account_id = ${shop.accountId})
      + (select count(*) from codes where account_id = ${shop.accountId} and state = 'made') as count`.execute(shop.db)
  return rows[0]?.count ?? -1
}

const open = async (t: Parameters<typeof openSyncShop>[0], options: Parameters<typeof openSyncShop>[1] = {}) => {
  const shop = await openSyncShop(t, { database, ...options })
  return { shop, coupon: await shop.createCoupon('PARTNER', { type: 'uploaded' }) }
}

test('codes of a file go into the shop, become live when it has them, and are given to people as they were written', async (t) => {
  const { shop, coupon } = await open(t)
  const codes = namesOf(620)
  const job = await upload(shop, coupon, codes)
  assert.deepEqual([job.state, job.wanted, job.done, await available(shop, coupon)], ['queued', 620, 0, 0])
  const waiting = await describeSync(shop.db, { ...shop, now: new Date() })
  assert.deepEqual([waiting.jobs[0]?.kind, waiting.codesLeft, waiting.use.ours], ['upload', 620, 620])
  await shop.finish()
  const ended = await jobOf(shop, job)
  assert.deepEqual([ended.state, ended.wanted, ended.done, ended.skipped], ['done', 620, 620, 0])
  assert.equal(await available(shop, coupon), 620)
  const given = await shop.give(coupon, 3)
  assert.ok(given.every((code) => codes.includes(code) && buyWith(shop, code)))
  assert.equal(await leftovers(shop), 0)
  await assertAgreement(shop)
  const again = await upload(shop, coupon, codes.slice(0, 5))
  assert.deepEqual([again.state, again.done, again.skipped], ['done', 0, 5])
})

test('what the shop has in another discount is reported by line, and can be uploaded again once it has it no more', async (t) => {
  const { shop, coupon } = await open(t)
  const foreign = addForeignDiscount(shop)
  pauseImports(shop, true)
  const job = await upload(shop, coupon, namesOf(300))
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 1)
  const taken = takeAway(shop, foreign, 4)
  pauseImports(shop, false)
  await work
  const ended = await jobOf(shop, job)
  assert.deepEqual([ended.state, ended.done, ended.wanted, ended.skipped], ['done', 296, 296, taken])
  const errors = await errorsOf(shop, job)
  const foreignCodes = foreign.codes.slice(1).map((one) => one.code)
  assert.deepEqual(errors.map((error) => error.value).toSorted(), foreignCodes.toSorted())
  for (const { line, value, reason } of errors) {
    assert.equal(value, `PARTNER-${String(line - 1).padStart(5, '0')}`, 'the line of the file')
    assert.match(reason, /another discount/)
  }
  assert.equal(await available(shop, coupon), 296)
  await assertAgreement(shop, new Set([foreign.id]))
  for (const code of foreignCodes) shop.emulator.shop.codes.delete(code)
  foreign.codes.splice(1)
  const second = await upload(shop, coupon, foreignCodes)
  await shop.finish()
  assert.equal((await jobOf(shop, second)).done, 4)
  assert.equal(await leftovers(shop), 0)
})

test('a code that the shop refuses for a reason of its own is reported with its words, and the others go on', async (t) => {
  const { shop, coupon } = await open(t)
  const foreign = addForeignDiscount(shop)
  pauseImports(shop, true)
  const job = await upload(shop, coupon, namesOf(300))
  const strict: ShopifyClient = {
    shop: shop.client.shop,
    request: async (operation, variables, options) => {
      const reply = await shop.client.request(operation, variables, options)
      if (operation.name !== 'ReadCreation') return reply
      for (const one of foreign.codes.slice(1)) shop.emulator.shop.codes.delete(one.code)
      return JSON.parse(JSON.stringify(reply).replaceAll(/must be unique[^"]*/g, 'is not allowed here'))
    },
  }
  const work = runSync(shop.db, strict, {
    accountId: shop.accountId,
    storeId: shop.storeId,
    now: () => new Date(),
    timing: FAST,
  })
  await until(() => shop.emulator.shop.creations.size > 1)
  takeAway(shop, foreign, 1)
  pauseImports(shop, false)
  await work
  const ended = await jobOf(shop, job)
  assert.deepEqual([ended.state, ended.error, ended.done, ended.skipped], ['done', null, 299, 1])
  assert.match((await errorsOf(shop, job))[0]?.reason ?? '', /It says: .*is not allowed here/)
})

test('a stopped job leaves what the shop has heard of, and nothing else: the rest can be uploaded again', async (t) => {
  const { shop, coupon } = await open(t)
  pauseImports(shop, true)
  const codes = namesOf(2000)
  const job = await upload(shop, coupon, codes)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 0)
  await cancelCodeJob(shop.db, { ...shop, jobId: job.id, now: new Date() })
  pauseImports(shop, false)
  await work
  const live = await available(shop, coupon)
  assert.ok(live >= 250 && live < 2000)
  assert.equal(await leftovers(shop), 0)
  await assertAgreement(shop)
  await upload(shop, coupon, codes)
  await shop.finish()
  assert.equal(await available(shop, coupon), 2000)
  await assertAgreement(shop)
})

test('terms are edited on the way: what the shop had begun to take is reported by line, all others come with the new terms', async (t) => {
  const { shop, coupon } = await open(t)
  pauseImports(shop, true)
  const codes = namesOf(2000)
  const job = await upload(shop, coupon, codes)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 0)
  const terms = { ...coupon.terms, discount: { kind: 'percentage' as const, basisPoints: 2500 } }
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms, now: new Date() })
  pauseImports(shop, false)
  await work
  await shop.finish()
  const ended = await jobOf(shop, job)
  assert.ok(ended.done > 0 && ended.skipped > 0, `${ended.done} ${ended.skipped}`)
  assert.deepEqual([ended.state, ended.done + ended.skipped, ended.wanted], ['done', 2000, ended.done])
  assert.equal(await available(shop, coupon), ended.done)
  const errors = await errorsOf(shop, job)
  assert.ok(
    errors.length === ended.skipped && errors.every(({ reason }) => /terms of the coupon were edited/.test(reason)),
  )
  assert.equal(await leftovers(shop), 0)
  await assertAgreement(shop)
})

test('terms are edited while all batches under way are taken: the codes that wait go on with the new terms', async (t) => {
  const { shop, coupon } = await open(t)
  pauseImports(shop, true)
  const job = await upload(shop, coupon, namesOf(600))
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size === 2)
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: coupon.terms, now: new Date() })
  pauseImports(shop, false)
  await work
  await shop.finish()
  const ended = await jobOf(shop, job)
  assert.deepEqual([ended.state, ended.done, ended.skipped, await available(shop, coupon)], ['done', 100, 500, 100])
  await assertAgreement(shop)
})

test('a coupon that is archived on the way fails the job with the reason, and nothing of the file stays in line', async (t) => {
  const { shop, coupon } = await open(t)
  const job = await upload(shop, coupon, namesOf(300))
  await archiveCoupon(shop.db, { ...shop, couponId: coupon.id, now: new Date() })
  await shop.finish()
  const ended = await jobOf(shop, job)
  assert.equal(ended.state, 'failed')
  assert.match(ended.error ?? '', /archived/)
  assert.equal(await leftovers(shop), 0)
  assert.equal(shop.emulator.shop.codes.size, 0)
  await assertAgreement(shop)
})

test('a shop that refuses the terms fails the job with its words; the same file is taken once the terms are edited', async (t) => {
  const { shop, coupon } = await open(t)
  const refused = { ...coupon.terms, appliesTo: { kind: 'products' as const, productIds: ['999999999'] } }
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: refused, now: new Date() })
  const job = await upload(shop, coupon, namesOf(300))
  await shop.finish()
  const ended = await jobOf(shop, job)
  assert.equal(ended.state, 'failed')
  assert.match(ended.error ?? '', /Shopify refuses a discount with these terms/)
  assert.equal(await leftovers(shop), 0)
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: coupon.terms, now: new Date() })
  await upload(shop, coupon, namesOf(300))
  await shop.finish()
  assert.equal(await available(shop, coupon), 300)
  await assertAgreement(shop)
})

test('codes that the shop has already and that orders use meanwhile do not keep the job from its end', async (t) => {
  const { shop, coupon } = await open(t)
  pauseImports(shop, true)
  const job = await upload(shop, coupon, namesOf(260))
  await order(shop, 'PARTNER-00260')
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 1)
  await order(shop, 'PARTNER-00001')
  pauseImports(shop, false)
  await work
  const ended = await jobOf(shop, job)
  assert.deepEqual([ended.state, ended.wanted, ended.done, await leftovers(shop)], ['done', 260, 260, 0])
  assert.equal(await available(shop, coupon), 258)
  await assertLinesOf(shop)
})

/** An order that used a code, told by the shop. */
async function order(shop: SyncShop, code: string): Promise<void> {
  const now = new Date()
  const facts = {
    email: null,
    customerId: null,
    currency: 'CAD',
    cancelledAt: null,
    refundedMinor: 0,
    isRenewal: false,
    isTest: false,
  }
  const codes = [{ code, discountMinor: 500 }]
  const told = { ...facts, id: code, name: code, createdAt: now, updatedAt: now, subtotalMinor: 5000, codes }
  await recordOrder(shop.db, { accountId: shop.accountId, storeId: shop.storeId, order: told, now })
}

async function assertLinesOf(shop: SyncShop): Promise<void> {
  const { rows } = await sql`
    select p.pending, count(*) filter (where c.state = 'made') as made from pools p
      left join codes c on c.account_id = p.account_id and c.pool_id = p.id
    where p.account_id = ${shop.accountId} group by p.account_id, p.id having p.pending <> count(*) filter (where c.state = 'made')`.execute(
    shop.db,
  )
  assert.deepEqual(rows, [])
}

test('a file whose reader died is failed after hours and leaves nothing; one that the sync works on goes on', async (t) => {
  const { shop, coupon } = await open(t)
  const [dead, alive] = [
    await upload(shop, coupon, namesOf(10, 'DEAD')),
    await upload(shop, coupon, namesOf(10, 'ALIVE')),
  ]
  await sql`update code_jobs set state = 'running' where id = ${dead.id}`.execute(shop.db)
  await sql`update code_jobs set created_at = created_at - interval '7 hours' where account_id = ${shop.accountId}`.execute(
    shop.db,
  )
  await failAbandonedUploads(shop.db, new Date())
  assert.deepEqual([(await jobOf(shop, dead)).state, (await jobOf(shop, alive)).state], ['failed', 'queued'])
  await shop.finish()
  assert.equal((await jobOf(shop, alive)).state, 'done')
  assert.equal(shop.emulator.shop.codes.size, 11)
  assert.equal(await leftovers(shop), 0)
})

test('a file that is being read is not sent, and cannot be stopped', async (t) => {
  const { shop, coupon } = await open(t)
  const job = await upload(shop, coupon, namesOf(10))
  await sql`update code_jobs set state = 'running' where id = ${job.id}`.execute(shop.db)
  assert.equal(await shop.sync(), 'done')
  assert.equal(shop.emulator.shop.codes.size, 0)
  const refused = (error: unknown) => error instanceof AppError && error.code === 'code_job_state'
  await assert.rejects(cancelCodeJob(shop.db, { ...shop, jobId: job.id, now: new Date() }), refused)
})

test('codes of a file cannot end some time after they were given, and no more are taken than the shop holds', async (t) => {
  const { shop, coupon } = await open(t)
  const terms = { ...TEN_PERCENT, expires: { kind: 'after_assignment' as const, seconds: 86_400 } }
  const refused = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
  await assert.rejects(shop.createCoupon('SOON', { type: 'uploaded', terms }), refused('term_not_supported'))
  await sql`update stores set shop_codes = 19999995 where account_id = ${shop.accountId}`.execute(shop.db)
  await assert.rejects(upload(shop, coupon, namesOf(10)), refused('store_full'))
  assert.equal(await leftovers(shop), 0)
  await upload(shop, coupon, namesOf(5))
})

/** Calls by a text that only their document holds. */
const STEPS = {
  'creating the discount': 'discountCodeBasicCreate',
  'sending a batch': 'discountRedeemCodeBulkAdd',
  'looking at creations': 'nodes(ids',
  'reading a creation with failures': 'discountRedeemCodeBulkCreation(id',
}

describe('every fault at every step', { concurrency: 6 }, () => {
  for (const [nth, kind] of FAULT_KINDS.entries()) {
    for (const [at, [step, match]] of Object.entries(STEPS).entries()) {
      if (!LOOKS_AT_ALL && (nth + at) % 3 !== 0) continue
      test(`${kind} while ${step}: every code of the file is live or reported, and none twice`, async (t) => {
        const { shop, coupon } = await open(t)
        const foreign = addForeignDiscount(shop)
        pauseImports(shop, true)
        const codes = namesOf(600)
        const job = await upload(shop, coupon, codes)
        const times = kind === 'http_429' ? 1 : 2
        shop.emulator.faults.add({ kind, match, times, delayMs: 30, retryAfterSeconds: 1 })
        const work = shop.finish()
        await until(() => shop.emulator.shop.creations.size > 0)
        const taken = takeAway(shop, foreign, 7)
        pauseImports(shop, false)
        await work
        const ended = await jobOf(shop, job)
        assert.deepEqual([ended.state, ended.done, ended.skipped], ['done', 600 - taken, taken])
        assert.equal((await errorsOf(shop, job)).length, taken)
        assert.equal(await available(shop, coupon), 600 - taken)
        assert.equal(await leftovers(shop), 0)
        await assertAgreement(shop, new Set([foreign.id]))
        assert.ok((shop.emulator.faults.list()[0]?.times ?? 0) < times, 'the fault came')
      })
    }
  }
})
