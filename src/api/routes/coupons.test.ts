import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Scope } from '../../../contract/account.ts'
import type { Page } from '../../../contract/common.ts'
import type { Coupon, Store } from '../../../contract/coupons.ts'
import { seedCodes, seedProfiles } from '../../../test/seed.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../../test/server.ts'
import { assignCodes } from '../../codes/assign.ts'
import { registerCouponRoutes } from './coupons.ts'
import { registerStoreRoutes } from './stores.ts'

let server: TestServer
let owner: { key: string; cookie: string; accountId: string }
let storeId: string

before(async () => {
  server = await openTestServer((app, deps) => {
    registerCouponRoutes(app, deps)
    registerStoreRoutes(app, deps)
  })
  owner = await setUpOwner(server)
  const stores = await server.call<Page<Store>>('GET', '/v1/stores', { key: owner.key })
  storeId = stores.body.items[0]!.id
})
after(() => server[Symbol.asyncDispose]())

const TWENTY = { discount: { kind: 'percentage', basisPoints: 2000 } }

async function makeKey(scopes: Scope[]): Promise<string> {
  const body = { name: 'Some', scopes }
  return (await server.call<{ key: string }>('POST', '/v1/api-keys', { key: owner.key, body })).body.key
}

async function create(name: string, more: object = {}): Promise<Coupon> {
  const body = { name, storeId, terms: TWENTY, ...more }
  const made = await server.call<Coupon>('POST', '/v1/coupons', { key: owner.key, body })
  assert.equal(made.status, 201, made.text)
  return made.body
}

const NOTHING = {
  made: 0,
  live: 0,
  available: 0,
  reserved: 0,
  assigned: 0,
  redeemed: 0,
  expired: 0,
  withdrawn: 0,
  failed: 0,
}

test('a coupon is created, read, changed, found and archived', async () => {
  const made = await create('Spring Sale')
  assert.deepEqual(
    [made.prefix, made.version, made.counts, made.lowStock, made.archivedAt],
    ['SPRING-SALE', 1, NOTHING, true, null],
  )
  const url = `/v1/coupons/${made.id}`
  assert.deepEqual((await server.call('GET', url, { key: owner.key })).body, made)
  const body = { description: 'For spring', lowStockThreshold: 0 }
  const changed = await server.call<Coupon>('PATCH', url, { key: owner.key, body })
  assert.deepEqual(changed.body, { ...made, ...body, lowStock: false })
  const found = await server.call<Page<Coupon>>('GET', '/v1/coupons?search=spring', { key: owner.key })
  assert.deepEqual(found.body, { items: [changed.body], next: null })
  assert.equal((await server.call('DELETE', url, { key: owner.key })).status, 204)
  assert.deepEqual(
    (await server.call<Page<Coupon>>('GET', '/v1/coupons?search=spring', { key: owner.key })).body.items,
    [],
  )
  const archived = await server.call<Page<Coupon>>('GET', '/v1/coupons?archived=true', { key: owner.key })
  assert.deepEqual(
    archived.body.items.map((coupon) => coupon.id),
    [made.id],
  )
  const again = await server.call('DELETE', url, { key: owner.key })
  assert.deepEqual([again.status, again.body.error.code], [409, 'coupon_archived'])
})

test('the reuse policy is chosen when the coupon is made, and fixed once somebody was given a code', async () => {
  assert.equal((await create('Kept')).reusePolicy, 'until_used_or_expired')
  const made = await create('Once', { reusePolicy: 'once' })
  assert.equal(made.reusePolicy, 'once')
  const url = `/v1/coupons/${made.id}`
  const patch = (policy: string) => server.call<Coupon>('PATCH', url, { key: owner.key, body: { reusePolicy: policy } })
  const changed = await patch('new_each_entry')
  assert.deepEqual([changed.status, changed.body.reusePolicy], [200, 'new_each_entry'])
  assert.equal((await patch('never')).status, 400)
  await seedCodes(server.db, owner.accountId, made.id, 1, new Date())
  const [profileId] = (await seedProfiles(server.db, owner.accountId, 1)) as [string]
  await assignCodes(server.db, {
    accountId: owner.accountId,
    couponId: made.id,
    profileIds: [profileId],
    entry: 'order 1',
    now: new Date(),
  })
  const refused = await server.call('PATCH', url, { key: owner.key, body: { reusePolicy: 'once' } })
  assert.deepEqual([refused.status, refused.body.error?.code], [409, 'reuse_policy_fixed'])
  assert.equal((await server.call<Coupon>('GET', url, { key: owner.key })).body.reusePolicy, 'new_each_entry')
})

test('coupons come in pages, newest first', async () => {
  const [one, two, three] = [await create('PAGE-1'), await create('PAGE-2'), await create('PAGE-3')]
  const url = '/v1/coupons?search=page-&limit=2'
  const first = await server.call<Page<Coupon>>('GET', url, { key: owner.key })
  assert.deepEqual(
    first.body.items.map(({ id }) => id),
    [three.id, two.id],
  )
  const second = await server.call<Page<Coupon>>('GET', `${url}&cursor=${first.body.next}`, { key: owner.key })
  assert.deepEqual([second.body.items.map(({ id }) => id), second.body.next], [[one.id], null])
  assert.equal((await server.call('GET', `${url}&cursor=x`, { key: owner.key })).body.error.code, 'invalid_cursor')
})

test('new terms make a new version; the old one stays to be read', async () => {
  const made = await create('TERMS')
  const terms = { discount: { kind: 'fixed_amount', amountMinor: 500, currency: 'EUR' } }
  const edited = await server.call('POST', `/v1/coupons/${made.id}/terms`, { key: owner.key, body: { terms } })
  assert.deepEqual([edited.status, edited.body], [200, { version: 2, withdrawn: 0 }])
  const { body } = await server.call<Coupon[]>('GET', `/v1/coupons/${made.id}/versions`, { key: owner.key })
  assert.deepEqual(
    body.map(({ version, terms }) => [version, terms.discount.kind]),
    [
      [2, 'fixed_amount'],
      [1, 'percentage'],
    ],
  )
  assert.deepEqual(body[0]?.counts, NOTHING)
})

test('what a coupon cannot be is refused with its reason', async () => {
  await create('TAKEN')
  const used = await create('USED')
  await server.call('DELETE', `/v1/coupons/${used.id}`, { key: owner.key })
  const amount = (amountMinor: number, currency: string) => ({
    terms: { discount: { kind: 'fixed_amount', amountMinor, currency } },
  })
  for (const [more, status, code] of [
    [{ name: 'TAKEN' }, 409, 'name_taken'],
    [{ name: 'USED' }, 409, 'name_was_used'],
    [{ terms: { ...TWENTY, expires: { kind: 'at', at: '2020-01-01T00:00:00Z' } } }, 409, 'coupon_expired'],
    [amount(-500, 'EUR'), 400, 'invalid_input'],
    [amount(0, 'EUR'), 400, 'invalid_input'],
    [amount(5.5, 'EUR'), 400, 'invalid_input'],
    [amount(500, 'XQQ'), 400, 'unknown_currency'],
    [amount(500, 'USD'), 400, 'term_not_supported'],
    [{ terms: { discount: { kind: 'percentage', basisPoints: 10_001 } } }, 400, 'invalid_input'],
    [{ storeId: owner.accountId }, 404, 'store_not_found'],
    [{ name: '{{ x }}' }, 400, 'invalid_input'],
    [{ description: 'x'.repeat(3_000_000) }, 413, 'payload_too_large'],
  ] as const) {
    const body = { name: 'FRESH', storeId, terms: TWENTY, ...more }
    const answer = await server.call('POST', '/v1/coupons', { key: owner.key, body })
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code], JSON.stringify(more).slice(0, 200))
  }
  await create('USED', { confirmReusedName: true })
})

test('creating twice with one Idempotency-Key makes one coupon', async () => {
  const body = { name: 'ONCE', storeId, terms: TWENTY }
  const headers = { 'idempotency-key': 'once-1' }
  const first = await server.call<Coupon>('POST', '/v1/coupons', { key: owner.key, body, headers })
  const second = await server.call<Coupon>('POST', '/v1/coupons', { key: owner.key, body, headers })
  assert.deepEqual([second.status, second.body], [201, first.body])
})

test('reading and writing need their scopes, and a coupon of another account is not found', async () => {
  const made = await create('SCOPES')
  const reader = await makeKey(['coupons:read'])
  const url = `/v1/coupons/${made.id}`
  assert.equal((await server.call('GET', url, { key: reader })).status, 200)
  for (const [method, path, body] of [
    ['PATCH', url, {}],
    ['DELETE', url, undefined],
    ['POST', '/v1/coupons', { name: 'X', storeId, terms: TWENTY }],
    ['POST', `${url}/terms`, { terms: TWENTY }],
  ] as const) {
    const answer = await server.call(method, path, { key: reader, body })
    assert.deepEqual([answer.status, answer.body.error.code], [403, 'missing_scope'], `${method} ${path}`)
  }
  const strange = `/v1/coupons/${owner.accountId}`
  for (const [method, path, body] of [
    ['GET', strange, undefined],
    ['GET', `${strange}/versions`, undefined],
    ['PATCH', strange, {}],
    ['DELETE', strange, undefined],
    ['POST', `${strange}/terms`, { terms: TWENTY }],
  ] as const) {
    const answer = await server.call(method, path, { key: owner.key, body })
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'coupon_not_found'], `${method} ${path}`)
  }
})

test('each change is in the audit log with who made it', async () => {
  const made = await create('AUDIT')
  const url = `/v1/coupons/${made.id}`
  await server.call('PATCH', url, { key: owner.key, body: { fallback: 'SORRY' } })
  await server.call('POST', `${url}/terms`, { key: owner.key, body: { terms: TWENTY } })
  await server.call('DELETE', url, { cookie: owner.cookie })
  const { body } = await server.call<Page<{ action: string; subject: string; actor: string }>>(
    'GET',
    '/v1/audit?limit=4',
    {
      key: owner.key,
    },
  )
  assert.deepEqual(
    body.items.map(({ action }) => action),
    ['coupon.archived', 'coupon.terms_edited', 'coupon.updated', 'coupon.created'],
  )
  assert.ok(body.items.every(({ subject }) => subject === `coupon:${made.id}`))
  assert.match(body.items[0]!.actor, /^user:/)
  assert.match(body.items[1]!.actor, /^key:/)
})

test('the character U+0000 is refused as bad input, not answered as our fault', async () => {
  const body = { name: 'Zero', storeId, description: 'a\u0000b', terms: TWENTY }
  const answer = await server.call<{ error: { code: string } }>('POST', '/v1/coupons', { key: owner.key, body })
  assert.deepEqual([answer.status, answer.body.error.code], [400, 'invalid_input'])
  const search = await server.call('GET', '/v1/coupons?search=a%00b', { key: owner.key })
  assert.ok(search.status < 500, search.text)
})
