import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { ADD_CODES, callAdmin, callControl, createBasic } from '../test-client.ts'

async function addBatch(emulator: Emulator, id: string, prefix: string, count: number): Promise<void> {
  const codes = Array.from({ length: count }, (_, index) => ({ code: `${prefix}${index}` }))
  const reply = await callAdmin(emulator, ADD_CODES, { id, codes })
  assert.deepEqual(reply.data.discountRedeemCodeBulkAdd.userErrors, [])
}

function importedOf(emulator: Emulator): number {
  return [...emulator.shop.creations.values()].reduce((sum, creation) => sum + creation.importedCount, 0)
}

test('the rate holds over any steps of the clock, in one creation and over several', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 100, settings: { jobDelayMs: 0 } })
  emulator.clock.freeze(true)
  const id = await createBasic(emulator, 'SEED')
  await addBatch(emulator, id, 'A', 250)
  await addBatch(emulator, id, 'B', 250)
  for (const [stepMs, expected] of [
    [1000, 100],
    [10, 100],
    [990, 200],
    [1500, 350],
    [1500, 500],
  ] as const) {
    emulator.clock.advance(stepMs)
    const imported = importedOf(emulator)
    assert.ok(Math.abs(imported - expected) <= 5, `${imported} codes instead of ${expected}`)
  }
})

test('a rate below one code a step is kept too', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 2, settings: { jobDelayMs: 0 } })
  emulator.clock.freeze(true)
  await addBatch(emulator, await createBasic(emulator, 'SEED'), 'A', 10)
  for (let step = 0; step < 30; step += 1) emulator.clock.advance(100)
  const imported = importedOf(emulator)
  assert.ok(imported === 5 || imported === 6, `${imported} codes in three seconds at two a second`)
})

test('a creation does not start before its delay, and time in which jobs stood still is not made up for', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 100, settings: { jobDelayMs: 2000 } })
  emulator.clock.freeze(true)
  await addBatch(emulator, await createBasic(emulator, 'SEED'), 'A', 250)
  emulator.clock.advance(1900)
  assert.equal(importedOf(emulator), 0)
  await callControl(emulator, '/settings', { jobsPaused: true })
  emulator.clock.advance(600_000)
  assert.equal(importedOf(emulator), 0)
  await callControl(emulator, '/settings', { jobsPaused: false })
  emulator.clock.advance(1000)
  const imported = importedOf(emulator)
  assert.ok(imported >= 90 && imported <= 105, `${imported} codes in the second after the pause`)
})

test('a clock that is moved back does not stop the worker', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 100, settings: { jobDelayMs: 0 } })
  emulator.clock.freeze(true)
  await addBatch(emulator, await createBasic(emulator, 'SEED'), 'A', 250)
  emulator.clock.advance(1000)
  emulator.clock.advance(-3_600_000)
  for (let step = 0; step < 40; step += 1) emulator.clock.advance(100)
  assert.equal(importedOf(emulator), 250)
})

test('without a rate everything is imported while requests are still answered', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 0, settings: { jobDelayMs: 0 } })
  const id = await createBasic(emulator, 'SEED')
  for (let batch = 0; batch < 8; batch += 1) await addBatch(emulator, id, `B${batch}-`, 250)
  const query = '{ discountCodesCount(limit: null) { count } }'
  let count = 0
  while (count < 2001) count = (await callAdmin(emulator, query)).data.discountCodesCount.count
  assert.equal(emulator.worker.waiting(), 0)
})
