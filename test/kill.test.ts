// The server is killed at random moments in the middle of its work and started again, 20 times in all.
//   KILL_SEED=1234     repeats the random moments of a run        KILL_COUNT=100     kills more often
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Campaign, CampaignReview } from '../contract/messages.ts'
import { addCodes } from '../src/codes/generate.ts'
import type { Db } from '../src/db/database.ts'
import { type Installation, makeInstallation, type Shop, seedShop } from './installation.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { openSmtpSink } from './smtp-sink.ts'

const SEED = Number(process.env.KILL_SEED || randomInt(2 ** 31))
const KILLS = Number(process.env.KILL_COUNT || 20)
const PEOPLE = 3000
/** Codes of the job that is killed, on top of those that the campaigns need. */
const WANTED = 200_000
/** Most messages that one kill can leave without an answer: a claim. */
const CLAIM = 200
const FINISHED_WITHIN_MS = 120_000

/** Numbers from 0 to 1, the same for the same seed. Source: Marsaglia's xorshift32. */
function makeRandom(seed: number): () => number {
  let state = seed % 2 ** 32 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

type Work = {
  title: string
  kills: number
  random: () => number
  environment: Record<string, string>
  /** How much is done, as seen from outside; grows up to `total` by steps that may be large. */
  progress: (server: ServerProcess) => number | Promise<number>
  total: number
  begin: (server: ServerProcess) => Promise<unknown>
  isDone: (server: ServerProcess) => Promise<boolean>
}

/**
 * Kills and restarts, then lets the work finish. Every fourth kill hits a server that is just starting; the others come when a
 * random share of the work is done, and a blink later. Fails when fewer than half of the kills hit work under way.
 */
async function finishThroughKills(work: Work): Promise<void> {
  let landed = 0
  for (let kill = 0; kill < work.kills; kill += 1) {
    await using server = await startServer(work.environment)
    if (kill % 4 === 3) {
      await sleep(work.random() * 1500)
    } else {
      await server.ready()
      if (kill === 0) await work.begin(server)
      const before = await work.progress(server)
      const share = (kill + work.random()) / (work.kills + 1)
      await waitUntil(async () => {
        const done = await work.progress(server)
        return (done > before && done >= share * work.total) || (await work.isDone(server))
      }, server)
      await sleep(work.random() * 60)
      if ((await work.progress(server)) < work.total) landed += 1
    }
    await server.kill()
  }
  await using server = await startServer(work.environment)
  await server.ready()
  await waitUntil(() => work.isDone(server), server)
  assert.equal(await server.stop(), 0, server.output())
  console.log(`${work.title}: ${landed} of ${work.kills} kills hit work under way (KILL_SEED=${SEED})`)
  assert.ok(landed * 2 >= work.kills, `only ${landed} of ${work.kills} kills hit work under way`)
}

async function waitUntil(isTrue: () => Promise<boolean>, server: ServerProcess): Promise<void> {
  const deadline = Date.now() + FINISHED_WITHIN_MS
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`the work does not get on:\n${server.output()}`)
    await sleep(15)
  }
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

const codeIn = (mail: string): string => mail.match(/^code=([A-Z0-9-]+)=(?:3D)?code/m)?.[1] ?? 'none'

async function sumOfCounts(db: Db, metric: string): Promise<number> {
  const query = sql<{ count: number }>`
    select count(*) as count from events where account_id = ${shop.accountId} and metric = ${metric}`
  return (await selectOne(db, query)).count
}

describe('a server that is killed again and again', { concurrency: true, timeout: 280_000 }, () => {
  test('makes exactly the codes that were asked for, in a line without a hole', async () => {
    await using installation = await makeInstallation(base)
    const { accountId, couponId } = shop
    {
      await using database = await installation.open()
      await addCodes(database.db, { accountId, coupon: couponId, count: WANTED, now: new Date() })
    }
    const progress = async (server: ServerProcess): Promise<number> => {
      const path = `/v1/campaigns/${shop.campaignId}/review`
      const review = await server.call<CampaignReview>('GET', path, shop.apiKey)
      return (review.coupons[0]?.available ?? 0) - PEOPLE
    }
    await finishThroughKills({
      title: 'add codes',
      kills: Math.ceil(KILLS * 0.4),
      random: makeRandom(SEED),
      environment: installation.environment,
      progress,
      total: WANTED,
      begin: async () => {},
      isDone: async (server) => (await progress(server)) >= WANTED,
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

  test('writes one mail with one code for each person to the outbox', async () => {
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
      title: 'outbox',
      kills: Math.ceil(KILLS * 0.4),
      random: makeRandom(SEED + 1),
      environment: installation.environment,
      progress: () => listMails().length,
      total: PEOPLE,
      begin: send,
      isDone: isSent,
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

  test('hands no mail to a mail server twice; a mail whose answer was lost is unknown', async () => {
    await using installation = await makeInstallation(base)
    await using sink = await openSmtpSink()
    const kills = Math.max(1, Math.floor(KILLS * 0.2))
    await finishThroughKills({
      title: 'SMTP',
      kills,
      random: makeRandom(SEED + 2),
      environment: { ...installation.environment, SMTP_URL: sink.url },
      progress: () => sink.mails.length,
      total: PEOPLE - kills * CLAIM,
      begin: send,
      isDone: isSent,
    })
    await using database = await installation.open()
    const codes = await readCodes(database.db)
    const states = Object.groupBy(codes.keys(), (address) => codes.get(address)?.state ?? 'none')
    const [sent, unknown] = [new Set(states.sent), new Set(states.unknown)]
    assert.equal(sent.size + unknown.size, PEOPLE)
    assert.ok(unknown.size > 0 && unknown.size <= kills * CLAIM, `${unknown.size} messages are unknown`)
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
