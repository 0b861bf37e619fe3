import assert from 'node:assert/strict'
import { after as afterAll, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { FIRST, openMails, openProvider, type Shop } from '../../test/lost-answers.ts'
import { after, START } from '../../test/seed.ts'
import { countStates, readMessages } from '../../test/seed-campaign.ts'
import type { Database, Db } from '../db/database.ts'
import { unsubscribe } from '../profiles/unsubscribe.ts'
import { describeCampaign } from './campaigns.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from './moves.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const stateOf = async (shop: Shop): Promise<string> => (await describeCampaign(db, shop)).state

describe('messages whose answer was lost', () => {
  test('what the provider took is sent, with its id and its moment, and is not sent again', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'lose'
    const shop = await openMails(db, provider, 3)
    assert.equal(await shop.send(0), 'done')
    assert.deepEqual(await countStates(db, shop.accountId), { unknown: 3 })
    const { counts, nextAskAt } = await describeCampaign(db, shop)
    assert.deepEqual([counts.unknown, counts.asked, nextAskAt], [3, 3, '2027-03-01T09:06:00.000Z'])
    await shop.settle(FIRST - 1)
    assert.equal(provider.asked.length, 0, 'not before its time')
    await shop.settle(FIRST)
    assert.equal(provider.asked.length, 3)
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 3 })
    const { rows } = await sql<{ id: string; providerId: string; sentAt: Date; reason: string | null; told: number }>`
      select m.id, m.provider_id as "providerId", m.sent_at as "sentAt", m.reason,
        (select count(*) from events e where e.account_id = m.account_id and e.message_id = m.id and e.metric = 'message_sent') as told
      from messages m where m.account_id = ${shop.accountId}`.execute(db)
    for (const row of rows) {
      const [taken] = provider.taken.filter(({ of }) => of === row.id)
      assert.deepEqual([row.providerId, row.sentAt, row.reason, row.told], [taken?.id, START, null, 1])
    }
    await shop.settle(2 * FIRST)
    assert.deepEqual([provider.asked.length, provider.taken.length], [3, 3])
    const after1 = await describeCampaign(db, shop)
    assert.deepEqual([after1.state, after1.counts.sent, after1.counts.asked, after1.nextAskAt], ['sent', 3, 0, null])
  })

  test('what the provider says twice, ten minutes apart, not to have goes out again with the same code, once', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = (_to, nth) => (nth === 1 ? 'swallow' : 'answer')
    const shop = await openMails(db, provider, 3)
    await shop.send(0)
    const before1 = await readMessages(db, shop.accountId)
    assert.equal(await stateOf(shop), 'sent')
    await shop.settle(FIRST)
    await shop.settle(FIRST + 599)
    assert.deepEqual([provider.asked.length, await stateOf(shop)], [3, 'sent'], 'once is not enough')
    assert.deepEqual(await countStates(db, shop.accountId), { unknown: 3 })
    await shop.settle(FIRST + 600)
    assert.deepEqual([provider.asked.length, await stateOf(shop)], [6, 'sending'])
    assert.deepEqual(await countStates(db, shop.accountId), { ready: 3 })
    for (const second of [FIRST + 601, FIRST + 700, 9000]) await shop.settle(second)
    assert.equal(await shop.send(FIRST + 602), 'done')
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 3 })
    assert.equal(new Set(provider.taken.map(({ to }) => to)).size, 3)
    assert.equal(provider.taken.length, 3)
    const after1 = await readMessages(db, shop.accountId)
    const bound = (rows: typeof before1) => rows.map(({ id, codes }) => ({ id, codes }))
    assert.deepEqual(bound(after1), bound(before1))
    assert.equal(await stateOf(shop), 'sent')
  })

  test('a provider that lists a message late is believed when it does', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'lose'
    provider.isListed = () => false
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    await shop.settle(FIRST)
    provider.isListed = () => true
    await shop.settle(FIRST + 600)
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
    assert.equal(provider.taken.length, 1)
  })

  test('two answers that are not ten minutes apart are not two; one that fails between them takes nothing back', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'swallow'
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    await shop.settle(FIRST)
    await sql`update messages set ask_at = ${START} where account_id = ${shop.accountId}`.execute(db)
    await shop.settle(FIRST + 599)
    assert.deepEqual(await countStates(db, shop.accountId), { unknown: 1 })
    await sql`update messages set ask_at = ${START} where account_id = ${shop.accountId}`.execute(db)
    provider.answerTo = () => ({ status: 503 })
    await shop.settle(FIRST + 600)
    assert.deepEqual(await countStates(db, shop.accountId), { unknown: 1 })
    await sql`update messages set ask_at = ${START} where account_id = ${shop.accountId}`.execute(db)
    provider.answerTo = () => undefined
    await shop.settle(FIRST + 601)
    assert.deepEqual([await countStates(db, shop.accountId), provider.asked.length], [{ ready: 1 }, 4])
  })

  test('each attempt is asked about anew: what was said of the one before does not count', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'swallow'
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    await shop.settle(FIRST)
    await shop.settle(FIRST + 600)
    await shop.send(1000)
    await shop.settle(1000 + FIRST)
    const { rows } = await sql`
      select attempt, state, asks, absent_at as "absentAt" from messages where account_id = ${shop.accountId}`.execute(
      db,
    )
    assert.deepEqual(rows, [{ attempt: 2, state: 'unknown', asks: 1, absentAt: after(1000 + FIRST) }])
  })

  test('a provider that cannot be asked is asked again later and later, eight times; then the message stays unknown', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'swallow'
    provider.answerTo = () => ({ status: 503 })
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    const minutes: number[] = []
    for (let minute = 0; minute <= 800; minute += 1) {
      const before1 = provider.asked.length
      await shop.settle(minute * 60)
      if (provider.asked.length > before1) minutes.push(minute)
    }
    assert.deepEqual(minutes, [6, 11, 21, 41, 81, 161, 321, 641])
    const { counts, nextAskAt } = await describeCampaign(db, shop)
    assert.deepEqual([counts.unknown, counts.asked, nextAskAt], [1, 0, null])
  })

  test('who unsubscribes or is suppressed meanwhile gets nothing', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'swallow'
    const shop = await openMails(db, provider, 2)
    await shop.send(0)
    await shop.settle(FIRST)
    const [first, second] = await readMessages(db, shop.accountId)
    const who = { accountId: shop.accountId, profileId: first?.profileId ?? '', messageId: first?.id ?? '' }
    await unsubscribe(db, { ...who, now: START })
    await sql`
      insert into suppressions (account_id, id, channel, address, reason, at)
      select account_id, uuid_v7(${START}), 'email', address, 'manual', ${START} from messages where id = ${second?.id}`.execute(
      db,
    )
    await shop.settle(FIRST + 600)
    provider.fateOf = () => 'answer'
    await shop.send(FIRST + 601)
    const rows = await readMessages(db, shop.accountId)
    assert.deepEqual(
      rows.map(({ state, reason }) => [state, reason]),
      [
        ['skipped', 'unsubscribed'],
        ['skipped', 'suppressed'],
      ],
    )
    assert.equal(provider.taken.length, 0)
  })

  test('of a cancelled campaign nothing goes out; a paused one waits until it is resumed', async () => {
    for (const move of ['cancel', 'pause'] as const) {
      await using provider = await openProvider('postmark')
      provider.fateOf = () => 'swallow'
      const shop = await openMails(db, provider, 1)
      await shop.send(0)
      await sql`update campaigns set state = 'sending' where id = ${shop.campaignId}`.execute(db)
      if (move === 'cancel') await cancelCampaign(db, { ...shop, now: START })
      else await pauseCampaign(db, { ...shop, now: START })
      await shop.settle(FIRST)
      await shop.settle(FIRST + 600)
      assert.deepEqual(await countStates(db, shop.accountId), move === 'cancel' ? { cancelled: 1 } : { ready: 1 })
      provider.fateOf = () => 'answer'
      await shop.send(FIRST + 601)
      assert.equal(provider.taken.length, 0)
      assert.deepEqual(await countStates(db, shop.accountId), move === 'cancel' ? { cancelled: 1 } : { ready: 1 })
      if (move === 'cancel') continue
      assert.equal(await stateOf(shop), 'paused')
      await resumeCampaign(db, { ...shop, now: START })
      await shop.send(FIRST + 602)
      assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
    }
  })
})
