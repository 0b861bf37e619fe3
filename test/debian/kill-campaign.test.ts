// Two servers send one campaign into Postfix's smtp-sink; one of them is killed at a random moment and started again, and again.
//   KILL_SEED=1234     repeats the random moments of a run        KILL_COUNT=30     kills        KILL_PEOPLE=20000     recipients
// Needs a Postgres in TEST_DATABASE_URL: two servers cannot share the embedded database.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Campaign } from '../../contract/campaigns.ts'
import type { Db } from '../../src/db/database.ts'
import { makeInstallation, type Shop, seedShop } from '../installation.ts'
import { makeRandom } from '../random.ts'
import { type ServerProcess, startServer } from '../server-process.ts'
import { openDebianSink } from './open-sink.ts'
import { missing, SMTP_SINK } from './tools.ts'

const SEED = Number(process.env.KILL_SEED || randomInt(2 ** 31))
const KILLS = Number(process.env.KILL_COUNT || 2)
const PEOPLE = Number(process.env.KILL_PEOPLE || 2000)
/** Most messages that one kill can leave without an answer: what a process claims, in all lanes. */
const CLAIM = 60

const skip =
  missing(SMTP_SINK, 'postfix') ||
  (process.env.TEST_DATABASE_URL ? false : 'SKIPPED: TEST_DATABASE_URL names no Postgres')

type Row = { address: string; state: string; code: string }

async function readMessages(db: Db, { accountId }: Shop): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select m.address, m.state, k.code from messages m
    join message_codes mc on mc.account_id = m.account_id and mc.message_id = m.id
    join codes k on k.account_id = mc.account_id and k.id = mc.code_id
    join assignments a on a.account_id = mc.account_id and a.code_id = mc.code_id and a.profile_id = m.profile_id
    where m.account_id = ${accountId}`.execute(db)
  return rows
}

async function countOf(db: Db, { accountId }: Shop): Promise<{ ended: number; rows: number; codes: number }> {
  const { rows } = await sql<{ ended: number; rows: number; codes: number }>`
    select count(*) filter (where state in ('sent', 'unknown')) as ended, count(*) as rows,
      (select count(*) from assignments where account_id = ${accountId}) as codes
    from messages where account_id = ${accountId}`.execute(db)
  return rows[0] as { ended: number; rows: number; codes: number }
}

test('two servers and many kills: each person has one message and one code, and the mail server got none twice', {
  skip,
  timeout: 300_000 + KILLS * 60_000,
}, async (t) => {
  const random = makeRandom(SEED)
  await using installation = await makeInstallation()
  await using sink = await openDebianSink()
  await using database = await installation.open()
  const { db } = database
  const shop = await seedShop(db, { people: PEOPLE, codes: PEOPLE })
  const environment = { ...installation.environment, SMTP_URL: sink.url }
  const servers: ServerProcess[] = [await startServer(environment), await startServer(environment)]
  let landed = 0
  try {
    await Promise.all(servers.map((server) => server.ready()))
    await servers[0]?.call('POST', `/v1/campaigns/${shop.campaignId}/send`, shop.apiKey)
    for (let kill = 0; kill < KILLS; kill += 1) {
      const share = ((kill + random()) / (KILLS + 1)) * PEOPLE
      const deadline = Date.now() + 120_000
      while ((await countOf(db, shop)).ended < share && Date.now() < deadline) await sleep(20)
      await sleep(random() * 60)
      const victim = random() < 0.5 ? 0 : 1
      await servers[victim]?.kill()
      if ((await countOf(db, shop)).ended < PEOPLE) landed += 1
      servers[victim] = await startServer(environment)
    }
    const [first] = servers as [ServerProcess]
    await first.ready()
    const deadline = Date.now() + 180_000
    const isSent = async (): Promise<boolean> =>
      (await first.call<Campaign>('GET', `/v1/campaigns/${shop.campaignId}`, shop.apiKey)).state === 'sent'
    while (!(await isSent())) {
      assert.ok(Date.now() < deadline, `the campaign does not get on:\n${first.output()}`)
      await sleep(200)
    }
  } finally {
    await Promise.all(servers.map((server) => server.kill()))
  }
  const messages = await readMessages(db, shop)
  assert.deepEqual(await countOf(db, shop), { ended: PEOPLE, rows: PEOPLE, codes: PEOPLE })
  assert.equal(messages.length, PEOPLE)
  assert.equal(new Set(messages.map(({ address }) => address)).size, PEOPLE)
  assert.equal(new Set(messages.map(({ code }) => code)).size, PEOPLE)
  const arrived = sink.mails().map((mail) => ({
    to: mail.match(/^To: (.+?)\s*$/m)?.[1] ?? 'nobody',
    code: mail.match(/^code=3D([A-Z0-9-]+)=3Dcode/m)?.[1] ?? 'none',
  }))
  const received = new Map(arrived.map(({ to, code }) => [to, code]))
  const unknown = messages.filter(({ state }) => state === 'unknown')
  const taken = unknown.filter(({ address }) => received.has(address)).length
  t.diagnostic(`KILL_SEED=${SEED}: ${landed} of ${KILLS} kills hit the campaign under way`)
  t.diagnostic(`${PEOPLE - unknown.length} sent, ${unknown.length} unknown, of which ${taken} had arrived`)
  assert.equal(received.size, arrived.length, 'somebody got two mails')
  assert.equal(
    received.size,
    PEOPLE - unknown.length + taken,
    'a sent mail did not arrive, or one that nobody sent did',
  )
  for (const { address, state, code } of messages)
    if (state === 'sent' || received.has(address)) assert.equal(received.get(address), code, address)
  assert.ok(unknown.length <= landed * CLAIM, `${unknown.length} messages are unknown after ${landed} kills`)
  assert.ok(landed * 2 >= KILLS, `only ${landed} of ${KILLS} kills hit the campaign under way`)
})
