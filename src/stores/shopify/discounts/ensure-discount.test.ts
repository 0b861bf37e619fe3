import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { deleteDiscount } from '../../../../emulator/discounts/lifecycle.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import { assertAgreement, openSyncShop } from '../../../../test/sync-shop.ts'
import { requirePool } from '../../../codes/pool.ts'
import type { ShopifyClient } from '../client/client.ts'
import { ensureDiscount } from './ensure-discount.ts'

test('a process whose discount was deleted while it was slow does not note it over that of its successor', async (t) => {
  await using database = await openTestDatabase()
  const shop = await openSyncShop(t, { database })
  const { db, accountId } = shop
  const coupon = await shop.createCoupon('WELCOME')
  const pool = await requirePool(db, { accountId, coupon, now: new Date() })
  const input = { accountId, poolId: pool.id, leaseMs: 1, now: new Date() }
  const created = Promise.withResolvers<void>()
  const heard = Promise.withResolvers<void>()
  const slow: ShopifyClient = {
    ...shop.client,
    request: async (...call) => {
      const reply = await shop.client.request(...call)
      created.resolve()
      await heard.promise
      return reply
    },
  }
  const first = ensureDiscount(db, slow, input)
  await created.promise
  const [theirs] = shop.emulator.shop.discounts.values()
  assert.ok(theirs)
  deleteDiscount(shop.emulator.shop, theirs)
  await sleep(5) // its lease is over
  const successor: ShopifyClient = {
    ...shop.client,
    request: async (...call) => {
      const reply = await shop.client.request(...call)
      if (shop.emulator.shop.discounts.size > 0) {
        heard.resolve()
        await first // the slow one writes before the successor does
      }
      return reply
    },
  }
  await ensureDiscount(db, successor, input)
  await assertAgreement(shop)
})
