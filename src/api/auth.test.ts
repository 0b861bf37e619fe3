import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { Account, ApiKey, Scope, Session } from '../../contract/account.ts'
import type { Page } from '../../contract/common.ts'
import { OWNER, openTestServer, setUpOwner, type TestServer } from '../../test/server.ts'
import { newId } from '../lib/ids.ts'

let server: TestServer
let owner: { key: string; cookie: string; accountId: string }

before(async () => {
  server = await openTestServer()
  owner = await setUpOwner(server)
})
after(() => server[Symbol.asyncDispose]())

async function makeKey(scopes: Scope[]): Promise<string> {
  const made = await server.call<{ key: string }>('POST', '/v1/api-keys', {
    key: owner.key,
    body: { name: 'Some', scopes },
  })
  assert.equal(made.status, 201)
  return made.body.key
}

test('set-up signs the browser in: the session shows the owner and their account', async () => {
  const { body } = await server.call<Session>('GET', '/v1/session', { cookie: owner.cookie })
  assert.equal(body.needsSetup, false)
  assert.equal(body.user?.email, OWNER.email)
  assert.deepEqual(body.account, { id: owner.accountId, name: OWNER.accountName, role: 'owner' })
  assert.deepEqual(body.accounts, [body.account])
})

test('without a cookie or a key nobody is signed in', async () => {
  const { body } = await server.call<Session>('GET', '/v1/session')
  assert.deepEqual([body.needsSetup, body.user, body.account], [false, null, null])
  const account = await server.call('GET', '/v1/account')
  assert.deepEqual([account.status, account.body.error.code], [401, 'not_signed_in'])
})

test('a second set-up is refused and signs nobody in', async () => {
  const again = await server.call('POST', '/v1/setup', { body: { ...OWNER, email: 'thief@example.com' } })
  assert.deepEqual([again.status, again.body.error.code, again.cookie], [409, 'already_set_up', ''])
})

test('nobody signs up by themselves, and what the product does not use of the login stays shut', async () => {
  const body = { email: 'thief@example.com', password: 'long enough to pass', name: 'Thief' }
  for (const path of ['/auth/sign-up/email', '/auth/organization/create', '/auth/update-user', '/auth/delete-user']) {
    const answer = await server.call('POST', path, { body, cookie: owner.cookie })
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'not_found'], path)
  }
  const { rows } = await sql<{ count: number }>`select count(*) from auth_users`.execute(server.db)
  assert.equal(rows[0]?.count, 1)
})

test('sign-in sets an HttpOnly, SameSite=Lax cookie; sign-out ends the session at the server', async () => {
  const { email, password } = OWNER
  const signedIn = await server.call('POST', '/auth/sign-in/email', { body: { email: 'Owner@Example.com', password } })
  assert.equal(signedIn.status, 200)
  assert.match(String(signedIn.headers['set-cookie']), /HttpOnly; SameSite=Lax/)
  assert.doesNotMatch(String(signedIn.headers['set-cookie']), /Secure/)
  const { cookie } = signedIn
  assert.equal((await server.call('GET', '/v1/account', { cookie })).status, 200)
  assert.equal((await server.call('POST', '/auth/sign-out', { cookie })).status, 200)
  assert.equal((await server.call('GET', '/v1/account', { cookie })).body.error.code, 'not_signed_in')

  const wrong = await server.call('POST', '/auth/sign-in/email', { body: { email, password: 'not the password' } })
  const unknown = await server.call('POST', '/auth/sign-in/email', { body: { email: 'no@example.com', password } })
  assert.deepEqual([wrong.status, wrong.body.error.code], [401, 'wrong_password'])
  assert.deepEqual(unknown.body, wrong.body)
})

test('behind https the cookie is Secure', async () => {
  await using secure = await openTestServer(undefined, { publicUrl: 'https://shop.example' })
  const { headers } = await secure.call('POST', '/v1/setup', { body: OWNER })
  assert.match(String(headers['set-cookie']), /^__Secure-onecode\.session_token=.*Secure/)
})

test('passwords are guessed at most twenty times a minute from one address, whatever the caller says of it', async () => {
  const answers = []
  for (let i = 0; i < 25; i += 1) {
    const headers = { 'x-forwarded-for': `10.0.0.${i}`, 'x-onecode-address': `10.0.0.${i}` }
    const body = { email: 'guess@example.com', password: 'guess guess guess' }
    answers.push(await server.call('POST', '/auth/sign-in/email', { body, headers }))
  }
  const last = answers.at(-1)!
  assert.deepEqual([last.status, last.body.error.code], [429, 'too_many_requests'])
  assert.ok(Number(last.headers['retry-after']) > 0)
  assert.ok(answers.filter((answer) => answer.status === 401).length <= 20)
})

test('a key opens its own account with its scopes; a route beyond them is refused with the scope that it needs', async () => {
  const reader = await makeKey(['account:read'])
  const { body } = await server.call<Account>('GET', '/v1/account', { key: reader })
  assert.equal(body.id, owner.accountId)
  const refused = await server.call('PATCH', '/v1/account', { key: reader, body: { name: 'Mine' } })
  assert.equal(refused.status, 403)
  assert.deepEqual([refused.body.error.code, refused.body.error.data], ['missing_scope', { scope: 'account:write' }])
})

test('a wrong, revoked or malformed key is refused, also beside a valid cookie', async () => {
  const key = await makeKey(['account:read'])
  const listed = await server.call<Page<ApiKey>>('GET', '/v1/api-keys', { key: owner.key })
  const { id } = listed.body.items.find((item) => key.startsWith(item.prefix))!
  assert.equal((await server.call('DELETE', `/v1/api-keys/${id}`, { key: owner.key })).status, 204)
  for (const wrong of [key, `${key}x`, 'oc_aaaaaaaa_'.padEnd(52, 'a'), 'nonsense']) {
    const answer = await server.call('GET', '/v1/account', { key: wrong, cookie: owner.cookie })
    assert.deepEqual([answer.status, answer.body.error.code], [401, 'invalid_api_key'])
  }
  const basic = await server.call('GET', '/v1/account', {
    headers: { authorization: 'Basic eDp5' },
    cookie: owner.cookie,
  })
  assert.equal(basic.body.error.code, 'invalid_api_key')
})

test('sixty wrong keys from one address in a minute and it has to wait', async () => {
  await using other = await openTestServer()
  const { key } = await setUpOwner(other)
  const statuses = []
  for (let i = 0; i < 61; i += 1) statuses.push((await other.call('GET', '/v1/account', { key: 'oc_wrong' })).status)
  assert.deepEqual([statuses[0], statuses[59], statuses[60]], [401, 401, 429])
  const waits = await other.call('GET', '/v1/account', { key })
  assert.ok(Number(waits.headers['retry-after']) > 0)
})

test('with a cookie, what changes something must come from a page of ours', async () => {
  const change = (headers: Record<string, string>) =>
    server.call('PATCH', '/v1/account', { headers: { ...headers, cookie: owner.cookie }, body: { senderName: 'Us' } })
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:4321.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:9999' },
  ]) {
    const answer = await change(headers as Record<string, string>)
    assert.deepEqual([answer.status, answer.body.error?.code], [403, 'wrong_origin'], JSON.stringify(headers))
  }
  for (const headers of [
    { origin: 'http://localhost:4321' },
    { origin: 'http://127.0.0.1:4321', host: '127.0.0.1:4321' },
    { 'sec-fetch-site': 'same-origin' },
  ]) {
    assert.equal((await change(headers as Record<string, string>)).status, 200, JSON.stringify(headers))
  }
  assert.equal((await server.call('GET', '/v1/account', { headers: { cookie: owner.cookie } })).status, 200)
  assert.equal((await server.call('PATCH', '/v1/account', { key: owner.key, body: {} })).status, 200)
})

test('a page of another site can neither set up nor sign in', async () => {
  const headers = { origin: 'https://evil.example' }
  const { email, password } = OWNER
  for (const [url, body] of [
    ['/v1/setup', OWNER],
    ['/auth/sign-in/email', { email, password }],
  ] as const) {
    const answer = await server.call('POST', url, { headers, body })
    assert.deepEqual([answer.status, answer.body.error.code], [403, 'wrong_origin'], url)
  }
})

test('a person of several accounts names one by a header; an account that is not theirs stays shut', async () => {
  const otherId = newId()
  const strangerId = newId()
  for (const id of [otherId, strangerId]) {
    await sql`insert into accounts ("id", "name", "slug") values (${id}, 'Second', ${id})`.execute(server.db)
  }
  await sql`
    insert into account_members ("id", account_id, "userId", "role")
    select ${newId()}::uuid, ${otherId}::uuid, "id", 'viewer' from auth_users`.execute(server.db)
  const as = (account?: string) => ({
    cookie: owner.cookie,
    ...(account ? { headers: { 'x-onecode-account': account } } : {}),
  })
  assert.equal((await server.call<Account>('GET', '/v1/account', as())).body.id, owner.accountId)
  assert.equal((await server.call<Account>('GET', '/v1/account', as(otherId))).body.id, otherId)
  const change = await server.call('PATCH', '/v1/account', { ...as(otherId), body: { name: 'Mine' } })
  assert.equal(change.body.error.code, 'missing_scope')
  const stranger = await server.call('GET', '/v1/account', as(strangerId))
  assert.deepEqual([stranger.status, stranger.body.error.code], [403, 'forbidden'])

  const chosen = { ...as(), body: { organizationId: otherId } }
  assert.equal((await server.call('POST', '/auth/organization/set-active', chosen)).status, 200)
  assert.equal((await server.call<Account>('GET', '/v1/account', as())).body.id, otherId)
  await sql`delete from account_members where account_id = ${otherId}`.execute(server.db)
  assert.equal((await server.call<Account>('GET', '/v1/account', as())).body.id, owner.accountId)
})

test('a route that names no scope keeps the server from starting', async () => {
  const starting = openTestServer((app) => {
    app.get('/v1/forgotten', async () => ({}))
  })
  await assert.rejects(starting, /GET \/v1\/forgotten/)
})
