import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite, types as pgliteTypes } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { type Db as BossDb, fromPglite } from 'pg-boss'
import { lockFolder } from './folder-lock.ts'

/** The handle that every use case takes first: a database, or a transaction on it. */
export type Db = Kysely<unknown>

export type Database = AsyncDisposable & {
  db: Db
  kind: 'postgres' | 'pglite'
  /** Address of the server; undefined for the embedded one. */
  url: string | undefined
  /** The same database for pg-boss. */
  boss: BossDb
}

export type DatabaseOptions = {
  /** Absent: the embedded database in `folder`, or in memory when that is absent too. */
  url?: string | undefined
  folder?: string | undefined
  connections?: number
  /** Told of connections that broke while idle; the pool replaces them. */
  onIdleError?: (error: Error) => void
}

/** Counts and money stay far below 2^53, so int8 arrives as a number on both databases. */
const toNumber = (text: string): number => Number(text)

/** Opens Postgres or the embedded database. Throws `FolderInUseError` when another process has the folder open. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url ? openPostgres(options.url, options) : await openPglite(options.folder)
}

function openPostgres(url: string, options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 20,
    types: {
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8 ? toNumber : pg.types.getTypeParser(oid, format as 'text'),
    },
  })
  pool.on('error', (error) => options.onIdleError?.(error))
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    kind: 'postgres',
    url,
    boss: { executeSql: (text, values) => pool.query(text, values as unknown[]) },
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}

async function openPglite(folder: string | undefined): Promise<Database> {
  if (folder) mkdirSync(folder, { recursive: true })
  const lock = folder ? lockFolder(folder) : undefined
  try {
    const client = await PGlite.create({
      ...(folder ? { dataDir: join(folder, 'pglite') } : {}),
      parsers: { [pgliteTypes.INT8]: toNumber },
    })
    const db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: client }) })
    return {
      db,
      kind: 'pglite',
      url: undefined,
      boss: fromPglite(client),
      [Symbol.asyncDispose]: async () => {
        await db.destroy()
        lock?.release()
      },
    }
  } catch (cause) {
    lock?.release()
    throw cause
  }
}
