import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Cart, cart as cartShape } from '../../contract/codes.ts'
import { type Terms, type TermsInput, terms as termsShape } from '../../contract/coupons.ts'
import { discountMinor } from './discount.ts'

function termsOf(input: Partial<TermsInput>): Terms {
  return termsShape.parse({ discount: { kind: 'percentage', basisPoints: 2000 }, ...input })
}

function cartOf(input: Partial<Cart> = {}): Cart {
  return { code: 'X', subtotalMinor: 10_000, currency: 'EUR', ...input }
}

function item(productId: string, quantity: number, unitPriceMinor: number, more: Record<string, unknown> = {}) {
  return { productId, quantity, unitPriceMinor, collectionIds: [], subscription: false, ...more }
}

const BUY_TWO_GET_ONE = {
  kind: 'buy_x_get_y' as const,
  buyQuantity: 2,
  getQuantity: 1,
  basisPoints: 10_000,
  buyProductIds: ['a'],
  getProductIds: ['b'],
}

test('a percentage is rounded half up to the minor unit', () => {
  const discount = { kind: 'percentage' as const, basisPoints: 1250 }
  assert.equal(discountMinor(termsOf({ discount }), cartOf({ subtotalMinor: 4 })), 1) // 0.5
  assert.equal(discountMinor(termsOf({ discount }), cartOf({ subtotalMinor: 3 })), 0) // 0.375
  assert.equal(discountMinor(termsOf({ discount }), cartOf({ subtotalMinor: 9999 })), 1250) // 1249.875
})

test('a percentage of the largest subtotal is exact', () => {
  const discount = { kind: 'percentage' as const, basisPoints: 3333 }
  assert.equal(
    discountMinor(termsOf({ discount }), cartOf({ subtotalMinor: 999_999_999_999_999 })),
    333_300_000_000_000,
  )
})

test('a fixed amount takes off no more than there is, and nothing in another currency', () => {
  const discount = { kind: 'fixed_amount' as const, amountMinor: 1500, currency: 'EUR' }
  assert.equal(discountMinor(termsOf({ discount }), cartOf()), 1500)
  assert.equal(discountMinor(termsOf({ discount }), cartOf({ subtotalMinor: 900 })), 900)
  assert.equal(discountMinor(termsOf({ discount }), cartOf({ currency: 'USD' })), 0)
})

test('free shipping takes off the shipping that the cart names', () => {
  const terms = termsOf({ discount: { kind: 'free_shipping' } })
  assert.equal(discountMinor(terms, cartOf({ shippingMinor: 490 })), 490)
  assert.equal(discountMinor(terms, cartOf()), 0)
})

test('a coupon for products or collections reduces these items only', () => {
  const items = [item('a', 2, 1000, { collectionIds: ['c1'] }), item('b', 1, 8000)]
  const products = termsOf({ appliesTo: { kind: 'products', productIds: ['a'] } })
  const collections = termsOf({ appliesTo: { kind: 'collections', collectionIds: ['c1'] } })
  assert.equal(discountMinor(products, cartOf({ items })), 400)
  assert.equal(discountMinor(collections, cartOf({ items })), 400)
  assert.equal(discountMinor(products, cartOf()), 0)
})

test('a one-time coupon leaves subscriptions at their price', () => {
  const items = [item('a', 1, 2000), item('b', 1, 8000, { subscription: true })]
  assert.equal(discountMinor(termsOf({}), cartOf({ items })), 400)
  assert.equal(discountMinor(termsOf({ purchase: 'subscription' }), cartOf({ items })), 1600)
  assert.equal(discountMinor(termsOf({ purchase: 'both' }), cartOf({ items })), 2000)
})

test('the whole cart is judged by its subtotal, which the shop may have reduced already', () => {
  assert.equal(discountMinor(termsOf({}), cartOf({ subtotalMinor: 7000, items: [item('a', 1, 10_000)] })), 1400)
})

test('buy two, get one free reduces the cheapest unit to get, once an order', () => {
  const terms = termsOf({ discount: { ...BUY_TWO_GET_ONE, getProductIds: ['b', 'c'] } })
  const items = [item('a', 4, 1000), item('b', 2, 700), item('c', 1, 300)]
  assert.equal(discountMinor(terms, cartOf({ items })), 300)
})

test('a unit counts as bought or as got, never as both', () => {
  const terms = termsOf({ discount: { ...BUY_TWO_GET_ONE, getProductIds: ['a'] } })
  assert.equal(discountMinor(terms, cartOf({ items: [item('a', 2, 1000)] })), 0)
  assert.equal(discountMinor(terms, cartOf({ items: [item('a', 3, 1000)] })), 1000)
})

test('units that cannot be got are bought first', () => {
  const terms = termsOf({ discount: { ...BUY_TWO_GET_ONE, buyProductIds: ['a', 'b'] } })
  assert.equal(discountMinor(terms, cartOf({ items: [item('b', 1, 9000), item('a', 2, 100)] })), 9000)
})

const amount = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 1_000_000_000_000 }))
const products = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
const anyCart: fc.Arbitrary<Cart> = fc
  .record({
    code: fc.constant('X'),
    subtotalMinor: fc.oneof(amount, fc.integer({ min: 0, max: 1_000_000_000_000_000 })),
    currency: fc.constantFrom('EUR', 'USD'),
    shippingMinor: fc.option(amount, { nil: undefined }),
    items: fc.option(
      fc.array(
        fc.record({
          productId: fc.constantFrom('a', 'b', 'c', 'd'),
          collectionIds: fc.subarray(['k', 'l']),
          quantity: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000_000 })),
          unitPriceMinor: amount,
          subscription: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
      { nil: undefined },
    ),
  })
  .map((raw) => cartShape.parse(raw))
const anyTerms: fc.Arbitrary<Terms> = fc
  .record({
    discount: fc.oneof(
      fc.record({ kind: fc.constant('percentage'), basisPoints: fc.integer({ min: 1, max: 10_000 }) }),
      fc.record({
        kind: fc.constant('fixed_amount'),
        amountMinor: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        currency: fc.constantFrom('EUR', 'USD'),
      }),
      fc.record({ kind: fc.constant('free_shipping') }),
      fc.record({
        kind: fc.constant('buy_x_get_y'),
        buyQuantity: fc.integer({ min: 1, max: 4 }),
        getQuantity: fc.integer({ min: 1, max: 4 }),
        basisPoints: fc.integer({ min: 1, max: 10_000 }),
        buyProductIds: products,
        getProductIds: products,
      }),
    ),
    appliesTo: fc.oneof(
      fc.constant({ kind: 'order' }),
      fc.record({ kind: fc.constant('products'), productIds: products }),
      fc.record({ kind: fc.constant('collections'), collectionIds: fc.constant(['k']) }),
    ),
    purchase: fc.constantFrom('one_time', 'subscription', 'both'),
  })
  .map((raw) => termsShape.parse(raw))

test('a discount is a whole number, never negative and never above what it applies to', () => {
  fc.assert(
    fc.property(anyTerms, anyCart, (terms, cart) => {
      const off = discountMinor(terms, cart)
      const most = terms.discount.kind === 'free_shipping' ? (cart.shippingMinor ?? 0) : cart.subtotalMinor
      assert.ok(Number.isSafeInteger(off) && off >= 0 && off <= most, `${off} of ${most}`)
    }),
    { numRuns: 2000 },
  )
})

test('a percentage is at most half a minor unit from the exact value', () => {
  const bounds = [fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 1_000_000_000_000_000 })] as const
  fc.assert(
    fc.property(...bounds, (basisPoints, subtotalMinor) => {
      const off = BigInt(
        discountMinor(termsOf({ discount: { kind: 'percentage', basisPoints } }), cartOf({ subtotalMinor })),
      )
      const error = off * 10_000n - BigInt(subtotalMinor) * BigInt(basisPoints)
      assert.ok(error > -5_000n && error <= 5_000n)
    }),
  )
})

test('a dearer cart never gets a smaller percentage off', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), amount, amount, (basisPoints, a, b) => {
      const terms = termsOf({ discount: { kind: 'percentage', basisPoints } })
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const off = (subtotalMinor: number) => discountMinor(terms, cartOf({ subtotalMinor }))
      assert.ok(off(low) <= off(high))
    }),
  )
})

test('buy X get Y is the same in whatever order the items stand', () => {
  fc.assert(
    fc.property(anyCart, products, products, (cart, buyProductIds, getProductIds) => {
      const terms = termsOf({ discount: { ...BUY_TWO_GET_ONE, buyProductIds, getProductIds } })
      const turned = cart.items ? { ...cart, items: cart.items.toReversed() } : cart
      assert.equal(discountMinor(terms, cart), discountMinor(terms, turned))
    }),
  )
})
