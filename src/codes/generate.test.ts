import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { terms } from '../../contract/coupons.ts'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedAccount, seedCoupon, TWENTY_PERCENT } from '../../test/seed.ts'
import { createCoupon } from '../coupons/create-coupon.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { cancelCodeJob, listCodeJobErrors, requireCodeJob } from './code-jobs.ts'
import { editTerms } from './edit-terms.ts'
import { addCodes, runAddCodes } from './generate.ts'
import { countAvailable } from './pool.ts'
import { uploadCodes } from './upload.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

async function countCodes(accountId: string): Promise<number> {
  const { rows } = await sql<{
    count: number
  }>`select count(*) as count from codes where account_id = ${accountId}`.execute(db)
  return rows[0]?.count ?? 0
}

test('two workers at one job make exactly the codes that were asked for, in a line without gaps', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account)
  const job = await addCodes(db, { ...account, coupon: coupon.id, count: 25_000, now: START })
  await Promise.all([1, 2].map(() => runAddCodes(db, { ...account, jobId: job.id, now: () => START })))
  assert.equal(await countCodes(account.accountId), 25_000)
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 25_000)
  const { rows } = await sql<{ first: number; last: number; places: number }>`
    select min(position) as first, max(position) as last, count(distinct position) as places from codes
    where account_id = ${account.accountId}`.execute(db)
  assert.deepEqual(rows[0], { first: 1, last: 25_000, places: 25_000 })
  const ended = await requireCodeJob(db, { ...account, jobId: job.id })
  assert.deepEqual([ended.state, ended.done], ['done', 25_000])
})

test('a job that was interrupted goes on where it stopped', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account)
  const job = await addCodes(db, { ...account, coupon: coupon.id, count: 20_000, now: START })
  const stop = new AbortController()
  let looks = 0
  const now = (): Date => {
    looks += 1
    if (looks === 1) stop.abort()
    return START
  }
  assert.equal(await runAddCodes(db, { ...account, jobId: job.id, now, signal: stop.signal }), false)
  const half = await requireCodeJob(db, { ...account, jobId: job.id })
  assert.deepEqual([half.state, half.done, await countCodes(account.accountId)], ['running', 10_000, 10_000])
  assert.equal(await runAddCodes(db, { ...account, jobId: job.id, now: () => START }), true)
  assert.equal(await countCodes(account.accountId), 20_000)
})

test('a cancelled job keeps what it made and makes no more', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account)
  const job = await addCodes(db, { ...account, coupon: coupon.id, count: 500, now: START })
  const cancelled = await cancelCodeJob(db, { ...account, jobId: job.id, now: START })
  assert.equal(cancelled.state, 'cancelled')
  await runAddCodes(db, { ...account, jobId: job.id, now: () => START })
  assert.equal(await countCodes(account.accountId), 0)
  await assert.rejects(cancelCodeJob(db, { ...account, jobId: job.id, now: START }), AppError)
})

test('codes that are made after an edit have the new terms', async () => {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account)
  const job = await addCodes(db, { ...account, coupon: coupon.id, count: 5, now: START })
  await editTerms(db, { ...account, couponId: coupon.id, terms: coupon.terms, now: START })
  await runAddCodes(db, { ...account, jobId: job.id, now: () => START })
  assert.equal(await countAvailable(db, { ...account, coupon: coupon.id, now: START }), 5)
})

test('a job of a coupon that ended meanwhile fails and says why', async () => {
  const account = await seedAccount(db)
  const expires = { kind: 'at' as const, at: after(60).toISOString() }
  const coupon = await seedCoupon(db, account, { terms: { ...TWENTY_PERCENT, expires } })
  const job = await addCodes(db, { ...account, coupon: coupon.id, count: 5, now: START })
  await runAddCodes(db, { ...account, jobId: job.id, now: () => after(61) })
  const failed = await requireCodeJob(db, { ...account, jobId: job.id })
  assert.equal(failed.state, 'failed')
  assert.match(failed.error ?? '', /expired/)
})

async function seedUploaded(): Promise<{ accountId: string; storeId: string; couponId: string }> {
  const account = await seedAccount(db)
  const coupon = await createCoupon(db, {
    ...account,
    name: 'FROM-FILE',
    type: 'uploaded',
    description: '',
    purpose: null,
    prefix: null,
    codeLength: 11,
    reusePolicy: 'until_used_or_expired',
    lowStockThreshold: 0,
    fallback: null,
    onCancel: 'stay_used',
    confirmReusedName: false,
    terms: terms.parse(TWENTY_PERCENT),
    now: START,
  })
  return { ...account, couponId: coupon.id }
}

test('an upload takes the good rows and reports every other by line', async () => {
  const { couponId, ...account } = await seedUploaded()
  const file = 'Name,Coupon Code\na,SAVE-1\nb,save-2\nc,\nd,SAVE-1\ne,"two words"\nf,SAVE-3\n'
  const upload = (text: string) =>
    uploadCodes(db, { ...account, coupon: couponId, source: Readable.from([Buffer.from(text)]), now: START })
  const job = await upload(file)
  assert.deepEqual([job.state, job.done, job.skipped], ['done', 3, 3])
  const errors = await listCodeJobErrors(db, { ...account, jobId: job.id, after: 0, limit: 10 })
  assert.deepEqual(
    errors.map((error) => error.line),
    [4, 5, 6],
  )
  const again = await upload('code\nSAVE-1\nSave-2\nSAVE-4\n')
  assert.deepEqual([again.done, again.skipped], [1, 2])
  assert.equal(await countAvailable(db, { ...account, coupon: couponId, now: START }), 4)
})

test('a file without a header is taken from its first line on', async () => {
  const { couponId, ...account } = await seedUploaded()
  const source = Readable.from([Buffer.from('AAA-1\nAAA-2\n')])
  const job = await uploadCodes(db, { ...account, coupon: couponId, source, now: START })
  assert.deepEqual([job.done, job.skipped], [2, 0])
})

test('two uploads of one file at once: each code once, nothing lost', async () => {
  const { couponId, ...account } = await seedUploaded()
  const text = ['code', ...Array.from({ length: 3000 }, (_, i) => `RACE-${i}`)].join('\n')
  const upload = () =>
    uploadCodes(db, { ...account, coupon: couponId, source: Readable.from([Buffer.from(text)]), now: START })
  const jobs = await Promise.all([upload(), upload()])
  assert.equal(
    jobs.reduce((sum, job) => sum + job.done, 0),
    3000,
  )
  assert.equal(
    jobs.reduce((sum, job) => sum + job.skipped, 0),
    3000,
  )
  assert.equal(await countCodes(account.accountId), 3000)
})

test('an empty file, another encoding and a coupon that makes its own codes are refused', async () => {
  const { couponId, ...account } = await seedUploaded()
  const made = await seedCoupon(db, account)
  const cases = [
    [couponId, Buffer.from(''), 'empty_file'],
    [couponId, Buffer.from('\ufeffcode\nA1\n', 'utf16le'), 'wrong_encoding'],
    [made.id, Buffer.from('code\nA1\n'), 'coupon_type'],
  ] as const
  for (const [coupon, bytes, code] of cases) {
    const call = uploadCodes(db, { ...account, coupon, source: Readable.from([bytes]), now: START })
    await assert.rejects(call, (error) => error instanceof AppError && error.code === code, code)
  }
  assert.equal(await countCodes(account.accountId), 0)
})
