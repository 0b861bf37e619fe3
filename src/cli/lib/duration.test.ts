import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration, parseDurationSeconds } from './duration.ts'

test('durations are hours, days or weeks', () => {
  assert.equal(parseDurationSeconds('12h'), 43_200)
  assert.equal(parseDurationSeconds('7d'), 604_800)
  assert.equal(parseDurationSeconds('2w'), 1_209_600)
  for (const text of ['', '7', 'd', '7m', '-7d', '1.5h', '7 d', '7D', '7dd']) {
    assert.equal(parseDurationSeconds(text), undefined, text)
  }
})

test('a duration is told in the largest unit that divides it', () => {
  assert.equal(formatDuration(604_800), '7 days')
  assert.equal(formatDuration(86_400), '1 day')
  assert.equal(formatDuration(43_200), '12 hours')
  assert.equal(formatDuration(3601), '3601 s')
})
