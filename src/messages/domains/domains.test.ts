import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { createSenderBody } from '../../../contract/senders.ts'
import { openTestDatabase } from '../../../test/database.ts'
import { START, seedAccount } from '../../../test/seed.ts'
import { openTestSenders, seedCampaign } from '../../../test/seed-campaign.ts'
import { openSmtpSink } from '../../../test/smtp-sink.ts'
import { updateAccount } from '../../accounts/account.ts'
import { reviewCampaign } from '../../campaigns/review.ts'
import type { Database, Db } from '../../db/database.ts'
import { activateSender, createSender } from '../senders/senders.ts'
import { sendTestMail } from '../senders/test-sender.ts'
import { checkRecords, type Dns } from './check-records.ts'
import { checkSendingDomain, describeSendingDomain, makeDomainKey } from './domains.ts'
import { domainOf, isFreemail } from './freemail.ts'
import { recordsFor } from './records.ts'

const SECRET = 's'.repeat(32)

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

function fail(code: string): never {
  throw Object.assign(new Error(code), { code })
}

/** A DNS of these records; what is not there is not found, `silent` never answers. */
function dnsOf(txt: Record<string, string[]>, cname: Record<string, string> = {}, silent: string[] = []): Dns {
  return {
    resolveTxt: async (name) =>
      silent.includes(name) ? fail('ETIMEOUT') : (txt[name]?.map((text) => [text]) ?? fail('ENOTFOUND')),
    resolveCname: async (name) => (cname[name] ? [cname[name]] : fail('ENODATA')),
  }
}

async function seedSmtp(
  fromAddress: string,
  port = 25,
): Promise<{ accountId: string; fallback: 'outbox'; senderId: string }> {
  const { accountId } = await seedAccount(db)
  return { ...(await addSmtp(accountId, fromAddress, port)), accountId }
}

async function addSmtp(accountId: string, fromAddress: string, port: number) {
  const setup = { provider: 'smtp', settings: { host: '127.0.0.1', port, security: 'none' }, secrets: {} }
  const facts = { accountId, secret: SECRET, publicUrl: 'http://localhost', now: START }
  const body = createSenderBody.parse({ name: 'Server', fromAddress, setup })
  const { id } = await createSender(db, { ...body, ...facts })
  await activateSender(db, { ...facts, senderId: id })
  return { fallback: 'outbox' as const, senderId: id }
}

const DMARC = { '_dmarc.shop.example': ['v=DMARC1; p=none'] }
const SPF = { 'shop.example': ['google-site-verification=x', 'v=spf1 ip4:203.0.113.7 ~all'] }

test('the key of a domain is 2048 bits of RSA, made once however often it is asked for, and shown as the record to set', async () => {
  const input = await seedSmtp('hello@shop.example')
  const made = await Promise.all([1, 2, 3].map(() => makeDomainKey(db, { ...input, secret: SECRET, now: START })))
  const values = new Set(made.map((one) => one.records.find((record) => record.kind === 'dkim')?.value))
  const later = await describeSendingDomain(db, input)
  assert.ok(values.has(later.records[0]?.value))
  const [record] = later.records
  assert.equal(record?.host, 'onecode._domainkey.shop.example')
  const key = record?.value?.match(/^v=DKIM1; k=rsa; p=([A-Za-z0-9+/=]+)$/)?.[1] ?? ''
  const read = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
  assert.equal(read.asymmetricKeyDetails?.modulusLength, 2048)
  const { rows } = await sql<{
    text: string
  }>`select d::text as text from sending_domains d where account_id = ${input.accountId}`.execute(db)
  assert.ok(!rows[0]?.text.includes('PRIVATE'))
})

test('mails are signed from the moment on at which the DNS was seen to have the key, and not before', async () => {
  await using sink = await openSmtpSink()
  const input = await seedSmtp('hello@shop.example', sink.port)
  const made = await makeDomainKey(db, { ...input, secret: SECRET, now: START })
  await using senders = openTestSenders({ secret: SECRET })
  const mail = { accountId: input.accountId, senderId: input.senderId, senders, to: 'me@example.com', now: () => START }
  await sendTestMail(db, mail)
  assert.ok(!/DKIM-Signature/i.test(sink.mails[0]?.raw ?? ''))
  const dkim = { 'onecode._domainkey.shop.example': [made.records[0]?.value ?? ''] }
  const checked = await checkSendingDomain(db, { ...input, dns: dnsOf({ ...DMARC, ...SPF, ...dkim }), now: START })
  assert.deepEqual(
    checked.checks?.map(({ kind, status }) => [kind, status]),
    [
      ['dkim', 'pass'],
      ['spf', 'pass'],
      ['dmarc', 'pass'],
    ],
  )
  assert.equal(checked.isVerified, true)
  await sendTestMail(db, mail)
  assert.match(sink.mails[1]?.raw ?? '', /DKIM-Signature: v=1; a=rsa-sha256;[\s\S]*d=shop\.example;[\s\S]*s=onecode/)
  const gone = await checkSendingDomain(db, { ...input, dns: dnsOf({ ...DMARC, ...SPF }), now: START })
  assert.deepEqual([gone.isVerified, gone.checks?.[0]?.status], [false, 'fail'])
})

test('each record is told right from wrong, and a DNS that is silent from one that has nothing', async () => {
  const smtp = {
    domain: 'shop.example',
    provider: 'smtp' as const,
    key: { selector: 'onecode', publicKey: 'AAAA' },
    isOwnSender: true,
  }
  const statuses = async (dns: Dns, facts: Parameters<typeof checkRecords>[1] = smtp) =>
    (await checkRecords(dns, facts)).map((check) => check.status)
  const right = { 'onecode._domainkey.shop.example': ['v=DKIM1; k=rsa; p=AAAA'], ...SPF, ...DMARC }
  assert.deepEqual(await statuses(dnsOf(right)), ['pass', 'pass', 'pass'])
  assert.deepEqual(await statuses(dnsOf({})), ['fail', 'fail', 'fail'])
  assert.deepEqual(await statuses(dnsOf({}, {}, ['shop.example', '_dmarc.shop.example'])), [
    'fail',
    'unknown',
    'unknown',
  ])
  const two = {
    ...right,
    'shop.example': ['v=spf1 a ~all', 'v=spf1 mx ~all'],
    '_dmarc.shop.example': ['v=DMARC1; rua=x'],
  }
  assert.deepEqual(await statuses(dnsOf(two)), ['pass', 'fail', 'fail'])
  const sub = { ...smtp, domain: 'mail.shop.example', key: null }
  assert.deepEqual(await statuses(dnsOf(DMARC), sub), ['unknown', 'fail', 'pass'])
  const sendgrid = { ...smtp, provider: 'sendgrid' as const, key: null }
  const names = {
    's1._domainkey.shop.example': 's1.domainkey.u1.wl.sendgrid.net',
    's2._domainkey.shop.example': 'x.sendgrid.net',
  }
  const included = { ...DMARC, 'shop.example': ['v=spf1 include:sendgrid.net ~all'] }
  assert.deepEqual(await statuses(dnsOf(included, names), sendgrid), ['pass', 'pass', 'pass'])
  assert.deepEqual(await statuses(dnsOf(SPF, {}), sendgrid), ['fail', 'fail', 'fail'])
  const resend = { ...smtp, provider: 'resend' as const, key: null }
  const set = {
    ...DMARC,
    'resend._domainkey.shop.example': [`p=${'A'.repeat(200)}`],
    'send.shop.example': ['v=spf1 include:amazonses.com ~all'],
  }
  assert.deepEqual(await statuses(dnsOf(set), resend), ['pass', 'pass', 'pass'])
  assert.deepEqual(await statuses(dnsOf(DMARC), { ...smtp, provider: 'ses', key: null }), [
    'unknown',
    'unknown',
    'pass',
  ])
})

test('every provider has its records, the outbox none', () => {
  const facts = { domain: 'shop.example', key: null, isOwnSender: true }
  for (const provider of ['ses', 'resend', 'postmark', 'sendgrid'] as const) {
    const kinds = new Set(recordsFor({ ...facts, provider }).map((record) => record.kind))
    assert.deepEqual([...kinds], ['dkim', 'spf', 'dmarc'])
  }
  assert.deepEqual(recordsFor({ ...facts, provider: 'outbox' }), [])
})

test('mailboxes of the public are known, a domain of one’s own is not among them', () => {
  for (const domain of ['gmail.com', 'GMAIL.com', 'yahoo.co.uk', 'yahoo.fr', 'outlook.de', 'web.de', 'qq.com'])
    assert.ok(isFreemail(domain), domain)
  for (const domain of ['shop.example', 'gmail.com.shop.example', 'notgmail.com', 'yahoo-shop.com'])
    assert.ok(!isFreemail(domain), domain)
  assert.equal(domainOf('"Linden" <hello@Shop.example>'), 'shop.example')
  assert.equal(domainOf('nobody'), null)
})

test('a campaign from a mailbox of the public is refused with the reason, also its check; the outbox takes it', async () => {
  const seeded = await seedCampaign(db, { people: 1, mail: { html: '<p>Hi {% unsubscribe %}</p>' } })
  const { accountId } = seeded
  await updateAccount(db, {
    accountId,
    senderEmail: 'shop@gmail.com',
    postalAddress: 'Linden 1\nDublin',
    actor: 'user:x',
    now: START,
  })
  const codes = async (channel: 'outbox' | 'smtp') => {
    const review = await reviewCampaign(db, { ...seeded, channel, now: START })
    return [review.problems.map(({ code }) => code), review.notices.map(({ code }) => code)]
  }
  assert.deepEqual(await codes('outbox'), [[], ['template_address_missing']])
  assert.deepEqual(await codes('smtp'), [['template_address_missing', 'sender_freemail'], []])
  await assert.rejects(checkSendingDomain(db, { accountId, fallback: 'smtp', dns: dnsOf({}), now: START }), {
    code: 'sending_domain_freemail',
  })
})

test('a domain that is not verified is warned about in the review until a check found its records', async () => {
  const mail = { html: '<p>Hi {% unsubscribe %} {{ organization.full_address }}</p>' }
  const seeded = await seedCampaign(db, { people: 1, mail })
  const { accountId } = seeded
  const input = { accountId, ...(await addSmtp(accountId, 'hello@shop.example', 25)) }
  const codes = async () => {
    const review = await reviewCampaign(db, { ...seeded, channel: 'outbox', now: START })
    return [review.problems.map(({ code }) => code), review.notices.map(({ code }) => code)]
  }
  await updateAccount(db, { accountId, postalAddress: null, actor: 'user:x', now: START })
  assert.deepEqual(await codes(), [['postal_address_missing'], ['sender_domain_unverified']])
  await updateAccount(db, { accountId, postalAddress: 'Linden 1\nDublin', actor: 'user:x', now: START })
  await checkSendingDomain(db, { ...input, dns: dnsOf({ ...DMARC, ...SPF }), now: START })
  assert.deepEqual(await codes(), [[], []])
})

test('a campaign whose mail shows no way to unsubscribe is refused, by whatever it is sent', async () => {
  const seeded = await seedCampaign(db, { people: 1, mail: { html: '<p>Hi</p>' } })
  const review = await reviewCampaign(db, { ...seeded, channel: 'outbox', now: START })
  assert.deepEqual(
    review.problems.map(({ code }) => code),
    ['unsubscribe_missing'],
  )
})
