import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestDatabase } from '../../../../test/database.ts'
import { assertAgreement, openSyncShop } from '../../../../test/sync-shop.ts'
import { requireCodeJob } from '../../../codes/code-jobs.ts'
import { countAvailable } from '../../../codes/pool.ts'
import type { Database } from '../../../db/database.ts'
import { describeSync, listStoresToSync, unblockSync } from './describe-sync.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

test('codes that were added become live in one discount, and then they can be assigned', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  const jobId = await shop.add(coupon, 1100)
  assert.equal(await shop.sync(), 'done')
  assert.equal((await requireCodeJob(shop.db, { ...shop, jobId })).state, 'done')
  assert.equal(await countAvailable(shop.db, { ...shop, coupon: coupon.id, now: new Date() }), 1100)
  const [discount, ...others] = shop.emulator.shop.discounts.values()
  assert.equal(others.length, 0)
  assert.equal(discount?.usageLimit, 1)
  assert.equal(discount?.title, 'WELCOME v1')
  assert.equal(discount?.codes.length, 1101)
  await assertAgreement(shop)
})

test('while a discount is made slowly, the batches that wait for it do not keep the reply from being heard', async (t) => {
  const shop = await openSyncShop(t, { database })
  await shop.add(await shop.createCoupon('FIRST'), 5000) // several calls may be under way after it
  await shop.sync()
  shop.emulator.faults.add({ kind: 'slow', match: 'discountCodeBasicCreate', delayMs: 300 })
  const jobId = await shop.add(await shop.createCoupon('SECOND'), 5000)
  assert.equal(await shop.sync(), 'done')
  assert.equal((await requireCodeJob(shop.db, { ...shop, jobId })).done, 5000)
})

test('codes of a form come before those of a flow, and those before a campaign’s, whatever was asked for first', async (t) => {
  const shop = await openSyncShop(t, { database, codesPerSecond: 3000 })
  const campaign = await shop.createCoupon('CAMPAIGN', { purpose: 'campaign' })
  const flow = await shop.createCoupon('FLOW', { purpose: 'flow' })
  const form = await shop.createCoupon('FORM', { purpose: 'form' })
  const large = await shop.add(campaign, 10_000)
  const work = shop.finish()
  while (shop.emulator.shop.codes.size < 500) await new Promise((resolve) => setTimeout(resolve, 5))
  const flowJob = await shop.add(flow, 500)
  const formJob = await shop.add(form, 500)
  await work
  const [last, second, first] = await Promise.all(
    [large, flowJob, formJob].map((jobId) => requireCodeJob(shop.db, { ...shop, jobId })),
  )
  assert.ok((first?.finishedAt ?? 0) <= (second?.finishedAt ?? 0))
  assert.ok((second?.finishedAt ?? 0) < (last?.finishedAt ?? 0))
  await assertAgreement(shop)
})

test('several processes at one store bring exactly the codes that were asked for', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  const jobId = await shop.add(coupon, 5000)
  await Promise.all([shop.sync(), shop.sync(), shop.sync()])
  await shop.finish()
  assert.equal((await requireCodeJob(shop.db, { ...shop, jobId })).done, 5000)
  assert.equal(shop.emulator.shop.discounts.size, 1)
  assert.equal(shop.emulator.shop.codes.size, 5001)
  await assertAgreement(shop)
})

test('progress says how many codes a second, how many are left and when they are ready', async (t) => {
  const shop = await openSyncShop(t, { database, codesPerSecond: 4000 })
  const coupon = await shop.createCoupon('WELCOME')
  const jobId = await shop.add(coupon, 6000)
  const work = shop.finish()
  while (((await requireCodeJob(shop.db, { ...shop, jobId })).done ?? 0) < 2000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  const now = new Date()
  const seen = await describeSync(shop.db, { ...shop, now })
  assert.equal(seen.state, 'working')
  assert.equal(seen.problem, null)
  assert.ok(seen.codesPerSecond && seen.codesPerSecond > 500, `${seen.codesPerSecond} codes a second`)
  assert.ok(seen.codesLeft > 0 && seen.codesLeft <= 4000)
  assert.ok(seen.secondsLeft && Math.abs(seen.secondsLeft - seen.codesLeft / seen.codesPerSecond) < 0.001)
  assert.deepEqual(
    seen.jobs.map(({ couponName, wanted }) => ({ couponName, wanted })),
    [{ couponName: 'WELCOME', wanted: 6000 }],
  )
  assert.ok(seen.points && seen.points.most === 40_000)
  await work
  assert.equal((await describeSync(shop.db, { ...shop, now })).state, 'idle')
})

test('a shop that cannot be reached is left alone for a while, and the screens say why', async (t) => {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 10)
  shop.emulator.faults.add({ kind: 'internal_error', times: 1000, match: 'discountRedeemCodeBulkAdd' })
  assert.equal(await shop.sync({ timing: { blockedMs: 60_000, mostBlockedMs: 60_000 } }), 'blocked')
  const seen = await describeSync(shop.db, { ...shop, now: new Date() })
  assert.equal(seen.state, 'waiting')
  assert.match(seen.problem ?? '', /Internal error.*tried again by itself/)
  assert.ok(seen.waitsUntil)
  assert.equal(
    (await listStoresToSync(shop.db, new Date())).some(({ id }) => id === shop.storeId),
    false,
  )
  shop.emulator.faults.clear()
  await unblockSync(shop.db, shop)
  await shop.finish()
  await assertAgreement(shop)
})
