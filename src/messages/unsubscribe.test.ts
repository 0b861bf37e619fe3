import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { START, seedAccount, seedProfiles } from '../../test/seed.ts'
import { openTestServer, type TestServer } from '../../test/server.ts'
import { registerUnsubscribeRoutes } from '../api/routes/unsubscribe.ts'
import { newId } from '../lib/ids.ts'
import { NOBODY, readUnsubscribeToken, unsubscribeLink } from './links.ts'

const SECRET = 's'.repeat(32)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

let server: TestServer
before(async () => {
  server = await openTestServer((app, deps) => registerUnsubscribeRoutes(app, deps), {
    secret: SECRET,
    now: () => START,
  })
})
afterAll(() => server[Symbol.asyncDispose]())

async function seedLink(): Promise<{ accountId: string; profileId: string; path: string }> {
  const { accountId } = await seedAccount(server.db)
  const [profileId] = (await seedProfiles(server.db, accountId, 1)) as [string]
  const link = unsubscribeLink('http://localhost:4321/', SECRET, { accountId, profileId, messageId: newId() })
  return { accountId, profileId, path: new URL(link).pathname }
}

async function consentOf(profileId: string): Promise<{ consent: string; events: number }> {
  const { rows } = await sql<{ consent: string; events: number }>`
    select email_consent as consent,
      (select count(*) from events e where e.profile_id = p.id and metric = 'consent_changed') as events
    from profiles p where id = ${profileId}`.execute(server.db)
  return rows[0] as { consent: string; events: number }
}

test('a link leads back to the person and the message that it was made for', () => {
  const ids = { accountId: newId(), profileId: newId(), messageId: newId() }
  const link = unsubscribeLink('https://shop.example/', SECRET, ids)
  assert.match(link, /^https:\/\/shop\.example\/unsubscribe\/[\w.-]+$/)
  assert.deepEqual(readUnsubscribeToken(SECRET, link.split('/').at(-1) ?? ''), ids)
})

test('a link that was changed anywhere, cut off, or made with another secret is refused', () => {
  const ids = { accountId: newId(), profileId: newId(), messageId: newId() }
  const token = unsubscribeLink('', SECRET, ids).slice('/unsubscribe/'.length)
  for (let at = 0; at < token.length; at += 1) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    assert.equal(readUnsubscribeToken(SECRET, changed), undefined, `changed at ${at}`)
  }
  for (const bad of ['', '.', token.slice(0, -1), `${token}A`, token.replace('.', ''), token.split('.')[0] ?? '']) {
    assert.equal(readUnsubscribeToken(SECRET, bad), undefined)
  }
  assert.equal(readUnsubscribeToken('t'.repeat(32), token), undefined)
})

test('after a change of the secret old links work for as long as the old secret stays in the list', () => {
  const ids = { accountId: newId(), profileId: newId(), messageId: newId() }
  const token = unsubscribeLink('', SECRET, ids).slice('/unsubscribe/'.length)
  assert.deepEqual(readUnsubscribeToken(`${'n'.repeat(32)},${SECRET}`, token), ids)
  assert.equal(readUnsubscribeToken('n'.repeat(32), token), undefined)
  const newer = unsubscribeLink('', `${'n'.repeat(32)},${SECRET}`, ids).slice('/unsubscribe/'.length)
  assert.deepEqual(readUnsubscribeToken('n'.repeat(32), newer), ids)
})

test('looking at the link changes nothing: programs that check links do that', async () => {
  const { profileId, path } = await seedLink()
  for (const method of ['GET', 'HEAD']) assert.equal((await server.call(method, path)).status, 200)
  assert.match((await server.call('GET', path)).text, /<form method="post">/)
  assert.deepEqual(await consentOf(profileId), { consent: 'subscribed', events: 0 })
})

test('one click unsubscribes, whatever body the mail program sends and without a cookie', async () => {
  const boundary = 'multipart/form-data; boundary=x'
  const part = '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
  const requests = [
    { headers: FORM, body: 'List-Unsubscribe=One-Click' },
    { headers: { 'content-type': boundary }, body: part },
    { headers: { 'content-type': 'text/plain' }, body: 'x' },
    { headers: { origin: 'https://mail.example', ...FORM }, body: '' },
    {},
  ]
  for (const request of requests) {
    const { profileId, path } = await seedLink()
    const answer = await server.call('POST', path, request)
    assert.equal(answer.status, 200, JSON.stringify(request))
    assert.match(answer.text, /You are unsubscribed/)
    assert.deepEqual(await consentOf(profileId), { consent: 'unsubscribed', events: 1 })
  }
})

test('unsubscribing twice is harmless and noted once', async () => {
  const { profileId, path } = await seedLink()
  const answers = await Promise.all([1, 2, 3].map(() => server.call('POST', path, { headers: FORM, body: '' })))
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200, 200],
  )
  assert.deepEqual(await consentOf(profileId), { consent: 'unsubscribed', events: 1 })
})

test('a link that we did not make unsubscribes nobody', async () => {
  const { profileId, path } = await seedLink()
  const answer = await server.call('POST', `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`, {
    headers: FORM,
    body: '',
  })
  assert.equal(answer.status, 404)
  assert.equal((await consentOf(profileId)).consent, 'subscribed')
})

test('the link of a test shows what a recipient sees, says that it is a test, and changes nothing', async () => {
  const { accountId, profileId } = await seedLink()
  const link = unsubscribeLink('http://localhost:4321/', SECRET, { accountId, profileId: NOBODY, messageId: newId() })
  const path = new URL(link).pathname
  const asked = await server.call('GET', path)
  assert.match(asked.text, /from a test.*<form method="post">/s)
  const answer = await server.call('POST', path, { headers: FORM, body: 'List-Unsubscribe=One-Click' })
  assert.deepEqual([asked.status, answer.status], [200, 200])
  assert.match(answer.text, /You are unsubscribed.*nothing was changed/s)
  assert.deepEqual(await consentOf(profileId), { consent: 'subscribed', events: 0 })
})
