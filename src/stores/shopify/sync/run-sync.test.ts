import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openTestDatabase } from '../../../../test/database.ts'
import { assertAgreement, openSyncShop } from '../../../../test/sync-shop.ts'
import { requireCodeJob } from '../../../codes/code-jobs.ts'
import { countAvailable } from '../../../codes/pool.ts'
import type { Database } from '../../../db/database.ts'

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
