// The whole proof: check, then the tests on Postgres and on PGlite, then the browser tests.
//   node scripts/test.ts [check|unit|e2e]      all three without a word
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { TEMPLATE_DATABASE } from '../test/database.ts'
import { createDatabase, startPostgres } from '../test/postgres.ts'

const FILES = [
  'src/**/*.test.ts',
  'contract/**/*.test.ts',
  'test/*.test.ts',
  'emulator/**/*.test.ts',
  'bench/**/*.test.ts',
  'examples/**/*.test.ts',
]
/** Files that touch no database run once; the others once on each. */
const PURE = ['src/templates/**/*.test.ts', 'emulator/**/*.test.ts']
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
  run('unit and database tests on Postgres', ['--test', '--test-timeout=300000', ...FILES], {
    TEST_DATABASE_URL: server.url,
  })
  run(
    'the same on PGlite',
    ['--test', '--test-timeout=300000', ...FILES.filter((file) => !file.startsWith('emulator'))],
    { TEST_DATABASE_URL: '', TEST_SKIP_PURE: PURE.join() },
  )
}

function runBrowserTests(): void {
  const chromium = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path))
  if (!chromium) {
    console.log('\n── browser tests: SKIPPED, no Chromium was found. Install one or set CHROMIUM to its path.')
    if (process.env.REQUIRE_BROWSER === '1') process.exit(1)
    return
  }
  run('build of the dashboard', ['scripts/build.ts'])
  run('browser tests', ['--test', '--test-timeout=300000', BROWSER_TESTS], { CHROMIUM: chromium })
}

const part = process.argv[2]
if (!part || part === 'check') run('check', ['scripts/check.ts'])
if (!part || part === 'unit') await runUnitTests()
if (!part || part === 'e2e') runBrowserTests()
