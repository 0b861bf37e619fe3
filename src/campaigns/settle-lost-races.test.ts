import assert from 'node:assert/strict'
import { after as afterAll, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { type Fate, FIRST, makeGate, openMails, openProvider, SECOND } from '../../test/lost-answers.ts'
import { after, START } from '../../test/seed.ts'
import { countStates, readMessages } from '../../test/seed-campaign.ts'
import type { Database, Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { recoverMessages } from '../messages/recover.ts'
import { describeCampaign } from './campaigns.ts'
import { cancelCampaign } from './moves.ts'
import { resendUnknown } from './resend.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

describe('while a provider is asked', () => {
  test('several processes ask about each message once', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = (to) => (to.charCodeAt(7) % 2 === 0 ? 'lose' : 'swallow')
    const shop = await openMails(db, provider, 30)
    await sql`update messages set ask_at = null where account_id = ${shop.accountId}`.execute(db)
    for (let second = 0; (await countStates(db, shop.accountId)).unknown !== 30; second += 1000) await shop.send(second)
    await sql`update messages set ask_at = ${after(FIRST)}, asks = 0 where account_id = ${shop.accountId}`.execute(db)
    await Promise.all(Array.from({ length: 8 }, () => shop.settle(FIRST)))
    assert.equal(provider.asked.length, 30)
    assert.equal(new Set(provider.asked).size, 30)
    await Promise.all(Array.from({ length: 8 }, () => shop.settle(SECOND)))
    provider.fateOf = () => 'answer'
    await Promise.all(Array.from({ length: 4 }, () => shop.send(9000)))
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 30 })
    assert.equal(provider.taken.length, 30)
    assert.equal(new Set(provider.taken.map(({ to }) => to)).size, 30)
  })

  test('a message that somebody sends again by hand is not sent when the provider turns out to have it', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'lose'
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    const gate = makeGate()
    provider.answerTo = () => gate.wait().then(() => undefined)
    const asking = shop.settle(FIRST)
    await gate.reached
    assert.equal(await resendUnknown(db, { ...shop, now: after(FIRST) }), 1)
    await shop.settle(FIRST + 500)
    assert.equal(provider.asked.length, 1, 'it is lost no more')
    gate.open()
    await asking
    assert.equal(await shop.send(FIRST + 1), 'done')
    assert.equal(provider.taken.length, 1)
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
  })

  test('what the provider says of an attempt means nothing once somebody sent the message again by hand', async () => {
    for (const fate of ['answer', 'swallow'] as const) {
      await using provider = await openProvider('postmark')
      provider.fateOf = () => 'swallow'
      const shop = await openMails(db, provider, 1)
      await shop.send(0)
      await shop.settle(FIRST)
      const gate = makeGate()
      provider.answerTo = () => gate.wait().then(() => undefined)
      const asking = shop.settle(SECOND)
      await gate.reached
      await resendUnknown(db, { ...shop, now: after(SECOND) })
      provider.fateOf = () => fate
      await shop.send(SECOND + 1)
      gate.open()
      await asking
      await shop.send(SECOND + 2)
      const isSent = fate === 'answer'
      assert.deepEqual(await countStates(db, shop.accountId), isSent ? { sent: 1 } : { unknown: 1 })
      assert.equal(provider.taken.length, isSent ? 1 : 0)
      const [message] = await readMessages(db, shop.accountId)
      assert.equal(message?.attempt, 2)
    }
  })

  test('an asking that is cut off is made again by another process, and its late answer changes nothing', async () => {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => 'swallow'
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    const gate = makeGate()
    provider.answerTo = (_about) => (provider.asked.length === 1 ? gate.wait().then(() => undefined) : undefined)
    const frozen = shop.settle(FIRST)
    await gate.reached
    await shop.settle(FIRST + 119)
    assert.equal(provider.asked.length, 1, 'it is with a process')
    await shop.settle(FIRST + 120)
    gate.open()
    await frozen
    await shop.settle(FIRST + 719)
    assert.equal(provider.asked.length, 2, 'the later asking says when the next one is')
    await shop.settle(FIRST + 720)
    assert.equal(provider.asked.length, 3)
    assert.deepEqual(await countStates(db, shop.accountId), { ready: 1 })
    provider.fateOf = () => 'answer'
    await shop.send(FIRST + 721)
    assert.equal(provider.taken.length, 1)
  })
})

describe('a late answer to a question', () => {
  test('about an attempt says nothing of the next one, be it the first time that the message was absent or the second', async () => {
    for (const second of [FIRST, SECOND]) {
      await using provider = await openProvider('postmark')
      provider.fateOf = () => 'swallow'
      const shop = await openMails(db, provider, 1)
      await shop.send(0)
      if (second === SECOND) await shop.settle(FIRST)
      const gate = makeGate()
      provider.answerTo = () => gate.wait().then(() => undefined)
      const asking = shop.settle(second)
      await gate.reached
      await resendUnknown(db, { ...shop, now: after(second) })
      await shop.send(second + 1)
      provider.answerTo = () => (second === SECOND ? { status: 503 } : undefined)
      await shop.settle(second + 1 + FIRST)
      if (second === SECOND) await shop.settle(second + 1 + FIRST + 300)
      const asked = provider.asked.length
      gate.open()
      await asking
      await shop.settle(second + 1 + FIRST + 301)
      assert.deepEqual([await countStates(db, shop.accountId), provider.asked.length], [{ unknown: 1 }, asked])
    }
  })

  test('changes nothing once a report said that the message arrived, which the feed says once', async () => {
    for (const isListed of [true, false]) {
      await using provider = await openProvider('postmark')
      provider.fateOf = () => 'lose'
      provider.isListed = () => false
      const shop = await openMails(db, provider, 1)
      await shop.send(0)
      await shop.settle(FIRST)
      provider.isListed = () => isListed
      const gate = makeGate()
      provider.answerTo = () => gate.wait().then(() => undefined)
      const asking = shop.settle(SECOND)
      await gate.reached
      await shop.report(after(30))
      gate.open()
      await asking
      await shop.send(SECOND + 1)
      assert.deepEqual([await countStates(db, shop.accountId), provider.taken.length], [{ sent: 1 }, 1])
      const { rows } = await sql`
        select metric from events where account_id = ${shop.accountId} and metric like 'message_%'`.execute(db)
      assert.deepEqual(rows, [{ metric: 'message_sent' }])
    }
  })
})

describe('a process that stood still', () => {
  test('and gets its answer after all settles a message that was about to go out again', async () => {
    await using provider = await openProvider('postmark')
    const gate = makeGate()
    provider.fateOf = () => gate.wait().then(() => 'answer')
    const shop = await openMails(db, provider, 1)
    const frozen = shop.send(0)
    await gate.reached
    await recoverMessages(db, after(60))
    assert.deepEqual(await countStates(db, shop.accountId), { unknown: 1 })
    await shop.settle(FIRST)
    await shop.settle(SECOND)
    assert.deepEqual(await countStates(db, shop.accountId), { ready: 1 })
    gate.open()
    await frozen
    await shop.send(SECOND + 1)
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
    assert.equal(provider.taken.length, 1)
  })

  test('sends nothing more of what it claimed once its lease is over: that is another one’s by then', async () => {
    await using provider = await openProvider('postmark')
    const gate = makeGate()
    const begun = new Set<string>()
    provider.fateOf = async (to): Promise<Fate> => {
      begun.add(to)
      await gate.wait()
      return 'answer'
    }
    const shop = await openMails(db, provider, 11)
    let clock = START
    const frozen = shop.send(() => clock)
    await gate.reached
    await sleep(300)
    clock = after(60)
    await recoverMessages(db, after(60))
    const { rows } = await sql<{ id: string; address: string }>`
      select id, address from messages where account_id = ${shop.accountId} order by address`.execute(db)
    const others = rows.filter(({ address }) => !begun.has(address))
    assert.ok(others.length > 0)
    provider.fateOf = () => 'answer'
    provider.answerTo = (about) => (others.some(({ id }) => id === about) ? undefined : { status: 503 })
    await shop.settle(FIRST)
    await shop.settle(SECOND)
    assert.deepEqual(await countStates(db, shop.accountId), { ready: others.length, unknown: begun.size })
    await shop.send(SECOND + 1)
    assert.deepEqual(
      provider.taken.map(({ to }) => to).toSorted(),
      others.map(({ address }) => address),
    )
    gate.open()
    await frozen
    assert.equal(provider.taken.length, 11)
    assert.equal(new Set(provider.taken.map(({ to }) => to)).size, 11)
    assert.deepEqual(await countStates(db, shop.accountId), { sent: 11 })
  })
})

test('a campaign that is cancelled at the moment at which a message never arrived keeps no message ready', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = () => 'swallow'
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  await sql`update campaigns set state = 'sending' where id = ${shop.campaignId}`.execute(db)
  await shop.settle(FIRST)
  let settling: Promise<unknown> = Promise.resolve()
  await inTransaction(db, async (trx) => {
    await cancelCampaign(trx, { ...shop, now: START })
    settling = shop.settle(SECOND)
    await sleep(500)
  })
  await settling
  assert.deepEqual(await countStates(db, shop.accountId), { cancelled: 1 })
})

test('a campaign that ends at the moment at which its messages are made ready again does not end', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = (_to, nth) => (nth === 1 ? 'swallow' : 'answer')
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  await sql`update campaigns set state = 'sending' where id = ${shop.campaignId}`.execute(db)
  let ending: Promise<unknown> = Promise.resolve()
  await inTransaction(db, async (trx) => {
    await resendUnknown(trx, { ...shop, now: START })
    ending = shop.send(1) // sees no message to send, and waits for the campaign's row
    await sleep(500)
  })
  await ending
  await shop.send(2)
  assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
  assert.equal((await describeCampaign(db, shop)).state, 'sent')
})
