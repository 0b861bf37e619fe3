import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../../test/database.ts'
import { seedAccount } from '../../../../test/seed.ts'
import type { Database } from '../../../db/database.ts'
import { AddCodes, FindCode } from '../generated/codes.ts'
import { createShopifyClient, type ShopAccess, type ShopifyClient } from './client.ts'
import { updatePointsTaken } from './pace.sql.ts'
import { ShopifyError } from './shopify-error.ts'

type Answer = (response: ServerResponse) => void

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(async () => await database[Symbol.asyncDispose]())

const FOUND = { data: { codeDiscountNodeByCode: { id: 'gid://shopify/DiscountCodeNode/1' } } }
const CODES = { discountId: 'gid://shopify/DiscountCodeNode/1', codes: [{ code: 'A' }] }

/** A shop that gives the answers one after another, the last one again and again, and counts the calls. */
async function openShop(answers: Answer[]): Promise<AsyncDisposable & { url: string; calls: () => number }> {
  let calls = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = answers[Math.min(calls, answers.length - 1)]
      calls += 1
      answer?.(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
}

const cutOff: Answer = (response) => response.destroy()
const silence: Answer = () => undefined

function cost(available: number, charged: number | null, restoreRate = 100): object {
  return {
    cost: {
      requestedQueryCost: 10,
      actualQueryCost: charged,
      throttleStatus: { maximumAvailable: 2000, currentlyAvailable: available, restoreRate },
    },
  }
}

const THROTTLED = { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: cost(9, null) }

async function openClient(
  url: string,
  options: { timeoutMs?: number; attempts?: number } = {},
): Promise<ShopifyClient> {
  const account = await seedAccount(database.db)
  const access: ShopAccess = { ...account, baseUrl: url, token: async () => 'token' }
  return createShopifyClient(database.db, access, { timeoutMs: 5000, attempts: 3, ...options })
}

async function pointsOf({ shop }: ShopifyClient): Promise<{ points: number; rate: number; max: number }> {
  const { rows } = await sql<{ points: number; rate: number; max: number }>`
    select points, points_rate as rate, points_max as max from shopify_paces
    where account_id = ${shop.accountId} and store_id = ${shop.storeId}`.execute(database.db)
  return rows[0] as { points: number; rate: number; max: number }
}

function ofKind(kind: ShopifyError['kind']): (error: unknown) => boolean {
  return (error) => error instanceof ShopifyError && error.kind === kind
}

test('a mutation whose reply is lost is sent once, and said to be lost', async () => {
  for (const answer of [cutOff, json('Bad Gateway', 502), json('<html>'), json({ extensions: {} }), silence]) {
    await using shop = await openShop([answer])
    const client = await openClient(shop.url, { timeoutMs: 300 })
    await assert.rejects(client.request(AddCodes, CODES), ofKind('lost'))
    assert.equal(shop.calls(), 1)
  }
})

test('a query whose reply is lost is asked again', async () => {
  await using shop = await openShop([cutOff, json('Bad Gateway', 502), json(FOUND)])
  const client = await openClient(shop.url)
  assert.deepEqual(await client.request(FindCode, { code: 'A' }), FOUND.data)
  assert.equal(shop.calls(), 3)
})

test('a mutation that Shopify certainly did not run is sent again', async () => {
  await using shop = await openShop([json(THROTTLED), json('', 429, { 'retry-after': '1' }), json(FOUND)])
  const client = await openClient(shop.url)
  assert.deepEqual(await client.request(AddCodes, CODES), FOUND.data)
  assert.equal(shop.calls(), 3)
})

test('a shop that cannot be reached is unavailable, not lost', async () => {
  const shop = await openShop([json(FOUND)])
  await shop[Symbol.asyncDispose]()
  const client = await openClient(shop.url)
  await assert.rejects(client.request(AddCodes, CODES), ofKind('unavailable'))
})

test('a token that is not accepted, a scope that is missing and a document that is refused are told apart', async () => {
  const denied = { errors: [{ message: 'Access denied for orders', extensions: { code: 'ACCESS_DENIED' } }] }
  const refused = { errors: [{ message: 'Field x does not exist', extensions: { code: 'undefinedField' } }] }
  const cases = [
    [json('', 401), 'unauthorized'],
    [json(denied), 'access_denied'],
    [json(refused), 'refused'],
    [json('', 404), 'refused'],
  ] as const
  for (const [answer, kind] of cases) {
    await using shop = await openShop([answer])
    await assert.rejects((await openClient(shop.url)).request(FindCode, { code: 'A' }), ofKind(kind))
    assert.equal(shop.calls(), 1)
  }
})

test('a redirect is not followed: the token stays with the shop', async () => {
  await using other = await openShop([json(FOUND)])
  await using shop = await openShop([json('', 302, { location: other.url })])
  await assert.rejects((await openClient(shop.url)).request(AddCodes, CODES), ofKind('unavailable'))
  assert.equal(other.calls(), 0)
})

test('points follow the replies: limits are learned, and never more is believed in than Shopify says', async () => {
  await using shop = await openShop([
    json({ ...FOUND, extensions: cost(1500, 10) }),
    json({ ...FOUND, extensions: cost(100, 10) }),
  ])
  const client = await openClient(shop.url)
  await client.request(FindCode, { code: 'A' })
  const first = await pointsOf(client)
  assert.ok(first.points > 1490 && first.points <= 1511, `${first.points} points after the first reply`)
  await client.request(FindCode, { code: 'A' })
  const second = await pointsOf(client)
  assert.ok(second.points <= 100, `${second.points} points after the second reply`)
  assert.deepEqual([second.max, second.rate], [2000, 100])
})

test('callers get their turns one after another, however many ask at once, and some points are left for others', async () => {
  await using shop = await openShop([json({ ...FOUND, extensions: cost(60, 10, 1) })])
  const client = await openClient(shop.url)
  const began = performance.now()
  await client.request(FindCode, { code: 'A' })
  const { points } = await pointsOf(client)
  assert.ok(points >= 59 && points <= 71, `${points} points after the reply`)
  const waits = await Promise.all(Array.from({ length: 10 }, () => updatePointsTaken(database.db, client.shop, 10, 20)))
  const passed = performance.now() - began
  assert.ok(passed < 5000, `ten turns were given in ${passed} ms: too slow to tell them apart`)
  // One point a second: calls for which there are no points wait ten seconds after the one before them.
  for (const [nth, wait] of waits.toSorted((a, b) => a - b).entries()) {
    const most = Math.max(0, 20 - points + 10 * (nth + 1)) * 1000
    assert.ok(wait <= most + 1 && wait >= most - passed - 1, `call ${nth} waits ${wait} ms, at most ${most}`)
  }
})
