import assert from 'node:assert/strict'
import { after as atEnd, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after as later, seedAccount, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import type { CouponRow } from '../../coupons/coupon.ts'
import { updateCoupon } from '../../coupons/create-coupon.ts'
import { requireCoupon } from '../../coupons/find-coupon.ts'
import type { Database } from '../../db/database.ts'
import { newId } from '../../lib/ids.ts'
import { reportCouponPage } from '../../reports/coupon-pages.ts'
import { assignCodes } from '../assign.ts'
import { listCodeJobs } from '../code-jobs.ts'
import { confirmBatches } from '../confirm/confirm-batches.ts'
import { makeBatch } from '../confirm/make-batch.ts'
import { addCodes } from '../generate.ts'
import { countAvailable } from '../pool.ts'
import { bucketEndOf, bucketSeconds, nextBucketOf } from './bucket.ts'
import { stockBuckets } from './stock-buckets.ts'
import { turnBuckets } from './turn-buckets.ts'

/** A minute after a turn: buckets of an hour turn at whole hours here. */
const START = later(60)
const HOUR = 3600
const DAY = 24 * HOUR
const after = (seconds: number, from: Date = START): Date => later(seconds, from)

let database: Database
before(async () => {
  database = await openTestDatabase()
})
atEnd(() => database[Symbol.asyncDispose]())

const coupon = (seconds: number) => ({ storeKind: 'shopify' as const, expiresAfterSeconds: seconds })

test('what a customer reads is never later than the end of the bucket, and at most its length earlier', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: HOUR, max: 730 * DAY }),
      fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }),
      (seconds, now) => {
        const end = bucketEndOf(coupon(seconds), now)
        const own = now.getTime() + seconds * 1000
        assert.ok(end && own <= end.getTime() && end.getTime() - own < bucketSeconds(seconds) * 1000)
        const next = nextBucketOf(coupon(seconds), now)
        assert.ok(next && next.turnsAt >= now)
        assert.deepEqual(bucketEndOf(coupon(seconds), next.turnsAt), end)
        assert.deepEqual(bucketEndOf(coupon(seconds), new Date(next.turnsAt.getTime() + 1)), next.endsAt)
      },
    ),
  )
})

test('custom stores and terms without a time of their own have no buckets', () => {
  assert.equal(bucketEndOf({ storeKind: 'custom', expiresAfterSeconds: DAY }, START), null)
  assert.equal(bucketEndOf({ storeKind: 'shopify', expiresAfterSeconds: null }, START), null)
})

/** A coupon whose codes are valid for two days after they were assigned, in a Shopify store. Buckets are an hour long. */
async function seed(purpose: 'flow' | null = null): Promise<{ coupon: CouponRow; accountId: string; storeId: string }> {
  const account = await seedAccount(database.db)
  await sql`update stores set kind = 'shopify' where account_id = ${account.accountId}`.execute(database.db)
  const terms = {
    discount: { kind: 'percentage' as const, basisPoints: 1000 },
    expires: { kind: 'after_assignment' as const, seconds: 2 * DAY },
  }
  const made = await seedCoupon(database.db, account, { terms })
  if (purpose) await updateCoupon(database.db, { ...account, couponId: made.id, purpose })
  return { ...account, coupon: await requireCoupon(database.db, { ...account, coupon: made.id }) }
}

/** Makes all codes that jobs of an account want and confirms them, as a sync does. */
async function confirmAll(accountId: string, now: Date): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from code_jobs where account_id = ${accountId} and state in ('queued', 'running')`.execute(database.db)
  for (const { id: jobId } of rows) {
    await database.db.transaction().execute(async (trx) => {
      const batchId = newId()
      const made = await makeBatch(trx, { accountId, jobId, batchId, most: 10_000, now })
      if (made)
        await confirmBatches(trx, {
          accountId,
          jobId,
          poolId: made.poolId,
          batchIds: [batchId],
          codes: made.size,
          refused: [],
          now,
        })
    })
  }
}

test('codes go into the bucket that is drawn from now, and draws turn to the next one by themselves', async () => {
  const { db } = database
  const { accountId, coupon } = await seed()
  await addCodes(db, { accountId, coupon: coupon.id, count: 50, now: START })
  await confirmAll(accountId, START)
  const soon = after(HOUR * 0.6)
  assert.equal(await stockBuckets(db, soon), 1)
  await confirmAll(accountId, soon)
  assert.equal(
    await countAvailable(db, { accountId, coupon: coupon.id, now: soon }),
    50,
    'the next bucket does not count yet',
  )
  const page = await reportCouponPage(db, { accountId, couponId: coupon.id, now: soon })
  assert.deepEqual([page.counts.made, page.counts.live, page.counts.available], [100, 100, 50])

  const [first, second] = await seedProfiles(db, accountId, 2)
  const [now] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [first ?? ''], now: soon })
  assert.deepEqual(now && 'expiresAt' in now && now.expiresAt, after(2 * DAY, soon))
  const turned = after(HOUR + 1)
  const [later] = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [second ?? ''], now: turned })
  assert.deepEqual(later && 'expiresAt' in later && later.expiresAt, after(2 * DAY, turned))
  assert.equal(await countAvailable(db, { accountId, coupon: coupon.id, now: turned }), 49)
})

test('after the turn the old pool is closed and what nobody was given is withdrawn', async () => {
  const { db } = database
  const { accountId, coupon } = await seed()
  await addCodes(db, { accountId, coupon: coupon.id, count: 30, now: START })
  await confirmAll(accountId, START)
  const turned = after(HOUR + 1)
  const before = await reportCouponPage(db, { accountId, couponId: coupon.id, now: turned })
  await turnBuckets(db, turned)
  assert.equal(await turnBuckets(db, turned), 0)
  const page = await reportCouponPage(db, { accountId, couponId: coupon.id, now: turned })
  assert.deepEqual(page.counts, before.counts, 'closing changes no count')
  assert.deepEqual([page.counts.available, page.counts.withdrawn, page.counts.live], [0, 30, 0])
})

test('the next bucket is filled once, however many processes keep house', async () => {
  const { db } = database
  const { accountId, coupon } = await seed('flow')
  const soon = after(HOUR * 0.6)
  await Promise.all(Array.from({ length: 8 }, () => stockBuckets(db, soon)))
  const jobs = await listCodeJobs(db, { accountId, couponId: coupon.id })
  assert.deepEqual(
    jobs.map(({ kind, wanted }) => ({ kind, wanted })),
    [{ kind: 'ahead', wanted: 100 }],
  )
  await confirmAll(accountId, soon)
  await stockBuckets(db, soon)
  assert.equal((await listCodeJobs(db, { accountId, couponId: coupon.id })).length, 1)
})

test('the next bucket holds what the busiest one of three weeks took', async () => {
  const { db } = database
  const { accountId, coupon } = await seed()
  await addCodes(db, { accountId, coupon: coupon.id, count: 40, now: START })
  await confirmAll(accountId, START)
  await assignCodes(db, {
    accountId,
    couponId: coupon.id,
    profileIds: await seedProfiles(db, accountId, 35),
    now: START,
  })
  await stockBuckets(db, after(HOUR * 0.6))
  const [ahead] = await listCodeJobs(db, { accountId, couponId: coupon.id })
  assert.deepEqual([ahead?.kind, ahead?.wanted], ['ahead', 35])
})

test('nothing is made ahead before the second half of a bucket', async () => {
  const { accountId, coupon } = await seed('flow')
  await stockBuckets(database.db, after(HOUR * 0.4))
  assert.deepEqual(await listCodeJobs(database.db, { accountId, couponId: coupon.id }), [])
})

test('the stock of a bucket whose turn has passed is not made any more', async () => {
  const { db } = database
  const { accountId, coupon } = await seed('flow')
  await stockBuckets(db, after(HOUR * 0.6))
  await confirmAll(accountId, after(3 * HOUR))
  const [job] = await listCodeJobs(db, { accountId, couponId: coupon.id })
  assert.deepEqual([job?.state, job?.made], ['cancelled', 0])
})
