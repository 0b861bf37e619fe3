import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { openProvider, openSendersAt, openShop, seedSender } from '../../test/lost-answers.ts'
import { after } from '../../test/seed.ts'
import { countStates, seedCampaign, start } from '../../test/seed-campaign.ts'
import { describeCampaign } from '../campaigns/campaigns.ts'
import { createLogger } from '../lib/log.ts'
import { openQueues } from './queues.ts'
import { startWorker } from './worker.ts'

test('a worker asks about lost messages by itself, and sends what never arrived', { timeout: 60_000 }, async () => {
  await using database = await openTestDatabase()
  const { db } = database
  await using provider = await openProvider('postmark')
  provider.fateOf = (_to, nth) => (nth === 1 ? 'swallow' : 'answer')
  const seeded = await seedCampaign(db, { people: 3 })
  const { accountId } = seeded
  const shop = await openShop(db, seeded, await seedSender(db, accountId, 'postmark'), provider)
  await start(db, seeded)
  await shop.send(0)
  await sql`update messages set absent_at = ${after(360)}, ask_at = ${after(960)}, asks = 1 where account_id = ${accountId}`.execute(
    db,
  )

  const logger = createLogger('silent')
  await using queues = await openQueues(database, logger)
  const facts = { publicUrl: 'https://shop.example', secret: 's'.repeat(32), leaseMs: 60_000, now: () => after(1000) }
  await using senders = openSendersAt(provider.url)
  const stop = await startWorker({ database, queues, senders, logger, ...facts })
  while ((await countStates(db, accountId)).sent !== 3 || (await describeCampaign(db, seeded)).state !== 'sent')
    await sleep(100)
  await stop()
  assert.deepEqual([provider.asked.length, provider.taken.length], [3, 3])
})
