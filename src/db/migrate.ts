import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Db } from './database.ts'

const FOLDER = new URL('./migrations/', import.meta.url)

/**
 * Brings the database to the newest schema, forward only. Safe when several processes start together: Kysely's migrator
 * takes a lock that the others wait for. Returns the names of the migrations that it ran.
 */
export async function migrate(db: Db): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => readMigrations() },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw new Error('The database could not be migrated; nothing was changed.', { cause: error })
  return (results ?? []).map((result) => result.migrationName)
}

function readMigrations(): Record<string, Migration> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql'))
  return Object.fromEntries(files.map((file) => [file.slice(0, -4), migrationOf(file)]))
}

function migrationOf(file: string): Migration {
  return {
    up: async (db) => {
      for (const statement of statementsOf(readFileSync(new URL(file, FOLDER), 'utf8'))) {
        await sql.raw(statement).execute(db)
      }
    },
  }
}

/** Statements of a migration file: separated by an empty line; a piece that is only comment is none. */
export function statementsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.split('\n').some((line) => line.trim() !== '' && !line.trimStart().startsWith('--')))
}
