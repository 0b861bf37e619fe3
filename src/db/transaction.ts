import type { Db } from './database.ts'

/** Runs `work` in a transaction: the caller's where `db` is one already, else one of its own. */
export async function inTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db) : await db.transaction().execute(work)
}

/** True for a unique violation (SQLSTATE 23505), of the named index where given. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== '23505') return false
  return index === undefined || ('constraint' in error && error.constraint === index)
}
