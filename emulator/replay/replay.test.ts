import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { replayFiles } from './replay.ts'

const RECORDED = fileURLToPath(new URL('../../../shared/data/shopify/recorded', import.meta.url))
const absent = existsSync(RECORDED)
  ? false
  : 'the recordings of the real store are not beside the project (../shared/data)'

test('the emulator answers every recorded request as the real store did', { skip: absent }, async () => {
  const files = readdirSync(RECORDED)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(RECORDED, name))
  const result = await replayFiles(files)
  assert.deepEqual(result.differing, [])
  assert.equal(result.matched, result.requests)
  assert.ok(result.requests >= 72, `only ${result.requests} requests were found`)
})

const DELETE = 'mutation($id: ID!) { discountCodeDelete(id: $id) { deletedCodeDiscountId userErrors { message } } }'

test('a reply that differs in a stable field is reported with its place and both values', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'))
  const file = join(folder, 'wrong.json')
  const payload = {
    data: { discountCodeDelete: { deletedCodeDiscountId: null, userErrors: [{ message: 'Gone already.' }] } },
    extensions: { cost: { requestedQueryCost: 11, actualQueryCost: 10 } },
  }
  const recording = {
    capturedAt: '2026-06-01T00:00:00Z',
    requests: { remove: { query: DELETE, variables: { id: 'gid://shopify/DiscountCodeNode/0' } } },
    remove: { status: 200, payload },
  }
  try {
    await writeFile(file, JSON.stringify(recording))
    const result = await replayFiles([file])
    assert.deepEqual([result.requests, result.matched], [1, 0])
    assert.deepEqual(
      result.differing.map(({ path, recorded, got }) => [path, recorded, got]),
      [
        ['data.discountCodeDelete.userErrors[0].message', 'Gone already.', 'Code discount does not exist.'],
        ['extensions.cost.requestedQueryCost', 11, 10],
      ],
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
