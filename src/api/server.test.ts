import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { openTestServer, setUpOwner, type TestServer } from '../../test/server.ts'
import { limitGuesses } from './limits.ts'
import type { ApiApp } from './route.ts'

let server: TestServer
let key: string
let isDraining = false
const folder = mkdtempSync(join(tmpdir(), 'onecode-dashboard-'))

function registerProbes(app: ApiApp): void {
  const probe = z.object({ name: z.string(), people: z.array(z.object({ email: z.email() })).optional() })
  app.post('/v1/probe', { config: { scope: 'checkout' }, schema: { body: probe } }, async () => ({ ok: true }))
  app.post('/v1/assignments', { config: { scope: 'assignments:write' } }, async () => ({ ok: true }))
  app.get('/v1/broken', { config: { scope: 'checkout' } }, async () => {
    throw new Error('the inside of the house')
  })
  const reply = { 200: z.object({ count: z.number() }) }
  app.get('/v1/misshapen', { config: { scope: 'checkout' }, schema: { response: reply } }, async () => ({}) as never)
  app.get('/v1/codes/:code', { config: { scope: 'checkout' } }, async () => ({ ok: true }))
  app.post('/v1/upload', { config: { scope: 'codes:write' } }, async (request) => {
    let bytes = 0
    for await (const chunk of request.body as Readable) bytes += (chunk as Buffer).length
    return { bytes }
  })
  const guesses = limitGuesses(app)
  app.post('/v1/guess', { config: { scope: 'checkout' }, preHandler: guesses.check }, async (request) => {
    if ((request.body as { code: string }).code !== 'RIGHT') await guesses.count(request)
    return { ok: true }
  })
}

before(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>The dashboard</title>')
  writeFileSync(join(folder, 'assets', 'index-4fT9xQ2a.js'), 'export {}')
  server = await openTestServer(registerProbes, { dashboardDir: folder, isDraining: () => isDraining })
  key = (await setUpOwner(server)).key
})
after(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

test('input that does not fit is refused with every mistake and its place', async () => {
  const answer = await server.call('POST', '/v1/probe', {
    key,
    body: { people: [{ email: 'a@example.com' }, { email: 'b' }] },
  })
  assert.equal(answer.status, 400)
  const { code, message, data } = answer.body.error
  assert.equal(code, 'invalid_input')
  assert.match(message, /^Correct name \(body\): /)
  assert.deepEqual(
    (data.issues as { path: string }[]).map((issue) => issue.path),
    ['name', 'people.1.email'],
  )
})

test('every way to send a body badly has its code', async () => {
  const json = { 'content-type': 'application/json' }
  const big = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) })
  const cases: [string, Record<string, string>, string, string][] = [
    ['/v1/probe', json, '{"name":', 'invalid_input'],
    ['/v1/probe', json, '{"name":"a","__proto__":{"x":1}}', 'invalid_input'],
    ['/v1/probe', json, '', 'invalid_input'],
    ['/v1/probe', json, '[]', 'invalid_input'],
    ['/v1/probe', json, big, 'payload_too_large'],
    ['/v1/probe', { 'content-type': 'text/plain' }, '{"name":"a"}', 'unsupported_media_type'],
    ['/v1/probe', { 'content-type': 'application/x-www-form-urlencoded' }, 'name=a', 'unsupported_media_type'],
    ['/v1/probe', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--', 'unsupported_media_type'],
    ['/v1/assignments', json, 'x'.repeat(11 * 1024 * 1024), 'payload_too_large'],
  ]
  for (const [url, headers, body, code] of cases) {
    const answer = await server.call('POST', url, { key, headers, body })
    assert.equal(answer.body.error.code, code, `${url} ${headers['content-type']} ${body.slice(0, 20)}`)
  }
  assert.equal((await server.call('POST', '/v1/assignments', { key, headers: json, body: big })).status, 200)
})

test('a CSV reaches the handler as a stream, whatever its length', async () => {
  const body = Buffer.alloc(20 * 1024 * 1024, 'a')
  const answer = await server.call<{ bytes: number }>('POST', '/v1/upload', {
    key,
    headers: { 'content-type': 'text/csv' },
    body,
  })
  assert.equal(answer.body.bytes, body.length)
})

test('an unknown address, a bad one and a bad cursor are told apart', async () => {
  for (const [url, code] of [
    ['/v1/nothing', 'not_found'],
    ['/auth/nothing', 'not_found'],
    ['/v1/%zz', 'invalid_input'],
    ['/v1/audit?cursor=nonsense', 'invalid_cursor'],
    ['/v1/audit?limit=0', 'invalid_input'],
  ] as const) {
    const answer = await server.call('GET', url, { key, headers: { accept: 'text/html' } })
    assert.equal(answer.body.error.code, code, url)
  }
})

test('what breaks inside is logged whole and answered without a detail', async () => {
  for (const url of ['/v1/broken', '/v1/misshapen']) {
    const answer = await server.call('GET', url, { key })
    assert.equal(answer.status, 500)
    assert.equal(answer.body.error.code, 'internal')
    assert.ok(!answer.text.includes('house'))
    assert.ok(server.logs().includes(String(answer.body.error.data.requestId)))
  }
  assert.ok(server.logs().includes('the inside of the house') && server.logs().includes('server.test.ts'))
})

test('logs hold no code, no key, no cookie and no password', async () => {
  await server.call('GET', '/v1/codes/WELCOME20-LEAK?code=LEAK', { key })
  await server.call('POST', '/auth/sign-in/email', { body: { email: 'a@example.com', password: 'LEAK LEAK LEAK' } })
  await server.call('POST', '/v1/probe', { key, cookie: 'x=LEAK', body: { name: 7, code: 'LEAK' } })
  assert.ok(server.logs().includes('/v1/codes/:code'))
  for (const secret of ['LEAK', key, key.slice(12), 'correct horse']) assert.ok(!server.logs().includes(secret), secret)
})

test('sixty refused codes a minute from one caller and address, right ones not counted', async () => {
  const guess = (code: string) => server.call('POST', '/v1/guess', { key, body: { code } })
  for (let i = 0; i < 70; i += 1) assert.equal((await guess('RIGHT')).status, 200)
  for (let i = 0; i < 60; i += 1) assert.equal((await guess('WRONG')).status, 200)
  const refused = await guess('RIGHT')
  assert.deepEqual([refused.status, refused.body.error.code], [429, 'too_many_requests'])
  assert.ok(Number(refused.headers['retry-after']) > 0)
  assert.equal((await server.call('GET', '/v1/account', { key })).status, 200)
})

test('an address without a key asks at most 600 times a minute; files and health are not counted', async () => {
  await using other = await openTestServer(undefined, { dashboardDir: folder })
  for (let i = 0; i < 700; i += 1) assert.equal((await other.call('GET', '/health')).status, 200)
  let answer = await other.call('GET', '/v1/nothing')
  for (let i = 0; i < 600; i += 1) answer = await other.call('GET', '/v1/nothing')
  assert.deepEqual([answer.status, answer.body.error.code], [429, 'too_many_requests'])
})

test('/health says up, /ready says ready, until the process wants no more work', async () => {
  assert.deepEqual((await server.call('GET', '/health')).body, { status: 'up' })
  assert.deepEqual((await server.call('GET', '/ready')).body, { status: 'ready' })
  isDraining = true
  const draining = await server.call('GET', '/ready')
  assert.deepEqual([draining.status, draining.body], [503, { status: 'draining' }])
  isDraining = false
})

test('the dashboard is served for pages, hashed files stay in the browser, missing files are missing', async () => {
  const asPage = { headers: { accept: 'text/html,*/*' } }
  for (const url of ['/', '/coupons/1?tab=codes', '/v10']) {
    const page = await server.call('GET', url, asPage)
    assert.equal(page.status, 200, url)
    assert.match(page.text, /The dashboard/)
    assert.equal(page.headers['cache-control'], 'no-cache')
  }
  const file = await server.call('GET', '/assets/index-4fT9xQ2a.js')
  assert.equal(file.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal((await server.call('GET', '/assets/gone.js')).status, 404)
  assert.equal((await server.call('GET', '/..%2f..%2fetc/passwd')).status, 404)
  const policy = String((await server.call('GET', '/', asPage)).headers['content-security-policy'])
  assert.match(policy, /script-src 'self';/)
})

test('without a built dashboard a page says what to run', async () => {
  await using bare = await openTestServer()
  const page = await bare.call('GET', '/', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 503)
  assert.match(page.text, /npm run build/)
})

test('the OpenAPI document is made of the schemas: 3.1, security, errors, idempotency; its page loads', async () => {
  type Operation = {
    security: object[]
    description: string
    responses: Record<string, object>
    parameters?: { name: string; in: string }[]
  }
  const { body } = await server.call<{ openapi: string; paths: Record<string, Record<string, Operation>> }>(
    'GET',
    '/v1/openapi.json',
  )
  assert.match(body.openapi, /^3\.1/)
  const make = body.paths['/v1/api-keys']!.post!
  assert.deepEqual(make.security, [{ apiKey: [] }, { session: [] }])
  assert.match(make.description, /account:write/)
  assert.deepEqual(Object.keys(make.responses), ['201', 'default'])
  assert.ok(make.parameters?.some((one) => one.name === 'Idempotency-Key' && one.in === 'header'))
  assert.deepEqual(body.paths['/v1/setup']!.post!.security, [])
  assert.ok(
    !Object.keys(body.paths).some((path) => path.startsWith('/docs') || path.startsWith('/auth') || path === '/*'),
  )
  const page = await server.call('GET', '/docs', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 200)
  assert.match(String(page.headers['content-security-policy']), /style-src 'self' 'unsafe-inline'/)
})
