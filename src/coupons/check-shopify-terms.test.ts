import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TermsInput, terms as termsShape } from '../../contract/coupons.ts'
import { AppError } from '../errors.ts'
import { checkTerms } from './check-terms.ts'

const NOW = new Date('2027-03-01T09:00:00Z')
const PERCENT = { kind: 'percentage' as const, basisPoints: 1000 }
const BUY_GET = {
  kind: 'buy_x_get_y' as const,
  buyQuantity: 1,
  getQuantity: 1,
  basisPoints: 10_000,
  buyProductIds: ['1'],
  getProductIds: ['gid://shopify/Product/2'],
}

/** The field that a Shopify store refuses; undefined when it takes the terms. */
function refusedField(input: TermsInput, kind: 'shopify' | 'custom' = 'shopify'): unknown {
  try {
    checkTerms(termsShape.parse(input), { kind, currency: 'EUR', sellsSubscriptions: true }, NOW)
    return undefined
  } catch (error) {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'term_not_supported')
    return error.data.field
  }
}

test('what a Shopify discount cannot express is refused, and taken for a custom store', () => {
  const shipping = { kind: 'free_shipping' as const }
  const combines = { orderDiscounts: false, productDiscounts: false, shippingDiscounts: true }
  const cases: [TermsInput, string][] = [
    [{ discount: PERCENT, customers: 'first_order' }, 'customers'],
    [{ discount: shipping, combinesWith: combines }, 'combinesWith'],
    [{ discount: BUY_GET, minimum: { kind: 'quantity', quantity: 2 } }, 'minimum'],
    [{ discount: BUY_GET, purchase: 'both' }, 'purchase'],
    [{ discount: { ...BUY_GET, buyProductIds: ['mug'] } }, 'discount'],
    [{ discount: PERCENT, appliesTo: { kind: 'products', productIds: ['gid://shopify/Collection/5'] } }, 'appliesTo'],
    [{ discount: PERCENT, appliesTo: { kind: 'collections', collectionIds: ['0'] } }, 'appliesTo'],
  ]
  for (const [input, field] of cases) {
    assert.equal(refusedField(input), field, JSON.stringify(input))
    assert.equal(refusedField(input, 'custom'), undefined, JSON.stringify(input))
  }
})

test('what a Shopify discount can express is taken', () => {
  const combines = { orderDiscounts: true, productDiscounts: true, shippingDiscounts: true }
  assert.equal(
    refusedField({ discount: PERCENT, combinesWith: combines, purchase: 'both', billingCycles: null }),
    undefined,
  )
  assert.equal(refusedField({ discount: BUY_GET }), undefined)
})

test('only Shopify stores know customers and segments of the shop', () => {
  const customers: TermsInput = {
    discount: PERCENT,
    customers: 'customers',
    customerIds: ['7', 'gid://shopify/Customer/8'],
  }
  const segments: TermsInput = { discount: PERCENT, customers: 'segments', segmentIds: ['gid://shopify/Segment/9'] }
  for (const input of [customers, segments]) {
    assert.equal(refusedField(input), undefined)
    assert.equal(refusedField(input, 'custom'), 'customers')
  }
  assert.equal(refusedField({ ...segments, segmentIds: ['gid://shopify/Customer/7'] }), 'segmentIds')
  assert.equal(refusedField({ ...customers, customerIds: ['7', 'ada@example.com'] }), 'customerIds')
})

test('ids of customers and segments are there exactly when the terms are for them', () => {
  const cases: [TermsInput, string][] = [
    [{ discount: PERCENT, customers: 'customers' }, 'customerIds'],
    [{ discount: PERCENT, customers: 'segments' }, 'segmentIds'],
    [{ discount: PERCENT, customerIds: ['7'] }, 'customerIds'],
    [{ discount: PERCENT, customers: 'customers', customerIds: ['7'], segmentIds: ['9'] }, 'segmentIds'],
    [{ discount: PERCENT, customers: 'segments', customerIds: ['7'] }, 'customerIds'],
  ]
  for (const kind of ['shopify', 'custom'] as const) {
    for (const [input, field] of cases) {
      assert.throws(
        () => checkTerms(termsShape.parse(input), { kind, currency: 'EUR', sellsSubscriptions: true }, NOW),
        { code: 'invalid_input', data: { field } },
        JSON.stringify(input),
      )
    }
  }
  const list = (length: number) => ({ discount: PERCENT, customers: 'customers', customerIds: Array(length).fill('7') })
  assert.deepEqual(
    [0, 1, 250, 251].map((length) => termsShape.safeParse(list(length)).success),
    [false, true, true, false],
  )
})

test('billing cycles are counted by Shopify stores for subscriptions only', () => {
  assert.equal(refusedField({ discount: PERCENT, billingCycles: 3 }), 'billingCycles')
  assert.equal(refusedField({ discount: PERCENT, billingCycles: 3, purchase: 'both' }, 'custom'), 'billingCycles')
  assert.equal(refusedField({ discount: PERCENT, billingCycles: 3, purchase: 'subscription' }), undefined)
})
