import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { seedAccount } from '../../test/seed-redemptions.ts'
import { inRetriedTransaction } from './transaction.ts'

const skip = process.env.TEST_DATABASE_URL
  ? false
  : 'SKIPPED: TEST_DATABASE_URL names no Postgres; PGlite has one connection'

test('two transactions that wait for each other both come to their end, and each counts once', { skip }, async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const accounts = [await seedAccount(db), await seedAccount(db)]
  const held = accounts.map(() => Promise.withResolvers<void>())
  let tries = 0
  const rename = (order: string[], nth: number): Promise<void> =>
    inRetriedTransaction(db, async (trx) => {
      tries += 1
      for (const [step, id] of order.entries()) {
        await sql`update accounts set "name" = "name" || ${`+${nth}`} where "id" = ${id}`.execute(trx)
        if (step > 0) continue
        held[nth]?.resolve()
        await Promise.all(held.map((one) => one.promise))
      }
    })
  await Promise.all([rename(accounts, 0), rename(accounts.toReversed(), 1)])
  const { rows } = await sql<{ name: string }>`select "name" as name from accounts`.execute(db)
  assert.equal(tries, 3, 'nobody had to begin again')
  for (const { name } of rows) assert.match(name, /^Test(\+0\+1|\+1\+0)$/)
})
