import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmulator } from '../emulator.ts'
import { ADD_CODES, callAdmin, createBasic } from '../test-client.ts'

const READ = `query($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done codesCount importedCount failedCount
  codes(first: 250) { nodes { code errors { field code message } discountRedeemCode { id } } } } }`

function toInputs(...codes: string[]): { code: string }[] {
  return codes.map((code) => ({ code }))
}

test('a bulk add answers at once with zeros, and the worker imports later in the order of submission', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 100 })
  emulator.clock.freeze(true)
  const id = await createBasic(emulator, 'SEED')
  const added = await callAdmin(emulator, ADD_CODES, { id, codes: toInputs('B', 'A', 'C') })
  const { bulkCreation, userErrors } = added.data.discountRedeemCodeBulkAdd
  assert.deepEqual(userErrors, [])
  assert.deepEqual(
    { ...bulkCreation, id: '' },
    { id: '', done: false, codesCount: 3, importedCount: 0, failedCount: 0 },
  )
  emulator.clock.advance(10_000)
  const read = (await callAdmin(emulator, READ, { id: bulkCreation.id })).data.discountRedeemCodeBulkCreation
  assert.deepEqual([read.done, read.importedCount, read.failedCount], [true, 3, 0])
  const ids = read.codes.nodes.map((node: { discountRedeemCode: { id: string } }) =>
    Number(node.discountRedeemCode.id.split('/').at(-1)),
  )
  assert.deepEqual(
    ids,
    ids.toSorted((left: number, right: number) => left - right),
  )
})

test('bad codes of a batch fail alone, each with the exact text and no code', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 0 })
  const id = await createBasic(emulator, 'Taken')
  const codes = toInputs('GOOD', 'TAKEN', 'good', '', 'X'.repeat(256), 'two\nlines')
  const added = await callAdmin(emulator, ADD_CODES, { id, codes })
  emulator.worker.finish()
  const read = (await callAdmin(emulator, READ, { id: added.data.discountRedeemCodeBulkAdd.bulkCreation.id })).data
    .discountRedeemCodeBulkCreation
  assert.deepEqual([read.done, read.importedCount, read.failedCount], [true, 1, 5])
  assert.deepEqual(
    read.codes.nodes.map((node: { errors: unknown[] }) => node.errors),
    [
      [],
      [{ field: ['code'], code: null, message: 'must be unique. Please try a different code.' }],
      [{ field: ['code'], code: null, message: 'Codes must be unique within BulkDiscountCodeCreation' }],
      [{ field: ['code'], code: null, message: 'is too short (minimum is 1 character)' }],
      [{ field: ['code'], code: null, message: 'is too long (maximum is 255 characters)' }],
      [{ field: ['code'], code: null, message: 'cannot contain newline characters.' }],
    ],
  )
})

test('creations of a shop run one after another at the set rate', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 100, settings: { jobDelayMs: 0 } })
  emulator.clock.freeze(true)
  const id = await createBasic(emulator, 'SEED')
  const batch = (prefix: string): { code: string }[] =>
    Array.from({ length: 200 }, (_, index) => ({ code: `${prefix}${index}` }))
  await callAdmin(emulator, ADD_CODES, { id, codes: batch('ONE') })
  await callAdmin(emulator, ADD_CODES, { id, codes: batch('TWO') })
  const [first, second] = [...emulator.shop.creations.values()]
  for (let step = 0; step < 20; step += 1) emulator.clock.advance(50)
  assert.equal(second?.importedCount, 0)
  const soFar = first?.importedCount ?? 0
  assert.ok(soFar >= 90 && soFar <= 110, `about 100 codes after a second, not ${soFar}`)
  for (let step = 0; step < 64; step += 1) emulator.clock.advance(50)
  assert.deepEqual([first?.done, second?.done], [true, true])
})

test('adding codes leaves the time of the discount’s last change, deleting one does not', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 0 })
  const gid = await createBasic(emulator, 'SEED')
  const [discount] = [...emulator.shop.discounts.values()]
  const before = discount?.updatedAt
  emulator.clock.advance(60_000)
  await callAdmin(emulator, ADD_CODES, { id: gid, codes: toInputs('A', 'B') })
  emulator.worker.finish()
  assert.equal(discount?.updatedAt, before)
  const code = `gid://shopify/DiscountRedeemCode/${discount?.codes[1]?.id}`
  const reply = await callAdmin(
    emulator,
    'mutation($id: ID!, $ids: [ID!]) { discountCodeRedeemCodeBulkDelete(discountId: $id, ids: $ids) { job { done } userErrors { message } } }',
    { id: gid, ids: [code] },
  )
  assert.deepEqual(reply.data.discountCodeRedeemCodeBulkDelete, { job: { done: true }, userErrors: [] })
  assert.notEqual(discount?.updatedAt, before)
  assert.equal(emulator.shop.codes.has('A'), false)
})

test('codes are paged in their order from any cursor, forwards and backwards', async () => {
  await using emulator = await openEmulator({ codesPerSecond: 0 })
  const id = await createBasic(emulator, 'C0')
  await callAdmin(emulator, ADD_CODES, { id, codes: toInputs('C1', 'C2', 'C3', 'C4') })
  emulator.worker.finish()
  const page = async (args: string): Promise<{ codes: string; end: string; next: boolean; previous: boolean }> => {
    const query = `query($id: ID!) { codeDiscountNode(id: $id) { codeDiscount { ... on DiscountCodeBasic {
      codes(${args}) { nodes { code } pageInfo { endCursor hasNextPage hasPreviousPage } } } } } }`
    const { codes } = (await callAdmin(emulator, query, { id })).data.codeDiscountNode.codeDiscount
    const text = codes.nodes.map((node: { code: string }) => node.code).join(' ')
    return {
      codes: text,
      end: codes.pageInfo.endCursor,
      next: codes.pageInfo.hasNextPage,
      previous: codes.pageInfo.hasPreviousPage,
    }
  }
  const first = await page('first: 2')
  assert.deepEqual([first.codes, first.next, first.previous], ['C0 C1', true, false])
  const second = await page(`first: 2, after: "${first.end}"`)
  assert.deepEqual([second.codes, second.next, second.previous], ['C2 C3', true, true])
  assert.equal((await page(`first: 2, after: "${second.end}"`)).codes, 'C4')
  const backwards = await page('first: 2, reverse: true')
  assert.equal(backwards.codes, 'C4 C3')
  assert.equal((await page(`first: 9, reverse: true, after: "${backwards.end}"`)).codes, 'C2 C1 C0')
  assert.equal((await page('last: 2')).codes, 'C3 C4')
})

test('an unknown discount and an empty list are refused', async () => {
  await using emulator = await openEmulator()
  const unknown = await callAdmin(emulator, ADD_CODES, { id: 'gid://shopify/DiscountCodeNode/1', codes: toInputs('A') })
  assert.deepEqual(unknown.data.discountRedeemCodeBulkAdd, {
    bulkCreation: null,
    userErrors: [{ field: ['discountId'], message: 'Code discount does not exist.', code: 'INVALID' }],
  })
  const empty = await callAdmin(emulator, ADD_CODES, { id: await createBasic(emulator, 'SEED'), codes: [] })
  assert.deepEqual(empty.data.discountRedeemCodeBulkAdd.userErrors, [
    { field: ['codes'], message: "Codes can't be blank", code: 'BLANK' },
  ])
})
