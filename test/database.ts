import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite, types as pgliteTypes } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { fromPglite } from 'pg-boss'
import { type Database, openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { createDatabase, dropDatabase } from './postgres.ts'

/** Name of the migrated database that every test database on Postgres is a copy of; made by scripts/test.ts. */
export const TEMPLATE_DATABASE = 'onecode_template'

const CACHE = new URL('../.cache/', import.meta.url).pathname

/**
 * A migrated, empty database of its own for a test file.
 *
 * On Postgres when TEST_DATABASE_URL names a server (scripts/test.ts starts one), else PGlite in memory. The suite runs on
 * both; a test that needs one of them says so by `kind`.
 */
export async function openTestDatabase(): Promise<Database> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) return await openPgliteCopy()
  const name = `test_${randomBytes(6).toString('hex')}`
  const database = await openDatabase({ url: await createDatabase(server, name, TEMPLATE_DATABASE), connections: 20 })
  return {
    ...database,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await dropDatabase(server, name)
    },
  }
}

/** PGlite starts from a stored copy of a migrated folder, one for each state of the migrations: making one anew takes seconds. */
async function openPgliteCopy(): Promise<Database> {
  const file = join(CACHE, `pglite-${hashMigrations()}.tar`)
  const parsers = { [pgliteTypes.INT8]: (text: string) => Number(text) }
  const stored = existsSync(file)
  const client = await PGlite.create({ parsers, ...(stored ? { loadDataDir: new Blob([readFileSync(file)]) } : {}) })
  const db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: client }) })
  if (!stored) {
    await migrate(db)
    mkdirSync(CACHE, { recursive: true })
    const part = `${file}.${process.pid}`
    writeFileSync(part, Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()))
    renameSync(part, file)
  }
  return { db, kind: 'pglite', url: undefined, boss: fromPglite(client), [Symbol.asyncDispose]: () => db.destroy() }
}

function hashMigrations(): string {
  const folder = new URL('../src/db/migrations/', import.meta.url)
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(new URL(file, folder)))
  return hash.digest('hex').slice(0, 16)
}
