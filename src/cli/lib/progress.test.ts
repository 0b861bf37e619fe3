import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeProgress, drawBar } from './progress.ts'

test('progress says how far, how fast and until when', () => {
  const progress = { done: 4000, wanted: 10_000, ratePerSecond: 1999.6, readyAt: '2027-03-01T10:00:03.200+01:00' }
  assert.equal(describeProgress(progress, 'codes'), '4,000 of 10,000 codes, 2,000/s, ready at 2027-03-01 09:00:03Z')
  assert.equal(describeProgress({ done: 0, wanted: 5, ratePerSecond: null, readyAt: null }, 'mails'), '0 of 5 mails')
})

test('the bar fills up and never runs over', () => {
  assert.equal(drawBar({ done: 0, wanted: 10 }), `[${'.'.repeat(24)}]`)
  assert.equal(drawBar({ done: 5, wanted: 10 }), `[${'#'.repeat(12)}${'.'.repeat(12)}]`)
  assert.equal(drawBar({ done: 12, wanted: 10 }), `[${'#'.repeat(24)}]`)
  assert.equal(drawBar({ done: 0, wanted: 0 }), `[${'#'.repeat(24)}]`)
})
