import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { migrate, statementsOf } from './migrate.ts'
import { dumpSchema } from './schema-dump.ts'

/** Tables that belong to people who log in or to the installation, not to one account. */
const SHARED = [
  'accounts',
  'auth_credentials',
  'auth_sessions',
  'auth_users',
  'auth_verifications',
  'schema_migrations',
  'schema_migrations_lock',
]

test('schema.sql is the schema that the migrations make', async () => {
  await using database = await openTestDatabase()
  const file = new URL('./schema.sql', import.meta.url)
  const dumped = await dumpSchema(database.db)
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(file, dumped)
  assert.equal(dumped, readFileSync(file, 'utf8'), 'Run the test with UPDATE_SCHEMA=1 and review the difference')
})

test("every key of an account's table begins with account_id", async () => {
  await using database = await openTestDatabase()
  const { rows } = await sql<{ tableName: string; keyName: string; firstColumn: string }>`
    select c.relname as "tableName", i.relname as "keyName", a.attname as "firstColumn"
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
    where n.nspname = 'public' and (x.indisunique or x.indisprimary)
    union all
    select c.relname, k.conname, a.attname
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    where n.nspname = 'public' and k.contype = 'f' and k.confrelid not in ('auth_users'::regclass)`.execute(database.db)
  const keys = rows.filter((row) => !SHARED.includes(row.tableName))
  assert.ok(keys.length > 60, `looked at ${keys.length} keys`)
  assert.deepEqual(
    keys.filter((key) => key.firstColumn !== 'account_id'),
    [],
  )
})

test("every table is an account's table or named as shared", async () => {
  await using database = await openTestDatabase()
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r'
      and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id' and a.attnotnull)
    order by 1`.execute(database.db)
  assert.deepEqual(
    rows.map((row) => row.name),
    SHARED,
  )
})

test('terms versions and ledger rows cannot be changed', async () => {
  await using database = await openTestDatabase()
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and t.tgname like '%never_change%' order by 1`.execute(database.db)
  assert.deepEqual(
    rows.map((row) => row.name),
    ['redemption_ledger', 'template_versions', 'terms_versions'],
  )
})

test('migrating a migrated database does nothing', async () => {
  await using database = await openTestDatabase()
  assert.deepEqual(await migrate(database.db), [])
})

test('a migration file is split at empty lines and pure comments are passed over', () => {
  assert.deepEqual(statementsOf('-- why\n\ncreate table a (\n  id int\n);\n\n-- note\ncreate index i on a (id);\n'), [
    'create table a (\n  id int\n);',
    '-- note\ncreate index i on a (id);',
  ])
})
