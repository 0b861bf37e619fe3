import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { FAULT_KINDS } from '../../../../emulator/faults/fault.ts'
import { openTestDatabase } from '../../../../test/database.ts'
import { workerOf } from '../../../../test/shop-codes.ts'
import {
  assertAgreement,
  buyWith,
  FAST,
  openSyncShop,
  pauseImports,
  type SyncShop,
  until,
} from '../../../../test/sync-shop.ts'
import { editTerms } from '../../../codes/edit-terms.ts'
import { replaceCode } from '../../../codes/revoke/replace.ts'
import { revokeCode } from '../../../codes/revoke/revoke.ts'
import { readStoreUse } from '../../../codes/room/room.ts'
import type { CouponRow } from '../../../coupons/coupon.ts'
import type { Database } from '../../../db/database.ts'
import { recordOrder } from '../../../redemptions/orders/record-order.ts'
import type { ShopifyClient } from '../client/client.ts'
import { listDrift } from '../reconcile/list-drift.ts'
import { describeSync, listStoresToSync } from '../sync/describe-sync.ts'
import { runSync } from '../sync/run-sync.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

const LOOKS_AT_ALL = Boolean(process.env.TEST_DATABASE_URL)

async function idOf(shop: SyncShop, code: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from codes where account_id = ${shop.accountId} and code = ${code}`.execute(shop.db)
  return rows[0]?.id ?? assert.fail(`${code} is not there`)
}

async function revoke(shop: SyncShop, code: string): Promise<void> {
  const codeId = await idOf(shop, code)
  await revokeCode(shop.db, { accountId: shop.accountId, codeId, reason: 'Shared', now: new Date() })
}

async function stateOf(shop: SyncShop, code: string): Promise<string | undefined> {
  const { rows } = await sql<{ shop: string }>`
    select shop from revocations where account_id = ${shop.accountId} and code_id = ${await idOf(shop, code)}`.execute(
    shop.db,
  )
  return rows[0]?.shop
}

const isInShop = (shop: SyncShop, code: string) => shop.emulator.shop.codes.has(code.toUpperCase())

/** A shop with a coupon of which `count` people have codes, and more in line. */
async function begin(
  t: Parameters<typeof openSyncShop>[0],
  count: number,
): Promise<{ shop: SyncShop; coupon: CouponRow; given: string[] }> {
  const shop = await openSyncShop(t, { database })
  const coupon = await shop.createCoupon('WELCOME')
  await shop.add(coupon, 300)
  await shop.finish()
  return { shop, coupon, given: await shop.give(coupon, count) }
}

test('revoked codes leave the shop, those of people and those in line; everybody else’s stay, and nothing differs from the shop', async (t) => {
  const { shop, coupon, given } = await begin(t, 3)
  const [mine = '', other = ''] = given
  const { rows } = await sql<{ code: string }>`
    select code from codes where account_id = ${shop.accountId} and position = 200`.execute(shop.db)
  const free = rows[0]?.code ?? ''
  await revoke(shop, mine)
  await revoke(shop, free)
  assert.deepEqual([await stateOf(shop, mine), isInShop(shop, mine)], ['waiting', true])
  assert.equal((await describeSync(shop.db, { ...shop, now: new Date() })).revokedLeft, 2)
  const { reconcile } = workerOf(shop, 'http://127.0.0.1:9')
  const of = { accountId: shop.accountId, couponId: coupon.id }
  await reconcile()
  assert.deepEqual(await listDrift(shop.db, of), [], 'the shop still has them')
  const isToSync = async () => (await listStoresToSync(shop.db, new Date())).some((store) => store.id === shop.storeId)
  assert.ok(await isToSync())
  await shop.finish()
  for (const code of [mine, free]) {
    assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
    assert.ok(!buyWith(shop, code))
  }
  assert.equal((await describeSync(shop.db, { ...shop, now: new Date() })).revokedLeft, 0)
  assert.ok(!(await isToSync()))
  assert.equal((await readStoreUse(shop.db, shop)).ours, 298)
  await assertAgreement(shop)
  await reconcile()
  assert.deepEqual(await listDrift(shop.db, of), [])
  assert.ok(buyWith(shop, other))
})

test('a code that replaces another works in the shop at once, and the old one does not any more', async (t) => {
  const { shop, given } = await begin(t, 1)
  const [old = ''] = given
  const codeId = await idOf(shop, old)
  const { replacement } = await replaceCode(shop.db, { ...shop, codeId, reason: 'Did not work', now: new Date() })
  await shop.finish()
  assert.ok(!buyWith(shop, old))
  assert.ok(buyWith(shop, replacement.code))
  await assertAgreement(shop)
})

test('an order that was faster than the removal counts: the code is redeemed and stays in the shop', async (t) => {
  const { shop, given } = await begin(t, 1)
  const [code = ''] = given
  await revoke(shop, code)
  assert.ok(buyWith(shop, code))
  const now = new Date()
  const facts = {
    email: null,
    customerId: null,
    currency: 'CAD',
    cancelledAt: null,
    refundedMinor: 0,
    isRenewal: false,
  }
  await recordOrder(shop.db, {
    ...shop,
    order: {
      ...facts,
      id: '1001',
      name: '#1001',
      createdAt: now,
      updatedAt: now,
      isTest: false,
      subtotalMinor: 5000,
      codes: [{ code, discountMinor: 500 }],
    },
    now,
  })
  await shop.finish()
  assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['used', true])
  const { rows } = await sql`
    select c.state, a.state as assignment from codes c join assignments a on a.account_id = c.account_id and a.code_id = c.id
    where c.account_id = ${shop.accountId} and c.code = ${code}`.execute(shop.db)
  assert.deepEqual(rows, [{ state: 'redeemed', assignment: 'redeemed' }])
  await assertAgreement(shop)
})

test('a code is revoked while many others go into the shop: it is out before they are all in', async (t) => {
  const { shop, coupon, given } = await begin(t, 1)
  const [code = ''] = given
  pauseImports(shop, true)
  await shop.add(coupon, 500)
  const work = shop.finish()
  await until(() => shop.emulator.shop.creations.size > 2)
  await revoke(shop, code)
  await until(() => !isInShop(shop, code))
  await until(async () => (await stateOf(shop, code)) === 'gone')
  pauseImports(shop, false)
  await work
  await assertAgreement(shop)
})

test('of a discount with thousands of codes only the revoked ones go, also when the search of the shop finds nothing or too much', async (t) => {
  const { shop, coupon, given } = await begin(t, 2)
  await shop.add(coupon, 900)
  await shop.finish()
  const [first = '', second = ''] = given
  const searches: ((query: string) => string)[] = [() => 'code:NOTHING', () => 'WELCOME']
  for (const [nth, code] of [first, second].entries()) {
    await revoke(shop, code)
    const client: ShopifyClient = {
      shop: shop.client.shop,
      request: (operation, variables, options) => {
        const given = variables as { query?: string }
        const changed = given.query === undefined ? variables : { ...variables, query: searches[nth]?.(given.query) }
        return shop.client.request(operation, changed as never, options)
      },
    }
    const input = { accountId: shop.accountId, storeId: shop.storeId, now: () => new Date(), timing: FAST }
    assert.equal(await runSync(shop.db, client, input), 'done')
    assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
  }
  assert.equal(shop.emulator.shop.codes.size, 1 + 1200 - 2)
  await assertAgreement(shop)
})

test('a shop that says it deleted a code and still has it is not believed: the code waits, and goes the next time', async (t) => {
  const { shop, given } = await begin(t, 1)
  const [code = ''] = given
  await revoke(shop, code)
  const liar: ShopifyClient = {
    shop: shop.client.shop,
    request: async (operation, variables, options) => {
      if (operation.name !== 'DeleteCodes') return await shop.client.request(operation, variables, options)
      return {
        discountCodeRedeemCodeBulkDelete: { job: { id: 'gid://shopify/Job/1', done: true }, userErrors: [] },
      } as never
    },
  }
  const input = { accountId: shop.accountId, storeId: shop.storeId, now: () => new Date(), timing: FAST }
  await runSync(shop.db, liar, input)
  assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['waiting', true])
  await shop.finish()
  assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
})

test('terms are edited before the shop has lost a revoked code: it goes all the same', async (t) => {
  const { shop, coupon, given } = await begin(t, 2)
  const [code = '', kept = ''] = given
  await revoke(shop, code)
  await editTerms(shop.db, { ...shop, couponId: coupon.id, terms: coupon.terms, now: new Date() })
  await shop.finish()
  assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
  assert.ok(buyWith(shop, kept))
  assert.equal((await readStoreUse(shop.db, shop)).ours, 1)
  await assertAgreement(shop)
})

test('a shop that cannot be used keeps the code waiting, and loses it once it can', async (t) => {
  const { shop, given } = await begin(t, 1)
  const [code = ''] = given
  const tokens = new Map(shop.emulator.shop.app.tokens)
  shop.emulator.shop.app.tokens.clear()
  await revoke(shop, code)
  assert.equal(await shop.sync(), 'blocked')
  assert.equal(await stateOf(shop, code), 'waiting')
  const told = await describeSync(shop.db, { ...shop, now: new Date() })
  assert.deepEqual([told.state, told.revokedLeft], ['unauthorized', 1])
  for (const [token, facts] of tokens) shop.emulator.shop.app.tokens.set(token, facts)
  await sql`update shopify_shops set state = 'connected' where account_id = ${shop.accountId}`.execute(shop.db)
  await shop.finish()
  assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
})

/** Calls by a text that only their document holds. */
const STEPS = {
  'looking the code up': 'codeDiscountNodeByCode(code: $c0)',
  'finding its id': 'FindRedeemCodes',
  'deleting it': 'discountCodeRedeemCodeBulkDelete',
}

describe('every fault at every step', { concurrency: 6 }, () => {
  for (const [nth, kind] of FAULT_KINDS.entries()) {
    for (const [at, [step, match]] of Object.entries(STEPS).entries()) {
      if (!LOOKS_AT_ALL && (nth + at) % 3 !== 0) continue
      test(`${kind} while ${step}: the code is gone in the end, and no other`, async (t) => {
        const { shop, given } = await begin(t, 3)
        const [code = ''] = given
        const times = kind === 'http_429' ? 1 : 2
        shop.emulator.faults.add({ kind, match, times, delayMs: 30, retryAfterSeconds: 1 })
        await revoke(shop, code)
        await shop.finish()
        assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
        assert.equal(shop.emulator.shop.codes.size, 1 + 300 - 1)
        assert.equal((await readStoreUse(shop.db, shop)).ours, 299)
        assert.ok((shop.emulator.faults.list()[0]?.times ?? 0) < times, 'the fault came')
        await assertAgreement(shop)
      })
    }
  }
})

test('a process dies at any instant of the removal: another takes the code out, once', async (t) => {
  for (let callsLeft = 0; callsLeft < 6; callsLeft += 1) {
    for (const isAnswered of [false, true]) {
      const { shop, given } = await begin(t, 2)
      const [code = ''] = given
      await revoke(shop, code)
      void runSync(shop.db, dyingClient(shop, callsLeft, isAnswered), {
        accountId: shop.accountId,
        storeId: shop.storeId,
        now: () => new Date(),
        timing: FAST,
      })
      await new Promise((resolve) => setTimeout(resolve, 40))
      await shop.finish()
      assert.deepEqual([await stateOf(shop, code), isInShop(shop, code)], ['gone', false])
      assert.equal((await readStoreUse(shop.db, shop)).ours, 299)
      await assertAgreement(shop)
    }
  }
})

/** The client of a process that hears nothing any more after some calls; `isAnswered`: the shop did the last one all the same. */
function dyingClient(shop: SyncShop, calls: number, isAnswered: boolean): ShopifyClient {
  let left = calls
  return {
    shop: shop.client.shop,
    request: async (...call) => {
      left -= 1
      if (left >= 0) return await shop.client.request(...call)
      if (left === -1 && isAnswered) await shop.client.request(...call).catch(() => {})
      return await new Promise<never>(() => {})
    },
  }
}
