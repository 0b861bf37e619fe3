import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { z } from 'zod'
import { type Scope, scope } from '../../../contract/account.ts'
import type { assignReply } from '../../../contract/codes.ts'
import type { ReusePolicy } from '../../../contract/coupons.ts'
import { seedAccount, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../accounts/api-keys.ts'
import { archiveCoupon } from '../../codes/edit-terms.ts'
import { newId } from '../../lib/ids.ts'
import { createProfile } from '../../profiles/profiles.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { registerAssignmentRoutes } from './assignments.ts'

type Reply = z.infer<typeof assignReply>

const now = new Date()
let server: TestServer
let account: { accountId: string; storeId: string }
let key: string

before(async () => {
  server = await openTestServer(registerAssignmentRoutes, { now: () => now })
  account = await seedAccount(server.db)
  key = await makeKey(account.accountId)
})
after(() => server[Symbol.asyncDispose]())

async function makeKey(accountId: string, scopes: readonly Scope[] = scope.options): Promise<string> {
  const facts = { accountId, actor: 'system', name: 'Test', allowedScopes: new Set(scope.options), now }
  return (await createApiKey(server.db, { ...facts, scopes: [...scopes] })).key
}

let names = 0
async function makeCoupon(
  codes: number,
  policy: ReusePolicy = 'until_used_or_expired',
): Promise<{ id: string; name: string }> {
  names += 1
  return await seedCoupon(server.db, account, { name: `C${names}`, codes, now, reusePolicy: policy })
}

function assign(body: object, headers: Record<string, string> = {}) {
  return server.call<Reply>('POST', '/v1/assignments', { key, body, headers })
}

test('each profile gets a code of its own, in the order given, by email or id, once however often it is named', async () => {
  const coupon = await makeCoupon(5)
  const [profileId] = (await seedProfiles(server.db, account.accountId, 1)) as [string]
  const ann = await createProfile(server.db, { ...account, email: 'Ann@example.com', now })
  const nobody = newId()
  const profiles = [
    { email: 'nobody@example.com' },
    { email: ' ann@EXAMPLE.com' },
    { profileId },
    { profileId: nobody },
    { email: 'not an address' },
    { profileId: ann.id.toUpperCase() },
  ]
  const { status, body } = await assign({ coupon: coupon.name, profiles })
  assert.equal(status, 200)
  assert.deepEqual([body.couponId, body.assigned, body.kept, body.exhausted], [coupon.id, 2, 1, 0])
  assert.deepEqual(
    body.results.map((result) => [result.status, result.profileId, result.email]),
    [
      ['unknown_profile', null, 'nobody@example.com'],
      ['assigned', ann.id, ' ann@EXAMPLE.com'],
      ['assigned', profileId, null],
      ['unknown_profile', nobody, null],
      ['unknown_profile', null, 'not an address'],
      ['kept', ann.id, null],
    ],
  )
  const codes = body.results.map(({ code }) => code)
  assert.equal(codes[1], codes[5])
  assert.notEqual(codes[1], codes[2])
  assert.match(codes[1]!, /^C\d+-[2-9A-Z]{11}$/)
  assert.equal(body.results[1]?.expiresAt, new Date(now.getTime() + 7 * 86_400_000).toISOString())
})

test('a single profile, fifty at once: everybody has an own code, and asking again keeps it', async () => {
  const coupon = await makeCoupon(50)
  const profileIds = await seedProfiles(server.db, account.accountId, 50)
  const ask = () => Promise.all(profileIds.map((profileId) => assign({ coupon: coupon.id, profiles: [{ profileId }] })))
  const first = (await ask()).map(({ body }) => body.results[0]!)
  assert.ok(first.every(({ status }) => status === 'assigned'))
  assert.equal(new Set(first.map(({ code }) => code)).size, 50)
  const second = (await ask()).map(({ body }) => body.results[0]!)
  assert.deepEqual(
    second,
    first.map((result) => ({ ...result, status: 'kept' })),
  )
})

test('ten thousand profiles by email fit in one call; one more is refused', async () => {
  const coupon = await makeCoupon(2)
  const domain = `${'d'.repeat(60)}.${'e'.repeat(60)}.example.com`
  const profiles = Array.from({ length: 10_000 }, (_, n) => ({ email: `${'n'.repeat(50)}${n}@${domain}` }))
  const { status, body } = await assign({ coupon: coupon.id, profiles })
  assert.deepEqual([status, body.results.length, body.assigned], [200, 10_000, 0])
  const tooMany = await assign({ coupon: coupon.id, profiles: [...profiles, profiles[0]] })
  assert.deepEqual(
    [tooMany.status, (tooMany.body as never as { error: { code: string } }).error.code],
    [400, 'invalid_input'],
  )
})

test('an empty pool is an answer, not an error', async () => {
  const coupon = await makeCoupon(1)
  const profileIds = await seedProfiles(server.db, account.accountId, 2)
  const { status, body } = await assign({ coupon: coupon.id, profiles: profileIds.map((profileId) => ({ profileId })) })
  assert.deepEqual([status, body.assigned, body.exhausted], [200, 1, 1])
  assert.deepEqual(body.results.map(({ code }) => code === null).toSorted(), [false, true])
})

test('a coupon with a new code each entry needs the entry: the same one gives the same code, one profile or many', async () => {
  const coupon = await makeCoupon(6, 'new_each_entry')
  const profileIds = await seedProfiles(server.db, account.accountId, 2)
  for (const people of [profileIds, profileIds.slice(1)]) {
    const profiles = people.map((profileId) => ({ profileId }))
    const refused = await server.call('POST', '/v1/assignments', { key, body: { coupon: coupon.id, profiles } })
    assert.deepEqual([refused.status, refused.body.error?.code], [400, 'entry_required'])
    const entry = `order ${people.length}`
    const first = await assign({ coupon: coupon.id, profiles, entry })
    const again = await assign({ coupon: coupon.id, profiles, entry: ` ${entry} ` })
    assert.deepEqual([first.body.assigned, again.body.kept], [people.length, people.length])
    assert.deepEqual(
      again.body.results.map(({ code }) => code),
      first.body.results.map(({ code }) => code),
    )
  }
  for (const entry of ['', ' ', 'x'.repeat(256), 7, null]) {
    const profiles = [{ profileId: profileIds[0] }]
    const refused = await server.call('POST', '/v1/assignments', { key, body: { coupon: coupon.id, profiles, entry } })
    assert.deepEqual([refused.status, refused.body.error?.code], [400, 'invalid_input'], String(entry))
  }
  const longest = await assign({ coupon: coupon.id, profiles: [{ profileId: profileIds[0] }], entry: 'x'.repeat(255) })
  assert.equal(longest.body.assigned, 1)
})

test('who had their code of a coupon that gives each person one only is told so', async () => {
  const coupon = await makeCoupon(3, 'once')
  const [used, fresh] = (await seedProfiles(server.db, account.accountId, 2)) as [string, string]
  const first = await assign({ coupon: coupon.id, profiles: [{ profileId: used }] })
  const { code } = first.body.results[0] ?? assert.fail()
  const order = { orderId: 'o-1', subtotalMinor: 5000, currency: 'EUR', now }
  assert.equal((await redeemCode(server.db, { ...account, ...order, code: code ?? '' })).status, 'redeemed')
  const { status, body } = await assign({ coupon: coupon.id, profiles: [{ profileId: used }, { profileId: fresh }] })
  assert.deepEqual([status, body.assigned, body.kept, body.alreadyHad, body.exhausted], [200, 1, 0, 1, 0])
  assert.deepEqual(body.results[0], {
    profileId: used,
    email: null,
    status: 'already_had',
    code: null,
    expiresAt: null,
  })
})

test('a repeated call with its Idempotency-Key gets the same answer', async () => {
  const coupon = await makeCoupon(1)
  const [profileId] = await seedProfiles(server.db, account.accountId, 1)
  const body = { coupon: coupon.id, profiles: [{ profileId }] }
  const first = await assign(body, { 'idempotency-key': 'assign-1' })
  const again = await assign(body, { 'idempotency-key': 'assign-1' })
  assert.deepEqual([again.body, again.headers['idempotent-replayed']], [first.body, 'true'])
  assert.equal(first.body.results[0]?.status, 'assigned')
})

test('calls that cannot be answered are refused with their reason', async () => {
  const archived = await makeCoupon(1)
  await archiveCoupon(server.db, { ...account, couponId: archived.id, now })
  const [profileId] = await seedProfiles(server.db, account.accountId, 1)
  const profiles = [{ profileId }]
  const other = await seedAccount(server.db)
  const theirs = await seedCoupon(server.db, other, { codes: 1, now })
  for (const [body, status, code] of [
    [{ coupon: 'NO-SUCH', profiles }, 404, 'coupon_not_found'],
    [{ coupon: theirs.id, profiles }, 404, 'coupon_not_found'],
    [{ coupon: archived.id, profiles }, 409, 'coupon_archived'],
    [{ coupon: archived.id, profiles: [] }, 400, 'invalid_input'],
    [{ coupon: archived.id, profiles: [{ profileId: 'x' }] }, 400, 'invalid_input'],
    [{ coupon: archived.id, profiles, more: 'x'.repeat(11_000_000) }, 413, 'payload_too_large'],
  ] as const) {
    const answer = await server.call('POST', '/v1/assignments', { key, body })
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code], JSON.stringify(body).slice(0, 100))
  }
  const checkout = await makeKey(account.accountId, ['checkout', 'codes:read'])
  const answer = await server.call('POST', '/v1/assignments', { key: checkout, body: { coupon: 'C1', profiles } })
  assert.deepEqual([answer.status, answer.body.error.code], [403, 'missing_scope'])
})

test('a profile of another account gets nothing', async () => {
  const coupon = await makeCoupon(1)
  const other = await seedAccount(server.db)
  const [profileId] = await seedProfiles(server.db, other.accountId, 1)
  const email = `person-${profileId}@example.com`
  const { body } = await assign({ coupon: coupon.id, profiles: [{ profileId }, { email }] })
  assert.deepEqual(
    body.results.map(({ status }) => status),
    ['unknown_profile', 'unknown_profile'],
  )
})

test('what a person gives by hand is in the audit log, without the code', async () => {
  await using own = await openTestServer(registerAssignmentRoutes, { now: () => now })
  const owner = await setUpOwner(own)
  const { rows } = await sql<{ id: string }>`select id from stores`.execute(own.db)
  const ours = { accountId: owner.accountId, storeId: rows[0]!.id }
  const coupon = await seedCoupon(own.db, ours, { codes: 1, now })
  const [profileId] = await seedProfiles(own.db, owner.accountId, 1)
  const body = { coupon: coupon.id, profiles: [{ profileId }] }
  const given = await own.call<Reply>('POST', '/v1/assignments', { cookie: owner.cookie, body })
  assert.equal(given.body.assigned, 1, given.text)
  const log = await own.call('GET', '/v1/audit?limit=1', { key: owner.key })
  assert.match(log.text, /"codes.assigned".*"profileIds":\["[0-9a-f-]{36}"\]/)
  assert.ok(!log.text.includes(given.body.results[0]!.code!))
})
