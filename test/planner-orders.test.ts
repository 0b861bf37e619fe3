// Whatever Postgres believes of the tables, no checkout and no order of a shop reads the account's other codes and orders.
import { newId } from '../src/lib/ids.ts'
import { recordOrder, recordUnknownUses } from '../src/redemptions/orders/record-order.ts'
import { redeemCode } from '../src/redemptions/redeem.ts'
import { createRedeemQueue } from '../src/redemptions/redeem-queue.ts'
import { reserveCode } from '../src/redemptions/reserve.ts'
import { rollbackCode } from '../src/redemptions/rollback.ts'
import { testReads } from './planner-work.ts'
import type { World } from './planner-world.ts'
import { after } from './seed.ts'
import { shopOrder } from './shop-orders.ts'

const NOW = after(60)

/** An order that uses the next code that somebody has. */
function nextOrder({ accountId, storeId, holders }: World) {
  const code = holders.shift()?.code ?? ''
  return { accountId, storeId, code, orderId: newId(), subtotalMinor: 5000, currency: 'EUR', now: NOW }
}

testReads([
  {
    what: 'codes are redeemed one by one',
    calls: 10,
    per: 1,
    most: 200,
    begin: (_, world) => (db) => redeemCode(db, nextOrder(world)),
  },
  {
    what: 'codes are redeemed together',
    calls: 4,
    per: 20,
    most: 100,
    begin: (_, world) => async (db) => {
      const redeem = createRedeemQueue(db)
      await Promise.all(Array.from({ length: 20 }, () => redeem(nextOrder(world))))
    },
  },
  {
    what: 'codes are reserved, redeemed and rolled back',
    calls: 10,
    per: 1,
    most: 400,
    begin: (_, world) => async (db) => {
      const order = nextOrder(world)
      await reserveCode(db, { ...order, seconds: 60 })
      await redeemCode(db, order)
      await rollbackCode(db, order)
    },
  },
  {
    what: 'the shop tells of orders, and that they were cancelled',
    calls: 10,
    per: 2,
    most: 300,
    begin: (_, world) => async (db) => {
      const order = shopOrder(newId(), [nextOrder(world).code, nextOrder(world).code])
      await recordOrder(db, { ...world, order, now: NOW })
      await recordOrder(db, { ...world, order: { ...order, cancelledAt: NOW }, now: NOW })
    },
  },
  {
    what: 'a second order uses the same code',
    calls: 10,
    per: 1,
    most: 400,
    begin: (_, world) => async (db) => {
      const { code } = nextOrder(world)
      for (const seconds of [2, 1])
        await recordOrder(db, { ...world, order: shopOrder(newId(), [code], { seconds }), now: NOW })
    },
  },
  {
    what: 'the shop counts uses of which no order is known',
    calls: 4,
    per: 10,
    most: 100,
    begin: (_, world) => (db) => {
      const codes = Array.from({ length: 10 }, () => nextOrder(world).code)
      return recordUnknownUses(db, { ...world, codes, currency: 'EUR', now: NOW })
    },
  },
])
