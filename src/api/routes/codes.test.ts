import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { type Scope, scope } from '../../../contract/account.ts'
import type { Code, CodeJob, RowError } from '../../../contract/codes.ts'
import type { Page } from '../../../contract/common.ts'
import { terms } from '../../../contract/coupons.ts'
import { seedAccount, seedCodes, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../accounts/api-keys.ts'
import { assignCodes } from '../../codes/assign.ts'
import { editTerms } from '../../codes/edit-terms.ts'
import { runAddCodes } from '../../codes/generate.ts'
import { createCoupon } from '../../coupons/create-coupon.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { registerCodeRoutes } from './codes.ts'

const now = new Date()
const woken: unknown[] = []
let server: TestServer
let account: { accountId: string; storeId: string }
let key: string

before(async () => {
  server = await openTestServer(registerCodeRoutes, {
    now: () => now,
    wakeWorker: async (queue, job) => void woken.push([queue, job]),
  })
  account = await seedAccount(server.db)
  key = await makeKey(account.accountId)
})
after(() => server[Symbol.asyncDispose]())

async function makeKey(accountId: string, scopes: readonly Scope[] = scope.options): Promise<string> {
  const facts = { accountId, actor: 'system', name: 'Test', allowedScopes: new Set(scope.options), now }
  return (await createApiKey(server.db, { ...facts, scopes: [...scopes] })).key
}

let names = 0
function newName(): string {
  names += 1
  return `C${names}`
}

async function makeCoupon(codes = 0): Promise<string> {
  return (await seedCoupon(server.db, account, { name: newName(), codes, now })).id
}

async function makeUploaded(): Promise<string> {
  const made = await createCoupon(server.db, {
    ...account,
    name: newName(),
    type: 'uploaded',
    description: '',
    purpose: null,
    prefix: null,
    codeLength: 11,
    reusePolicy: 'until_used_or_expired',
    lowStockThreshold: 0,
    fallback: null,
    onCancel: 'stay_used',
    confirmReusedName: false,
    terms: terms.parse({ discount: { kind: 'percentage', basisPoints: 1000 } }),
    now,
  })
  return made.id
}

function upload<Body>(couponId: string, body: string | Buffer, type = 'text/csv') {
  const headers = { 'content-type': type }
  return server.call<Body>('POST', `/v1/coupons/${couponId}/codes/upload`, { key, body, headers })
}

async function list(couponId: string, query = ''): Promise<Page<Code>> {
  const answer = await server.call<Page<Code>>('GET', `/v1/coupons/${couponId}/codes?${query}`, { key })
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

test('adding codes is a job that wakes the worker, tells its progress and can be repeated safely', async () => {
  const couponId = await makeCoupon()
  const url = `/v1/coupons/${couponId}/codes`
  const options = { key, body: { count: 5 }, headers: { 'idempotency-key': 'five' } }
  const added = await server.call<CodeJob>('POST', url, options)
  assert.deepEqual([added.status, added.body.state, added.body.ratePerSecond], [202, 'queued', null])
  assert.deepEqual((await server.call('POST', url, options)).body, added.body)
  assert.deepEqual(woken.at(-1), ['add-codes', { accountId: account.accountId, id: added.body.id }])
  await runAddCodes(server.db, { accountId: account.accountId, jobId: added.body.id, now: () => now })
  const done = await server.call<CodeJob>('GET', `/v1/code-jobs/${added.body.id}`, { key })
  assert.deepEqual([done.body.state, done.body.done, done.body.readyAt], ['done', 5, null])
  assert.deepEqual((await server.call('GET', `/v1/coupons/${couponId}/code-jobs`, { key })).body, [done.body])
  const late = await server.call('POST', `/v1/code-jobs/${added.body.id}/cancel`, { key })
  assert.deepEqual([late.status, late.body.error.code], [409, 'code_job_state'])
})

test('a job that was not begun is cancelled', async () => {
  const url = `/v1/coupons/${await makeCoupon()}/codes`
  const { body: job } = await server.call<CodeJob>('POST', url, { key, body: { count: 5 } })
  const cancelled = await server.call<CodeJob>('POST', `/v1/code-jobs/${job.id}/cancel`, { key })
  assert.deepEqual([cancelled.status, cancelled.body.state, cancelled.body.done], [200, 'cancelled', 0])
})

test('numbers of codes that make no sense are refused', async () => {
  const url = `/v1/coupons/${await makeCoupon()}/codes`
  for (const count of [0, -1, 1.5, 5_000_001, '5', null]) {
    const answer = await server.call('POST', url, { key, body: { count } })
    assert.deepEqual([answer.status, answer.body.error.code], [400, 'invalid_input'], String(count))
  }
  const uploaded = await server.call('POST', `/v1/coupons/${await makeUploaded()}/codes`, { key, body: { count: 1 } })
  assert.deepEqual([uploaded.status, uploaded.body.error.code], [409, 'coupon_type'])
})

test('codes are listed in line order, newest terms first, page by page and each once', async () => {
  const couponId = await makeCoupon(5)
  await editTerms(server.db, { ...account, couponId, terms: terms.parse({ discount: { kind: 'free_shipping' } }), now })
  await seedCodes(server.db, account.accountId, couponId, 4, now)
  const whole = (await list(couponId)).items
  assert.deepEqual(
    whole.map(({ version, state }) => [version, state]),
    [...Array(4).fill([2, 'live']), ...Array(5).fill([1, 'withdrawn'])],
  )
  const walked: Code[] = []
  let page = await list(couponId, 'limit=3')
  for (walked.push(...page.items); page.next; walked.push(...page.items)) {
    page = await list(couponId, `limit=3&cursor=${page.next}`)
  }
  assert.deepEqual(walked, whole)
  assert.deepEqual((await list(couponId, 'limit=9')).next, null)
  for (const cursor of ['x', Buffer.from(JSON.stringify([account.accountId, '0'])).toString('base64url')]) {
    const answer = await server.call('GET', `/v1/coupons/${couponId}/codes?cursor=${cursor}`, { key })
    assert.deepEqual([answer.status, answer.body.error.code], [400, 'invalid_cursor'])
  }
})

test('codes are found by state, by their beginning and whole, whatever the case', async () => {
  const couponId = await makeUploaded()
  const other = await makeUploaded()
  await upload(couponId, 'Code\nSUN-1\nSUN-2\nSun-3\nMOON-1\nSU%\n')
  await upload(other, 'Code\nSUN-4\n')
  const [profileId] = await seedProfiles(server.db, account.accountId, 1)
  await assignCodes(server.db, { ...account, couponId, profileIds: [profileId!], now })
  await redeemCode(server.db, { ...account, code: 'SUN-2', orderId: 'o', subtotalMinor: 1, currency: 'EUR', now })
  const found = async (query: string) => (await list(couponId, query)).items.map(({ code }) => code)
  assert.deepEqual(await found('search=sun-'), ['SUN-1', 'SUN-2', 'Sun-3'])
  assert.deepEqual(await found('search=MOON-1'), ['MOON-1'])
  assert.deepEqual(await found('search=su%25'), ['SU%'])
  assert.deepEqual(await found('search=sun-4'), [])
  assert.deepEqual(await found('search=%00'), await found(''))
  assert.deepEqual(await found('state=redeemed'), ['SUN-2'])
  assert.deepEqual(await found('state=redeemed&search=sun'), ['SUN-2'])
  assert.deepEqual(await found('state=live'), ['Sun-3', 'MOON-1', 'SU%'])
  const [assigned] = (await list(couponId, 'state=assigned')).items
  assert.deepEqual([assigned?.code, assigned?.profileId, assigned?.assignedAt], ['SUN-1', profileId, now.toISOString()])
  const first = await list(couponId, 'search=sun-&limit=2')
  assert.deepEqual(await found(`search=sun-&limit=2&cursor=${first.next}`), ['Sun-3'])
})

test('who may not see codes sees them masked and cannot download them', async () => {
  const couponId = await makeCoupon(1)
  const reader = await makeKey(account.accountId, ['coupons:read'])
  const { body } = await server.call<Page<Code>>('GET', `/v1/coupons/${couponId}/codes`, { key: reader })
  assert.match(body.items[0]!.code, /^C\d+-•{8}[2-9A-Z]{3}$/)
  const file = await server.call('GET', `/v1/coupons/${couponId}/codes.csv`, { key: reader })
  assert.deepEqual([file.status, file.body.error.code], [403, 'missing_scope'])
})

test('a file of codes is taken and its bad rows are listed by line', async () => {
  const couponId = await makeUploaded()
  const taken = await upload<CodeJob>(couponId, 'Coupon Code\nA-1\nA-2\na-1\nB 1\nA-3\n')
  assert.deepEqual([taken.status, taken.body.state, taken.body.done, taken.body.skipped], [200, 'done', 3, 2])
  const url = `/v1/code-jobs/${taken.body.id}/errors?limit=1`
  const first = await server.call<Page<RowError>>('GET', url, { key })
  assert.deepEqual([first.body.items[0]?.line, first.body.items[0]?.value], [4, 'a-1'])
  const second = await server.call<Page<RowError>>('GET', `${url}&cursor=${first.body.next}`, { key })
  assert.deepEqual([second.body.items[0]?.line, second.body.next], [5, null])
  assert.equal((await server.call('GET', `${url}&cursor=WyJ4Il0`, { key })).body.error.code, 'invalid_cursor')
  const log = await server.call<Page<{ action: string; data: object }>>('GET', '/v1/audit?limit=1', { key })
  const data = { jobId: taken.body.id, taken: 3, skipped: 2 }
  assert.deepEqual([log.body.items[0]?.action, log.body.items[0]?.data], ['codes.uploaded', data])
})

test('files that cannot be read are refused with their reason', async () => {
  const couponId = await makeUploaded()
  for (const [body, type, status, code] of [
    ['', 'text/csv', 400, 'empty_file'],
    [Buffer.from('Code\nM\xfcnchen\n', 'latin1'), 'text/csv', 400, 'wrong_encoding'],
    [Buffer.from('\ufeffCode\nA\n', 'utf16le'), 'text/csv', 400, 'wrong_encoding'],
    ['{}', 'application/json', 415, 'unsupported_media_type'],
    ['Code\nA\n', 'text/plain', 415, 'unsupported_media_type'],
  ] as const) {
    const answer = await upload<{ error?: { code: string } }>(couponId, body, type)
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code], String(body))
  }
  const generated = await upload<{ error?: { code: string } }>(await makeCoupon(), 'Code\nA\n')
  assert.deepEqual([generated.status, generated.body.error?.code], [409, 'coupon_type'])
  assert.equal((await list(couponId)).items.length, 0)
})

test('a refused file is read to its end, so that the answer arrives and the connection stays usable', async () => {
  const couponId = await makeCoupon()
  const address = await server.app.listen({ port: 0, host: '127.0.0.1' })
  const answer = await fetch(`${address}/v1/coupons/${couponId}/codes/upload`, {
    method: 'POST',
    body: `Code\n${'SOME-CODE\n'.repeat(2_000_000)}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
  })
  const { error } = (await answer.json()) as { error: { code: string } }
  assert.deepEqual([answer.status, error.code], [409, 'coupon_type'])
})

test('the download holds every code once, its state and its dates, and no formula', async () => {
  const couponId = await makeUploaded()
  await upload(couponId, 'Code\n=1+1\nX-1\n"a,b"\n')
  const [profileId] = await seedProfiles(server.db, account.accountId, 1)
  await assignCodes(server.db, { ...account, couponId, profileIds: [profileId!], now })
  await redeemCode(server.db, { ...account, code: 'X-1', orderId: 'o', subtotalMinor: 1, currency: 'EUR', now })
  const file = await server.call('GET', `/v1/coupons/${couponId}/codes.csv`, { key })
  assert.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(
    String(file.headers['content-disposition']),
    /^attachment; filename="codes.csv"; filename\*=UTF-8''C\d+%20codes.csv$/,
  )
  const at = now.toISOString()
  assert.deepEqual(parse(file.text), [
    ['code', 'state', 'version', 'profile_email', 'assigned_at', 'expires_at', 'redeemed_at'],
    ["'=1+1", 'assigned', '1', `person-${profileId}@example.com`, at, '', ''],
    ['X-1', 'redeemed', '1', '', '', '', at],
    ['a,b', 'live', '1', '', '', '', ''],
  ])
})

test('the download holds each code that was there at its start, also while others are added', async () => {
  const couponId = await makeCoupon(12_000)
  const address = await server.app.listen({ port: 0, host: '127.0.0.1' }).catch(() => server.app.listeningOrigin)
  const answer = await fetch(`${address}/v1/coupons/${couponId}/codes.csv`, {
    headers: { authorization: `Bearer ${key}` },
  })
  let text = ''
  const decoder = new TextDecoder()
  let added: Promise<void> | undefined
  for await (const chunk of answer.body!) {
    text += decoder.decode(chunk, { stream: true })
    added ??= seedCodes(server.db, account.accountId, couponId, 3000, now)
  }
  await added
  const codes = parse(text)
    .slice(1)
    .map(([code]: string[]) => code)
  assert.equal(codes.length, 12_000)
  assert.equal(new Set(codes).size, 12_000)
})

test('coupons and jobs of another account are not found', async () => {
  const couponId = await makeCoupon(1)
  const { body: job } = await server.call<CodeJob>('POST', `/v1/coupons/${couponId}/codes`, { key, body: { count: 1 } })
  const stranger = await makeKey((await seedAccount(server.db)).accountId)
  for (const [method, url, code, body] of [
    ['GET', `/v1/coupons/${couponId}/codes`, 'coupon_not_found', undefined],
    ['GET', `/v1/coupons/${couponId}/codes.csv`, 'coupon_not_found', undefined],
    ['GET', `/v1/coupons/${couponId}/code-jobs`, 'coupon_not_found', undefined],
    ['POST', `/v1/coupons/${couponId}/codes`, 'coupon_not_found', { count: 1 }],
    ['GET', `/v1/code-jobs/${job.id}`, 'code_job_not_found', undefined],
    ['GET', `/v1/code-jobs/${job.id}/errors`, 'code_job_not_found', undefined],
    ['POST', `/v1/code-jobs/${job.id}/cancel`, 'code_job_not_found', undefined],
  ] as const) {
    const answer = await server.call(method, url, { key: stranger, body })
    assert.deepEqual([answer.status, answer.body.error?.code], [404, code], url)
  }
})
