import assert from 'node:assert/strict'
import { test } from 'node:test'
import { terms } from '../../contract/coupons.ts'
import { describeTerms, readTerms } from './coupon-terms.ts'

const EUROS = { currency: 'EUR' }

test('options become terms in the currency of the store', () => {
  const read = readTerms({ percent: '12.5', minimum: '30.00', expiresAfter: 604_800, oncePerCustomer: true }, EUROS)
  assert.deepEqual(read, {
    discount: { kind: 'percentage', basisPoints: 1250 },
    minimum: { kind: 'subtotal', amountMinor: 3000, currency: 'EUR' },
    expires: { kind: 'after_assignment', seconds: 604_800 },
    oncePerCustomer: true,
  })
  const fixed = readTerms({ amount: '500' }, { currency: 'JPY' })
  assert.deepEqual(fixed, { discount: { kind: 'fixed_amount', amountMinor: 500, currency: 'JPY' } })
})

test('a coupon gives exactly one thing and ends in one way', () => {
  for (const options of [{}, { percent: '20', amount: '5' }, { percent: '20', freeShipping: true } as const]) {
    assert.throws(() => readTerms(options, EUROS), { name: 'CliError', message: /one of --percent/ })
  }
  const twoEnds = { percent: '20', expiresAfter: 3600, expiresAt: '2027-04-01T00:00:00Z' }
  assert.throws(() => readTerms(twoEnds, EUROS), { message: /one of --expires-after/ })
  assert.throws(() => readTerms({ percent: '12,5' }, EUROS), { message: /as 20 or 12\.5/ })
})

test('a coupon is for first orders, for customers or for segments of the shop', () => {
  const percent = '20'
  const discount = { kind: 'percentage', basisPoints: 2000 }
  assert.deepEqual(readTerms({ percent, customers: ['7', '8'] }, EUROS), {
    discount,
    customers: 'customers',
    customerIds: ['7', '8'],
  })
  const segments = readTerms({ percent, segments: ['9'] }, EUROS)
  assert.deepEqual(segments, { discount, customers: 'segments', segmentIds: ['9'] })
  assert.equal(describeTerms(terms.parse(segments)), '20 % off, for 1 segment of the shop')
  const both = { percent, firstOrder: true, segments: ['9'] } as const
  assert.throws(() => readTerms({ ...both, segments: ['9'] }, EUROS), { message: /one of --first-order/ })
})

test('an offer is told in a few words', () => {
  const offer = terms.parse(readTerms({ percent: '20', minimum: '30', expiresAfter: 604_800 }, EUROS))
  assert.equal(describeTerms(offer), '20 % off, from 30.00 EUR, for 7 days after it was given')
  const half = terms.parse(readTerms({ percent: '12.5' }, EUROS))
  assert.equal(describeTerms(half), '12.5 % off')
  assert.equal(describeTerms(terms.parse(readTerms({ freeShipping: true }, EUROS))), 'free shipping')
})
