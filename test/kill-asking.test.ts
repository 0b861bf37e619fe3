// Processes that send by a provider which loses answers, and ask it about them, are killed in the middle of both.
//   KILL_SEED=1234     repeats the random fates of a run        KILL_COUNT=40     kills more often
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { migrate } from '../src/db/migrate.ts'
import { type Installation, makeInstallation } from './installation.ts'
import { openProvider, type Provider, seedSender } from './lost-answers.ts'
import { seedCampaign, start } from './seed-campaign.ts'

const SEED = Number(process.env.KILL_SEED || randomInt(2 ** 31))
const KILLS = Number(process.env.KILL_COUNT || 6)
const PEOPLE = 80
/** How much faster than the test's the clock of the processes runs: ten minutes between two questions are ten seconds. */
const SPEED = 60
const WORKER = fileURLToPath(new URL('lost-worker.ts', import.meta.url))
const isPostgres = Boolean(process.env.TEST_DATABASE_URL)

/** A number from 0 to 1 that belongs to a text. Source: FNV-1a. */
function drawFor(text: string): number {
  let hash = 2166136261 ^ SEED
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  return (hash >>> 0) / 2 ** 32
}

/** What the provider is at work on at this moment. */
type Busy = { sends: number; questions: number }

function makeUnreliable(provider: Provider): Busy {
  const busy: Busy = { sends: 0, questions: 0 }
  provider.fateOf = async (to, nth) => {
    busy.sends += 1
    await sleep(drawFor(`wait ${to} ${nth}`) * 60)
    busy.sends -= 1
    const draw = drawFor(`${to} ${nth}`)
    if (nth > 1 || draw > 0.4) return 'answer' // five attempts are all that a message has, and kills cost some too
    return draw > 0.15 ? 'lose' : 'swallow'
  }
  provider.answerTo = async (about) => {
    busy.questions += 1
    await sleep(30 + drawFor(`${about} ${provider.asked.length}`) * 60)
    busy.questions -= 1
    const isFirst = provider.asked.indexOf(about) === provider.asked.lastIndexOf(about) // later it would wait for hours: kills count as questions
    return isFirst && drawFor(`down ${about}`) < 0.1 ? { status: 503 } : undefined
  }
  return busy
}

function startWorker(installation: Installation, provider: Provider, began: number) {
  const facts = { PROVIDER_URL: provider.url, BEGAN: String(began), SPEED: String(SPEED) }
  const environment = { PATH: process.env.PATH, ...installation.environment, ...facts }
  const child = spawn(process.execPath, [WORKER], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  const gone = once(child, 'exit')
  return {
    output: () => output,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

test('processes that are killed while they send and ask bring everybody one mail, and none stays unknown', {
  timeout: 400_000,
}, async (t) => {
  await using installation = await makeInstallation()
  await using provider = await openProvider('postmark')
  const busy = makeUnreliable(provider)
  let accountId: string
  {
    await using database = await installation.open()
    await migrate(database.db)
    const seeded = await seedCampaign(database.db, { people: PEOPLE })
    accountId = seeded.accountId
    await seedSender(database.db, accountId, 'postmark')
    await start(database.db, seeded)
  }
  const began = Date.now()
  const places = isPostgres ? 2 : 1 // the embedded database serves one process
  const workers = Array.from({ length: places }, () => startWorker(installation, provider, began))
  const hits = { sends: 0, questions: 0 }
  for (let kill = 0; kill < KILLS; kill += 1) {
    const what = kill % 2 === 0 ? 'sends' : 'questions'
    const deadline = Date.now() + 20_000
    while (busy[what] === 0 && Date.now() < deadline) await sleep(1 + drawFor(`kill ${kill}`) * 20)
    const place = kill % places
    if (busy.sends > 0) hits.sends += 1
    if (busy.questions > 0) hits.questions += 1
    await workers[place]?.kill()
    workers[place] = startWorker(installation, provider, began)
  }
  const deadline = Date.now() + 300_000
  while (!workers.some((worker) => worker.output().includes('settled'))) {
    if (Date.now() > deadline)
      throw new Error(`the work does not get on:\n${workers.map((one) => one.output()).join('')}`)
    await sleep(100)
  }
  for (const worker of workers) await worker.kill()
  await using database = await installation.open()
  const { rows } = await sql`
    select address, state, reason, attempt from messages where account_id = ${accountId} and state <> 'sent'`.execute(
    database.db,
  )
  t.diagnostic(`KILL_SEED=${SEED}: ${hits.sends} kills hit sends, ${hits.questions} hit questions`)
  t.diagnostic(`${provider.asked.length} questions about ${new Set(provider.asked).size} messages`)
  assert.deepEqual(rows, [], 'a message is not settled, or never went out')
  assert.equal(new Set(provider.taken.map(({ to }) => to)).size, PEOPLE, 'somebody got nothing')
  assert.equal(provider.taken.length, PEOPLE, 'somebody got two mails')
  assert.ok(hits.sends > 0 && hits.questions > 0, JSON.stringify(hits))
})
