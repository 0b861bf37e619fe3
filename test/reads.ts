import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Database, type Db, openDatabase } from '../src/db/database.ts'

/** Why a test that counts reads is skipped; false where it runs. */
export const SKIP_READS = process.env.TEST_DATABASE_URL ? false : 'SKIPPED: TEST_DATABASE_URL names no Postgres'

/**
 * Does a piece of work on connections of its own. Returns its result and how many rows and entries of indexes were read for it: connections tell
 * that when they end.
 */
export async function countReads<Result>(
  database: Database,
  work: (db: Db) => Promise<Result>,
): Promise<{ result: Result; reads: number }> {
  const before = await selectReads(database.db)
  const result = await withOwn(database, work)
  return { result, reads: (await selectReads(database.db)) - before }
}

async function withOwn<Result>({ url }: Database, work: (db: Db) => Promise<Result>): Promise<Result> {
  await using own = await openDatabase({ url, connections: 10 })
  return await work(own.db)
}

async function selectReads(db: Db): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db) // what this connection has read itself
  for (;;) {
    const { rows } = await sql<{ others: number; reads: number }>`
      select (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend') as others,
        (select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables)
          + (select sum(idx_tup_read) from pg_stat_user_indexes) as reads`.execute(db)
    if (rows[0] && Number(rows[0].others) === 0) return Number(rows[0].reads)
    await sleep(20)
  }
}
