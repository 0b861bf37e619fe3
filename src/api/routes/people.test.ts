import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { after as afterAll, test } from 'node:test'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Scope } from '../../../contract/account.ts'
import { openTestDatabase } from '../../../test/database.ts'
import { START, seedAccount, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { openTestSenders } from '../../../test/seed-campaign.ts'
import { openOutbox } from '../../channels/email/outbox.ts'
import { assignCodes } from '../../codes/assign.ts'
import { AppError } from '../../errors.ts'
import { CursorError } from '../../lib/cursor.ts'
import { registerImportRoutes } from './imports.ts'
import { registerListRoutes } from './lists.ts'
import { registerProfileRoutes } from './profiles.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(() => database[Symbol.asyncDispose]())

/** A server with these routes and a caller of its own account. */
async function openApi(scopes: Scope[] = ['profiles:read', 'profiles:write', 'codes:read']) {
  const account = await seedAccount(db)
  const app = Fastify().withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))
  app.addHook('preHandler', async (request) => {
    request.caller = { accountId: account.accountId, actor: 'key:test', scopes: new Set(scopes), role: null }
  })
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof AppError)
      return reply.code(error.status).send({ error: { code: error.code, data: error.data } })
    if (error instanceof CursorError) return reply.code(400).send({ error: { code: 'invalid_cursor' } })
    const { statusCode = 500, message } = error as { statusCode?: number; message: string }
    return reply.code(statusCode).send({ error: { code: 'other', message } })
  })
  const routes: { url: string; scope: unknown }[] = []
  app.addHook('onRoute', (route) => {
    routes.push({ url: `${route.method} ${route.url}`, scope: route.config?.scope })
  })
  const deps = {
    db,
    now: () => START,
    wakeWorker: async () => {},
    emailChannel: 'outbox' as const,
    dataDir: tmpdir(),
    secret: 'secret',
    dns: { resolveTxt: async () => [], resolveCname: async () => [] },
    sns: { fetchCertificate: async () => undefined, confirm: async () => false, [Symbol.dispose]: () => {} },
    senders: openTestSenders({ fallback: openOutbox(tmpdir()), secret: 'secret' }),
    publicUrl: 'http://localhost',
    addressOf: (domain: string) => `https://${domain}`,
    allowsPrivateAddresses: false,
    demo: undefined,
  }
  registerProfileRoutes(app, deps)
  registerListRoutes(app, deps)
  registerImportRoutes(app, deps)
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
    const reply = await app.inject({ method, url, ...(payload ? { payload } : {}) })
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
  }
  return { ...account, app, call, routes }
}

test('every route names its scope: reading or writing profiles', async () => {
  const { routes } = await openApi()
  const own = routes.filter((route) => !route.url.startsWith('HEAD'))
  assert.equal(own.length, 16)
  for (const { url, scope } of own) assert.equal(scope, url.startsWith('GET') ? 'profiles:read' : 'profiles:write', url)
})

test('a profile is made, read, changed and listed over HTTP', async () => {
  const { call } = await openApi()
  const made = await call('POST', '/v1/profiles', { email: 'Anna@example.com', emailConsent: 'subscribed' })
  assert.equal(made.status, 201)
  const url = `/v1/profiles/${made.body.id}`
  assert.deepEqual((await call('GET', url)).body, { ...made.body, lists: [], codes: [], suppressions: [] })
  const changed = await call('PATCH', url, { firstName: 'Anna', properties: { size: 'M' } })
  assert.deepEqual(changed.body, { ...made.body, firstName: 'Anna', properties: { size: 'M' } })
  assert.deepEqual((await call('GET', '/v1/profiles?search=ANNA')).body, { items: [changed.body], next: null })
  assert.equal((await call('POST', '/v1/profiles', { email: 'anna@EXAMPLE.com' })).body.error.code, 'email_taken')
  assert.equal((await call('GET', '/v1/profiles?cursor=nonsense')).body.error.code, 'invalid_cursor')
  const feed = await call('GET', `${url}/feed`)
  assert.deepEqual([feed.status, feed.body.items[0].metric], [200, 'consent_changed'])
})

test('profiles and lists of another account are not found', async () => {
  const [one, other] = [await openApi(), await openApi()]
  const { body: profile } = await one.call('POST', '/v1/profiles', { email: 'a@example.com' })
  const { body: list } = await one.call('POST', '/v1/lists', { name: 'L' })
  for (const url of [`/v1/profiles/${profile.id}`, `/v1/profiles/${profile.id}/feed`, `/v1/lists/${list.id}`]) {
    assert.equal((await other.call('GET', url)).status, 404)
  }
  assert.equal((await other.call('GET', `/v1/lists/${list.id}/members`)).body.error.code, 'list_not_found')
})

test('lists are made, filled, searched, emptied, renamed and deleted over HTTP', async () => {
  const { call, accountId } = await openApi()
  const profileIds = await seedProfiles(db, accountId, 3)
  const list = (await call('POST', '/v1/lists', { name: ' News ' })).body
  assert.deepEqual([list.name, list.memberCount], ['News', 0])
  const url = `/v1/lists/${list.id}`
  assert.equal((await call('POST', `${url}/members`, { profileIds })).body.memberCount, 3)
  assert.equal((await call('GET', `${url}/members?search=${profileIds[1]}`)).body.items.length, 1)
  assert.equal((await call('POST', `${url}/members/remove`, { profileIds: [profileIds[0]] })).body.memberCount, 2)
  assert.equal((await call('POST', `${url}/members`, { profileIds: [] })).status, 400)
  assert.equal((await call('PATCH', url, { name: 'Newer' })).body.name, 'Newer')
  assert.equal((await call('GET', '/v1/lists')).body.items[0].memberCount, 2)
  const deleted = await call('DELETE', url)
  assert.equal(deleted.status, 204)
  assert.equal((await call('GET', url)).status, 404)
})

test('codes are masked for a caller without codes:read', async () => {
  for (const [scopes, isMasked] of [
    [['profiles:read', 'codes:read'], false],
    [['profiles:read'], true],
  ] as const) {
    const { call, accountId, storeId } = await openApi([...scopes])
    const coupon = await seedCoupon(db, { accountId, storeId }, { codes: 1 })
    const [profileId] = await seedProfiles(db, accountId, 1)
    await assignCodes(db, { accountId, couponId: coupon.id, profileIds: [profileId!], now: START })
    const detail = (await call('GET', `/v1/profiles/${profileId}`)).body
    const feed = (await call('GET', `/v1/profiles/${profileId}/feed`)).body
    assert.equal(detail.codes[0].code.includes('•'), isMasked)
    assert.equal(feed.items[0].code, detail.codes[0].code)
  }
})

test('a file is imported as a stream over a real connection, and its errors are listed', async () => {
  const { app, call } = await openApi()
  const list = (await call('POST', '/v1/lists', { name: 'L' })).body
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const send = (body: string, type = 'text/csv') =>
    fetch(`${address}/v1/lists/${list.id}/import?fileName=a.csv`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    })
  try {
    const reply = await send(`Email\n${'x@example.com\n'.repeat(3)}bad\n`)
    const done = (await reply.json()) as { id: string }
    assert.equal(reply.status, 200)
    assert.deepEqual((await call('GET', `/v1/imports/${done.id}`)).body, done)
    assert.deepEqual(
      { ...done, id: '', listId: '' },
      {
        id: '',
        listId: '',
        fileName: 'a.csv',
        state: 'done',
        read: 4,
        added: 1,
        updated: 0,
        unchanged: 0,
        repeated: 2,
        joined: 1,
        bad: 1,
        error: null,
        createdAt: START.toISOString(),
        finishedAt: START.toISOString(),
      },
    )
    const errors = (await call('GET', `/v1/imports/${done.id}/errors`)).body
    assert.deepEqual([errors.items[0].line, errors.items[0].value, errors.next], [5, 'bad', null])

    const refused = await send(`Name\n${'somebody\n'.repeat(2_000_000)}`)
    assert.deepEqual(
      [refused.status, ((await refused.json()) as { error: { code: string } }).error.code],
      [400, 'missing_column'],
    )
    assert.equal((await send('{}', 'application/json')).status, 415)
  } finally {
    await app.close()
  }
})
