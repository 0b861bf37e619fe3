import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kind, type OperationDefinitionNode, parse } from 'graphql'
import { actualCost, requestedCost } from './cost.ts'
import { loadSchema } from './schema.ts'

const schema = loadSchema()

function costOf(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query)
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  )
  return operation ? requestedCost(schema, document, operation, variables) : Number.NaN
}

test('documents cost what the recorded store asked for them', () => {
  const add =
    'mutation($id: ID!, $codes: [DiscountRedeemCodeInput!]!) { discountRedeemCodeBulkAdd(discountId: $id, codes: $codes)'
  assert.equal(costOf(`${add} { bulkCreation { id done } userErrors { message } } }`), 10)
  assert.equal(
    costOf(
      `${add} { bulkCreation { codes(first: 10) { nodes { code errors { message } discountRedeemCode { id } } } } } }`,
    ),
    24,
  )
  assert.equal(costOf('query($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done importedCount } }'), 1)
  assert.equal(costOf('query($ids: [ID!]!) { nodes(ids: $ids) { ... on DiscountRedeemCodeBulkCreation { done } } }'), 1)
  assert.equal(costOf('{ discountNodesCount { count } }'), 10)
  assert.equal(costOf('query($c: String!) { codeDiscountNodeByCode(code: $c) { id } }'), 1)
  const page =
    'codeDiscountNode(id: $id) { codeDiscount { ... on DiscountCodeBasic { codes(first: 250) { nodes { id code } } } } }'
  assert.equal(costOf(`query($id: ID!) { ${page} }`), 15)
})

test('the size of a page counts by its logarithm, also when a variable gives it', () => {
  const sizes = [1, 3, 5, 10, 50, 250]
  assert.deepEqual(
    sizes.map((n) => costOf('query($n: Int!) { discountNodes(first: $n) { nodes { id } } }', { n })),
    [3, 4, 5, 6, 9, 13],
  )
})

test('of several type conditions the most expensive counts', () => {
  const both = `query($id: ID!) { codeDiscountNode(id: $id) { codeDiscount { ... on DiscountCodeBasic { title }
    ... on DiscountCodeFreeShipping { combinesWith { orderDiscounts } context { __typename } } } } }`
  assert.equal(costOf(both), 4)
})

test('objects that were null and pages that were empty are not charged', () => {
  const document = parse('query($id: ID!) { codeDiscountNode(id: $id) { codeDiscount { __typename } } }')
  const [operation] = document.definitions as [OperationDefinitionNode]
  assert.equal(requestedCost(schema, document, operation, {}), 2)
  assert.equal(actualCost(schema, document, operation, {}, { codeDiscountNode: null }), 1)
})
