import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDecimal, toDecimal, toMinor, toPrice } from './money.ts'

test('the API writes an amount with one digit after the point at least and no needless zero', () => {
  assert.deepEqual([500, 55_00, 949_95, 0, 12_30].map(toDecimal), ['5.0', '55.0', '949.95', '0.0', '12.3'])
})

test('a decimal becomes cents, rounded half away from zero', () => {
  assert.deepEqual(['5', '5.00', '0.005', '-0.005', '1.005', '19.99'].map(toMinor), [500, 500, 1, -1, 101, 1999])
})

test('only digits with an optional sign and point are a decimal', () => {
  assert.deepEqual(['1', '-5', '.5', '2.', 'abc', '', '1e3', '1,5'].map(isDecimal), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

test('a price groups thousands', () => {
  assert.equal(toPrice(123_456_789), '$1,234,567.89')
})
