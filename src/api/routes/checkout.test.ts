import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { openTestDatabase } from '../../../test/database.ts'
import { NOW, seedCode, seedCoupon } from '../../../test/seed-redemptions.ts'
import type { Database } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { ApiApp, ApiDeps } from '../route.ts'
import { registerCheckoutRoutes } from './checkout.ts'
import { registerReportRoutes } from './reports.ts'
import { registerStoreRoutes } from './stores.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

/** The three rooms' routes behind a caller of this account; counts what was noted as a guess. */
async function openApp(accountId: string) {
  const guessed: string[] = []
  const app: ApiApp = Fastify().withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) =>
    reply
      .code(error instanceof AppError ? error.status : 400)
      .send({ code: error instanceof AppError ? error.code : 'invalid' }),
  )
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    request.caller = { accountId, actor: 'key:test', scopes: new Set(['checkout', 'reports:read']), role: null }
  })
  const deps = { db: database.db, now: () => NOW } as ApiDeps
  registerCheckoutRoutes(app, deps, {
    check: async () => {
      if (guessed.length >= 2) throw new AppError('too_many_requests', 'Wait.')
    },
    count: async (request) => {
      guessed.push(request.url)
    },
  })
  registerStoreRoutes(app, deps)
  registerReportRoutes(app, deps)
  const post = async (url: string, payload: object) => {
    const reply = await app.inject({ method: 'POST', url, payload })
    return { http: reply.statusCode, ...reply.json() }
  }
  const get = async (url: string) => (await app.inject({ method: 'GET', url })).json()
  return { app, guessed, post, get }
}

const ORDER = { subtotalMinor: 5000, currency: 'EUR', orderId: 'o-1' }

test('a shop validates, reserves, redeems and rolls back over HTTP', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'WELCOME20-23456789ABC')
  const { post, get } = await openApp(coupon.accountId)
  const cart = { ...ORDER, code: 'welcome20-23456789abc' }
  assert.equal((await post('/v1/checkout/validate', cart)).status, 'valid')
  assert.equal((await post('/v1/checkout/reserve', cart)).reservedUntil, '2026-05-01T12:15:00.000Z')
  const redeemed = await post('/v1/checkout/redeem', cart)
  assert.deepEqual([redeemed.http, redeemed.status, redeemed.discountMinor], [200, 'redeemed', 1000])
  const second = await post('/v1/checkout/redeem', { ...cart, orderId: 'o-2' })
  assert.deepEqual([second.http, second.status, second.reason], [200, 'refused', 'already_redeemed'])
  const page = await get(`/v1/redemptions?couponId=${coupon.couponId}`)
  assert.deepEqual([page.items[0].code, page.items[0].orderId], ['WELCOME20-••••••••ABC', 'o-1'])
  assert.equal((await get(`/v1/reports/coupons/${coupon.couponId}`)).redeemed, 1)
  const undone = await post('/v1/checkout/rollback', { code: cart.code, orderId: 'o-1' })
  assert.deepEqual([undone.status, undone.redemptionId], ['rolled_back', redeemed.redemptionId])
})

test('only codes that do not exist count as guesses, and too many stop the caller', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'USED')
  const { post, guessed } = await openApp(coupon.accountId)
  await post('/v1/checkout/redeem', { ...ORDER, code: 'USED' })
  await post('/v1/checkout/redeem', { ...ORDER, code: 'USED', orderId: 'o-2' })
  assert.equal(guessed.length, 0)
  for (const url of ['/v1/checkout/validate', '/v1/checkout/redeem']) {
    assert.equal((await post(url, { ...ORDER, code: 'NO-SUCH' })).reason, 'unknown_code')
  }
  assert.equal((await post('/v1/checkout/validate', { ...ORDER, code: 'USED' })).http, 429)
})

test('negative amounts and unknown currencies are bad input', async () => {
  const coupon = await seedCoupon(database.db)
  const { post } = await openApp(coupon.accountId)
  for (const bad of [{ subtotalMinor: -1 }, { subtotalMinor: 1.5 }, { orderId: ' ' }, { shippingMinor: -1 }]) {
    assert.equal((await post('/v1/checkout/redeem', { ...ORDER, code: 'X', ...bad })).http, 400)
  }
  const unknown = await post('/v1/checkout/redeem', { ...ORDER, code: 'X', currency: 'XQQ' })
  assert.deepEqual([unknown.http, unknown.code], [400, 'unknown_currency'])
})

test('stores are created, listed, read and changed over HTTP', async () => {
  const coupon = await seedCoupon(database.db)
  const { app, post, get } = await openApp(coupon.accountId)
  const made = await post('/v1/stores', { name: 'Second', currency: 'USD' })
  assert.deepEqual([made.http, made.timeZone, made.kind], [201, 'UTC', 'custom'])
  assert.equal((await get('/v1/stores')).items.length, 2)
  const changed = await app.inject({
    method: 'PATCH',
    url: `/v1/stores/${made.id}`,
    payload: { url: 'https://x.example' },
  })
  assert.equal(changed.json().url, 'https://x.example')
  assert.equal((await get(`/v1/stores/${made.id}`)).url, 'https://x.example')
  assert.equal((await post('/v1/stores', { name: 'Bad', currency: 'XQQ' })).code, 'unknown_currency')
})
