import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClock } from './clock.ts'

test('moving the clock forward runs what became due, in the order of its time', () => {
  const clock = createClock(1_000_000)
  clock.freeze(true)
  const seen: string[] = []
  clock.schedule(1_000_300, () => seen.push('second'))
  clock.schedule(1_000_100, () => seen.push('first'))
  clock.schedule(1_009_000, () => seen.push('later'))
  clock.advance(500)
  assert.deepEqual(seen, ['first', 'second'])
  clock.stop()
})

test('a task that was taken back does not run', () => {
  const clock = createClock(1_000_000)
  clock.freeze(true)
  let runs = 0
  const cancel = clock.schedule(1_000_100, () => {
    runs += 1
  })
  cancel()
  clock.advance(1000)
  assert.equal(runs, 0)
  clock.stop()
})

test('moving the clock back leaves waiting tasks as far away as before', () => {
  const clock = createClock(1_000_000)
  clock.freeze(true)
  let ran = false
  clock.schedule(1_000_500, () => {
    ran = true
  })
  clock.advance(-900_000)
  clock.advance(499)
  assert.equal(ran, false)
  clock.advance(1)
  assert.equal(ran, true)
  clock.stop()
})

test('a frozen clock stands still until it is moved', () => {
  const clock = createClock(5_000)
  clock.freeze(true)
  const before = clock.now()
  for (let round = 0; round < 1000; round += 1) clock.now()
  assert.equal(clock.now(), before)
  clock.set(9_000)
  assert.equal(clock.now(), 9_000)
  clock.stop()
})

test('a task scheduled by a task runs in the same move when it is due too', () => {
  const clock = createClock(0)
  clock.freeze(true)
  const times: number[] = []
  const again = (at: number): void => {
    times.push(at)
    if (times.length < 3) clock.schedule(at + 100, () => again(at + 100))
  }
  clock.schedule(clock.now() + 100, () => again(100))
  clock.advance(1000)
  assert.deepEqual(times, [100, 200, 300])
  clock.stop()
})
