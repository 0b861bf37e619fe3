import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { createSenderBody } from '../../contract/senders.ts'
import { openTestDatabase } from '../../test/database.ts'
import {
  FIRST,
  openMails,
  openProvider,
  openShop,
  type Provider,
  SECOND,
  type Shop,
  seedSender,
} from '../../test/lost-answers.ts'
import { after, START, seedAccount, seedCoupon, seedProfiles } from '../../test/seed.ts'
import { countStates, onList, readMessages, runInput, start } from '../../test/seed-campaign.ts'
import type { Database, Db } from '../db/database.ts'
import { forgetRecipients } from '../messages/forget.ts'
import {
  activateSender,
  createSender,
  deactivateSender,
  removeSender,
  updateSender,
} from '../messages/senders/senders.ts'
import { createTemplate } from '../messages/templates.ts'
import { requestTest } from '../messages/test-sends/request-test.ts'
import { runTests } from '../messages/test-sends/run-tests.ts'
import { addMembers, createList } from '../profiles/lists.ts'
import { createCampaign, describeCampaign } from './campaigns.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const FACTS = { secret: 's'.repeat(32), publicUrl: 'https://shop.example' }
const OTHER = createSenderBody.parse({
  name: 'Other',
  fromAddress: 'shop@linden.example',
  setup: { provider: 'postmark', settings: { messageStream: 'other' }, secrets: { serverToken: 'token-9' } },
})
/** A started campaign of texts to people in Berlin, where START is 10:00. */
async function openTexts(provider: Provider, people: number): Promise<Shop> {
  const account = await seedAccount(db)
  const { accountId } = account
  const coupon = await seedCoupon(db, account, { codes: people * 2 })
  const profileIds = await seedProfiles(db, accountId, people)
  await sql`
    update profiles p set phone = '+4930' || (1000000 + g.n), sms_consent = 'subscribed'
    from (select id, row_number() over (order by id) as n from profiles where account_id = ${accountId}) g
    where p.account_id = ${accountId} and p.id = g.id`.execute(db)
  const list = await createList(db, { accountId, name: 'Everybody', now: START })
  await addMembers(db, { accountId, listId: list.id, profileIds, now: START })
  const text = "Your code: {% coupon_code 'WELCOME20' %}"
  const content = { channel: 'sms' as const, subject: '', previewText: '', html: '', text }
  const { id: templateId } = await createTemplate(db, { accountId, name: 'Text', ...content, now: START })
  const senderId = await seedSender(db, accountId, 'twilio')
  const audience = onList(list.id)
  const { id: campaignId } = await createCampaign(db, { accountId, name: 'Text', audience, templateId, now: START })
  const seeded = { ...account, listId: list.id, templateId, campaignId, coupon, profileIds }
  await start(db, seeded)
  return await openShop(db, seeded, senderId, provider)
}

test('where the sender was removed nobody is asked, and the message stays unknown', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = () => 'lose'
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  await deactivateSender(db, { ...shop, ...FACTS, now: START })
  await removeSender(db, { ...shop, now: START })
  await shop.settle(FIRST)
  assert.equal(provider.asked.length, 0)
  const { counts, nextAskAt } = await describeCampaign(db, shop)
  assert.deepEqual([counts.unknown, counts.asked, nextAskAt], [1, 0, null])
})

test('where another sender sends by now, the one that sent the message is asked', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = () => 'lose'
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  const other = await createSender(db, { ...OTHER, ...FACTS, accountId: shop.accountId, now: START })
  await activateSender(db, { ...shop, ...FACTS, senderId: other.id, now: START })
  const others = await openShop(db, shop, other.id, provider)
  await others.settle(FIRST)
  assert.equal(provider.asked.length, 0, 'the other one knows nothing of it')
  await shop.settle(FIRST)
  assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
})

test('nobody is asked about an erased person, and the message of theirs stays unknown', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = () => 'lose'
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  await forgetRecipients(db, { ...shop, profileIds: shop.profileIds })
  await shop.settle(FIRST)
  assert.equal(provider.asked.length, 0)
  assert.deepEqual(await countStates(db, shop.accountId), { unknown: 1 })
})

test('what the provider does not have under other settings may be with it under those before: nothing goes out again', async () => {
  for (const fate of ['lose', 'swallow'] as const) {
    await using provider = await openProvider('postmark')
    provider.fateOf = () => fate
    const shop = await openMails(db, provider, 1)
    await shop.send(0)
    const setup = {
      provider: 'postmark' as const,
      settings: { messageStream: 'broadcast' },
      secrets: { serverToken: 'token-2' },
    }
    await updateSender(db, { ...shop, ...FACTS, setup, now: after(60) })
    for (let minute = 6; minute < 800; minute += 5) await shop.settle(minute * 60)
    assert.deepEqual(await countStates(db, shop.accountId), fate === 'lose' ? { sent: 1 } : { unknown: 1 })
    assert.equal(provider.asked.length, fate === 'lose' ? 1 : 8)
  }
})

test('another name, and settings that are saved as they were, change nothing', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = (_to, nth) => (nth === 1 ? 'swallow' : 'answer')
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  const setup = {
    provider: 'postmark' as const,
    settings: { messageStream: 'broadcast' },
    secrets: { serverToken: 'token-1' },
  }
  await updateSender(db, { ...shop, ...FACTS, name: 'Other', setup, now: after(60) })
  await shop.settle(FIRST)
  await shop.settle(SECOND)
  await shop.send(SECOND + 1)
  assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
})

test('a message that never arrives is rejected after its fifth attempt', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = () => 'swallow'
  const shop = await openMails(db, provider, 1)
  for (let minute = 0; minute < 110; minute += 1) {
    await shop.send(minute * 60)
    await shop.settle(minute * 60)
  }
  const [message] = await readMessages(db, shop.accountId)
  assert.deepEqual([message?.state, message?.reason, message?.attempt], ['rejected', 'never_arrived', 5])
  const { rows } = await sql<{ rejected: number; latest: number }>`
    select (select count(*) from events where message_id = ${message?.id} and metric = 'message_rejected') as rejected,
      (select count(*) from latest_messages where message_id = ${message?.id}) as latest`.execute(db)
  assert.deepEqual(rows, [{ rejected: 1, latest: 0 }])
})

test('a test message that was taken is found; one that never arrived is rejected, for nobody waits for it any more', async () => {
  await using provider = await openProvider('postmark')
  const shop = await openMails(db, provider, 1, 2)
  const { accountId, templateId, senders } = shop
  const addresses = ['lost@example.com', 'gone@example.com']
  const asked = { accountId, templateId, addresses, profileId: null, requestKey: 'one', channel: 'smtp' as const }
  const { templateVersionId } = await requestTest(db, { ...asked, now: START })
  provider.fateOf = (to) => (to === 'lost@example.com' ? 'lose' : 'swallow')
  await senders.withSenders(db, accountId, (inUse) =>
    runTests(db, { ...runInput(shop, inUse.channel), ...inUse, templateVersionId }),
  )
  await shop.settle(FIRST)
  await shop.settle(SECOND)
  const { rows } = await sql`
    select address, state, reason from messages where account_id = ${accountId} and kind = 'test' order by address`.execute(
    db,
  )
  assert.deepEqual(rows, [
    { address: 'gone@example.com', state: 'rejected', reason: 'never_arrived' },
    { address: 'lost@example.com', state: 'sent', reason: null },
  ])
})

test('a report on a message that is about to go out again says that it arrived, and it does not', async () => {
  await using provider = await openProvider('postmark')
  provider.fateOf = () => 'lose'
  provider.isListed = () => false
  const shop = await openMails(db, provider, 1)
  await shop.send(0)
  await shop.settle(FIRST)
  await shop.settle(SECOND)
  assert.deepEqual(await countStates(db, shop.accountId), { ready: 1 })
  await shop.report(after(30))
  await shop.send(SECOND + 1)
  assert.deepEqual(await countStates(db, shop.accountId), { sent: 1 })
  assert.equal(provider.taken.length, 1)
  assert.equal((await describeCampaign(db, shop)).counts.delivered, 1)
})

test('texts are found at Twilio by their number, moment and text; what never arrived goes out again', async () => {
  await using provider = await openProvider('twilio')
  const shop = await openTexts(provider, 4)
  provider.fateOf = (to, nth) => {
    if (nth > 1) return 'answer'
    return Number(to.at(-1)) % 2 === 0 ? 'lose' : 'swallow'
  }
  await shop.send(0)
  assert.deepEqual(await countStates(db, shop.accountId), { unknown: 4 })
  await shop.settle(FIRST)
  assert.deepEqual(await countStates(db, shop.accountId), { sent: 2, unknown: 2 })
  await shop.settle(SECOND)
  await shop.send(SECOND + 1)
  assert.deepEqual(await countStates(db, shop.accountId), { sent: 4 })
  assert.equal(provider.taken.length, 4)
  assert.equal(new Set(provider.taken.map(({ to }) => to)).size, 4)
  for (const { body } of provider.taken) assert.match(body, /^Linden & Co: Your code: WELCOME20-\w+\n?.*STOP/s)
})

test('a text that Twilio has with other words is neither sent nor absent: it stays unknown', async () => {
  await using provider = await openProvider('twilio')
  const shop = await openTexts(provider, 1)
  provider.fateOf = () => 'lose'
  await shop.send(0)
  for (const taken of provider.taken) taken.body = taken.body.replace('Your', 'A')
  for (let minute = 6; minute < 800; minute += 5) await shop.settle(minute * 60)
  assert.deepEqual(await countStates(db, shop.accountId), { unknown: 1 })
  assert.equal(provider.taken.length, 1)
})
