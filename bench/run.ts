// npm run bench -- NAME [--database postgres|pglite] [--quick]
// Prints one JSON line: { name, machine, results, bars: [{ metric, value, bar, met }] }. Nothing fails on time.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Database, openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { createDatabase, startPostgres } from '../test/postgres.ts'
import type { BenchOptions, BenchResult } from './result.ts'

const NOT_A_BENCH = ['run', 'result', 'seed', 'mail-sink']
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !NOT_A_BENCH.includes(name))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { database: { type: 'string', default: 'postgres' }, quick: { type: 'boolean', default: false } },
})
const [name] = positionals
if (!name || !names.includes(name) || !['postgres', 'pglite'].includes(values.database)) {
  console.error(`Usage: npm run bench -- NAME [--database postgres|pglite] [--quick]\nNames: ${names.join(', ')}`)
  process.exit(2)
}

const bench = (await import(`./${name}.ts`)) as { run: (options: BenchOptions) => Promise<BenchResult> }
console.log(JSON.stringify(await withDatabase((database) => bench.run({ database, quick: values.quick }))))
process.exit(0)

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  if (values.database === 'pglite') {
    const folder = mkdtempSync(join(tmpdir(), 'onecode-bench-'))
    try {
      await using database = await openDatabase({ folder })
      await migrate(database.db)
      return await work(database)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  await using server = await startPostgres({ isDurable: true })
  await using database = await openDatabase({ url: await createDatabase(server.url, 'bench'), connections: 60 })
  await migrate(database.db)
  return await work(database)
}
