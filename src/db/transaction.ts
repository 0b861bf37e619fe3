import type { Db } from './database.ts'

/** Runs `work` in a transaction: the caller's where `db` is one already, else one of its own. */
export async function inTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db) : await db.transaction().execute(work)
}
