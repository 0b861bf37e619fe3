// Whenever Postgres looks at the tables (ANALYZE comes when it likes), no statement reads more rows for it than the work has: what the planner believes of
// tables that have changed since must not choose a plan that reads an account's rows for each person.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { runCampaign } from '../src/campaigns/run-campaign.ts'
import type { Db } from '../src/db/database.ts'
import { createMailCache } from '../src/messages/templates.ts'
import { openTestDatabase } from './database.ts'
import { countReads, SKIP_READS } from './reads.ts'
import { START } from './seed.ts'
import { openFakeChannel, runInput, seedCampaign, start } from './seed-campaign.ts'

const PEOPLE = 2000
/** Rows and entries of indexes that are read for one message, from the start of its campaign to the note that it was sent. */
const MOST_READS = 200

const analyze = (db: Db) => sql`analyze`.execute(db)

const MOMENTS = [
  'before everything',
  'before the campaign',
  'recipients are frozen',
  'the first mail',
  'half of the mails',
] as const

for (const moment of MOMENTS)
  test(`a campaign reads as much as it must when statistics are of the moment: ${moment}`, {
    skip: SKIP_READS,
  }, async (t) => {
    await using database = await openTestDatabase()
    const { db } = database
    if (moment === 'before everything') await analyze(db)
    const { result: seeded } = await countReads(database, (seeder) => seedCampaign(seeder, { people: PEOPLE }))
    if (moment === 'before the campaign') await analyze(db)
    const channel = openFakeChannel(async (email) => {
      const sent = channel.mails.length
      if ((moment === 'the first mail' && sent === 1) || (moment === 'half of the mails' && sent === PEOPLE / 2))
        await analyze(db)
      return { status: 'sent', providerId: email.messageId }
    })
    const mails = createMailCache()
    let isFrozen = false
    const input = {
      ...runInput(seeded, channel, () => START),
      mails: async (...about: Parameters<typeof mails>) => {
        if (moment === 'recipients are frozen' && !isFrozen) await analyze(db)
        isFrozen = true
        return await mails(...about)
      },
    }
    const { result, reads } = await countReads(database, async (sender) => {
      await start(sender, seeded)
      return await runCampaign(sender, input)
    })
    assert.equal(result, 'done')
    t.diagnostic(`${Math.round(reads / PEOPLE)} reads a message`)
    assert.ok(reads / PEOPLE < MOST_READS, `${reads / PEOPLE} reads a message`)
  })
