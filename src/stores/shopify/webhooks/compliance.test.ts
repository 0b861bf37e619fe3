import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../../test/database.ts'
import { NOW, type SeededCoupon, seedCode, seedCoupon, seedProfile } from '../../../../test/seed-redemptions.ts'
import { applyNews, orderBody, putWebhook } from '../../../../test/shop-news.ts'
import type { Database } from '../../../db/database.ts'
import { exportPerson } from '../../../reports/person-export.ts'
import { describeOrders, takeUpDataRequest } from './describe-orders.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())

/** Everything that any table of the account says, as text. */
async function readAll(coupon: SeededCoupon): Promise<string> {
  const { rows } = await sql<{ text: string }>`
    select string_agg(x, ' ') as text from (
      select row_to_json(t)::text as x from profiles t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from redemptions t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from events t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from shop_customers t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from shopify_webhooks t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from data_requests t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from messages t where account_id = ${coupon.accountId}::uuid
      union all select row_to_json(t)::text from audit_log t where account_id = ${coupon.accountId}::uuid) x`.execute(
    database.db,
  )
  return rows[0]?.text ?? ''
}

async function countFacts(coupon: SeededCoupon): Promise<unknown> {
  const { rows } = await sql`
    select (select count(*) from redemptions where account_id = ${coupon.accountId}::uuid and state = 'accepted') as redemptions,
      (select sum(delta) from redemption_ledger where account_id = ${coupon.accountId}::uuid) as ledger,
      (select sum(subtotal_minor) from redemptions where account_id = ${coupon.accountId}::uuid) as money`.execute(
    database.db,
  )
  return rows[0]
}

const ADA = { id: 71, email: 'ada@example.com', phone: '+4930901820', first_name: 'Adalbert' }
const TRACES = /ada@|Adalbert|901820/i

/** Ada has a code and used it, began a checkout, and one delivery about her could not be applied. */
async function seedAda(): Promise<SeededCoupon> {
  const coupon = await seedCoupon(database.db)
  const ada = await seedProfile(database.db, coupon.accountId, 'ada@example.com')
  await seedCode(database.db, coupon, 'ONE', { profileId: ada })
  const at = NOW.toISOString()
  await putWebhook(
    database.db,
    coupon,
    'orders/create',
    orderBody(1, ['ONE'], { email: 'Ada@example.com', customer: ADA }),
  )
  await putWebhook(database.db, coupon, 'checkouts/create', {
    token: 'a',
    customer: ADA,
    created_at: at,
    updated_at: at,
  })
  await applyNews(database.db, coupon)
  await putWebhook(database.db, coupon, 'orders/updated', { email: 'ada@example.com' })
  await applyNews(database.db, coupon)
  assert.match(await readAll(coupon), TRACES)
  return coupon
}

test('customers/redact leaves no trace of the person, and the ledger keeps the fact', async () => {
  const coupon = await seedAda()
  const before = await countFacts(coupon)
  await putWebhook(database.db, coupon, 'customers/data_request', { customer: ADA, orders_requested: [1] })
  await applyNews(database.db, coupon)
  await putWebhook(database.db, coupon, 'customers/redact', { customer: ADA, orders_to_redact: [1] })
  assert.equal(await applyNews(database.db, coupon), 1)
  assert.doesNotMatch(await readAll(coupon), TRACES)
  assert.deepEqual(await countFacts(coupon), before)
  await putWebhook(database.db, coupon, 'customers/redact', { customer: ADA, orders_to_redact: [1] })
  assert.equal(await applyNews(database.db, coupon), 1, 'told again, it is done again')
})

test('customers/redact touches nobody else', async () => {
  const coupon = await seedAda()
  const other = await seedAda()
  await seedProfile(database.db, coupon.accountId, 'eve@example.com')
  await putWebhook(database.db, coupon, 'customers/redact', { customer: { id: 999, email: 'nobody@example.com' } })
  await applyNews(database.db, coupon)
  assert.match(await readAll(coupon), TRACES)
  await putWebhook(database.db, coupon, 'customers/redact', { customer: ADA })
  await applyNews(database.db, coupon)
  assert.match(await readAll(coupon), /eve@example/)
  assert.match(await readAll(other), TRACES)
})

test('shop/redact takes out of all orders who ordered, and erases whom only this shop knew', async () => {
  const coupon = await seedAda()
  await putWebhook(database.db, coupon, 'customers/create', { id: 5, email: 'only@example.com' })
  await applyNews(database.db, coupon)
  const before = await countFacts(coupon)
  await putWebhook(database.db, coupon, 'shop/redact', { shop_id: 1 })
  assert.equal(await applyNews(database.db, coupon), 1)
  const left = await readAll(coupon)
  assert.doesNotMatch(left, /only@example|"customer_id":"|Ada@example/)
  assert.match(left, /ada@example\.com/, 'a person whom we knew without the shop stays')
  assert.deepEqual(await countFacts(coupon), before)
})

test('a customer’s request waits on the store’s page, and its file says what is known', async () => {
  const coupon = await seedAda()
  await putWebhook(database.db, coupon, 'customers/data_request', { customer: ADA, orders_requested: [1] })
  await applyNews(database.db, coupon)
  const { dataRequests } = await describeOrders(database.db, { ...coupon, publicUrl: 'https://one.example' })
  assert.deepEqual(
    dataRequests.map(({ customerId, orders, fetchedAt }) => [customerId, orders, fetchedAt]),
    [['71', 1, null]],
  )
  const requestId = dataRequests[0]?.id ?? ''
  const request = await takeUpDataRequest(database.db, { ...coupon, requestId, now: NOW })
  const file = JSON.stringify(await exportPerson(database.db, { ...request, accountId: coupon.accountId, now: NOW }))
  for (const part of ['ada@example.com', 'checkout_started', '"code":"ONE"', '#1']) assert.ok(file.includes(part), part)
  const { rows } = await sql<{ action: string }>`
    select action from audit_log where account_id = ${coupon.accountId}::uuid`.execute(database.db)
  assert.deepEqual(rows, [{ action: 'customer.data_requested' }])
  const other = await seedCoupon(database.db)
  await assert.rejects(takeUpDataRequest(database.db, { ...other, requestId, now: NOW }), {
    code: 'data_request_not_found',
  })
})
