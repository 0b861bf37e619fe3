import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { brokenConstraint } from '../lib/constraint.ts'

/**
 * Runs one statement; returns `taken` when the unique index refused it. Everything else that goes wrong is thrown.
 *
 * Inside a caller's transaction the statement stands in a savepoint, so that the refusal does not end the transaction.
 */
export async function unlessTaken<T>(db: Db, index: string, run: () => Promise<T>): Promise<T | 'taken'> {
  if (db.isTransaction) await sql`savepoint unless_taken`.execute(db)
  try {
    const result = await run()
    if (db.isTransaction) await sql`release savepoint unless_taken`.execute(db)
    return result
  } catch (error) {
    if (brokenConstraint(error) !== index) throw error
    if (db.isTransaction) await sql`rollback to savepoint unless_taken`.execute(db)
    return 'taken'
  }
}
