import assert from 'node:assert/strict'
import { after as afterAll, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { after, START, seedAccount, seedCoupon, seedProfiles } from '../../test/seed.ts'
import { assignCodes } from './assign.ts'
import { selectDue, updateExpired } from './codes.sql.ts'
import { loseCodes } from './confirm/lose.ts'
import { expireAssignments } from './expire.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(() => database[Symbol.asyncDispose]())

/** Two people with a code of a coupon that is over after a week. */
async function seedHolders() {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes: 2 })
  const profileIds = await seedProfiles(db, account.accountId, 2)
  const outcomes = await assignCodes(db, { ...account, couponId: coupon.id, profileIds, now: START })
  return { ...account, couponId: coupon.id, holders: outcomes.flatMap((one) => ('code' in one ? [one] : [])) }
}

async function readStates(accountId: string): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`
    select state from assignments where account_id = ${accountId} order by state`.execute(db)
  return rows.map(({ state }) => state)
}

const WEEK = 7 * 86_400

test('a code that is used between being found over and being closed stays used', async () => {
  const { accountId, holders } = await seedHolders()
  const now = after(WEEK)
  const due = (await selectDue(db, now, 1000)).filter((one) => one.accountId === accountId)
  assert.equal(due.length, 2)
  await sql`
    update assignments set state = 'redeemed' where account_id = ${accountId} and code_id = ${holders[0]?.codeId}`.execute(
    db,
  )
  assert.equal(await updateExpired(db, due, now), 1)
  assert.deepEqual(await readStates(accountId), ['expired', 'redeemed'])
})

test('a code that got a later end between being found over and being closed stays open', async () => {
  const { accountId, holders } = await seedHolders()
  const now = after(WEEK)
  const due = (await selectDue(db, now, 1000)).filter((one) => one.accountId === accountId)
  await sql`
    update assignments set expires_at = ${after(2 * WEEK)} where account_id = ${accountId} and code_id = ${holders[0]?.codeId}`.execute(
    db,
  )
  assert.equal(await updateExpired(db, due, now), 1)
  assert.deepEqual(await readStates(accountId), ['expired', 'open'])
})

test('a code that its shop loses after its time stays expired: nobody has it to lose', async () => {
  const { accountId, storeId, couponId, holders } = await seedHolders()
  await expireAssignments(db, after(WEEK))
  const codes = holders.map(({ code }) => code)
  assert.equal(await loseCodes(db, { accountId, storeId, couponId, codes, now: after(WEEK) }), 2)
  assert.deepEqual(await readStates(accountId), ['expired', 'expired'])
})
