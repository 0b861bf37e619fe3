import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { toGid } from '../gid.ts'
import { ADD_CODES, basicInput, callAdmin, callControl, createBasic } from '../test-client.ts'

let emulator: Emulator

before(async () => {
  emulator = await openEmulator({ codesPerSecond: 0 })
})

after(() => emulator.close())

interface Result {
  status: string
  refused?: { code: string; reason: string }[]
  order?: {
    id: number
    total_price: string
    total_discounts: string
    discount_codes: { code: string; amount: string; type: string }[]
    discount_applications: { type: string; title?: string }[]
    line_items: { discount_allocations: { amount: string }[] }[]
  }
}

async function buy(
  codes: string[],
  handle = 'enamel-mug',
  more: object = {},
  email = 'ann@example.com',
): Promise<Result> {
  return (await callControl(emulator, '/checkout', {
    lines: [{ handle, quantity: 2, ...more }],
    codes,
    email,
  })) as unknown as Result
}

async function reasonsOf(result: Promise<Result>): Promise<string[]> {
  return ((await result).refused ?? []).map((one) => one.reason)
}

function findProduct(handle: string): number {
  return [...emulator.shop.products.values()].find((product) => product.handle === handle)?.id ?? 0
}

test('a code works once in any case, and never again, not even after a cancellation', async () => {
  await createBasic(emulator, 'ONCE', { usageLimit: 1 })
  const first = await buy(['once'])
  assert.deepEqual(first.order?.discount_codes, [{ code: 'ONCE', amount: '3.60', type: 'percentage' }])
  assert.equal(first.order?.total_price, '41.40')
  assert.deepEqual(await reasonsOf(buy(['ONCE'])), ['DISCOUNT_USAGE_LIMIT_REACHED'])
  await callControl(emulator, `/orders/${first.order?.id}/cancel`, {})
  assert.deepEqual(await reasonsOf(buy(['ONCE'])), ['DISCOUNT_USAGE_LIMIT_REACHED'])
})

test('of many buyers who race for the last use exactly one gets it', async () => {
  await createBasic(emulator, 'RACE', { usageLimit: 1 })
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, index) => buy(['RACE'], 'enamel-mug', {}, `buyer${index}@example.com`)),
  )
  assert.equal(results.filter((result) => result.status === 'placed').length, 1)
})

test('the usage limit counts for each code of a discount', async () => {
  const id = await createBasic(emulator, 'EACH1', { usageLimit: 1 })
  await callAdmin(emulator, ADD_CODES, { id, codes: [{ code: 'EACH2' }] })
  emulator.worker.finish()
  assert.equal((await buy(['EACH1'])).status, 'placed')
  assert.equal((await buy(['EACH2'])).status, 'placed')
})

test('a code that cannot be used says why, in Shopify’s words', async () => {
  await createBasic(emulator, 'EXPIRED', { endsAt: '2020-02-01T00:00:00Z' })
  await createBasic(emulator, 'SCHEDULED', { startsAt: '2099-01-01T00:00:00Z' })
  await createBasic(emulator, 'DEAR', { minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: '1000' } } })
  await createBasic(emulator, 'MANY', { minimumRequirement: { quantity: { greaterThanOrEqualToQuantity: '9' } } })
  const items = { products: { productsToAdd: [toGid('Product', findProduct('wool-socks'))] } }
  await createBasic(emulator, 'SOCKS', { customerGets: { value: { percentage: 0.1 }, items } })
  const reasons = [
    ['NOBODY', 'DISCOUNT_NOT_FOUND'],
    ['EXPIRED', 'DISCOUNT_CURRENTLY_INACTIVE'],
    ['SCHEDULED', 'DISCOUNT_CURRENTLY_INACTIVE'],
    ['DEAR', 'DISCOUNT_PURCHASE_NOT_IN_RANGE'],
    ['MANY', 'DISCOUNT_QUANTITY_NOT_IN_RANGE'],
    ['SOCKS', 'DISCOUNT_NO_ENTITLED_LINE_ITEMS'],
  ]
  for (const [code = '', reason] of reasons) assert.deepEqual(await reasonsOf(buy([code])), [reason], code)
})

test('a code for one-time purchases is refused on a subscription, one for both works and comes back on renewals', async () => {
  await createBasic(emulator, 'SINGLE')
  assert.deepEqual(await reasonsOf(buy(['SINGLE'], 'house-coffee', { subscription: true })), [
    'DISCOUNT_INCOMPATIBLE_PURCHASE_TYPE',
  ])
  const customerGets = {
    value: { percentage: 0.5 },
    items: { all: true },
    appliesOnSubscription: true,
    appliesOnOneTimePurchase: true,
  }
  await createBasic(emulator, 'BOTH', { customerGets, recurringCycleLimit: 2, usageLimit: 1 })
  const first = await buy(['BOTH'], 'house-coffee', { subscription: true })
  const renew = async (cycle: number, asManual = false): Promise<Result['order']> =>
    (await callControl(emulator, `/orders/${first.order?.id}/renew`, { cycle, asManual })) as unknown as Result['order']
  assert.equal((await renew(2))?.discount_codes[0]?.code, 'BOTH')
  assert.deepEqual(
    (await renew(2, true))?.discount_applications.map((one) => [one.type, one.title]),
    [['manual', 'BOTH']],
  )
  assert.deepEqual((await renew(3))?.discount_codes, [])
  assert.equal(emulator.shop.codes.get('BOTH')?.uses, 1)
})

test('buyers are checked by address: none given, not the right one, the right one', async () => {
  const customer = (await callControl(emulator, '/customers', { email: 'vip@example.com' })) as unknown as {
    id: number
  }
  await createBasic(emulator, 'VIP', { context: { customers: { add: [toGid('Customer', customer.id)] } } })
  assert.deepEqual(await reasonsOf(buy(['VIP'], 'enamel-mug', {}, 'other@example.com')), [
    'DISCOUNT_CUSTOMER_NOT_ELIGIBLE',
  ])
  assert.equal((await buy(['VIP'], 'enamel-mug', {}, 'VIP@example.com')).status, 'placed')
})

test('once per customer counts one code, or all codes of the discount, as the switch says', async () => {
  const id = await createBasic(emulator, 'PER1', { appliesOncePerCustomer: true })
  await callAdmin(emulator, ADD_CODES, { id, codes: [{ code: 'PER2' }, { code: 'PER3' }] })
  emulator.worker.finish()
  assert.equal((await buy(['PER1'])).status, 'placed')
  assert.deepEqual(await reasonsOf(buy(['PER1'])), ['DISCOUNT_CUSTOMER_USAGE_LIMIT_REACHED'])
  assert.equal((await buy(['PER2'])).status, 'placed')
  await callControl(emulator, '/settings', { oncePerCustomerScope: 'discount' })
  assert.deepEqual(await reasonsOf(buy(['PER3'])), ['DISCOUNT_CUSTOMER_USAGE_LIMIT_REACHED'])
  await callControl(emulator, '/settings', { oncePerCustomerScope: 'code' })
})

test('codes combine only where each discount allows the other', async () => {
  await createBasic(emulator, 'ALONE')
  await createBasic(emulator, 'WITH1', { combinesWith: { orderDiscounts: true } })
  await createBasic(emulator, 'WITH2', { combinesWith: { orderDiscounts: true } })
  assert.deepEqual(await reasonsOf(buy(['WITH1', 'ALONE'])), ['DISCOUNT_CODE_NOT_HONOURED'])
  const both = await buy(['WITH1', 'WITH2'])
  assert.deepEqual(
    both.order?.discount_codes.map((one) => one.code),
    ['WITH1', 'WITH2'],
  )
  assert.equal(both.order?.total_discounts, '7.20')
  assert.deepEqual(
    both.order?.line_items[0]?.discount_allocations.map((one) => one.amount),
    ['3.60', '3.60'],
  )
})

test('buy X get Y gives the cheapest units, and needs enough in the cart', async () => {
  const mug = toGid('Product', findProduct('enamel-mug'))
  const create = `mutation($input: DiscountCodeBxgyInput!) { discountCodeBxgyCreate(bxgyCodeDiscount: $input) { codeDiscountNode { id } userErrors { message } } }`
  const input = {
    title: 'Two for one',
    code: 'BOGO',
    startsAt: '2020-01-01T00:00:00Z',
    context: { all: 'ALL' },
    customerBuys: { value: { quantity: '1' }, items: { products: { productsToAdd: [mug] } } },
    customerGets: {
      value: { discountOnQuantity: { quantity: '1', effect: { percentage: 1 } } },
      items: { products: { productsToAdd: [mug] } },
    },
  }
  assert.deepEqual((await callAdmin(emulator, create, { input })).data.discountCodeBxgyCreate.userErrors, [])
  assert.equal((await buy(['BOGO'])).order?.total_discounts, '18.00')
  assert.deepEqual(await reasonsOf(buy(['BOGO'], 'enamel-mug', { quantity: 1 })), ['DISCOUNT_QUANTITY_NOT_IN_RANGE'])
})

test('free shipping takes off the shipping, and does nothing where nothing is sent', async () => {
  const create = `mutation($input: DiscountCodeFreeShippingInput!) { discountCodeFreeShippingCreate(freeShippingCodeDiscount: $input) { userErrors { message } } }`
  const { customerGets: _, ...input } = basicInput('SHIP') as Record<string, unknown>
  await callAdmin(emulator, create, { input: { ...input, destination: { all: true } } })
  const order = (await buy(['SHIP'])).order
  assert.deepEqual(order?.discount_codes, [{ code: 'SHIP', amount: '9.00', type: 'shipping' }])
  assert.deepEqual(await reasonsOf(buy(['SHIP'], 'brewing-course')), ['DISCOUNT_NO_ENTITLED_SHIPPING_LINES'])
})

test('a use shows in the counts only after the lag', async () => {
  await createBasic(emulator, 'LAG')
  await buy(['LAG'])
  const read = async (): Promise<number> =>
    (
      await callAdmin(
        emulator,
        '{ codeDiscountNodeByCode(code: "LAG") { codeDiscount { ... on DiscountCodeBasic { asyncUsageCount } } } }',
      )
    ).data.codeDiscountNodeByCode.codeDiscount.asyncUsageCount
  assert.equal(await read(), 0)
  emulator.clock.advance(6000)
  assert.equal(await read(), 1)
})
