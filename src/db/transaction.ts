import { hasLostRace } from '../lib/constraint.ts'
import type { Db } from './database.ts'

const MOST_TRIES = 5

/** Runs `work` in a transaction: the caller's where `db` is one already, else one of its own. */
export async function inTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db) : await db.transaction().execute(work)
}

/** The same, and from its start again when it lost a race (`retryLostRaces`). */
export async function inRetriedTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  return await retryLostRaces(db, () => inTransaction(db, work))
}

/**
 * Does a statement or a whole transaction again when it lost a race, at most five times in all. A row that somebody else changed while a statement
 * waited for it stays locked by that statement, also where it does not match any more: two statements that touch many rows can wait for each other in any order.
 */
export async function retryLostRaces<T>(db: Db, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (db.isTransaction || attempt === MOST_TRIES || !hasLostRace(error)) throw error
    }
  }
}
