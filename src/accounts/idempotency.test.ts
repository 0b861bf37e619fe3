import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { openTestDatabase } from '../../test/database.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { insertAccount } from './accounts.sql.ts'
import { type Claim, claimKey, deleteOldIdempotencyKeys, freeKey, renewClaim, storeReply } from './idempotency.ts'

const now = new Date('2026-06-01T10:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)
const DAY = 86_400_000
let database: Database
let accountId: string

before(async () => {
  database = await openTestDatabase()
})
after(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  accountId = newId()
  await insertAccount(database.db, { id: accountId, name: 'Brand', timeZone: 'UTC', now })
})

const claimAt = (at: Date, requestHash = 'a') => claimKey(database.db, { accountId, key: 'k', requestHash, now: at })

async function claimed(at: Date): Promise<Claim> {
  const result = await claimAt(at)
  assert.equal(result.status, 'claimed')
  return (result as { claim: Claim }).claim
}

test('of fifty racing claims of one key one wins', async () => {
  const results = await Promise.all(Array.from({ length: 50 }, () => claimAt(now)))
  assert.equal(results.filter((result) => result.status === 'claimed').length, 1)
  assert.equal(results.filter((result) => result.status === 'in_use').length, 49)
})

test('a finished request answers its repeats and refuses another request under its key', async () => {
  await storeReply(database.db, { claim: await claimed(now), httpStatus: 201, reply: 'sealed' })
  assert.deepEqual(await claimAt(later(DAY)), { status: 'answered', httpStatus: 201, reply: 'sealed' })
  assert.deepEqual(await claimAt(now, 'b'), { status: 'reused' })
})

test('the same key of another account is another key', async () => {
  await claimed(now)
  const otherId = newId()
  await insertAccount(database.db, { id: otherId, name: 'Other', timeZone: 'UTC', now })
  const result = await claimKey(database.db, { accountId: otherId, key: 'k', requestHash: 'b', now })
  assert.equal(result.status, 'claimed')
})

test('a freed key is claimed again', async () => {
  await freeKey(database.db, { claim: await claimed(now) })
  await claimed(later(1))
})

test('a claim that died is taken over once, however many try', async () => {
  await claimed(now)
  assert.equal((await claimAt(later(60_000))).status, 'in_use')
  const results = await Promise.all(Array.from({ length: 20 }, () => claimAt(later(60_001))))
  assert.equal(results.filter((result) => result.status === 'claimed').length, 1)
})

test('a claim that gives signs of life is not taken over', async () => {
  const renewed = await renewClaim(database.db, { claim: await claimed(now), now: later(40_000) })
  assert.ok(renewed)
  assert.equal((await claimAt(later(90_000))).status, 'in_use')
})

test('who lost the claim neither answers for the new owner nor frees its key', async () => {
  const lost = await claimed(now)
  const owner = await claimed(later(60_001))
  await storeReply(database.db, { claim: lost, httpStatus: 200, reply: 'late' })
  await freeKey(database.db, { claim: lost })
  assert.equal(await renewClaim(database.db, { claim: lost, now: later(60_002) }), undefined)
  assert.equal((await claimAt(later(60_003))).status, 'in_use')
  await storeReply(database.db, { claim: owner, httpStatus: 200, reply: 'mine' })
  assert.deepEqual(await claimAt(later(60_004)), { status: 'answered', httpStatus: 200, reply: 'mine' })
})

test('after a day a key is new again, and the clean-up forgets it', async () => {
  await deleteOldIdempotencyKeys(database.db, { now: later(9 * DAY) })
  await storeReply(database.db, { claim: await claimed(now), httpStatus: 200, reply: '' })
  assert.equal(await deleteOldIdempotencyKeys(database.db, { now: later(DAY) }), 0)
  await claimed(later(DAY + 1))
  await storeReply(database.db, {
    claim: { accountId, key: 'k', claimedAt: later(DAY + 1) },
    httpStatus: 200,
    reply: '',
  })
  assert.ok((await deleteOldIdempotencyKeys(database.db, { now: later(3 * DAY) })) >= 1)
  assert.equal(await deleteOldIdempotencyKeys(database.db, { now: later(3 * DAY) }), 0)
})
