import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Home } from '../../../contract/account.ts'
import { seedCodes, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { seedBareCampaign } from '../../../test/seed-campaign.ts'
import { openTestServer, setUpOwner } from '../../../test/server.ts'
import { assignCodes } from '../../codes/assign.ts'
import { releaseCodes, reserveCodes } from '../../codes/reserve.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { rollbackCode } from '../../redemptions/rollback.ts'
import { registerHomeRoutes } from './home.ts'

test('the home page shows the steps that are done, what there is and what runs low', async () => {
  const now = new Date()
  await using server = await openTestServer(registerHomeRoutes, { now: () => now })
  const { key, accountId } = await setUpOwner(server)
  const { db } = server
  const read = async () => (await server.call<Home>('GET', '/v1/home', { key })).body
  assert.deepEqual(await read(), {
    steps: ['people', 'coupon', 'codes', 'template', 'campaign', 'redemption'].map((step) => ({
      key: step,
      done: false,
    })),
    totals: { people: 0, coupons: 0, assigned: 0, redeemed: 0, sent: 0 },
    lowStock: [],
    revenue: [],
  })

  const { rows } = await sql<{ id: string }>`select id from stores`.execute(db)
  const account = { accountId, storeId: rows[0]!.id }
  const coupon = await seedCoupon(db, account, { now })
  assert.deepEqual((await read()).lowStock, [
    { couponId: coupon.id, name: 'WELCOME20', available: 0, reserved: 0, threshold: 10 },
  ])
  await seedCodes(db, accountId, coupon.id, 12, now)
  assert.deepEqual((await read()).lowStock, [])
  const campaignId = await seedBareCampaign(db, accountId, 'Spring')
  const promise = { accountId, couponId: coupon.id, campaignId, count: 5, mayExceed: false, now }
  await db.transaction().execute((trx) => reserveCodes(trx, promise))
  const low = { couponId: coupon.id, name: 'WELCOME20', available: 7, reserved: 5, threshold: 10 }
  assert.deepEqual((await read()).lowStock, [low])
  await releaseCodes(db, promise)
  await sql`delete from campaigns`.execute(db)
  await sql`delete from templates`.execute(db)
  const profileIds = await seedProfiles(db, accountId, 3)
  const outcomes = await assignCodes(db, { accountId, couponId: coupon.id, profileIds, now })
  for (const [nth, outcome] of outcomes.entries()) {
    assert.ok(outcome.status === 'assigned')
    const order = { accountId, code: outcome.code, orderId: `o-${nth}`, subtotalMinor: 5000, currency: 'EUR', now }
    await redeemCode(db, order)
    if (nth === 2) await rollbackCode(db, order)
  }

  const home = await read()
  assert.deepEqual(
    home.steps.filter(({ done }) => done).map(({ key: step }) => step),
    ['people', 'coupon', 'codes', 'redemption'],
  )
  assert.deepEqual(home.totals, { people: 3, coupons: 1, assigned: 3, redeemed: 2, sent: 0 })
  assert.deepEqual(home.lowStock, [
    { couponId: coupon.id, name: 'WELCOME20', available: 9, reserved: 0, threshold: 10 },
  ])
  assert.deepEqual(home.revenue, [{ currency: 'EUR', amountMinor: 8000 }])
})
