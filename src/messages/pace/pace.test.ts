import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { openTestDatabase } from '../../../test/database.ts'
import { after, START, seedAccount } from '../../../test/seed.ts'
import type { SendOutcome } from '../../channels/send-outcome.ts'
import type { Database, Db } from '../../db/database.ts'
import { newId } from '../../lib/ids.ts'
import { healthOf } from './health.ts'
import { findPaces, noteTurns, type PacedSender, takeTurns } from './pace.ts'
import { dailyLimitOf } from './warm-up.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

type Seeded = {
  sender: PacedSender
  take: (want: number, second: number, goesFirst?: boolean) => Promise<number>
  note: (outcomes: SendOutcome[], second: number, unused?: number) => Promise<void>
  health: (second: number) => Promise<ReturnType<typeof healthOf>>
}

async function seedSender(limits: Partial<PacedSender>): Promise<Seeded> {
  const { accountId } = await seedAccount(db)
  const sender = { senderId: newId(), perSecond: null, perDay: null, warmUpFrom: null, ...limits }
  return {
    sender,
    take: (want, second, goesFirst = false) =>
      takeTurns(db, { accountId, sender, want, goesFirst, now: () => after(second) }),
    note: (outcomes, second, unused = 0) => noteTurns(db, { accountId, sender, unused, outcomes, now: after(second) }),
    health: async (second) => {
      const paces = await findPaces(db, { accountId, senderIds: [sender.senderId] })
      return healthOf(sender, paces.get(sender.senderId), after(second))
    },
  }
}

const SENT: SendOutcome = { status: 'sent', providerId: 'x' }
const LOST: SendOutcome = { status: 'unknown', reason: 'no answer' }

test('a sender without limits gives every turn that is asked for', async () => {
  const { take } = await seedSender({})
  assert.equal(await take(200, 0), 200)
  assert.equal(await take(200, 0), 200)
})

test('twenty processes at once get no more turns together than the second has', async () => {
  const { take } = await seedSender({ perSecond: 14 })
  await take(1, 0, true)
  const granted = await Promise.all(Array.from({ length: 20 }, () => take(10, 0, true)))
  assert.equal(
    granted.reduce((sum, one) => sum + one, 0),
    13,
  )
  assert.equal(await take(100, 0.5, true), 7)
  assert.equal(await take(100, 60, true), 14, 'time without sending is not saved up')
})

test('a part of each second is kept for those who go first', async () => {
  const { take } = await seedSender({ perSecond: 20 })
  assert.equal(await take(100, 0), 18)
  assert.equal(await take(100, 0, true), 2)
})

test('a sender of one message a second sends one a second', async () => {
  const { take } = await seedSender({ perSecond: 1 })
  assert.equal(await take(5, 0), 1)
  assert.equal(await take(5, 1), 1)
  assert.equal(await take(5, 1.4), 0)
})

test("the day's limit holds until midnight UTC, also for twenty at once", async () => {
  const { take } = await seedSender({ perDay: 100 })
  const granted = await Promise.all(Array.from({ length: 20 }, () => take(30, 0)))
  assert.equal(
    granted.reduce((sum, one) => sum + one, 0),
    100,
  )
  assert.equal(await take(10, 14 * 3600), 0)
  assert.equal(await take(10, 15 * 3600), 10)
})

test('turns that were not used come back', async () => {
  const { take, note, health } = await seedSender({ perSecond: 10, perDay: 50 })
  assert.equal(await take(10, 0, true), 10)
  await note([SENT], 0, 9)
  assert.equal(await take(10, 0, true), 9)
  assert.equal((await health(0)).sentToday, 10)
})

test('five failures in a row let the sender rest; after a minute one message tries, and its answer decides', async () => {
  const { take, note, health } = await seedSender({})
  await take(10, 0)
  await note([SENT, LOST, LOST, LOST, LOST], 0)
  assert.equal(await take(10, 1), 10, 'four in a row are not enough')
  await note([LOST], 1)
  assert.deepEqual(
    { ...(await health(2)), sentToday: 0 },
    {
      state: 'resting',
      reason: 'no answer',
      until: after(61).toISOString(),
      sentToday: 0,
      dailyLimit: null,
    },
  )
  assert.equal(await take(10, 60), 0)
  const probes = await Promise.all(Array.from({ length: 10 }, () => take(10, 62)))
  assert.deepEqual(probes.toSorted(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 'one probe, whoever asks')
  await note([LOST], 63)
  assert.equal(await take(10, 63 + 119), 0, 'the second rest is twice as long')
  assert.equal(await take(10, 63 + 121), 1)
  await note([SENT], 63 + 122)
  assert.equal(await take(10, 63 + 122), 10)
  assert.equal((await health(200)).state, 'well')
})

test('a probe that found no message to send leaves the place to the next', async () => {
  const { take, note } = await seedSender({})
  await take(10, 0)
  await note(Array(5).fill(LOST), 0)
  assert.equal(await take(10, 61), 1)
  await note([], 61, 1)
  assert.equal(await take(10, 61), 1)
})

test('what is wrong with an address or a mail is no failure of the sender; what is wrong with its account is', async () => {
  const fine = await seedSender({})
  await fine.take(10, 0)
  await fine.note(Array(9).fill({ status: 'rejected', fault: 'address', reason: '550' }), 0)
  assert.equal(await fine.take(10, 1), 10)
  const bad = await seedSender({})
  await bad.take(10, 0)
  await bad.note(Array(5).fill({ status: 'rejected', fault: 'account', reason: 'suspended' }), 0)
  assert.equal(await bad.take(10, 1), 0)
})

test('a provider that wants fewer gets half the pace for a minute, or as long as it asks', async () => {
  const { take, note, health } = await seedSender({ perSecond: 20 })
  await take(1, 0, true)
  await note([{ status: 'throttled', reason: '454', retryAfterMs: null }], 0)
  assert.equal((await health(1)).state, 'slowed')
  await take(100, 10, true)
  assert.equal(await take(100, 20, true), 10)
  await take(100, 61, true)
  assert.equal(await take(100, 62, true), 20)
  await note([{ status: 'throttled', reason: '429', retryAfterMs: 300_000 }], 62)
  assert.equal((await health(300)).state, 'slowed')
})

test('a warm-up lets more out each day and ends by itself; the smaller limit holds', () => {
  const limits = [0, 1, 5, 20, 21].map((day) =>
    dailyLimitOf({ perDay: null, warmUpFrom: '2027-03-01' }, after(day * 86_400, START)),
  )
  assert.deepEqual(limits, [200, 300, 1500, 650_000, null])
  assert.equal(dailyLimitOf({ perDay: 250, warmUpFrom: '2027-03-01' }, after(86_400, START)), 250)
})
