// The whole proof: check, then the tests on Postgres and on PGlite, then the browser tests.
//   node scripts/test.ts [check|unit|e2e]      all three without a word
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { TEMPLATE_DATABASE } from '../test/database.ts'
import { createDatabase, startPostgres } from '../test/postgres.ts'

/** These touch no database and run once. */
const PURE_FILES = globSync(['src/templates/**/*.test.ts', 'emulator/**/*.test.ts', 'dashboard/src/**/*.test.ts'])
/** These run once on each database. */
const DATABASE_FILES = globSync(['{src,contract,bench,examples}/**/*.test.ts', 'test/*.test.ts'], {
  exclude: ['src/templates/**'],
})
/** Longest time of one file, in ms. The kill tests take minutes on a busy machine. */
const TIMEOUT = '--test-timeout=600000'
const BROWSER_TESTS = 'test/e2e/*.e2e.ts'
const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

function run(title: string, args: string[], environment: Record<string, string> = {}): void {
  console.log(`\n── ${title}`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
  if (status !== 0) {
    console.error(`${title}: failed`)
    process.exit(status ?? 1)
  }
}

async function runUnitTests(): Promise<void> {
  await using server = await startPostgres()
  const url = await createDatabase(server.url, TEMPLATE_DATABASE)
  {
    await using database = await openDatabase({ url })
    await migrate(database.db)
  }
  run('tests that need no database', ['--test', TIMEOUT, ...PURE_FILES])
  run('database tests on Postgres', ['--test', TIMEOUT, ...DATABASE_FILES], { TEST_DATABASE_URL: server.url })
  run('the same on PGlite', ['--test', TIMEOUT, ...DATABASE_FILES], { TEST_DATABASE_URL: '' })
}

function runBrowserTests(): void {
  const chromium = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path))
  if (!chromium) {
    console.log('\n── browser tests: SKIPPED, no Chromium was found. Install one or set CHROMIUM to its path.')
    if (process.env.REQUIRE_BROWSER === '1') process.exit(1)
    return
  }
  run('build of the dashboard', ['scripts/build.ts'])
  run('browser tests', ['--test', TIMEOUT, BROWSER_TESTS], { CHROMIUM: chromium })
}

const part = process.argv[2]
if (!part || part === 'check') run('check', ['scripts/check.ts'])
if (!part || part === 'unit') await runUnitTests()
if (!part || part === 'e2e') runBrowserTests()
