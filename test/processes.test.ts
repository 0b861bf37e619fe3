import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Campaign } from '../contract/campaigns.ts'
import { makeInstallation, type Shop, seedShop } from './installation.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { openSmtpSink } from './smtp-sink.ts'

const isPostgres = Boolean(process.env.TEST_DATABASE_URL)
const SHARED = { skip: !isPostgres && 'the embedded database serves one process' }
const EMBEDDED = { skip: isPostgres && 'Postgres serves many processes' }

const send = (server: ServerProcess, shop: Shop): Promise<Campaign> =>
  server.call<Campaign>('POST', `/v1/campaigns/${shop.campaignId}/send`, shop.apiKey)

async function waitUntilSent(server: ServerProcess, shop: Shop): Promise<Campaign> {
  for (let i = 0; i < 600; i += 1) {
    const campaign = await server.call<Campaign>('GET', `/v1/campaigns/${shop.campaignId}`, shop.apiKey)
    if (campaign.state === 'sent') return campaign
    await sleep(100)
  }
  throw new Error(`the campaign is not sent:\n${server.output()}`)
}

describe('processes', { timeout: 400_000 }, () => {
  test('SIGTERM in the middle of a campaign finishes the batch at work, and the next start sends the rest', async () => {
    await using installation = await makeInstallation()
    await using sink = await openSmtpSink()
    const environment = { ...installation.environment, SMTP_URL: sink.url }
    const people = 1500
    let shop: Shop
    {
      await using database = await installation.open()
      shop = await seedShop(database.db, { people, codes: people })
    }
    {
      await using server = await startServer(environment)
      await server.ready()
      await send(server, shop)
      while (sink.mails.length < 50) await sleep(5)
      const began = performance.now()
      assert.equal(await server.stop(), 0, server.output())
      assert.ok(performance.now() - began < 10_000, 'it took longer than 10 s to stop')
      assert.ok(sink.mails.length < people, 'the campaign was sent before the signal came')
    }
    {
      await using database = await installation.open()
      const { rows } = await sql<{ sending: number; unknown: number; sent: number }>`
        select count(*) filter (where state = 'sending') as sending, count(*) filter (where state = 'unknown') as unknown,
          count(*) filter (where state = 'sent') as sent from messages`.execute(database.db)
      assert.deepEqual(rows, [{ sending: 0, unknown: 0, sent: sink.mails.length }])
    }
    await using server = await startServer(environment)
    await server.ready()
    const { counts } = await waitUntilSent(server, shop)
    assert.equal(counts.sent, people)
    assert.equal(new Set(sink.mails.map((mail) => mail.to)).size, people)
    assert.equal(sink.mails.length, people)
  })

  test('a second process on one data folder says who has it and stops', EMBEDDED, async () => {
    await using installation = await makeInstallation()
    await using first = await startServer(installation.environment)
    await first.ready()
    await using second = await startServer(installation.environment)
    assert.equal(await second.ended(), 1)
    assert.match(
      second.output(),
      /already open in process \d+.*stop the other one, choose another DATA_DIR, or use Postgres/s,
    )
    assert.doesNotMatch(second.output(), /\n +at /, 'a stack is no message')
    assert.equal((await fetch(`${first.url}/ready`)).status, 200)
  })

  test('two servers that start together on an empty database both become ready', SHARED, async () => {
    await using installation = await makeInstallation()
    await using first = await startServer(installation.environment)
    await using second = await startServer(installation.environment)
    await Promise.all([first.ready(), second.ready()])
    await using database = await installation.open()
    const { rows } = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(database.db)
    assert.ok(rows.length > 0)
    assert.equal(new Set(rows.map((row) => row.name)).size, rows.length)
  })

  test('three servers share one campaign: everybody gets one mail with a code of their own', SHARED, async () => {
    await using installation = await makeInstallation()
    await using sink = await openSmtpSink()
    const people = 1000
    let shop: Shop
    {
      await using database = await installation.open()
      shop = await seedShop(database.db, { people, codes: people })
    }
    const environment = { ...installation.environment, SMTP_URL: sink.url, MESSAGE_LEASE_SECONDS: '60' }
    await using first = await startServer(environment)
    await using second = await startServer(environment)
    await using third = await startServer(environment)
    await Promise.all([first, second, third].map((server) => server.ready()))
    await send(second, shop)
    const { counts } = await waitUntilSent(first, shop)
    assert.deepEqual([counts.sent, counts.unknown, sink.mails.length], [people, 0, people])
    assert.equal(new Set(sink.mails.map((mail) => mail.to)).size, people)
    assert.equal(new Set(sink.mails.map((mail) => mail.raw.match(/code=(.+?)=/)?.[1])).size, people)
  })
})
