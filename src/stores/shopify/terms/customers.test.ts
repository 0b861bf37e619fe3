import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TermsInput, terms as termsShape } from '../../../../contract/coupons.ts'
import { priceCheckout } from '../../../../emulator/orders/place-order.ts'
import type { BuyerContext } from '../../../../emulator/shop/discount.ts'
import { openShop, type TestShop } from '../../../../test/shop.ts'
import { addCustomer, addSegment } from '../../../../test/shop-customers.ts'
import { CreateBasicDiscount, ReadDiscountTerms } from '../generated/terms.ts'
import { type Drift, readDrift } from './read-drift.ts'
import { type DiscountFacts, discountInputOf } from './to-discount.ts'

const NOW = new Date('2027-03-01T09:00:00Z')
let shop: TestShop
let number = 0
const closing: (() => Promise<void>)[] = []
before(async () => {
  shop = await openShop({ after: (work) => closing.unshift(work) }, { startAt: NOW.getTime() })
})
after(async () => {
  for (const close of closing) await close()
})

function factsOf(input: TermsInput): DiscountFacts {
  number += 1
  const seedCode = `SEED-${number}`
  const { sellsSubscriptions } = shop.emulator.shop.settings
  return { terms: termsShape.parse(input), title: 'SOME v1', seedCode, startsAt: NOW, endsAt: null, sellsSubscriptions }
}

async function createDiscount(facts: DiscountFacts): Promise<string> {
  const made = discountInputOf(facts)
  assert.ok(made.kind === 'basic')
  const { discountCodeBasicCreate } = await shop.client.request(CreateBasicDiscount, { input: made.input })
  assert.deepEqual(discountCodeBasicCreate?.userErrors, [])
  return discountCodeBasicCreate?.codeDiscountNode?.id ?? ''
}

async function driftOf(id: string, facts: DiscountFacts): Promise<Drift[]> {
  return readDrift((await shop.client.request(ReadDiscountTerms, { id })).discountNode?.discount ?? null, facts)
}

test('who may use a discount is drift when somebody changes it in the shop', async () => {
  const [first, second] = ['a', 'b'].map((who) => addCustomer(shop, `${who}@drift.example`))
  const segment = addSegment(shop, [])
  const discount = { kind: 'percentage' as const, basisPoints: 2000 }
  const meant: [TermsInput, string][] = [
    [{ discount }, 'everyone'],
    [{ discount, customers: 'customers', customerIds: [`${first}`] }, `customers ${first}`],
    [{ discount, customers: 'segments', segmentIds: [`gid://shopify/Segment/${segment}`] }, `segments ${segment}`],
  ]
  const changed: [BuyerContext, string][] = [
    [{ kind: 'all' }, 'everyone'],
    [{ kind: 'customers', ids: [first!] }, `customers ${first}`],
    [{ kind: 'customers', ids: [first!, second!] }, `customers ${[first, second].map(String).sort().join(', ')}`],
    [{ kind: 'segments', ids: [segment] }, `segments ${segment}`],
    [{ kind: 'markets', ids: [] }, 'some markets'],
  ]
  for (const [input, expected] of meant) {
    const facts = factsOf(input)
    const id = await createDiscount(facts)
    const inShop = shop.emulator.shop.discounts.get(Number(id.split('/').at(-1)))
    assert.ok(inShop)
    for (const [context, found] of changed) {
      inShop.context = context
      const drift = expected === found ? [] : [{ field: 'customers', expected, found }]
      assert.deepEqual(await driftOf(id, facts), drift)
    }
  }
})

test("the shop's checkout refuses a customer who is not meant", async () => {
  const first = addCustomer(shop, 'a@shop.example')
  addCustomer(shop, 'b@shop.example')
  const segment = addSegment(shop, ['a@shop.example'])
  const discount = { kind: 'percentage' as const, basisPoints: 2000 }
  const [variant] = shop.emulator.shop.variants.values()
  const lines = [{ variantId: variant!.id, quantity: 1, subscription: false }]
  for (const input of [
    { discount, customers: 'customers' as const, customerIds: [`${first}`] },
    { discount, customers: 'segments' as const, segmentIds: [`${segment}`] },
  ]) {
    const facts = factsOf(input)
    await createDiscount(facts)
    const reasonFor = (email: string) => {
      const { applied, refused } = priceCheckout(shop.emulator.shop, { lines, codes: [facts.seedCode], email })
      return applied.length === 1 ? 'applied' : refused[0]?.reason
    }
    assert.equal(reasonFor('a@shop.example'), 'applied')
    assert.equal(reasonFor('b@shop.example'), 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE')
    assert.equal(reasonFor('nobody@shop.example'), 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE')
  }
})
