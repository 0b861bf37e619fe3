import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../../test/database.ts'
import { assertAgreement, buyWith, openSyncShop, pauseImports, TEN_PERCENT, until } from '../../../../test/sync-shop.ts'
import { turnBuckets } from '../../../codes/buckets/turn-buckets.ts'
import { cancelCodeJob, requireCodeJob } from '../../../codes/code-jobs.ts'
import { editTerms } from '../../../codes/edit-terms.ts'
import { readStoreUse } from '../../../codes/room/room.ts'
import type { Database } from '../../../db/database.ts'

const DAY_MS = 86_400_000

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

test('edited terms take what nobody has out of the shop; codes that people have keep the terms they were sent with', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 600)
  await shop.finish()
  const given = await shop.give(coupon, 3)
  const terms = { ...coupon.terms, discount: { kind: 'percentage' as const, basisPoints: 2500 } }
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms, now: new Date() })
  await shop.add(coupon, 10)
  await shop.finish()
  const [old, fresh] = shop.emulator.shop.discounts.values()
  assert.deepEqual([old?.codes.length, fresh?.codes.length], [4, 11])
  for (const code of given) assert.ok(buyWith(shop, code))
  const [newest] = await shop.give(coupon, 1)
  assert.ok(newest && fresh?.codes.some((entry) => entry.code === newest))
  await assertAgreement(shop)
})

test('terms edited while codes are under way: none of the old ones stays, and the job makes its number anew', async (t) => {
  const shop = await openSyncShop(t, { database, codesPerSecond: 5000 })
  const coupon = await shop.createCoupon('WELCOME')
  const jobId = await shop.add(coupon, 2000)
  const work = shop.finish()
  while (shop.emulator.shop.codes.size < 300) await new Promise((resolve) => setTimeout(resolve, 5))
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: coupon.terms, now: new Date() })
  await work
  await shop.finish()
  const job = await requireCodeJob(shop.db, { ...shop, jobId })
  assert.equal(job.state, 'done')
  assert.equal(job.done, 2000)
  await assertAgreement(shop)
})

test('a bucket that is over leaves the shop but for what people have, and the next one honours its own', async (t) => {
  const shop = await openSyncShop(t, { database })
  const terms = { ...TEN_PERCENT, expires: { kind: 'after_assignment' as const, seconds: 86_400 } }
  const coupon = await shop.createCoupon('WELCOME', { terms })
  await shop.add(coupon, 20)
  await shop.finish()
  const [kept] = await shop.give(coupon, 1)
  const [discount] = shop.emulator.shop.discounts.values()
  const { rows } = await sql<{ endsAt: Date; expiresAt: Date }>`
    select p.bucket_ends_at as "endsAt", a.expires_at as "expiresAt" from assignments a
    join pools p on p.account_id = a.account_id and p.id = a.pool_id where a.account_id = ${shop.accountId}`.execute(
    shop.db,
  )
  const [row] = rows
  assert.ok(row && row.expiresAt <= row.endsAt && row.endsAt.getTime() - row.expiresAt.getTime() < 3_600_000)
  assert.equal(discount?.endsAt, row.endsAt.getTime())
  const turned = new Date(Date.now() + 3_700_000)
  await turnBuckets(shop.db, turned)
  await shop.finish(() => turned)
  assert.deepEqual(discount?.codes.map((entry) => entry.code).slice(1), [kept])
  assert.ok(kept && buyWith(shop, kept))
  await assertAgreement(shop)
})

test('unused codes leave the shop so many days after their end, redeemed ones stay', async (t) => {
  const shop = await openSyncShop(t, { database })
  const end = new Date(Date.now() + 60_000)
  const coupon = await shop.createCoupon('WELCOME', {
    terms: { ...TEN_PERCENT, expires: { kind: 'at', at: end.toISOString() } },
  })
  await shop.add(coupon, 300)
  await shop.finish()
  const [used] = await shop.give(coupon, 2)
  await sql`
    with used as (update codes set state = 'redeemed' where account_id = ${shop.accountId} and code = ${used} returning *)
    insert into redemptions (account_id, id, store_id, coupon_id, pool_id, code_id, order_id, currency, subtotal_minor, discount_minor, state, redeemed_at)
    select account_id, id, store_id, ${coupon.id}, pool_id, id, 'o-1', 'CAD', 100, 10, 'accepted', now() from used`.execute(
    shop.db,
  )
  await shop.finish(() => new Date(end.getTime() + 29 * DAY_MS))
  assert.equal(shop.emulator.shop.codes.size, 301)
  await shop.finish(() => new Date(end.getTime() + 31 * DAY_MS))
  const [discount] = shop.emulator.shop.discounts.values()
  assert.deepEqual(discount?.codes.map((entry) => entry.code).slice(1), [used])
  assert.equal((await readStoreUse(shop.db, shop)).ours, 1)
})

test('a discount that ended and that no order used goes as a whole', async (t) => {
  const shop = await openSyncShop(t, { database })
  const end = new Date(Date.now() + 60_000)
  const terms = { ...TEN_PERCENT, expires: { kind: 'at' as const, at: end.toISOString() } }
  const coupon = await shop.createCoupon('WELCOME', { terms })
  await shop.add(coupon, 300)
  await shop.finish()
  await shop.give(coupon, 2)
  await shop.finish(() => new Date(end.getTime() + 31 * DAY_MS))
  assert.equal(shop.emulator.shop.discounts.size, 0)
  assert.equal(shop.emulator.shop.codes.size, 0)
})

test('the use of the room is counted, ours and the shop’s own, and more than it holds is refused', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 300)
  await shop.finish()
  const use = await readStoreUse(shop.db, shop)
  assert.equal(use.ours, 300)
  assert.equal(use.limit, 20_000_000)
  await shop.finish(() => new Date(Date.now() + 2 * 3_600_000))
  assert.equal((await readStoreUse(shop.db, shop)).shopCodes, 301)
  await sql`update stores set shop_codes = 19999900 where account_id = ${shop.accountId}`.execute(shop.db)
  await assert.rejects(shop.add(coupon, 101), { code: 'store_full' })
  await shop.add(coupon, 100)
})

test('a discount stays as long as the shop imports codes into it, although its pool is closed', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  pauseImports(shop, true)
  const jobId = await shop.add(coupon, 250)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size === 1)
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: coupon.terms, now: new Date() })
  await cancelCodeJob(shop.db, { ...shop, jobId, now: new Date() })
  const stop = new AbortController()
  const second = shop.sync({ signal: stop.signal })
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(shop.emulator.shop.discounts.size, 1)
  stop.abort()
  await second
  pauseImports(shop, false)
  await work
  assert.equal(shop.emulator.shop.discounts.size, 0)
  await assertAgreement(shop)
})
