import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { after } from '../../../test/seed.ts'
import { openFakeChannel, runInput, type SeededCampaign, seedCampaign, start } from '../../../test/seed-campaign.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { Database, Db } from '../../db/database.ts'
import { inTransaction } from '../../db/transaction.ts'
import { countHits } from './count-hits.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

/** A campaign that went out. */
async function seedSent(people: number): Promise<SeededCampaign & { messageIds: string[] }> {
  const seeded = await seedCampaign(db, { people })
  await start(db, seeded)
  await runCampaign(db, runInput(seeded, openFakeChannel()))
  const { rows } = await sql<{ id: string }>`
    select id from messages where account_id = ${seeded.accountId} order by id`.execute(db)
  return { ...seeded, messageIds: rows.map((row) => row.id) }
}

/** Notes a call of the nth of ten links of a message. */
async function call(seeded: SeededCampaign, messageId: string, link: number, second: number): Promise<void> {
  await sql`
    insert into message_hits (account_id, message_id, link, links, hits, first_at)
    values (${seeded.accountId}, ${messageId}, ${link}, 10, 1, ${after(second)})`.execute(db)
}

async function readMessage(id: string): Promise<unknown> {
  const { rows } = await sql`
    select m.clicks, m.clicked_at as "clickedAt", (select json_agg(e.at) from events e
        where e.account_id = m.account_id and e.message_id = m.id and e.metric = 'message_clicked') as told
    from messages m where m.id = ${id}`.execute(db)
  return rows[0]
}

test('of two workers that count clicks of one message at once each counts its own, and the first click stays the first', async () => {
  const seeded = await seedSent(1)
  const [id = ''] = seeded.messageIds
  await call(seeded, id, 1, 100)
  let second: Promise<unknown> = Promise.resolve()
  await inTransaction(db, async (trx) => {
    await countHits(trx, after(200))
    second = call(seeded, id, 2, 150).then(() => countHits(db, after(200)))
    await sleep(300)
  })
  await second
  const told = { clicks: 2, clickedAt: after(100), told: [after(100).toISOString().replace('.000Z', '+00:00')] }
  assert.deepEqual(await readMessage(id), told)
})

test('a worker that counts holds up no other one', async (t) => {
  if (database.kind === 'pglite') return t.skip('the embedded database takes one after the other')
  const seeded = await seedSent(2)
  const [first = '', other = ''] = seeded.messageIds
  for (const id of [first, other]) await call(seeded, id, 1, 100)
  await inTransaction(db, async (trx) => {
    await sql`select 1 from message_hits where message_id = ${first} for update`.execute(trx)
    const counted = countHits(db, after(200)).then(() => 'counted')
    assert.equal(await Promise.race([counted, sleep(3000, 'waits')]), 'counted')
    assert.deepEqual(((await readMessage(other)) as { clicks: number }).clicks, 1)
    assert.deepEqual(((await readMessage(first)) as { clicks: number }).clicks, 0)
  })
  await countHits(db, after(200))
  assert.deepEqual(((await readMessage(first)) as { clicks: number }).clicks, 1)
})

test('calls are judged together: one that is younger than 15 seconds waits', async () => {
  const seeded = await seedSent(1)
  const [id = ''] = seeded.messageIds
  await call(seeded, id, 1, 186)
  await countHits(db, after(200))
  assert.deepEqual(((await readMessage(id)) as { clicks: number }).clicks, 0)
  await countHits(db, after(201))
  assert.deepEqual(((await readMessage(id)) as { clicks: number }).clicks, 1)
})
