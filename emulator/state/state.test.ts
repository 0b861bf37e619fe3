import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openEmulator } from '../emulator.ts'
import { ADD_CODES, callAdmin, callControl, createBasic } from '../test-client.ts'

test('a shop that was kept in a file comes back whole: codes, uses, orders, tokens, and unfinished creations', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  const stateFile = join(folder, 'shop.ndjson')
  try {
    const first = await openEmulator({ stateFile, settings: { jobsPaused: true } })
    const id = await createBasic(first, 'KEPT', { usageLimit: 1 })
    const added = await callAdmin(first, ADD_CODES, { id, codes: [{ code: 'LATER' }, { code: 'kept' }] })
    await callControl(first, '/checkout', { codes: ['KEPT'], email: 'ann@example.com' })
    await first.close()

    await using second = await openEmulator({ stateFile })
    assert.equal(second.adminToken, first.adminToken)
    assert.equal(second.clientSecret, first.clientSecret)
    const again = await callControl(second, '/checkout', { codes: ['kept'], email: 'bob@example.com' })
    assert.equal(
      (again as unknown as { refused: { reason: string }[] }).refused[0]?.reason,
      'DISCOUNT_USAGE_LIMIT_REACHED',
    )
    await callControl(second, '/settings', { jobsPaused: false })
    second.worker.finish()
    const creation = added.data.discountRedeemCodeBulkAdd.bulkCreation.id
    const query =
      'query($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done importedCount failedCount } orders(first: 5) { nodes { name discountCodes } } }'
    const reply = await callAdmin(second, query, { id: creation })
    assert.deepEqual(reply.data, {
      discountRedeemCodeBulkCreation: { done: true, importedCount: 1, failedCount: 1 },
      orders: { nodes: [{ name: '#1001', discountCodes: ['KEPT'] }] },
    })
    assert.ok(Number((await createBasic(second, 'NEW')).split('/').at(-1)) > Number(id.split('/').at(-1)))
  } finally {
    await rm(folder, { recursive: true })
  }
})
