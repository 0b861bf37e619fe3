import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Db } from '../src/db/database.ts'
import { openTestDatabase } from './database.ts'
import { seedWorld, type World } from './planner-world.ts'
import { countReads, SKIP_READS } from './reads.ts'

/** People of each of the two accounts. */
const SIZE = 2000

/** One call of a piece of work; `nth` counts from 0. */
export type Call = (db: Db, nth: number) => Promise<unknown>

export type Work = {
  what: string
  /** How many calls are counted. */
  calls: number
  /** How many codes, people, orders … one call is about. */
  per: number
  /** Rows and entries of indexes that may be read for each of those. An account has some thousand of everything: reading all of them in each call is seen. */
  most: number
  /** Does what is not counted, and returns what is. */
  begin: (db: Db, world: World) => Call | Promise<Call>
}

/** When Postgres looked at the tables last. */
const MOMENTS = ['never', 'when the tables were small', 'before the work and in its middle'] as const

/** A test for each moment, in which each piece of work reads no more than it may. */
export function testReads(works: readonly Work[]): void {
  for (const moment of MOMENTS)
    test(`statistics of the moment: ${moment}`, { skip: SKIP_READS }, async (t) => {
      await using database = await openTestDatabase()
      const { db } = database
      if (moment === 'when the tables were small') {
        await seedWorld(db, 20)
        await analyze(db)
      }
      await seedWorld(db, SIZE)
      const world = await seedWorld(db, SIZE)
      const isLooking = moment === 'before the work and in its middle'
      if (isLooking) await analyze(db)
      for (const work of works)
        await t.test(`${work.what}`, async (t) => {
          const call = await work.begin(db, world)
          const { reads } = await countReads(database, async (own) => {
            for (let nth = 0; nth < work.calls; nth += 1) {
              if (isLooking && nth === Math.floor(work.calls / 2)) await analyze(own)
              await call(own, nth)
            }
          })
          const each = Math.round(reads / (work.calls * work.per))
          t.diagnostic(`${each} reads each, of ${work.most}`)
          assert.ok(each <= work.most, `${each} reads each, more than ${work.most}`)
        })
    })
}

async function analyze(db: Db): Promise<void> {
  await sql`analyze profiles, codes, assignments, messages, message_codes, redemptions`.execute(db)
}
