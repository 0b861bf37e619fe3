import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { ADD_CODES, callAdmin, callControl, createBasic } from '../test-client.ts'

let emulator: Emulator

before(async () => {
  emulator = await openEmulator({ codesPerSecond: 0 })
})

after(() => emulator.close())

async function statusOf(
  headers: Record<string, string>,
  body = '{"query":"{ shop { name } }"}',
  version = '2026-10',
): Promise<number> {
  const response = await fetch(`${emulator.url}/admin/api/${version}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await response.text()
  return response.status
}

test('a missing or wrong token is refused with 401, an unknown version with 404, a broken body with 400', async () => {
  const right = { 'x-shopify-access-token': emulator.adminToken }
  assert.equal(await statusOf({}), 401)
  assert.equal(await statusOf({ 'x-shopify-access-token': 'shpat_wrong' }), 401)
  assert.equal(await statusOf(right, undefined, '2026-13'), 404)
  assert.equal(await statusOf(right, '{"query":'), 400)
  assert.equal(await statusOf(right, '{}'), 400)
  assert.equal(await statusOf(right), 200)
})

test('a field outside the token’s scopes is refused by name, the others keep their data', async () => {
  const { accessToken } = (await callControl(emulator, '/tokens', { scopes: ['read_products'] })) as unknown as {
    accessToken: string
  }
  const reply = await callAdmin(
    emulator,
    '{ shop { currencyCode } codeDiscountNodeByCode(code: "X") { id } }',
    {},
    accessToken,
  )
  assert.deepEqual(reply.data, { shop: { currencyCode: 'CAD' }, codeDiscountNodeByCode: null })
  assert.equal(reply.errors?.[0]?.extensions.code, 'ACCESS_DENIED')
  assert.match(reply.errors?.[0]?.message ?? '', /Required access: `read_discounts` access scope/)
})

test('a token stops at its end, and when it is revoked', async () => {
  const { accessToken } = (await callControl(emulator, '/tokens', { expiresInSeconds: 86_400 })) as unknown as {
    accessToken: string
  }
  assert.equal(await statusOf({ 'x-shopify-access-token': accessToken }), 200)
  emulator.clock.advance(86_401_000)
  assert.equal(await statusOf({ 'x-shopify-access-token': accessToken }), 401)
  const second = (await callControl(emulator, '/tokens', {})) as unknown as { accessToken: string }
  await callControl(emulator, '/tokens/revoke', second)
  assert.equal(await statusOf({ 'x-shopify-access-token': second.accessToken }), 401)
})

test('a list of 251 codes is refused before it runs, and still costs its points', async () => {
  const id = await createBasic(emulator, 'OVERSIZED')
  const codes = Array.from({ length: 251 }, (_, index) => ({ code: `O${index}` }))
  const reply = await callAdmin(emulator, ADD_CODES, { id, codes })
  assert.equal(reply.data, undefined)
  assert.equal(reply.errors?.[0]?.message, 'The input array size of 251 is greater than the maximum allowed of 250.')
  assert.deepEqual(reply.errors?.[0]?.path, ['discountRedeemCodeBulkAdd', 'codes'])
  assert.equal(reply.errors?.[0]?.extensions.code, 'MAX_INPUT_SIZE_EXCEEDED')
  assert.equal(reply.extensions?.cost.actualQueryCost, null)
  assert.equal(emulator.shop.creations.size, 0)
})

test('an empty bucket answers 200 with THROTTLED and no data, and fills up by the plan’s rate', async () => {
  await using small = await openEmulator({ plan: 'standard' })
  small.clock.freeze(true)
  const drained = await callAdmin(small, '{ discountNodesCount { count } }')
  assert.equal(drained.extensions?.cost.throttleStatus.currentlyAvailable, 1990)
  await callControl(small, '/bucket/drain', {})
  const refused = await callAdmin(small, '{ discountNodesCount { count } }')
  assert.equal(refused.data, undefined)
  assert.equal(refused.errors?.[0]?.extensions.code, 'THROTTLED')
  assert.deepEqual(refused.extensions?.cost.throttleStatus, {
    maximumAvailable: 2000,
    currentlyAvailable: 0,
    restoreRate: 100,
  })
  small.clock.advance(100)
  assert.equal((await callAdmin(small, '{ discountNodesCount { count } }')).data.discountNodesCount.count, 0)
})

test('a changed plan changes the limits while the shop runs', async () => {
  await using shop = await openEmulator({ plan: 'standard' })
  await callControl(shop, '/settings', { plan: 'plus' })
  const reply = await callAdmin(shop, '{ shop { plan { shopifyPlus } } }')
  assert.equal(reply.data.shop.plan.shopifyPlus, true)
  assert.equal(reply.extensions?.cost.throttleStatus.maximumAvailable, 20_000)
})

test('a document above 1000 points is refused on every plan', async () => {
  const nested =
    '{ customers(first: 250) { nodes { orders(first: 250) { nodes { lineItems(first: 50) { nodes { id } } } } } } }'
  const reply = await callAdmin(emulator, nested)
  assert.equal(reply.errors?.[0]?.extensions.code, 'MAX_COST_EXCEEDED')
})

test('a faulty document is refused in the words of the API, with no cost', async () => {
  const cases: [string, string, string][] = [
    ['{ shop { foo } }', 'undefinedField', "Field 'foo' doesn't exist on type 'Shop'"],
    [
      'mutation A { discountCodeDelete { userErrors { message } } }',
      'missingRequiredArguments',
      "Field 'discountCodeDelete' is missing required arguments: id",
    ],
    ['query B($x: Int) { shop { name } }', 'variableNotUsed', 'Variable $x is declared by B but not used'],
    [
      '{ node(id: "gid://shopify/Shop/1", z: 1) { id } }',
      'argumentNotAccepted',
      "Field 'node' doesn't accept argument 'z'",
    ],
    [
      '{ products(first: "a") { nodes { id } } }',
      'argumentLiteralsIncompatible',
      `Argument 'first' on Field 'products' has an invalid value ("a"). Expected type 'Int'.`,
    ],
  ]
  for (const [query, code, message] of cases) {
    const reply = await callAdmin(emulator, query)
    assert.deepEqual(
      [reply.errors?.[0]?.extensions.code, reply.errors?.[0]?.message, reply.extensions],
      [code, message, undefined],
    )
  }
})

test('a faulty variable names its path and problem', async () => {
  const reply = await callAdmin(
    emulator,
    'query($id: ID!, $n: Int) { codeDiscountNode(id: $id) { id } products(first: $n) { nodes { id } } }',
    { id: '12', n: 'x' },
  )
  assert.deepEqual(
    reply.errors?.map((error) => error.extensions.problems),
    [
      [{ path: [], explanation: "Invalid global id '12'", message: "Invalid global id '12'" }],
      [{ path: [], explanation: 'Could not coerce value "x" to Int' }],
    ],
  )
})

test('an id of another kind is an error in a query, an unknown one of the right kind is null', async () => {
  const reply = await callAdmin(
    emulator,
    '{ wrong: automaticDiscountNode(id: "gid://shopify/DiscountCodeNode/5") { id } unknown: codeDiscountNode(id: "gid://shopify/DiscountCodeNode/5") { id } }',
  )
  assert.deepEqual(reply.data, { wrong: null, unknown: null })
  assert.deepEqual(
    reply.errors?.map((error) => [error.message, error.extensions.code, error.path]),
    [['Invalid id: gid://shopify/DiscountCodeNode/5', 'RESOURCE_NOT_FOUND', ['wrong']]],
  )
})

test('a search that does not know a field says so beside the data', async () => {
  const reply = await callAdmin(emulator, '{ customersCount(query: "email:a@b.ca") { count precision } }')
  assert.deepEqual(reply.data.customersCount, { count: 0, precision: 'EXACT' })
  assert.equal(reply.extensions?.search?.length, 1)
})
