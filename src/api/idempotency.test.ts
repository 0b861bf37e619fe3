import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { z } from 'zod'
import type { ApiKey } from '../../contract/account.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../test/server.ts'
import { AppError } from '../errors.ts'

let server: TestServer
let owner: { key: string; cookie: string }
let runs = 0

const body = z.object({ fail: z.string().optional(), waitMs: z.number().optional(), name: z.string().optional() })
const config = { scope: 'coupons:write', idempotent: true } as const

before(async () => {
  server = await openTestServer((app) => {
    app.post('/v1/things', { config, schema: { body } }, async (request, reply) => {
      runs += 1
      if (request.body.waitMs) await wait(request.body.waitMs)
      if (request.body.fail === 'internal') throw new Error('broken')
      if (request.body.fail === 'busy') throw new AppError('too_many_requests', 'Wait.', { retryAfterSeconds: 1 })
      if (request.body.fail === 'taken') throw new AppError('name_taken', 'Choose another name.')
      return await reply.code(201).send({ run: runs })
    })
  })
  owner = await setUpOwner(server)
})
after(() => server[Symbol.asyncDispose]())

const post = (key: string, payload: object = {}, caller: { key?: string; cookie?: string } = { key: owner.key }) =>
  server.call<{ run: number; error?: { code: string } }>('POST', '/v1/things', {
    ...caller,
    body: payload,
    headers: { 'idempotency-key': key },
  })

test('of fifty racing requests with one key the handler runs for one; repeats get its reply', async () => {
  const before = runs
  const answers = await Promise.all(Array.from({ length: 50 }, () => post('race', { waitMs: 100 })))
  assert.equal(runs - before, 1)
  const [first, ...more] = answers.filter((one) => one.status === 201 && !one.headers['idempotent-replayed'])
  assert.deepEqual([first?.status, more], [201, []])
  for (const other of answers.filter((one) => one !== first && !one.headers['idempotent-replayed'])) {
    assert.deepEqual([other.status, other.body.error?.code], [409, 'idempotency_key_in_use'])
    assert.equal(other.headers['retry-after'], '1')
  }
  const repeated = await post('race', { waitMs: 100 })
  assert.deepEqual([repeated.status, repeated.body], [201, first?.body])
  assert.equal(repeated.headers['idempotent-replayed'], 'true')
  assert.equal(runs - before, 1)
})

test('another request under a used key is refused: another body, another caller', async () => {
  await post('mine', { name: 'a' })
  const otherBody = await post('mine', { name: 'b' })
  const otherCaller = await post('mine', { name: 'a' }, { cookie: owner.cookie })
  for (const answer of [otherBody, otherCaller]) {
    assert.deepEqual([answer.status, answer.body.error?.code], [409, 'idempotency_key_reused'])
  }
})

test('a refusal is a reply like any other; what broke or was too much is free to be tried again', async () => {
  const before = runs
  assert.equal((await post('taken', { fail: 'taken' })).body.error?.code, 'name_taken')
  const repeated = await post('taken', { fail: 'taken' })
  assert.deepEqual([repeated.body.error?.code, repeated.headers['idempotent-replayed']], ['name_taken', 'true'])
  assert.equal(runs - before, 1)
  for (const fail of ['internal', 'busy']) {
    const count = runs
    await post(fail, { fail })
    const again = await post(fail, { fail })
    assert.equal(runs - count, 2)
    assert.equal(again.headers['idempotent-replayed'], undefined)
  }
})

test('without the header every request runs; a malformed one is refused', async () => {
  const before = runs
  for (let i = 0; i < 2; i += 1) await server.call('POST', '/v1/things', { key: owner.key, body: {} })
  assert.equal(runs - before, 2)
  for (const key of ['', 'with space', 'x'.repeat(256), 'ümlaut']) {
    const answer = await post(key)
    assert.deepEqual([answer.status, answer.body.error?.code], [400, 'invalid_input'], key)
  }
})

test('a key of the API that was made once is given again, and lies sealed in the database', async () => {
  const make = () =>
    server.call<ApiKey & { key: string }>('POST', '/v1/api-keys', {
      key: owner.key,
      body: { name: 'Shop', scopes: ['checkout'] },
      headers: { 'idempotency-key': 'make-key' },
    })
  const [first, second] = [await make(), await make()]
  assert.equal(first.status, 201)
  assert.equal(second.body.key, first.body.key)
  const { rows } = await sql<{ reply: string }>`select reply from idempotency_keys where key = 'make-key'`.execute(
    server.db,
  )
  assert.ok(rows[0]?.reply)
  assert.ok(!Buffer.from(rows[0].reply, 'base64').includes('oc_') && !rows[0].reply.includes('oc_'))
})
