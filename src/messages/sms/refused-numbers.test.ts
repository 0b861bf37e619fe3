import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '../../../test/database.ts'
import { START } from '../../../test/seed.ts'
import {
  countStates,
  openFakeChannel,
  openFakeSms,
  openTestSenders,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../../test/seed-campaign.ts'
import { seedTexts } from '../../../test/seed-texts.ts'
import { addTwilio, openTwilioServer, refuse, takeIt } from '../../../test/sms-services.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import type { Database, Db } from '../../db/database.ts'
import { newId } from '../../lib/ids.ts'
import { noteTurns, takeTurns } from '../pace/pace.ts'
import type { OpenSenders } from '../senders/open-senders.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

async function run(senders: OpenSenders, seeded: SeededCampaign): Promise<void> {
  await senders.withSenders(db, seeded.accountId, (inUse) =>
    runCampaign(db, { ...runInput(seeded, inUse.channel), ...inUse }),
  )
}

type Person = { phone: string; email: string; sms: string; emailConsent: string; suppressed: string | null }

async function peopleOf(accountId: string): Promise<Map<string, Person>> {
  const { rows } = await sql<Person>`
    select p.phone, p.email, p.sms_consent as sms, p.email_consent as "emailConsent",
      (select string_agg(s.channel || ' ' || s.reason || ' ' || coalesce(s.detail, ''), ',') from suppressions s
        where s.account_id = p.account_id and s.address in (p.phone, lower(p.email))) as suppressed
    from profiles p where p.account_id = ${accountId} order by p.phone`.execute(db)
  return new Map(rows.map((row) => [row.phone, row]))
}

test('who opted out at the provider gets no more texts, and whose number is bad neither; their email stays', async () => {
  const seeded = await seedTexts(db, 5)
  const { accountId } = seeded
  await sql`update profiles set email_consent = 'subscribed' where account_id = ${accountId}`.execute(db)
  const refusals = new Map([
    ['+49301000001', refuse(400, 21610, 'Attempt to send to unsubscribed recipient')],
    ['+49301000002', refuse(400, 21211, "Invalid 'To' Phone Number")],
    ['+49301000003', refuse(400, 21614, 'not a mobile number')],
    ['+49301000004', refuse(400, 21408, 'Permission to send has not been enabled for the region')],
  ])
  await using twilio = await openTwilioServer((text) => refusals.get(text.to) ?? takeIt(text))
  await addTwilio(db, accountId)
  await using senders = openTestSenders({ twilioBaseUrl: twilio.url })
  await run(senders, seeded)
  assert.deepEqual(await countStates(db, accountId), { sent: 1, rejected: 4 })
  const told = [...(await peopleOf(accountId)).values()].map((person) => [
    person.sms,
    person.emailConsent,
    person.suppressed,
  ])
  assert.deepEqual(told, [
    ['unsubscribed', 'subscribed', 'sms unsubscribed '],
    ['subscribed', 'subscribed', "sms bounced 400: 21211 Invalid 'To' Phone Number"],
    ['subscribed', 'subscribed', 'sms bounced 400: 21614 not a mobile number'],
    ['subscribed', 'subscribed', null],
    ['subscribed', 'subscribed', null],
  ])
  const { rows } = await sql<{ properties: object }>`
    select properties from events where account_id = ${accountId} and metric = 'consent_changed'`.execute(db)
  assert.deepEqual(
    rows.map((row) => row.properties),
    [{ channel: 'sms', from: 'subscribed', to: 'unsubscribed', source: 'provider' }],
  )
  const before = twilio.texts.length
  await sql`delete from latest_messages where account_id = ${accountId}`.execute(db)
  await run(senders, await seeded.campaign())
  assert.deepEqual(
    twilio.texts
      .slice(before)
      .map((text) => text.to)
      .toSorted(),
    ['+49301000004', '+49301000005'],
  )
})

test('a service that cannot be reached, five times for each text, says nothing against the numbers', async () => {
  const seeded = await seedTexts(db, 1)
  const { accountId } = seeded
  await using twilio = await openTwilioServer(() => ({ status: 503, json: {} }))
  await addTwilio(db, accountId)
  await using senders = openTestSenders({ twilioBaseUrl: twilio.url })
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await sql`update messages set lease_until = null where account_id = ${accountId} and state = 'ready'`.execute(db)
    await run(senders, seeded)
  }
  const { rows } = await sql`select state, bounce from messages where account_id = ${accountId}`.execute(db)
  assert.deepEqual(rows, [{ state: 'rejected', bounce: null }])
})

test('a sender of emails that rests holds no texts, and one of texts no emails', async () => {
  const rest = async (accountId: string, senderId: string) => {
    const sender = { senderId, perSecond: null, perDay: null, warmUpFrom: null }
    await takeTurns(db, { accountId, sender, want: 5, goesFirst: false, now: () => START })
    const lost = { status: 'unknown' as const, reason: 'no answer' }
    await noteTurns(db, { accountId, sender, unused: 0, outcomes: Array(5).fill(lost), now: START })
    return { fromName: null, fromAddress: 'a@shop.example', replyTo: null, paced: sender, repeatKey: null }
  }
  const texts = await seedTexts(db, 3)
  await using twilio = await openTwilioServer()
  await addTwilio(db, texts.accountId)
  await using senders = openTestSenders({ twilioBaseUrl: twilio.url })
  const resting = await rest(texts.accountId, newId())
  await senders.withSenders(db, texts.accountId, (inUse) =>
    runCampaign(db, { ...runInput(texts, inUse.channel), ...inUse, identity: resting }),
  )
  assert.equal(twilio.texts.length, 3)

  const mails = await seedCampaign(db, { people: 3 })
  await start(db, mails)
  const channel = openFakeChannel()
  const smsIdentity = await rest(mails.accountId, newId())
  await runCampaign(db, { ...runInput(mails, channel), smsIdentity })
  assert.equal(channel.mails.length, 3)

  const held = await seedTexts(db, 3)
  const sms = openFakeSms()
  const own = await rest(held.accountId, newId())
  await runCampaign(db, { ...runInput(held, channel, () => START, sms), smsIdentity: own })
  assert.equal(sms.texts.length, 0, 'its own texts wait')
})
