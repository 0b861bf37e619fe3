import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../../test/database.ts'
import { runsOn } from '../../../../test/random.ts'
import { NOW, type SeededCoupon, seedCode, seedCoupon, seedProfile } from '../../../../test/seed-redemptions.ts'
import { applyNews, orderBody, putWebhook } from '../../../../test/shop-news.ts'
import type { Database } from '../../../db/database.ts'
import { updateProfile } from '../../../profiles/profiles.ts'
import { BOOKS } from '../../../worker/shops.ts'
import { retryWebhook } from './describe-orders.ts'
import { forgetOldWebhooks } from './forget-old.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

type Row = { state: string; body: string | null; attempts: number; error: string | null }

async function readWebhook(webhookId: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select state, body, attempts, error from shopify_webhooks where webhook_id = ${webhookId}::text`.execute(
    database.db,
  )
  return rows[0]
}

async function readPeople(coupon: SeededCoupon): Promise<unknown[]> {
  const { rows } = await sql`
    select email, phone, first_name as first, email_consent as consent, sms_consent as sms from profiles
    where account_id = ${coupon.accountId}::uuid order by email`.execute(database.db)
  return rows
}

const consent = (state: string, seconds: number) => ({
  state,
  consent_updated_at: new Date(NOW.getTime() + seconds * 1000).toISOString(),
})

test('an applied delivery is marked, its body is erased, and nothing is applied twice by workers at once', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  const id = await putWebhook(database.db, coupon, 'orders/create', orderBody(1, ['one']))
  const applied = await Promise.all([1, 2, 3].map(() => applyNews(database.db, coupon)))
  assert.equal(
    applied.reduce((sum, one) => sum + one, 0),
    1,
  )
  assert.deepEqual(await readWebhook(id), { state: 'applied', body: null, attempts: 1, error: null })
})

test('what fails for a while is tried again later and holds up nobody', async () => {
  const coupon = await seedCoupon(database.db)
  await seedCode(database.db, coupon, 'ONE')
  await seedCode(database.db, coupon, 'TWO')
  const bad = await putWebhook(database.db, coupon, 'orders/create', orderBody(1, ['ONE']))
  const good = await putWebhook(database.db, coupon, 'orders/create', orderBody(2, ['TWO']))
  const failing = {
    ...BOOKS,
    recordOrder: (...[db, input]: Parameters<typeof BOOKS.recordOrder>) =>
      input.order.id === '1' ? Promise.reject(new Error('the disk is full')) : BOOKS.recordOrder(db, input),
  }
  assert.equal(await applyNews(database.db, coupon, 0, failing), 1)
  assert.equal((await readWebhook(good))?.state, 'applied')
  const waiting = await readWebhook(bad)
  assert.deepEqual([waiting?.state, waiting?.attempts, waiting?.error], ['waiting', 1, 'the disk is full'])
  assert.equal(await applyNews(database.db, coupon, 4), 0, 'not before its time')
  assert.equal(await applyNews(database.db, coupon, 5), 1)
  assert.equal((await readWebhook(bad))?.state, 'applied')
})

test('after eight tries it has failed, and a person can have it applied again', async () => {
  const coupon = await seedCoupon(database.db)
  const id = await putWebhook(database.db, coupon, 'orders/create', orderBody(1, ['ONE']))
  const failing = { ...BOOKS, recordOrder: () => Promise.reject(new Error('no')) }
  for (let n = 0; n < 10; n += 1) await applyNews(database.db, coupon, n * 1000, failing)
  const failed = await readWebhook(id)
  assert.deepEqual([failed?.state, failed?.attempts, failed?.error], ['failed', 8, 'no'])
  await retryWebhook(database.db, { ...coupon, webhookId: id, now: NOW })
  assert.equal(await applyNews(database.db, coupon), 1)
  await assert.rejects(retryWebhook(database.db, { ...coupon, webhookId: id, now: NOW }), { code: 'webhook_not_found' })
})

test('a body that is not what its topic promises fails at once, with the field', async () => {
  const coupon = await seedCoupon(database.db)
  const bodies = [{}, orderBody(1, [], { updated_at: 'yesterday' }), { ...orderBody(1, []), discount_codes: 7 }]
  for (const body of bodies) {
    const id = await putWebhook(database.db, coupon, 'orders/updated', body)
    await applyNews(database.db, coupon)
    const row = await readWebhook(id)
    assert.equal(row?.state, 'failed')
    assert.match(row?.error ?? '', /^The body is not what Shopify's topic promises: (id|updated_at|discount_codes)/)
  }
})

test('a topic that we do not know is kept and does nothing; the character U+0000 is left out', async () => {
  const coupon = await seedCoupon(database.db)
  await putWebhook(database.db, coupon, 'products/create', { id: 1 })
  await putWebhook(database.db, coupon, 'customers/create', { id: 5, email: 'nul@example.com', first_name: 'A\0da' })
  assert.equal(await applyNews(database.db, coupon), 2)
  assert.deepEqual(await readPeople(coupon), [
    { email: 'nul@example.com', phone: null, first: 'Ada', consent: 'never_subscribed', sms: 'never_subscribed' },
  ])
})

test('deliveries are forgotten after 90 days, what waits is not', async () => {
  const coupon = await seedCoupon(database.db)
  const old = await putWebhook(database.db, coupon, 'products/create', {})
  await applyNews(database.db, coupon)
  const waiting = await putWebhook(database.db, coupon, 'products/create', {})
  await forgetOldWebhooks(database.db, new Date(NOW.getTime() + 89 * 86_400_000))
  assert.ok(await readWebhook(old))
  await forgetOldWebhooks(database.db, new Date(NOW.getTime() + 91 * 86_400_000))
  assert.equal(await readWebhook(old), undefined)
  assert.ok(await readWebhook(waiting))
})

test('a customer is the profile with their address, else with their number, else a new one; what it has stays', async () => {
  const coupon = await seedCoupon(database.db)
  await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  const told = {
    id: 1,
    email: 'ADA@example.com',
    phone: '+4930901820',
    first_name: 'Ada',
    email_marketing_consent: consent('subscribed', 0),
  }
  await putWebhook(database.db, coupon, 'customers/create', told)
  await putWebhook(database.db, coupon, 'customers/update', {
    ...told,
    first_name: 'Augusta',
    email: 'ada@other.example',
  })
  await putWebhook(database.db, coupon, 'customers/create', { id: 2, phone: '+4930901820' })
  await putWebhook(database.db, coupon, 'customers/create', { id: 3, email: 'eve@example.com' })
  await putWebhook(database.db, coupon, 'customers/create', { id: 4, email: null })
  assert.equal(await applyNews(database.db, coupon), 5)
  assert.deepEqual(await readPeople(coupon), [
    { email: 'ada@example.com', phone: '+4930901820', first: 'Ada', consent: 'subscribed', sms: 'never_subscribed' },
    { email: 'eve@example.com', phone: null, first: null, consent: 'never_subscribed', sms: 'never_subscribed' },
  ])
  const { rows } = await sql`
    select customer_id as id, is_origin as origin from shop_customers where account_id = ${coupon.accountId}::uuid order by 1`.execute(
    database.db,
  )
  assert.deepEqual(rows, [
    { id: '1', origin: false },
    { id: '2', origin: false },
    { id: '3', origin: true },
  ])
})

test('the later word about consent wins, whoever spoke it and in whichever order it comes', async () => {
  const coupon = await seedCoupon(database.db)
  const tell = (state: string, seconds: number) =>
    putWebhook(database.db, coupon, 'customers/update', {
      id: 1,
      email: 'ada@example.com',
      email_marketing_consent: consent(state, seconds),
    })
  const now = async () => {
    await applyNews(database.db, coupon, 10_000)
    return ((await readPeople(coupon))[0] as { consent: string }).consent
  }
  await tell('unsubscribed', 30)
  await tell('subscribed', 10)
  assert.equal(await now(), 'unsubscribed', 'an older word that comes late')
  const { rows } = await sql<{
    id: string
  }>`select id from profiles where account_id = ${coupon.accountId}::uuid`.execute(database.db)
  const at = new Date(NOW.getTime() + 60_000)
  await updateProfile(database.db, { ...coupon, profileId: rows[0]?.id ?? '', emailConsent: 'subscribed', now: at })
  await tell('unsubscribed', 50)
  assert.equal(await now(), 'subscribed', 'ours is newer')
  await tell('not_subscribed', 70)
  assert.equal(await now(), 'subscribed', 'never having agreed there takes nothing back here')
  await tell('unsubscribed', 80)
  assert.equal(await now(), 'unsubscribed')
  await tell('subscribed', 90)
  assert.equal(await now(), 'subscribed')
  await tell('not_subscribed', 95)
  assert.equal(await now(), 'unsubscribed', 'the shop takes back what it told')
  await tell('unsubscribed', 120)
  await tell('subscribed', 110)
  assert.equal(await now(), 'unsubscribed', 'a late word does not undo one that changed nothing')
})

test('who may be mailed does not depend on the order in which a shop tells of consent', async () => {
  const state = fc.constantFrom('subscribed', 'unsubscribed', 'not_subscribed')
  const datedWords = (states: string[]): Word[] => states.map((told, nth) => ({ state: told, seconds: 10 * (nth + 1) }))
  const orders = fc
    .array(state, { minLength: 2, maxLength: 4 })
    .map(datedWords)
    .chain((told) => fc.tuple(fc.constant(told), fc.shuffledSubarray(told, { minLength: told.length })))
  const [first, second, third, last] = datedWords(['subscribed', 'unsubscribed', 'subscribed', 'not_subscribed'])
  assert.ok(first && second && third && last)
  const lateEnding: [Word[], Word[]] = [
    [first, second, third, last],
    [third, second, first, last],
  ]
  await fc.assert(
    fc.asyncProperty(fc.boolean(), orders, async (isOurs, [told, shuffled]) => {
      assert.equal(await endOf(isOurs, shuffled), await endOf(isOurs, told))
    }),
    { numRuns: runsOn(40), examples: [[true, lateEnding]] },
  )
})

type Word = { state: string; seconds: number }

/** Whether somebody is subscribed, by their own word or not at all, once the shop has told these words in this order. */
async function endOf(isOurs: boolean, words: readonly Word[]): Promise<boolean> {
  const coupon = await seedCoupon(database.db)
  if (isOurs) {
    const profileId = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
    await updateProfile(database.db, { ...coupon, profileId, emailConsent: 'subscribed', now: NOW })
  }
  for (const { state, seconds } of words) {
    const body = { id: 1, email: 'ada@example.com', email_marketing_consent: consent(state, seconds) }
    await putWebhook(database.db, coupon, 'customers/update', body)
    await applyNews(database.db, coupon, 10_000)
  }
  return ((await readPeople(coupon))[0] as { consent: string }).consent === 'subscribed'
}

test('a checkout is one event however often it is told, with the newest cart', async () => {
  const coupon = await seedCoupon(database.db)
  const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString()
  const body = (seconds: number, title: string) => ({
    token: 'abc',
    email: 'ada@example.com',
    created_at: at(0),
    updated_at: at(seconds),
    total_price: '12.00',
    line_items: [{ title, quantity: 2, price: '6.00', product_id: 7 }],
    discount_codes: [{ code: 'ONE' }],
  })
  for (const [seconds, title] of [
    [0, 'Cup'],
    [20, 'Mug'],
    [10, 'Jug'],
  ] as const) {
    await putWebhook(database.db, coupon, 'checkouts/update', body(seconds, title))
  }
  await putWebhook(database.db, coupon, 'checkouts/create', { ...body(0, 'Hat'), token: null })
  assert.equal(await applyNews(database.db, coupon), 4)
  const { rows } = await sql<{ properties: { lines: unknown[]; codes: string[] } }>`
    select properties from events where account_id = ${coupon.accountId}::uuid and metric = 'checkout_started'`.execute(
    database.db,
  )
  assert.equal(rows.length, 1)
  assert.deepEqual(rows[0]?.properties.lines, [
    { title: 'Mug', quantity: 2, price: '6.00', productId: '7', variantId: null },
  ])
})

test('an order whose customer becomes known later is judged anew', async () => {
  const coupon = await seedCoupon(database.db)
  const ada = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  await seedCode(database.db, coupon, 'ONE', { profileId: ada })
  await putWebhook(database.db, coupon, 'orders/create', orderBody(1, ['ONE'], { customer: { id: 9 } }))
  await applyNews(database.db, coupon)
  const matches = async () => {
    const { rows } = await sql<{ matches: boolean | null }>`
      select recipient_matches as matches from redemptions where account_id = ${coupon.accountId}::uuid`.execute(
      database.db,
    )
    return rows[0]?.matches
  }
  assert.equal(await matches(), null)
  await putWebhook(database.db, coupon, 'customers/update', { id: 9, email: 'eve@example.com' })
  await applyNews(database.db, coupon)
  assert.equal(await matches(), false)
})
