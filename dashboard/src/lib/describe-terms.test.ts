import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Terms } from '../../../contract/coupons.ts'
import { describeDiscount, describeSeconds, describeTerms } from './describe-terms.ts'
import { DEFAULT_TERMS, toTerms } from './terms-values.ts'

const STORE = { currency: 'EUR', timeZone: 'Europe/Berlin' }
const welcome: Terms = toTerms({ ...DEFAULT_TERMS, minimum: 'subtotal', minimumAmount: 30 }, STORE)

test('the welcome offer reads as one would say it', () => {
  assert.equal(
    describeTerms(welcome, 'UTC'),
    '20 % off orders of at least €30.00, expires 7 days after it was given to a person',
  )
})

test('each kind of discount has its words', () => {
  assert.equal(describeDiscount({ kind: 'percentage', basisPoints: 1250 }), '12.5 % off')
  assert.equal(describeDiscount({ kind: 'fixed_amount', amountMinor: 500, currency: 'JPY' }), '¥500 off')
  assert.equal(
    describeTerms({ ...welcome, discount: { kind: 'free_shipping' } }, 'UTC').split(',')[0],
    'Free shipping on orders of at least €30.00',
  )
  const gift = {
    kind: 'buy_x_get_y',
    buyQuantity: 2,
    getQuantity: 1,
    buyProductIds: ['a'],
    getProductIds: ['b'],
  } as const
  const free = { ...gift, basisPoints: 10_000, buyProductIds: ['a'], getProductIds: ['b'] }
  assert.equal(describeDiscount(free), 'Buy 2, get 1 free')
  assert.equal(describeDiscount({ ...free, basisPoints: 5000 }), 'Buy 2, get 1 50 % off')
})

test('limits are named one after the other', () => {
  const terms: Terms = {
    ...welcome,
    appliesTo: { kind: 'products', productIds: ['a', 'b'] },
    minimum: { kind: 'none' },
    customers: 'first_order',
    oncePerCustomer: true,
    expires: { kind: 'never' },
  }
  assert.equal(describeTerms(terms, 'UTC'), '20 % off 2 products, first order only, once per customer, never expires')
})

test('who may use it is said where it is not everybody', () => {
  const some: Terms = { ...welcome, expires: { kind: 'never' }, minimum: { kind: 'none' } }
  assert.equal(
    describeTerms({ ...some, customers: 'customers', customerIds: ['7', '8'] }, 'UTC'),
    '20 % off any order, only for 2 customers of the shop, never expires',
  )
  assert.equal(
    describeTerms({ ...some, customers: 'segments', segmentIds: ['9'] }, 'UTC'),
    '20 % off any order, only for customers in 1 segment of the shop, never expires',
  )
})

test('a span is said in days where days fit, else in hours', () => {
  assert.equal(describeSeconds(604_800), '7 days')
  assert.equal(describeSeconds(86_400), '1 day')
  assert.equal(describeSeconds(90_000), '25 hours')
})
