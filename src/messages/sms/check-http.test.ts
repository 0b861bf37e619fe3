import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { createSenderBody } from '../../../contract/senders.ts'
import { openTestDatabase } from '../../../test/database.ts'
import { SAMPLE_SMS } from '../../../test/sample-sms.ts'
import { START, seedAccount } from '../../../test/seed.ts'
import { openTestSenders } from '../../../test/seed-campaign.ts'
import { addTwilio, httpSetup, openSmsService, openTwilioServer } from '../../../test/sms-services.ts'
import type { Database, Db } from '../../db/database.ts'
import { createSender, listSenders, requireSender, updateSender } from '../senders/senders.ts'
import { verifySender } from '../senders/test-sender.ts'

const URL_ = 'https://api.sms.example/send'
const facts = { secret: 's'.repeat(32), publicUrl: 'https://shop.example', now: START }
const open = { allowsPrivateAddresses: false }

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const bodyOf = (setup: object) => createSenderBody.parse({ name: 'Service', fromAddress: '+353861234567', setup })
/** The field at which settings are refused, by their shape or by what they mean; '' for none. */
async function refusedAt(accountId: string, settings: object, secrets?: object, isAllowed = false): Promise<string> {
  const setup = { ...httpSetup(URL_, { ...open, ...settings }), ...(secrets ? { secrets } : {}) }
  try {
    await createSender(db, { ...bodyOf(setup), ...facts, allowsPrivateAddresses: isAllowed, accountId })
    await sql`delete from senders where account_id = ${accountId}`.execute(db)
    return ''
  } catch (error) {
    return String((error as { data?: { field?: string } }).data?.field ?? error).replace('setup.', '')
  }
}

test('a call that cannot work is refused at its field when it is saved', async () => {
  const { accountId } = await seedAccount(db)
  const cases: [object, object | undefined, string][] = [
    [{}, undefined, ''],
    [{ body: '{"to":"{{to}}","text":"{{text}}"}' }, undefined, 'settings.body'],
    [{ body: '{"text":"{{body}}"}' }, undefined, 'settings.body'],
    [{ body: '{"to":{{to}},"text":{{body}}}' }, undefined, 'settings.body'],
    [{ bodyKind: 'form', body: 'to={{to}}&text={{body}}' }, undefined, ''],
    [{}, { 'X-Ref': '{{nobody}}' }, 'secrets.x-ref'],
    [{}, { 'X-Ref': 'a\r\nX-Evil: 1' }, 'secrets.x-ref'],
    [{}, { 'X-Ref': 'ключ' }, 'secrets.x-ref'],
    [{ idempotency: { header: 'X-Id', minutes: 60 } }, { 'x-id': '1' }, 'settings.idempotency'],
    [{ url: 'http://api.sms.example/send' }, undefined, 'settings.url'],
    [{ url: 'https://user:pass@api.sms.example/' }, undefined, 'settings.url'],
    [{ url: 'https://127.0.0.1/' }, undefined, 'settings.url'],
    [{ url: 'https://[::1]/' }, undefined, 'settings.url'],
    [{ url: 'https://0x7f000001/' }, undefined, 'settings.url'],
    [{ url: 'https://169.254.169.254/latest' }, undefined, 'settings.url'],
    [{ url: 'https://localhost/' }, undefined, 'settings.url'],
    [{ url: 'https://db.internal/' }, undefined, 'settings.url'],
    [{ url: 'file:///etc/passwd' }, undefined, 'settings.url'],
  ]
  for (const [settings, secrets, field] of cases)
    assert.equal(await refusedAt(accountId, settings, secrets), field, JSON.stringify([settings, secrets]))
  for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'Proxy-Authorization', 'X Y', 'a:b'])
    assert.equal(
      createSenderBody.safeParse({ name: 'x', setup: { ...httpSetup(URL_), secrets: { [name]: 'x' } } }).success,
      false,
    )
})

test('addresses inside the own network are for installations that allow them, when saved and when called', async () => {
  const { accountId } = await seedAccount(db)
  await using service = await openSmsService()
  const inside = { url: service.url, allowsPrivateAddresses: true }
  assert.equal(await refusedAt(accountId, inside), 'settings.allowsPrivateAddresses')
  assert.equal(
    await refusedAt(accountId, { ...inside, allowsPrivateAddresses: false }, undefined, true),
    'settings.url',
  )
  assert.equal(await refusedAt(accountId, inside, undefined, true), '')
  const setup = httpSetup(service.url, inside)
  const { id } = await createSender(db, { ...bodyOf(setup), ...facts, allowsPrivateAddresses: true, accountId })
  const row = await requireSender(db, { accountId, senderId: id })
  for (const [allowsPrivateAddresses, status] of [
    [true, 'sent'],
    [false, 'blocked'],
  ] as const) {
    await using senders = openTestSenders({ allowsPrivateAddresses })
    const outcome = await senders.withSmsChannel(row, (channel) => channel.send(SAMPLE_SMS))
    assert.equal(outcome.status, status)
  }
  assert.equal(service.texts.length, 1)
})

test('the values of headers are sealed and never told; they stay with their address, and go where a null says so', async () => {
  const { accountId } = await seedAccount(db)
  const setup = { ...httpSetup(URL_, open), secrets: { Authorization: 'Bearer very-secret', 'x-b': 'other-secret' } }
  const made = await createSender(db, { ...bodyOf(setup), ...facts, accountId })
  assert.deepEqual([made.secretsSet, made.webhookUrl, made.channel], [['authorization', 'x-b'], null, 'sms'])
  const { rows } = await sql<{ text: string }>`select s::text as text from senders s where id = ${made.id}`.execute(db)
  const told = JSON.stringify(await listSenders(db, { ...facts, accountId, fallback: 'outbox' }))
  for (const text of [told, rows[0]?.text ?? '']) assert.ok(!text.includes('-secret'))

  const change = (url: string, secrets: object) =>
    updateSender(db, {
      ...facts,
      accountId,
      senderId: made.id,
      setup: bodyOf({ ...httpSetup(url, open), secrets }).setup,
    })
  assert.deepEqual((await change(`${URL_}/v2`, { 'X-B': null })).secretsSet, ['authorization'])
  await assert.rejects(change('https://evil.example/', {}), {
    code: 'invalid_input',
    data: { field: 'setup.secrets.authorization' },
  })
  assert.deepEqual((await change('https://new.example/', { Authorization: null })).secretsSet, [])
})

test('a sender with nothing to send from says so when it is checked and sends nothing; Twilio is told where to report only if it can', async () => {
  const { accountId } = await seedAccount(db)
  await using twilio = await openTwilioServer()
  const senderId = await addTwilio(db, accountId, { fromAddress: null })
  const send = async (publicUrl: string) => {
    await using senders = openTestSenders({ twilioBaseUrl: twilio.url, publicUrl })
    const row = await requireSender(db, { accountId, senderId })
    const outcome = await senders.withSmsChannel(row, (channel) =>
      channel.send({ ...SAMPLE_SMS, from: row.fromAddress }),
    )
    return { outcome, checked: await verifySender(db, { accountId, senderId, senders }) }
  }
  const nobody = await send('https://shop.example')
  assert.equal(nobody.outcome.status, 'blocked')
  assert.match(nobody.checked.reason ?? '', /^The sender Texts has nothing to send from\. Enter its number/)
  assert.equal(twilio.texts.length, 0)
  await updateSender(db, { ...facts, accountId, senderId, fromAddress: 'LINDEN' })
  assert.equal((await send('https://shop.example')).checked.facts.length, 1)
  assert.equal(twilio.texts[0]?.from, 'LINDEN')
  assert.equal(twilio.texts[0]?.id, SAMPLE_SMS.messageId)
  for (const publicUrl of ['http://localhost:4321', 'http://192.168.1.4', 'https://onecode.local']) {
    const { checked, outcome } = await send(publicUrl)
    assert.equal(outcome.status, 'sent')
    assert.match(checked.facts[1] ?? '', /^PUBLIC_URL is no address of the public internet/)
    assert.equal(twilio.texts.at(-1)?.id, '')
  }
})
