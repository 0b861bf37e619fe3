import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShop } from '../../../../test/shop.ts'
import { requireStore } from '../../find-store.ts'
import { ReadShop } from '../generated/shop.ts'

test('a shop is connected by a pasted token: its facts become a store, and calls go through', async (t) => {
  const { db, client, emulator, accountId, storeId } = await openShop(t)
  const store = await requireStore(db, { accountId, storeId })
  assert.deepEqual(
    { ...store, createdAt: '' },
    {
      id: storeId,
      name: 'Local Shop',
      kind: 'shopify',
      url: emulator.url,
      currency: 'CAD',
      timeZone: 'America/Toronto',
      sellsSubscriptions: true,
      createdAt: '',
    },
  )
  const { shop } = await client.request(ReadShop, {})
  assert.equal(shop.myshopifyDomain, emulator.shopDomain)
})
