// The server is killed at random moments in the middle of its work and started again, 20 times in all, on PGlite 12 times.
//   KILL_SEED=1234     repeats the random moments of a run        KILL_COUNT=100     kills more often
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Campaign, CampaignReview } from '../contract/campaigns.ts'
import { addCodes } from '../src/codes/generate.ts'
import { type Db, openDatabase } from '../src/db/database.ts'
import { type Installation, makeInstallation, type Shop, seedShop } from './installation.ts'
import { makeRandom } from './random.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { openSmtpSink } from './smtp-sink.ts'

const SEED = Number(process.env.KILL_SEED || randomInt(2 ** 31))
const KILLS = Number(process.env.KILL_COUNT || 20)
/** Kills of one piece of work; five pieces go on side by side, for on Postgres a new process waits for the old one's lease. */
const KILLS_EACH = Math.ceil(KILLS / 5)
const PEOPLE = 2000
/** Codes of the job that is killed, on top of those that the campaigns need. */
const WANTED = 100_000
/** Most messages that one kill can leave without an answer: a claim. */
const CLAIM = 200
const FINISHED_WITHIN_MS = 120_000

type Work = {
  title: string
  kills: number
  random: () => number
  environment: Record<string, string>
  /** How much is done, as seen from outside; grows up to about `total`, by steps that may be large. */
  progress: () => number | Promise<number>
  total: number
  /** Absent: the work was written down already, and a worker finds it before the server is ready. */
  begin?: (server: ServerProcess) => Promise<unknown>
  isDone: (server: ServerProcess) => Promise<boolean>
  /** Looks at what a kill left behind; true when the work was not finished. */
  isUnfinished: () => Promise<boolean>
}

/**
 * Kills and restarts, then lets the work finish. Every fourth kill hits a server that is just starting; the others come when a
 * random share of the work is done, and a blink later. Fails when fewer than half of the kills hit work under way.
 */
async function finishThroughKills(work: Work): Promise<void> {
  let landed = 0
  for (let kill = 0; kill < work.kills; kill += 1) {
    await using server = await startServer(work.environment)
    const isAtStart = kill % 4 === 3
    if (isAtStart) {
      await sleep(work.random() * 1500)
    } else {
      if (kill === 0 && work.begin) {
        await server.ready()
        await work.begin(server)
      }
      await waitForShare(work, server, (kill + work.random()) / (work.kills + 1))
      await sleep(work.random() * 60)
    }
    await server.kill()
    if ((await work.isUnfinished()) && !isAtStart) landed += 1
  }
  await using server = await startServer(work.environment)
  await server.ready()
  const deadline = Date.now() + FINISHED_WITHIN_MS
  while (!(await work.isDone(server))) {
    if (Date.now() > deadline) throw new Error(`the work does not get on:\n${server.output()}`)
    await sleep(100)
  }
  assert.equal(await server.stop(), 0, server.output())
  console.log(`${work.title}: ${landed} of ${work.kills} kills hit work under way`)
  assert.ok(landed * 2 >= work.kills, `only ${landed} of ${work.kills} kills hit work under way`)
}

/** Returns once this server did some of the work and `share` of it is done in all, or when all of it is. */
async function waitForShare(work: Work, server: ServerProcess, share: number): Promise<void> {
  let isDone = false
  let isOver = false
  const watch = async (): Promise<void> => {
    await server.ready()
    while (!isDone && !isOver) {
      isDone = await work.isDone(server)
      await sleep(300)
    }
  }
  const watching = watch().catch(() => {}) // it asks a server that is about to be killed
  const before = await work.progress()
  for (let now = before; !isDone && (now === before || now < share * work.total); now = await work.progress()) {
    await sleep(5)
  }
  isOver = true
  void watching
}

let base: Installation
let shop: Shop
before(async () => {
  console.log(`KILL_SEED=${SEED} KILL_COUNT=${KILLS}`)
  base = await makeInstallation()
  await using database = await base.open()
  shop = await seedShop(database.db, { people: PEOPLE, codes: PEOPLE })
})
after(() => base[Symbol.asyncDispose]())

const send = (server: ServerProcess) => server.call('POST', `/v1/campaigns/${shop.campaignId}/send`, shop.apiKey)
const campaign = (server: ServerProcess) =>
  server.call<Campaign>('GET', `/v1/campaigns/${shop.campaignId}`, shop.apiKey)
const isSent = async (server: ServerProcess) => (await campaign(server)).state === 'sent'

async function selectOne<Row>(db: Db, query: ReturnType<typeof sql<Row>>): Promise<Row> {
  const { rows } = await query.execute(db)
  return rows[0] as Row
}

/** The code that each person's message holds, by address; and that no draw went astray. */
async function readCodes(db: Db): Promise<Map<string, { code: string; state: string }>> {
  const { rows } = await sql<{ address: string; code: string; state: string }>`
    select m.address, k.code, m.state from messages m
    join message_codes mc on mc.account_id = m.account_id and mc.message_id = m.id
    join codes k on k.account_id = mc.account_id and k.id = mc.code_id
    join assignments a on a.account_id = mc.account_id and a.code_id = mc.code_id and a.profile_id = m.profile_id
    where m.account_id = ${shop.accountId}`.execute(db)
  const drawn = await selectOne<{
    assignments: number
    people: number
    events: number
    messages: number
    head: number
  }>(
    db,
    sql`select count(*) as assignments, count(distinct profile_id) as people,
        (select count(*) from events where account_id = ${shop.accountId} and metric = 'code_assigned') as events,
        (select count(*) from messages where account_id = ${shop.accountId}) as messages,
        (select sum(head)::bigint from pool_heads where account_id = ${shop.accountId}) as head
      from assignments where account_id = ${shop.accountId}`,
  )
  assert.deepEqual(drawn, { assignments: PEOPLE, people: PEOPLE, events: PEOPLE, messages: PEOPLE, head: PEOPLE })
  assert.equal(rows.length, PEOPLE)
  assert.equal(new Set(rows.map((row) => row.code)).size, PEOPLE)
  return new Map(rows.map(({ address, ...row }) => [address, row]))
}

const codeIn = (mail: string): string => mail.match(/^code=3D([A-Z0-9-]+)=3Dcode/m)?.[1] ?? 'none'

async function sumOfCounts(db: Db, metric: string): Promise<number> {
  const query = sql<{ count: number }>`
    select count(*) as count from events where account_id = ${shop.accountId} and metric = ${metric}`
  return (await selectOne(db, query)).count
}

/** Bytes on disk of a code with its indexes, about. */
const BYTES_PER_CODE = 400

/** About how many codes were made, without asking the server: the embedded database answers nobody else. */
async function measureGrowth(installation: Installation): Promise<() => number | Promise<number>> {
  if (installation.environment.DATABASE_URL) {
    const count = sql<{ made: number }>`select sum(tail)::bigint - ${PEOPLE} as made from pools`
    return async () => (await readAside(installation, (db) => selectOne(db, count))).made
  }
  const folder = join(installation.dataDir, 'pglite', 'base')
  const measure = (): number => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return files.reduce((sum, file) => sum + sizeOf(join(file.parentPath, file.name)), 0)
  }
  const before = measure()
  return () => Math.floor((measure() - before) / BYTES_PER_CODE)
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** Reads the database without touching what a kill left: on PGlite a copy of the folder. */
async function readAside<Result>(installation: Installation, read: (db: Db) => Promise<Result>): Promise<Result> {
  if (installation.environment.DATABASE_URL) {
    await using database = await installation.open()
    return await read(database.db)
  }
  const folder = mkdtempSync(join(tmpdir(), 'onecode-aside-'))
  try {
    cpSync(installation.dataDir, folder, { recursive: true })
    await using database = await openDatabase({ folder })
    return await read(database.db)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The embedded database is busy, not waiting: more than two at once make the moments of the kills late, and one round of each takes as long. */
const isPostgres = Boolean(process.env.TEST_DATABASE_URL)
const concurrency = isPostgres ? 5 : 2
const ROUNDS = isPostgres ? [1, 2] : [1]

describe('a server that is killed again and again', { concurrency, timeout: 500_000 }, () => {
  for (const round of ROUNDS) {
    test(`makes exactly the codes that were asked for, in a line without a hole (${round})`, async () => {
      await using installation = await makeInstallation(base)
      const { accountId, couponId } = shop
      {
        await using database = await installation.open()
        await addCodes(database.db, { accountId, coupon: couponId, count: WANTED, now: new Date() })
      }
      const countMade = async (handle: Db): Promise<{ codes: number; done: number }> =>
        await selectOne(
          handle,
          sql`select count(*) - ${PEOPLE} as codes, (select done from code_jobs where wanted = ${WANTED}) as done
          from codes where account_id = ${accountId}`,
        )
      await finishThroughKills({
        title: `add codes (${round})`,
        kills: KILLS_EACH,
        random: makeRandom(SEED + round),
        environment: installation.environment,
        progress: await measureGrowth(installation),
        total: WANTED,
        isDone: async (server) => {
          const path = `/v1/campaigns/${shop.campaignId}/review`
          const review = await server.call<CampaignReview>('GET', path, shop.apiKey)
          return review.coupons[0]?.available === PEOPLE + WANTED
        },
        isUnfinished: async () => {
          const { codes, done } = await readAside(installation, countMade)
          assert.equal(codes, done, 'the job does not count its codes')
          return done < WANTED
        },
      })
      await using database = await installation.open()
      const line = await selectOne(
        database.db,
        sql`select count(*) as count, min(position) as first, max(position) as last, count(distinct position) as places,
        count(distinct upper(code)) as codes, (select sum(tail)::bigint from pools where account_id = ${accountId}) as tail
        from codes where account_id = ${accountId}`,
      )
      const all = PEOPLE + WANTED
      assert.deepEqual(line, { count: all, first: 1, last: all, places: all, codes: all, tail: all })
      const job = sql`select state, done from code_jobs where account_id = ${accountId} and wanted = ${WANTED}`
      assert.deepEqual(await selectOne(database.db, job), { state: 'done', done: WANTED })
    })

    test(`writes one mail with one code for each person to the outbox (${round})`, async () => {
      await using installation = await makeInstallation(base)
      const folder = join(installation.dataDir, 'outbox', shop.accountId, shop.campaignId)
      const listMails = (): string[] => {
        try {
          return readdirSync(folder).filter((file) => file.endsWith('.eml'))
        } catch {
          return [] // no mail yet
        }
      }
      await finishThroughKills({
        title: `outbox (${round})`,
        kills: KILLS_EACH,
        random: makeRandom(SEED + 2 + round),
        environment: installation.environment,
        progress: () => listMails().length,
        total: PEOPLE,
        begin: send,
        isDone: isSent,
        isUnfinished: async () => listMails().length < PEOPLE,
      })
      await using database = await installation.open()
      const codes = await readCodes(database.db)
      assert.ok([...codes.values()].every((message) => message.state === 'sent'))
      assert.equal(await sumOfCounts(database.db, 'message_sent'), PEOPLE)
      const mails = listMails().map((file) => readFileSync(join(folder, file), 'utf8'))
      const shown = new Map(mails.map((mail) => [mail.match(/^To: (.+)$/m)?.[1] ?? '', codeIn(mail)]))
      assert.equal(mails.length, PEOPLE)
      assert.deepEqual(shown, new Map([...codes].map(([address, { code }]) => [address, code])))
      assert.deepEqual(readdirSync(folder).length, PEOPLE, 'half-written files were left behind')
    })
  }

  test('hands no mail to a mail server twice; a mail whose answer was lost is unknown', async () => {
    await using installation = await makeInstallation(base)
    await using sink = await openSmtpSink()
    await finishThroughKills({
      title: 'SMTP',
      kills: KILLS_EACH,
      random: makeRandom(SEED),
      environment: { ...installation.environment, SMTP_URL: sink.url },
      progress: () => sink.mails.length,
      total: PEOPLE - KILLS_EACH * CLAIM,
      begin: send,
      isDone: isSent,
      isUnfinished: async () => sink.mails.length < PEOPLE - KILLS_EACH * CLAIM,
    })
    await using database = await installation.open()
    const codes = await readCodes(database.db)
    const states = Object.groupBy(codes.keys(), (address) => codes.get(address)?.state ?? 'none')
    const [sent, unknown] = [new Set(states.sent), new Set(states.unknown)]
    assert.equal(sent.size + unknown.size, PEOPLE)
    assert.ok(unknown.size > 0 && unknown.size <= KILLS_EACH * CLAIM, `${unknown.size} messages are unknown`)
    assert.equal(await sumOfCounts(database.db, 'message_sent'), sent.size)
    const received = new Map(sink.mails.map((mail) => [mail.to, codeIn(mail.raw)]))
    assert.equal(received.size, sink.mails.length, 'somebody got two mails')
    assert.deepEqual(
      [...sent].filter((address) => !received.has(address)),
      [],
      'a sent mail did not arrive',
    )
    const unexplained = [...received.keys()].filter((address) => !sent.has(address) && !unknown.has(address))
    assert.deepEqual(unexplained, [], 'a mail arrived that nobody sent')
    for (const [address, code] of received) assert.equal(code, codes.get(address)?.code)
    const taken = [...unknown].filter((address) => received.has(address)).length
    console.log(`SMTP: ${sent.size} sent, ${unknown.size} unknown of which ${taken} arrived`)
  })
})
