import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openTestDatabase } from '../../../test/database.ts'
import { runsOn } from '../../../test/random.ts'
import { NOW, type SeededCoupon, seedCode, seedCodes, seedCoupon, seedProfile } from '../../../test/seed-redemptions.ts'
import { readOrderState, shopOrder } from '../../../test/shop-orders.ts'
import type { Db } from '../../db/database.ts'
import type { ShopOrder } from '../../stores/shop-order.ts'
import { recordOrder, recordUnknownUses } from './record-order.ts'

const CODES = ['A', 'B', 'C']
const PEOPLE = ['ada@example.com', 'eve@example.com', null]

/** What happens in the shop: an order, or a change to the order that was made `of` steps before. Seconds may stand still. */
type Step = { kind: 'order' | 'renewal'; codes: string[]; email: string | null; seconds: number } | Change

type Change = { kind: 'cancel' | 'refund' | 'rename'; of: number; seconds: number }

const seconds = fc.integer({ min: 0, max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('order' as const, 'order' as const, 'renewal' as const),
    codes: fc.uniqueArray(fc.constantFrom(...CODES, 'NOT-OURS'), { minLength: 1, maxLength: 2 }),
    email: fc.constantFrom(...PEOPLE),
    seconds,
  }),
  fc.record({
    kind: fc.constantFrom('cancel' as const, 'refund' as const, 'rename' as const),
    of: fc.nat({ max: 3 }),
    seconds,
  }),
)

/** Every message that the shop would send, in the order of its making: the order whole, as it was at that moment. */
function messagesOf(steps: readonly Step[]): ShopOrder[] {
  const orders: ShopOrder[] = []
  const messages: ShopOrder[] = []
  let clock = 0
  for (const one of steps) {
    clock += one.seconds
    const at = new Date(NOW.getTime() + clock * 1000)
    if (one.kind === 'order' || one.kind === 'renewal') {
      const order = shopOrder(`${orders.length + 1}`, one.codes, {
        email: one.email,
        seconds: clock,
        isRenewal: one.kind === 'renewal',
      })
      orders.push(order)
      messages.push(order)
      continue
    }
    const index = orders.length - 1 - (one as Change).of
    const order = orders[index]
    if (!order) continue
    const changed = { ...order, updatedAt: at }
    if (one.kind === 'cancel') changed.cancelledAt = order.cancelledAt ?? at
    if (one.kind === 'refund') changed.refundedMinor = order.refundedMinor + 500
    if (one.kind === 'rename') changed.email = `${clock}-${messages.length}-${order.email ?? 'x@example.com'}`
    orders[index] = changed
    messages.push(changed)
  }
  return messages
}

async function seedShop(db: Db): Promise<SeededCoupon> {
  const coupon = await seedCoupon(db)
  const profileId = await seedProfile(db, coupon.accountId, 'ada@example.com')
  await seedCode(db, coupon, 'A', { profileId })
  await seedCodes(db, coupon, ['B', 'C'])
  return coupon
}

test('whatever order, number and company messages come in, the end is as if each had come once and in time', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const history = fc.array(step, { minLength: 1, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(history, fc.infiniteStream(fc.nat({ max: 1000 })), async (steps, dice) => {
      const messages = messagesOf(steps)
      const inTime = await seedShop(db)
      for (const order of messages) await recordOrder(db, { ...inTime, order, now: NOW })

      const shuffled = await seedShop(db)
      const roll = (most: number): number => dice.next().value % most
      const deliveries = messages.flatMap((order) => Array.from({ length: 1 + roll(3) }, () => order))
      const last = new Map(messages.map((order) => [order.id, order]))
      const mixed = deliveries.map((order) => ({ order, at: roll(1000) })).toSorted((a, b) => a.at - b.at)
      for (const { order, at } of mixed) {
        if (at < 60) await recordUnknownUses(db, { ...shuffled, codes: usedCodes(messages), currency: 'EUR', now: NOW })
        if (at >= 60 && at < 120) await recordOrder(db, { ...shuffled, order: last.get(order.id) ?? order, now: NOW }) // a reconciliation
        if (at < 900) await recordOrder(db, { ...shuffled, order, now: NOW })
        else
          await Promise.all(
            [order, last.get(order.id) ?? order].map((one) => recordOrder(db, { ...shuffled, order: one, now: NOW })),
          )
      }
      assert.deepEqual(await readOrderState(db, shuffled.accountId), await readOrderState(db, inTime.accountId))
    }),
    { numRuns: runsOn(60) },
  )
})

const usedCodes = (messages: ShopOrder[]) => [
  ...new Set(messages.flatMap((order) => order.codes.map(({ code }) => code))),
]
