import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Cart } from '../../../../contract/codes.ts'
import { type Terms, type TermsInput, terms as termsShape } from '../../../../contract/coupons.ts'
import { priceCheckout } from '../../../../emulator/orders/place-order.ts'
import type { Variant } from '../../../../emulator/shop/catalog.ts'
import { openShop, type TestShop } from '../../../../test/shop.ts'
import { addCustomer, addSegment } from '../../../../test/shop-customers.ts'
import { checkTerms } from '../../../coupons/check-terms.ts'
import { discountMinor } from '../../../redemptions/discount.ts'
import { refusalOf } from '../../../redemptions/refusal.ts'
import {
  CreateBasicDiscount,
  CreateBuyXGetYDiscount,
  CreateFreeShippingDiscount,
  ReadDiscountTerms,
} from '../generated/terms.ts'
import { type Drift, readDrift } from './read-drift.ts'
import { type DiscountFacts, discountInputOf } from './to-discount.ts'

const NOW = new Date('2027-03-01T09:00:00.789Z')
let shop: TestShop
let number = 0
let customerIds: number[] = []
let segmentIds: number[] = []
const closing: (() => Promise<void>)[] = []
before(async () => {
  shop = await openShop({ after: (work) => closing.unshift(work) }, { plan: 'enterprise', startAt: NOW.getTime() })
  customerIds = ['a', 'b', 'c', 'd'].map((who) => addCustomer(shop, `${who}@shop.example`))
  segmentIds = ['a', 'b', 'c'].map((who) => addSegment(shop, [`${who}@shop.example`]))
})
after(async () => {
  for (const close of closing) await close()
})

function factsOf(input: TermsInput, sellsSubscriptions = true): DiscountFacts {
  const terms = termsShape.parse(input)
  checkTerms(terms, { kind: 'shopify', currency: 'CAD', sellsSubscriptions }, NOW)
  number += 1
  return {
    terms,
    title: 'WELCOME20 v1',
    seedCode: `SEED-${number}`,
    startsAt: NOW,
    endsAt: terms.expires.kind === 'at' ? new Date(terms.expires.at) : null,
    sellsSubscriptions,
  }
}

/** Makes the discount; its id. Fails when Shopify complains. */
async function createDiscount(facts: DiscountFacts): Promise<string> {
  const made = discountInputOf(facts)
  const { client } = shop
  const reply =
    made.kind === 'basic'
      ? (await client.request(CreateBasicDiscount, { input: made.input })).discountCodeBasicCreate
      : made.kind === 'free_shipping'
        ? (await client.request(CreateFreeShippingDiscount, { input: made.input })).discountCodeFreeShippingCreate
        : (await client.request(CreateBuyXGetYDiscount, { input: made.input })).discountCodeBxgyCreate
  assert.deepEqual(reply?.userErrors, [])
  assert.ok(reply?.codeDiscountNode)
  return reply.codeDiscountNode.id
}

async function driftOf(id: string, facts: DiscountFacts): Promise<Drift[]> {
  return readDrift((await shop.client.request(ReadDiscountTerms, { id })).discountNode?.discount ?? null, facts)
}

function productIds(): number[] {
  return [...shop.emulator.shop.products.keys()]
}

function collectionIds(): number[] {
  return [...shop.emulator.shop.collections.keys()]
}

type Line = { variant: Variant; quantity: number; subscription: boolean }

/** What both checkouts take off: ours, and the shop's. Null: refused. */
function priceBoth(facts: DiscountFacts, lines: Line[]): { ours: number | null; theirs: number | null } {
  const { emulator } = shop
  const shopLines = lines.map(({ variant, quantity, subscription }) => ({
    variantId: variant.id,
    quantity,
    subscription,
  }))
  const priced = priceCheckout(emulator.shop, { lines: shopLines, codes: [facts.seedCode], email: 'a@example.com' })
  const cart: Cart = {
    code: facts.seedCode,
    currency: 'CAD',
    email: 'a@example.com',
    subtotalMinor: priced.subtotalMinor,
    shippingMinor: priced.shippingMinor,
    items: lines.map(({ variant, quantity, subscription }) => ({
      productId: idAsIn(facts.terms, variant.productId),
      collectionIds: [...emulator.shop.collections.values()]
        .filter((collection) => collection.productIds.includes(variant.productId))
        .map((collection) => idAsIn(facts.terms, collection.id, 'Collection')),
      quantity,
      unitPriceMinor: variant.priceMinor,
      subscription,
    })),
  }
  const state = {
    now: NOW,
    state: 'live' as const,
    isHeldByAnotherOrder: false,
    deadline: null,
    hasCustomerUsedIt: false,
  }
  const isRefused = refusalOf(facts.terms, cart, state) !== null
  const [applied] = priced.applied
  return { ours: isRefused ? null : discountMinor(facts.terms, cart), theirs: applied?.amountMinor ?? null }
}

/** Terms may name things either way; our own checkout compares them as texts. */
function idAsIn(terms: Terms, id: number, kind = 'Product'): string {
  return JSON.stringify(terms).includes(`gid://shopify/${kind}/${id}"`) ? `gid://shopify/${kind}/${id}` : String(id)
}

function termsArbitrary(sellsSubscriptions: boolean): fc.Arbitrary<TermsInput> {
  const idText = (kind: string, ids: number[]) =>
    fc
      .tuple(fc.constantFrom(...ids), fc.boolean())
      .map(([id, isGid]) => (isGid ? `gid://shopify/${kind}/${id}` : `${id}`))
  const products = fc.uniqueArray(idText('Product', productIds()), { minLength: 1, maxLength: 4 })
  const collections = fc.uniqueArray(idText('Collection', collectionIds()), { minLength: 1, maxLength: 3 })
  const buyers: fc.Arbitrary<Pick<TermsInput, 'customers' | 'customerIds' | 'segmentIds'>> = fc.oneof(
    fc.constant({}),
    fc.uniqueArray(idText('Customer', customerIds), { minLength: 1, maxLength: 5 }).map((ids) => ({
      customers: 'customers' as const,
      customerIds: ids,
    })),
    fc.uniqueArray(idText('Segment', segmentIds), { minLength: 1, maxLength: 4 }).map((ids) => ({
      customers: 'segments' as const,
      segmentIds: ids,
    })),
  )
  const basisPoints = fc.integer({ min: 1, max: 10_000 })
  const money = fc.integer({ min: 1, max: 10 ** 12 }) // the emulator counts in floating point; beyond that it is off by a cent
  const common = {
    oncePerCustomer: fc.boolean(),
    combinesWith: fc.record({
      orderDiscounts: fc.boolean(),
      productDiscounts: fc.boolean(),
      shippingDiscounts: fc.boolean(),
    }),
    expires: fc.oneof(
      fc.constant({ kind: 'never' as const }),
      fc
        .integer({ min: 1000, max: 10 ** 11 })
        .map((ms) => ({ kind: 'at' as const, at: new Date(NOW.getTime() + ms).toISOString() })),
    ),
  }
  const minimum = fc.oneof(
    fc.constant({ kind: 'none' as const }),
    money.map((amountMinor) => ({ kind: 'subtotal' as const, amountMinor, currency: 'CAD' })),
    fc.integer({ min: 1, max: 1_000_000 }).map((quantity) => ({ kind: 'quantity' as const, quantity })),
  )
  const buying = sellsSubscriptions
    ? fc.oneof(
        fc.constant({ purchase: 'one_time' as const }),
        fc.record({
          purchase: fc.constantFrom('subscription' as const, 'both' as const),
          billingCycles: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: null }),
        }),
      )
    : fc.constant({ purchase: 'one_time' as const })
  const basic = fc.record({
    discount: fc.oneof(
      basisPoints.map((points) => ({ kind: 'percentage' as const, basisPoints: points })),
      money.map((amountMinor) => ({ kind: 'fixed_amount' as const, amountMinor, currency: 'CAD' })),
    ),
    appliesTo: fc.oneof(
      fc.constant({ kind: 'order' as const }),
      products.map((ids) => ({ kind: 'products' as const, productIds: ids })),
      collections.map((ids) => ({ kind: 'collections' as const, collectionIds: ids })),
    ),
    minimum,
    ...common,
  })
  const shipping = fc
    .record({ discount: fc.constant({ kind: 'free_shipping' as const }), minimum, ...common })
    .map((terms) => ({
      ...terms,
      combinesWith: { ...terms.combinesWith, shippingDiscounts: false },
    }))
  const bxgy = fc.record({
    discount: fc.record({
      kind: fc.constant('buy_x_get_y' as const),
      buyQuantity: fc.integer({ min: 1, max: 1000 }),
      getQuantity: fc.integer({ min: 1, max: 1000 }),
      basisPoints,
      buyProductIds: products,
      getProductIds: products,
    }),
    ...common,
  })
  return fc.oneof(
    fc.tuple(fc.oneof(basic, shipping), buyers, buying).map(([terms, who, more]) => ({ ...terms, ...who, ...more })),
    fc.tuple(bxgy, buyers).map(([terms, who]) => ({ ...terms, ...who })),
  )
}

for (const sellsSubscriptions of [true, false]) {
  const where = sellsSubscriptions ? 'with subscriptions' : 'without subscriptions'
  test(`a shop ${where} takes every offer that passes the check, and honours what it was told`, async () => {
    shop.emulator.shop.settings.sellsSubscriptions = sellsSubscriptions
    const kinds = new Set<string>()
    const buyers = new Set<string>()
    await fc.assert(
      fc.asyncProperty(termsArbitrary(sellsSubscriptions), async (input) => {
        const facts = factsOf(input, sellsSubscriptions)
        kinds.add(facts.terms.discount.kind)
        buyers.add(facts.terms.customers)
        assert.deepEqual(await driftOf(await createDiscount(facts), facts), [])
      }),
      { numRuns: 150 },
    )
    assert.equal(kinds.size, 4)
    assert.equal(buyers.size, 3)
  })
}

test('the shop takes off what our own checkout takes off, and refuses what it refuses', async () => {
  shop.emulator.shop.settings.sellsSubscriptions = true
  const variants = [...shop.emulator.shop.variants.values()]
  const plans = new Set([...shop.emulator.shop.products.values()].flatMap((one) => (one.sellingPlan ? [one.id] : [])))
  const lines = fc
    .uniqueArray(
      fc.record({
        variant: fc.constantFrom(...variants),
        quantity: fc.integer({ min: 1, max: 5 }),
        subscription: fc.boolean(),
      }),
      {
        minLength: 1,
        maxLength: 4,
        selector: ({ variant }) => variant.id,
      },
    )
    .map((all) =>
      all.map((line) => ({ ...line, subscription: line.subscription && plans.has(line.variant.productId) })),
    )
  let taken = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(smallTerms(), lines, async (input, cart) => {
      const facts = factsOf(input)
      await createDiscount(facts)
      const { ours, theirs } = priceBoth(facts, cart)
      if (ours === null || theirs === null) {
        refused += 1
        assert.equal(ours, theirs, JSON.stringify({ input, cart }))
      } else {
        taken += 1
        // The shop rounds a percentage for each line, we for the whole.
        const slack = facts.terms.discount.kind === 'percentage' ? cart.length / 2 : 0
        assert.ok(Math.abs(ours - theirs) <= slack, JSON.stringify({ ours, theirs, input, cart }))
      }
    }),
    { numRuns: 400 },
  )
  assert.ok(taken > 80 && refused > 40, `${taken} taken, ${refused} refused`)
})

/** Terms near what carts of the demo's products cost, so that they are met about half of the time. */
function smallTerms(): fc.Arbitrary<TermsInput> {
  const products = fc.uniqueArray(fc.constantFrom(...productIds().map(String)), { minLength: 1, maxLength: 4 })
  const collections = fc.uniqueArray(fc.constantFrom(...collectionIds().map(String)), { minLength: 1, maxLength: 2 })
  const minimum = fc.oneof(
    fc.constant({ kind: 'none' as const }),
    fc
      .integer({ min: 1, max: 20_000 })
      .map((amountMinor) => ({ kind: 'subtotal' as const, amountMinor, currency: 'CAD' })),
    fc.integer({ min: 1, max: 6 }).map((quantity) => ({ kind: 'quantity' as const, quantity })),
  )
  const purchase = fc.constantFrom('one_time' as const, 'subscription' as const, 'both' as const)
  const basic = fc.record({
    discount: fc.oneof(
      fc.integer({ min: 1, max: 10_000 }).map((points) => ({ kind: 'percentage' as const, basisPoints: points })),
      fc
        .integer({ min: 1, max: 30_000 })
        .map((amountMinor) => ({ kind: 'fixed_amount' as const, amountMinor, currency: 'CAD' })),
    ),
    appliesTo: fc.oneof(
      fc.constant({ kind: 'order' as const }),
      products.map((ids) => ({ kind: 'products' as const, productIds: ids })),
      collections.map((ids) => ({ kind: 'collections' as const, collectionIds: ids })),
    ),
    minimum,
    purchase,
  })
  return basic
}

test('free shipping takes off the shipping, and nothing where there is none', async () => {
  const facts = factsOf({ discount: { kind: 'free_shipping' } })
  await createDiscount(facts)
  const [variant] = shop.emulator.shop.variants.values()
  assert.deepEqual(priceBoth(facts, [{ variant: variant!, quantity: 1, subscription: false }]), {
    ours: 900,
    theirs: 900,
  })
})

test('buy X get Y takes off the same in carts that hold all of Y', async () => {
  const products = [...shop.emulator.shop.products.values()]
  const [shirt, socks, mug] = products
  const lines = (counts: [number, number, number]) =>
    [shirt, socks, mug].flatMap((product, index) =>
      counts[index] ? [{ variant: product!.variants[0]!, quantity: counts[index], subscription: false }] : [],
    )
  const facts = factsOf({
    discount: {
      kind: 'buy_x_get_y',
      buyQuantity: 2,
      getQuantity: 1,
      basisPoints: 5000,
      buyProductIds: [String(shirt!.id)],
      getProductIds: [String(socks!.id), String(mug!.id)],
    },
  })
  await createDiscount(facts)
  for (const counts of [
    [2, 1, 0],
    [2, 0, 1],
    [4, 2, 2],
    [1, 1, 1],
    [0, 1, 1],
    [2, 0, 0],
  ] as [number, number, number][]) {
    const { ours, theirs } = priceBoth(facts, lines(counts))
    assert.equal(ours, theirs, String(counts))
  }
})

test("a merchant's edits in the shop are seen as drift, field by field", async () => {
  const facts = factsOf({
    discount: { kind: 'percentage', basisPoints: 2000 },
    minimum: { kind: 'subtotal', amountMinor: 5000, currency: 'CAD' },
  })
  const id = await createDiscount(facts)
  const discount = shop.emulator.shop.discounts.get(Number(id.split('/').at(-1)))
  assert.ok(discount)
  Object.assign(discount, { usageLimit: null, minimum: null, appliesOnSubscription: true, endsAt: NOW.getTime() })
  discount.value = { kind: 'percentage', basisPoints: 9000, percentage: 0.9 }
  discount.combinesWith.orderDiscounts = true
  assert.deepEqual(await driftOf(id, facts), [
    { field: 'endsAt', expected: 'never', found: '2027-03-01T09:00:00Z' },
    { field: 'usageLimit', expected: '1', found: 'unlimited' },
    { field: 'combinesWith', expected: 'no other discounts', found: 'order discounts' },
    { field: 'minimum', expected: 'a subtotal of 50', found: 'none' },
    { field: 'purchase', expected: 'one-time purchases', found: 'one-time purchases and subscriptions' },
    { field: 'value', expected: '20 % off', found: '90 % off' },
  ])
})

test('a discount that was deleted in the shop is drift', async () => {
  const facts = factsOf({ discount: { kind: 'percentage', basisPoints: 2000 } })
  const id = await createDiscount(facts)
  shop.emulator.shop.discounts.delete(Number(id.split('/').at(-1)))
  assert.deepEqual(await driftOf(id, facts), [{ field: 'discount', expected: 'in the shop', found: 'deleted' }])
})

test('terms for subscriptions only have no discount in a shop that sells none any more', () => {
  const facts = factsOf({ discount: { kind: 'percentage', basisPoints: 2000 }, purchase: 'subscription' })
  assert.throws(() => discountInputOf({ ...facts, sellsSubscriptions: false }), { code: 'term_not_supported' })
})
