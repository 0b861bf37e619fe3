import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireTimeZone } from './time-zone.ts'

test('a known time zone is returned in its own spelling', () => {
  assert.equal(requireTimeZone('UTC'), 'UTC')
  assert.equal(requireTimeZone('Europe/Berlin'), 'Europe/Berlin')
  assert.equal(requireTimeZone('europe/berlin'), 'Europe/Berlin')
})

test('an unknown time zone and a bare offset are refused', () => {
  for (const timeZone of ['Mars/Olympus', '', '+02:00', 'Europe/']) {
    assert.throws(() => requireTimeZone(timeZone), { code: 'unknown_time_zone', data: { timeZone } })
  }
})
