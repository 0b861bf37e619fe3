import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guessCurrency, isoToZoned, zonedToIso } from './zoned-time.ts'

test('a time of a zone is the right moment, in summer and winter', () => {
  assert.equal(zonedToIso('2026-01-15 12:00:00', 'Europe/Berlin'), '2026-01-15T11:00:00.000Z')
  assert.equal(zonedToIso('2026-07-15 12:00:00', 'Europe/Berlin'), '2026-07-15T10:00:00.000Z')
  assert.equal(zonedToIso('2026-07-15 12:00:00', 'Asia/Kolkata'), '2026-07-15T06:30:00.000Z')
})

test('a time that the clocks skip is an hour later, one that they show twice is the first', () => {
  assert.equal(zonedToIso('2026-03-29 02:30:00', 'Europe/Berlin'), '2026-03-29T01:30:00.000Z')
  assert.equal(zonedToIso('2026-10-25 02:30:00', 'Europe/Berlin'), '2026-10-25T00:30:00.000Z')
})

test('a moment and back is the same', () => {
  for (const zone of ['UTC', 'America/New_York', 'Pacific/Auckland'])
    assert.equal(zonedToIso(isoToZoned('2026-11-22T13:45:00.000Z', zone), zone), '2026-11-22T13:45:00.000Z')
})

test('the currency of a language is guessed, with euro for the rest', () => {
  assert.equal(guessCurrency('en-GB'), 'GBP')
  assert.equal(guessCurrency('de'), 'EUR')
})
