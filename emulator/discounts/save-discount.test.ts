import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { ADD_CODES, basicInput, CREATE_BASIC, callAdmin, createBasic } from '../test-client.ts'

let emulator: Emulator

before(async () => {
  emulator = await openEmulator({ codesPerSecond: 0 })
})

after(() => emulator.close())

const all = { items: { all: true } }

/** Input that is wrong in one place, and the one refusal that it must get: path below the input, code, text. */
const REFUSED: [string, object, string, string, string][] = [
  [
    'a code in use in another case',
    { code: 'in-USE' },
    'code',
    'TAKEN',
    'Code must be unique. Please try a different code.',
  ],
  ['no title', { title: null }, 'title', 'BLANK', "Title can't be blank"],
  ['a long title', { title: 'T'.repeat(256) }, 'title', 'TOO_LONG', 'Title is too long (maximum is 255 characters)'],
  ['no start', { startsAt: null }, 'startsAt', 'BLANK', "Starts at can't be blank"],
  [
    'an end before the start',
    { endsAt: '2019-01-01T00:00:00Z' },
    'endsAt',
    'INVALID',
    'Ends at needs to be after starts_at',
  ],
  ['no uses', { usageLimit: 0 }, 'usageLimit', 'GREATER_THAN', 'Usage limit must be greater than 0'],
  [
    'a percentage above 100',
    { customerGets: { ...all, value: { percentage: 1.01 } } },
    'customerGets,value,percentage',
    'VALUE_OUTSIDE_RANGE',
    'Value must be between 0.0 and 1.0',
  ],
  [
    'a negative amount',
    { customerGets: { ...all, value: { discountAmount: { amount: '-1' } } } },
    'customerGets,value,discountAmount,amount',
    'LESS_THAN_OR_EQUAL_TO',
    'Value must be less than or equal to 0',
  ],
  [
    'an amount that is too large',
    { customerGets: { ...all, value: { discountAmount: { amount: '1000000000000000000' } } } },
    'customerGets,value,discountAmount,amount',
    'LESS_THAN',
    'Value must be greater than -1000000000000000000',
  ],
  [
    'a discount on a quantity',
    { customerGets: { ...all, value: { discountOnQuantity: { quantity: '1', effect: { percentage: 1 } } } } },
    'customerGets,value,discountOnQuantity',
    'INVALID',
    'discountOnQuantity field is only permitted with bxgy discounts.',
  ],
  [
    'an unknown product',
    {
      customerGets: {
        value: { percentage: 0.1 },
        items: { products: { productsToAdd: ['gid://shopify/Product/77'] } },
      },
    },
    'customerGets,items,products,productsToAdd',
    'INVALID',
    'Product with id: 77 is invalid',
  ],
  [
    'an unknown collection',
    { customerGets: { value: { percentage: 0.1 }, items: { collections: { add: ['gid://shopify/Collection/78'] } } } },
    'customerGets,items,collections,add',
    'INVALID',
    'Collection with id: 78 is invalid',
  ],
  [
    'both kinds of buyers',
    { customerSelection: { all: true } },
    'context',
    'INVALID',
    'Only one of context or customerSelection can be provided.',
  ],
]

test('a wrong input is refused with the field, code and text that Shopify gives', async () => {
  await createBasic(emulator, 'IN-USE')
  for (const [what, change, path, code, message] of REFUSED) {
    const reply = await callAdmin(emulator, CREATE_BASIC, { input: basicInput('FRESH', change) })
    const { codeDiscountNode, userErrors } = reply.data.discountCodeBasicCreate
    assert.equal(codeDiscountNode, null, what)
    assert.deepEqual(userErrors, [{ field: ['basicCodeDiscount', ...path.split(',')], code, message }], what)
  }
  assert.equal(emulator.shop.codes.has('FRESH'), false)
})

test('a minimum subtotal and a minimum quantity exclude each other, and both are named', async () => {
  const minimumRequirement = {
    subtotal: { greaterThanOrEqualToSubtotal: '1' },
    quantity: { greaterThanOrEqualToQuantity: '2' },
  }
  const reply = await callAdmin(emulator, CREATE_BASIC, { input: basicInput('MINIMUM', { minimumRequirement }) })
  assert.deepEqual(
    reply.data.discountCodeBasicCreate.userErrors.map((error: { code: string; message: string }) => [
      error.code,
      error.message,
    ]),
    [
      ['CONFLICT', 'Minimum subtotal cannot be defined when minimum quantity is.'],
      ['CONFLICT', 'Minimum quantity cannot be defined when minimum subtotal is.'],
    ],
  )
})

test('two kinds of value refuse the whole field, other fields of the document run', async () => {
  const query = `mutation($bad: DiscountCodeBasicInput!, $good: DiscountCodeBasicInput!) {
    bad: discountCodeBasicCreate(basicCodeDiscount: $bad) { codeDiscountNode { id } }
    good: discountCodeBasicCreate(basicCodeDiscount: $good) { codeDiscountNode { id } } }`
  const bad = basicInput('TWO', {
    customerGets: { ...all, value: { percentage: 0.1, discountAmount: { amount: '1' } } },
  })
  const reply = await callAdmin(emulator, query, { bad, good: basicInput('ONE') })
  assert.equal(reply.data.bad, null)
  assert.ok(reply.data.good.codeDiscountNode.id)
  assert.deepEqual([reply.errors?.[0]?.extensions.code, reply.errors?.[0]?.path], ['BAD_REQUEST', ['bad']])
})

test('a discount with several codes keeps its code, every other field may change', async () => {
  const id = await createBasic(emulator, 'MANY')
  await callAdmin(emulator, ADD_CODES, { id, codes: [{ code: 'MANY2' }] })
  emulator.worker.finish()
  const update = `mutation($id: ID!, $input: DiscountCodeBasicInput!) { discountCodeBasicUpdate(id: $id, basicCodeDiscount: $input) {
    codeDiscountNode { codeDiscount { ... on DiscountCodeBasic { title summary } } } userErrors { field code message } } }`
  const refused = await callAdmin(emulator, update, { id, input: { code: 'OTHER' } })
  assert.deepEqual(refused.data.discountCodeBasicUpdate.userErrors, [
    { field: ['id'], code: null, message: 'Cannot update the code of a bulk discount.' },
  ])
  const changed = await callAdmin(emulator, update, { id, input: { title: 'Renamed' } })
  assert.deepEqual(changed.data.discountCodeBasicUpdate.codeDiscountNode.codeDiscount, {
    title: 'Renamed',
    summary: '10% off one-time purchase products',
  })
  const unknown = await callAdmin(emulator, update, { id: 'gid://shopify/DiscountCodeNode/9', input: { title: 'X' } })
  assert.deepEqual(unknown.data.discountCodeBasicUpdate.userErrors, [
    { field: ['id'], code: null, message: 'Discount does not exist' },
  ])
})

test('a shop that sells no subscriptions refuses the flags about them', async () => {
  await using plain = await openEmulator({ settings: { sellsSubscriptions: false } })
  const customerGets = { ...all, value: { percentage: 0.1 }, appliesOnSubscription: true }
  const reply = await callAdmin(plain, CREATE_BASIC, { input: basicInput('FLAGS', { customerGets }) })
  const [error] = reply.data.discountCodeBasicCreate.userErrors
  assert.deepEqual(
    [error.code, error.message],
    ['INVALID', 'Customer gets applies on subscription is not permitted for this shop.'],
  )
})

test('deleting a discount frees its codes', async () => {
  const id = await createBasic(emulator, 'AGAIN')
  await callAdmin(emulator, 'mutation($id: ID!) { discountCodeDelete(id: $id) { deletedCodeDiscountId } }', { id })
  assert.ok(await createBasic(emulator, 'again'))
})

test('deactivating ends a discount now, activating opens it again, and doing it twice changes nothing', async () => {
  const id = await createBasic(emulator, 'CYCLE')
  const change = async (name: string): Promise<{ status: string; endsAt: string | null; updatedAt: string }> => {
    const query = `mutation($id: ID!) { ${name}(id: $id) { codeDiscountNode { codeDiscount { ... on DiscountCodeBasic { status endsAt updatedAt } } } } }`
    emulator.clock.advance(5000)
    return (await callAdmin(emulator, query, { id })).data[name].codeDiscountNode.codeDiscount
  }
  const off = await change('discountCodeDeactivate')
  assert.equal(off.status, 'EXPIRED')
  assert.match(off.endsAt ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.deepEqual(await change('discountCodeDeactivate'), off)
  const on = await change('discountCodeActivate')
  assert.deepEqual([on.status, on.endsAt], ['ACTIVE', null])
  assert.deepEqual(await change('discountCodeActivate'), on)
})
