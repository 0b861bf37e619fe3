import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cart, RefusalReason } from '../../contract/codes.ts'
import { type TermsInput, terms as termsShape } from '../../contract/coupons.ts'
import { type CodeFacts, refusalOf } from './refusal.ts'

const NOW = new Date('2026-05-01T12:00:00Z')
const FREE: CodeFacts = {
  now: NOW,
  state: 'live',
  isHeldByAnotherOrder: false,
  deadline: null,
  hasCustomerUsedIt: false,
}

function reason(terms: Partial<TermsInput>, cart: Partial<Cart>, facts: Partial<CodeFacts> = {}): RefusalReason | null {
  const parsed = termsShape.parse({ discount: { kind: 'percentage', basisPoints: 2000 }, ...terms })
  return refusalOf(parsed, { code: 'X', subtotalMinor: 5000, currency: 'EUR', ...cart }, { ...FREE, ...facts })
}

function item(productId: string, quantity: number, more: Record<string, unknown> = {}) {
  return { productId, quantity, unitPriceMinor: 1000, collectionIds: [], subscription: false, ...more }
}

test('a live code without conditions is good', () => {
  assert.equal(reason({}, {}), null)
})

test("the code's own state comes before everything else", () => {
  const deadline = NOW
  assert.equal(reason({}, {}, { state: 'redeemed', deadline }), 'already_redeemed')
  assert.equal(reason({}, {}, { state: 'withdrawn', deadline }), 'withdrawn')
  assert.equal(reason({}, {}, { isHeldByAnotherOrder: true }), 'held_by_another_order')
})

test('a code is good from its start until the millisecond before its deadline', () => {
  assert.equal(reason({ startsAt: '2026-05-01T12:00:00.001Z' }, {}), 'not_started')
  assert.equal(reason({ startsAt: '2026-05-01T14:00:00+02:00' }, {}), null)
  assert.equal(reason({}, {}, { deadline: NOW }), 'expired')
  assert.equal(reason({}, {}, { deadline: new Date(NOW.getTime() + 1) }), null)
})

test('a minimum subtotal is counted over what the coupon applies to, in its own currency', () => {
  const minimum = { kind: 'subtotal' as const, amountMinor: 3000, currency: 'EUR' }
  assert.equal(reason({ minimum }, { subtotalMinor: 3000 }), null)
  assert.equal(reason({ minimum }, { subtotalMinor: 2999 }), 'minimum_not_met')
  assert.equal(reason({ minimum }, { currency: 'USD' }), 'currency_mismatch')
  const appliesTo = { kind: 'products' as const, productIds: ['a'] }
  assert.equal(reason({ minimum, appliesTo }, { items: [item('a', 2), item('b', 9)] }), 'minimum_not_met')
})

test('a minimum quantity is counted over the entitled items', () => {
  const terms = {
    minimum: { kind: 'quantity' as const, quantity: 3 },
    appliesTo: { kind: 'collections' as const, collectionIds: ['c'] },
  }
  assert.equal(reason(terms, { items: [item('a', 2, { collectionIds: ['c'] }), item('b', 5)] }), 'minimum_not_met')
  assert.equal(reason(terms, { items: [item('a', 3, { collectionIds: ['c'] })] }), null)
  assert.equal(reason(terms, {}), 'items_required')
})

test('a fixed amount is refused in another currency', () => {
  const discount = { kind: 'fixed_amount' as const, amountMinor: 500, currency: 'EUR' }
  assert.equal(reason({ discount }, { currency: 'USD' }), 'currency_mismatch')
})

test('a coupon for products needs items, and one of them', () => {
  const appliesTo = { kind: 'products' as const, productIds: ['a'] }
  assert.equal(reason({ appliesTo }, {}), 'items_required')
  assert.equal(reason({ appliesTo }, { items: [item('b', 1)] }), 'not_applicable')
  assert.equal(reason({ appliesTo }, { items: [item('a', 1)] }), null)
})

test('the way to buy must be one of the terms', () => {
  const subscribed = [item('a', 1, { subscription: true })]
  assert.equal(reason({}, { items: subscribed }), 'purchase_type')
  assert.equal(reason({ purchase: 'subscription' }, { items: [item('a', 1)] }), 'purchase_type')
  assert.equal(reason({ purchase: 'subscription' }, {}), 'items_required')
  assert.equal(reason({ purchase: 'both' }, { items: subscribed }), null)
})

test('first order only means that the shop says so', () => {
  const customers = 'first_order' as const
  assert.equal(reason({ customers }, {}), 'not_first_order')
  assert.equal(reason({ customers }, { isFirstOrder: false }), 'not_first_order')
  assert.equal(reason({ customers }, { isFirstOrder: true }), null)
})

test('once per customer needs an email that has not used the coupon', () => {
  const oncePerCustomer = true
  assert.equal(reason({ oncePerCustomer }, {}), 'email_required')
  assert.equal(reason({ oncePerCustomer }, { email: '  ' }), 'email_required')
  assert.equal(reason({ oncePerCustomer }, { email: 'a@b.c' }), null)
  assert.equal(reason({ oncePerCustomer }, { email: 'a@b.c' }, { hasCustomerUsedIt: true }), 'customer_already_used')
})

test('buy X get Y is refused while something is missing', () => {
  const discount = {
    kind: 'buy_x_get_y' as const,
    buyQuantity: 2,
    getQuantity: 1,
    basisPoints: 5000,
    buyProductIds: ['a'],
    getProductIds: ['b'],
  }
  assert.equal(reason({ discount }, { items: [item('a', 1), item('b', 1)] }), 'not_applicable')
  assert.equal(reason({ discount }, { items: [item('a', 2)] }), 'not_applicable')
  assert.equal(reason({ discount }, { items: [item('a', 2), item('b', 1)] }), null)
})
