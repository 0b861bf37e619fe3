import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CampaignWhen } from '../../../contract/campaigns.ts'
import { checkWhen, describeWhen, toWhen, whenValues } from './when-values.ts'

const ZONE = 'Europe/Berlin'

test('a time goes into the form and comes back the same', () => {
  const times: CampaignWhen[] = [
    { kind: 'now', spreadHours: 0 },
    { kind: 'now', spreadHours: 5 },
    { kind: 'at', at: '2027-03-01T08:00:00.000Z', spreadHours: 2 },
    { kind: 'local', at: '2027-03-01T09:30' },
  ]
  for (const when of times) {
    const values = whenValues(when, ZONE)
    assert.deepEqual(checkWhen(values), {})
    assert.deepEqual(toWhen(values, ZONE), when)
  }
})

test('a date is read by the clocks of the account, with or without seconds', () => {
  for (const at of ['2027-07-01 09:00:00', '2027-07-01 09:00'])
    assert.deepEqual(toWhen({ kind: 'at', at, spreadHours: '' }, ZONE), {
      kind: 'at',
      at: '2027-07-01T07:00:00.000Z',
      spreadHours: 0,
    })
})

test('what is missing or out of range is told by field', () => {
  assert.deepEqual(Object.keys(checkWhen({ kind: 'at', at: null, spreadHours: 99 })), ['at', 'spreadHours'])
  assert.deepEqual(checkWhen({ kind: 'now', at: null, spreadHours: 0 }), {})
})

test('a time is said in words, local ones without a zone', () => {
  assert.match(
    describeWhen({ kind: 'at', at: '2027-03-01T08:00:00Z', spreadHours: 1 }, ZONE),
    /9:00.*, spread evenly over 1 hour$/,
  )
  const local = describeWhen({ kind: 'local', at: '2027-03-01T09:30' }, ZONE)
  assert.match(local, /9:30.* by each recipient’s clock$/)
  assert.doesNotMatch(local, /UTC|GMT/)
})
