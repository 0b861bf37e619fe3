import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Terms } from '../../../contract/coupons.ts'
import { checkTerms, DEFAULT_TERMS, fromTerms, toFieldErrors, toTerms } from './terms-values.ts'

const STORE = { currency: 'EUR', timeZone: 'Europe/Berlin' }

test('terms come back from the form as they went in', () => {
  const base = toTerms(DEFAULT_TERMS, STORE)
  const all: Terms[] = [
    base,
    { ...base, minimum: { kind: 'subtotal', amountMinor: 3000, currency: 'EUR' } },
    { ...base, discount: { kind: 'fixed_amount', amountMinor: 1999, currency: 'EUR' }, expires: { kind: 'never' } },
    { ...base, appliesTo: { kind: 'collections', collectionIds: ['c1'] }, minimum: { kind: 'quantity', quantity: 3 } },
    { ...base, expires: { kind: 'after_assignment', seconds: 36 * 3600 }, customers: 'first_order' },
    { ...base, startsAt: '2026-03-01T08:00:00.000Z', expires: { kind: 'at', at: '2026-07-01T21:59:00.000Z' } },
  ]
  for (const terms of all) assert.deepEqual(toTerms(fromTerms(terms, STORE), STORE), terms)
})

test('billing cycles come back as they went in, and a custom store knows none', () => {
  const shopify = { ...STORE, kind: 'shopify' as const }
  const base = toTerms({ ...DEFAULT_TERMS, purchase: 'both' }, shopify)
  for (const terms of [base, { ...base, billingCycles: null }, { ...base, billingCycles: 6 }]) {
    assert.deepEqual(toTerms(fromTerms(terms, shopify), shopify), terms)
  }
  const values = { ...DEFAULT_TERMS, purchase: 'both', cycles: 'all' } as const
  assert.equal('billingCycles' in toTerms(values, STORE), false)
  assert.deepEqual(Object.keys(checkTerms({ ...values, cycles: 'some', billingCycles: '' })), ['billingCycles'])
})

test('customers and segments of the shop come back as they went in, and at least one is named', () => {
  const shopify = { ...STORE, kind: 'shopify' as const }
  const base = toTerms(DEFAULT_TERMS, shopify)
  assert.equal('customerIds' in base || 'segmentIds' in base, false)
  const some: Terms[] = [
    { ...base, customers: 'customers', customerIds: ['7', '8'] },
    { ...base, customers: 'segments', segmentIds: ['9'] },
  ]
  for (const terms of some) assert.deepEqual(toTerms(fromTerms(terms, shopify), shopify), terms)
  assert.deepEqual(Object.keys(checkTerms({ ...DEFAULT_TERMS, customers: 'customers' })), ['customerIds'])
  assert.deepEqual(Object.keys(checkTerms({ ...DEFAULT_TERMS, customers: 'segments' })), ['segmentIds'])
  assert.deepEqual(toFieldErrors({ 'terms.segmentIds.0': 'a' }), { segmentIds: 'a' })
})

test('amounts have the digits of their currency', () => {
  const values = { ...DEFAULT_TERMS, discountKind: 'fixed_amount', amount: 500 } as const
  const yen = toTerms(values, { currency: 'JPY', timeZone: 'Asia/Tokyo' })
  assert.deepEqual(yen.discount, { kind: 'fixed_amount', amountMinor: 500, currency: 'JPY' })
  const cents = toTerms({ ...values, amount: 19.99 }, STORE)
  assert.deepEqual(cents.discount, { kind: 'fixed_amount', amountMinor: 1999, currency: 'EUR' })
})

test('what is missing is named at its field', () => {
  assert.deepEqual(checkTerms(DEFAULT_TERMS), {})
  assert.deepEqual(Object.keys(checkTerms({ ...DEFAULT_TERMS, percent: '' })), ['percent'])
  assert.deepEqual(Object.keys(checkTerms({ ...DEFAULT_TERMS, minimum: 'subtotal' })), ['minimumAmount'])
  assert.deepEqual(Object.keys(checkTerms({ ...DEFAULT_TERMS, expires: 'at' })), ['expiresAt'])
})

test('mistakes that the server found stand at the fields of the form', () => {
  const issues = { 'terms.minimum.amountMinor': 'a', 'terms.discount.basisPoints': 'b', name: 'c' }
  assert.deepEqual(toFieldErrors(issues), { minimumAmount: 'a', percent: 'b', name: 'c' })
})
