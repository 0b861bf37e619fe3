import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCount, readDuration, readMoment } from './options.ts'

test('counts are whole numbers, with thousands separated or not', () => {
  for (const text of ['10000', '10,000', '10_000']) assert.equal(readCount(text), 10_000, text)
  for (const text of ['', '0', '-1', '1.5', '1e4', '1,00', ',100', 'many']) {
    assert.throws(() => readCount(text), { code: 'commander.invalidArgument' }, text)
  }
})

test('moments need their offset', () => {
  assert.equal(readMoment('2027-03-31T23:59:59+02:00'), '2027-03-31T21:59:59.000Z')
  assert.equal(readMoment('2027-04-01'), '2027-04-01T00:00:00.000Z')
  for (const text of ['2027-03-31T23:59:59', 'tomorrow', '2027-13-01', '31.03.2027']) {
    assert.throws(() => readMoment(text), { code: 'commander.invalidArgument' }, text)
  }
})

test('durations that are none are a wrong use', () => {
  assert.equal(readDuration('7d'), 604_800)
  assert.throws(() => readDuration('soon'), { code: 'commander.invalidArgument' })
})
