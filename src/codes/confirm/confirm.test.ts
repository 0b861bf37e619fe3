import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { START, seedAccount, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import type { Database, Db } from '../../db/database.ts'
import { newId } from '../../lib/ids.ts'
import { reportCouponPage } from '../../reports/coupon-pages.ts'
import { assignCodes } from '../assign.ts'
import { requireCodeJob } from '../code-jobs.ts'
import { archiveCoupon } from '../edit-terms.ts'
import { addCodes } from '../generate.ts'
import { countAvailable } from '../pool.ts'
import { drawTestCode } from '../test-code.ts'
import { confirmBatches, withdrawBatches } from './confirm-batches.ts'
import { loseCodes } from './lose.ts'
import { makeBatch } from './make-batch.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

type Seeded = { db: Db; accountId: string; storeId: string; couponId: string; jobId: string }
type Made = { accountId: string; jobId: string; poolId: string; batchIds: string[]; codes: number }

async function seed(wanted: number): Promise<Seeded> {
  const { db } = database
  const account = await seedAccount(db)
  await sql`update stores set kind = 'shopify' where account_id = ${account.accountId}`.execute(db)
  const coupon = await seedCoupon(db, account, { terms: { discount: { kind: 'percentage', basisPoints: 1000 } } })
  const job = await addCodes(db, { ...account, coupon: coupon.id, count: wanted, now: START })
  return { db, ...account, couponId: coupon.id, jobId: job.id }
}

async function make({ db, accountId, jobId }: Seeded, most = 10): Promise<Made> {
  return await db.transaction().execute(async (trx) => {
    const batchId = newId()
    const made = await makeBatch(trx, { accountId, jobId, batchId, most, now: START })
    if (!made) throw new Error('The job needs no codes')
    return { accountId, jobId, poolId: made.poolId, batchIds: [batchId], codes: made.size }
  })
}

async function codesOf({ db, accountId }: Seeded, state: string): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select code from codes where account_id = ${accountId} and state = ${state} order by position, id`.execute(db)
  return rows.map((row) => row.code)
}

const available = ({ db, accountId, couponId }: Seeded) =>
  countAvailable(db, { accountId, coupon: couponId, now: START })
const counts = async ({ db, accountId, couponId }: Seeded) =>
  (await reportCouponPage(db, { accountId, couponId, now: START })).counts

test('a code that the store has not confirmed is given to nobody', async () => {
  const seeded = await seed(20)
  const made = await make(seeded)
  const [profileId = ''] = await seedProfiles(seeded.db, seeded.accountId, 1)
  const input = { ...seeded, profileIds: [profileId], now: START }
  assert.deepEqual(
    (await assignCodes(seeded.db, input)).map(({ status }) => status),
    ['exhausted'],
  )
  assert.deepEqual([await available(seeded), (await counts(seeded)).made], [0, 10])
  await confirmBatches(seeded.db, { ...made, refused: [], now: START })
  assert.deepEqual(
    (await assignCodes(seeded.db, input)).map(({ status }) => status),
    ['assigned'],
  )
  assert.equal(await available(seeded), 9)
})

test('batches confirmed at the same time stand in line one after another, without a gap', async () => {
  const seeded = await seed(200)
  const made = await Promise.all(Array.from({ length: 20 }, () => make(seeded)))
  await Promise.all(
    made.map((one) =>
      seeded.db.transaction().execute((trx) => confirmBatches(trx, { ...one, refused: [], now: START })),
    ),
  )
  const { rows } = await sql<{ first: number; last: number; places: number; tail: number }>`
    select min(position) as first, max(position) as last, count(distinct position) as places, (select tail from pools where account_id = ${seeded.accountId}) as tail
    from codes where account_id = ${seeded.accountId}`.execute(seeded.db)
  assert.deepEqual(rows, [{ first: 1, last: 200, places: 200, tail: 200 }])
  assert.equal((await requireCodeJob(seeded.db, seeded)).state, 'done')
})

test('makers of one job together make what it wants and no more', async () => {
  const seeded = await seed(95)
  const made = await Promise.allSettled(Array.from({ length: 20 }, () => make(seeded)))
  assert.equal(made.filter((one) => one.status === 'fulfilled').length, 10)
  assert.equal((await codesOf(seeded, 'made')).length, 95)
})

test('refused codes are failed and made anew; the others become live', async () => {
  const seeded = await seed(10)
  const made = await make(seeded)
  const [first = '', second = ''] = await codesOf(seeded, 'made')
  await confirmBatches(seeded.db, { ...made, refused: [first.toLowerCase(), second], now: START })
  const page = await counts(seeded)
  assert.deepEqual([page.made, page.live, page.available, page.failed], [10, 8, 8, 2])
  const job = await requireCodeJob(seeded.db, seeded)
  assert.deepEqual([job.state, job.done, job.made], ['running', 8, 8])
  await confirmBatches(seeded.db, { ...(await make(seeded)), refused: [], now: START })
  assert.equal((await requireCodeJob(seeded.db, seeded)).state, 'done')
  assert.equal(await available(seeded), 10)
})

test('a late confirmation changes nothing about a code that was redeemed or withdrawn meanwhile', async () => {
  const seeded = await seed(10)
  const made = await make(seeded)
  const [used = '', gone = ''] = await codesOf(seeded, 'made')
  await sql`update codes set state = 'redeemed' where account_id = ${seeded.accountId} and code = ${used}`.execute(
    seeded.db,
  )
  await sql`update codes set state = 'withdrawn' where account_id = ${seeded.accountId} and code = ${gone}`.execute(
    seeded.db,
  )
  const outcome = await confirmBatches(seeded.db, { ...made, refused: [used], now: START })
  assert.deepEqual(outcome, { live: 8, failed: 0 })
  assert.deepEqual(await codesOf(seeded, 'redeemed'), [used])
  assert.deepEqual(await codesOf(seeded, 'withdrawn'), [gone])
  assert.equal(await available(seeded), 8)
  const job = await requireCodeJob(seeded.db, seeded)
  assert.deepEqual([job.state, job.done], ['done', 10], 'the job waits for codes that are used already')
})

test('confirming twice is confirming once', async () => {
  const seeded = await seed(30)
  const made = await make(seeded)
  const confirm = () =>
    seeded.db.transaction().execute((trx) => confirmBatches(trx, { ...made, refused: [], now: START }))
  const outcomes = await Promise.all([confirm(), confirm(), confirm()])
  assert.deepEqual(outcomes.map(({ live }) => live).sort(), [0, 0, 10])
  assert.equal(await available(seeded), 10)
})

test('codes that the store never heard of are withdrawn, and the job makes as many anew', async () => {
  const seeded = await seed(10)
  assert.equal(await withdrawBatches(seeded.db, { ...(await make(seeded)), now: START }), 10)
  const page = await counts(seeded)
  assert.deepEqual([page.made, page.withdrawn, page.live], [10, 10, 0])
  assert.equal((await requireCodeJob(seeded.db, seeded)).made, 0)
})

test('codes confirmed after the coupon was archived are withdrawn, not available', async () => {
  const seeded = await seed(10)
  const made = await make(seeded)
  await archiveCoupon(seeded.db, { ...seeded, now: START })
  await confirmBatches(seeded.db, { ...made, refused: [], now: START })
  const page = await counts(seeded)
  assert.deepEqual([page.available, page.withdrawn], [0, 10])
})

test('codes that the store lost leave the line, and who had one gets another; counts stay exact while others draw', async () => {
  const seeded = await seed(40)
  await confirmBatches(seeded.db, { ...(await make(seeded, 40)), refused: [], now: START })
  const people = await seedProfiles(seeded.db, seeded.accountId, 30)
  const draw = (ids: string[]) => assignCodes(seeded.db, { ...seeded, profileIds: ids, now: START })
  const line = await codesOf(seeded, 'live')
  await draw(people.slice(0, 5))
  const lost = [line[0] ?? '', line[1] ?? '', line[20] ?? '', line[39] ?? '']
  const lose = () => loseCodes(seeded.db, { ...seeded, codes: lost, now: START })
  const [gone] = await Promise.all([lose(), ...people.slice(5, 15).map((id) => draw([id]))])
  assert.equal(gone, 4)
  assert.equal(await lose(), 0)
  const outcomes = await draw(people)
  assert.equal(outcomes.filter((one) => 'code' in one).length, 30)
  assert.ok(outcomes.every((one) => !('code' in one) || !lost.includes(one.code)))
  const page = await counts(seeded)
  assert.deepEqual([page.made, page.withdrawn, page.available, page.live], [40, 4, 6, 36])
})

test('a code for tests that the store lost counts nowhere, as before', async () => {
  const seeded = await seed(20)
  await confirmBatches(seeded.db, { ...(await make(seeded, 20)), refused: [], now: START })
  const test = await drawTestCode(seeded.db, { ...seeded, now: START })
  assert.ok('code' in test)
  const before = await counts(seeded)
  assert.equal(await loseCodes(seeded.db, { ...seeded, codes: [test.code], now: START }), 1)
  assert.deepEqual(await counts(seeded), before)
  assert.deepEqual([before.made, before.live, before.withdrawn], [19, 19, 0])
})
