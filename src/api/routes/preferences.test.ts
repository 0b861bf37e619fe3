import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import { START, seedAccount } from '../../../test/seed.ts'
import { seedCampaign } from '../../../test/seed-campaign.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { newId } from '../../lib/ids.ts'
import { NOBODY, preferencesLink, unsubscribeLink } from '../../messages/links.ts'
import { requestTest } from '../../messages/test-sends/request-test.ts'
import { addMembers, createList } from '../../profiles/lists.ts'
import { createProfile, requireProfile } from '../../profiles/profiles.ts'
import { listSuppressions, suppress } from '../../profiles/suppression/suppress.ts'
import { registerPreferenceRoutes } from './preferences.ts'

const SECRET = 's'.repeat(32)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

let server: TestServer
before(async () => {
  server = await openTestServer((app, deps) => registerPreferenceRoutes(app, deps), {
    secret: SECRET,
    now: () => START,
  })
})
afterAll(() => server[Symbol.asyncDispose]())

async function seedPerson() {
  const { accountId } = await seedAccount(server.db)
  const profile = await createProfile(server.db, {
    accountId,
    email: 'Ada@example.com',
    phone: '+353861234567',
    emailConsent: 'subscribed',
    smsConsent: 'subscribed',
    now: START,
  })
  const lists = []
  for (const name of ['News', '<b>Sale</b> & more']) {
    const list = await createList(server.db, { accountId, name, now: START })
    await addMembers(server.db, { accountId, listId: list.id, profileIds: [profile.id], now: START })
    lists.push(list.id)
  }
  const ids = { accountId, profileId: profile.id }
  const path = new URL(preferencesLink('http://localhost:4321', SECRET, { ...ids, messageId: newId() })).pathname
  const state = async () => {
    const { emailConsent, smsConsent } = await requireProfile(server.db, ids)
    const { rows } = await sql<{ listId: string }>`
      select list_id as "listId" from list_members where profile_id = ${profile.id}`.execute(server.db)
    const suppressed = (await listSuppressions(server.db, { accountId, limit: 10 })).items.map(({ channel }) => channel)
    return { emailConsent, smsConsent, lists: rows.map((row) => row.listId).toSorted(), suppressed }
  }
  return { ...ids, lists: lists.toSorted(), path, state }
}

test('the page shows what a person gets; looking changes nothing, and names are text', async () => {
  const { path, state } = await seedPerson()
  const before = await state()
  const answer = await server.call('GET', path)
  assert.equal(answer.status, 200)
  assert.match(answer.text, /name="email" checked/)
  assert.match(answer.text, /name="sms" checked/)
  assert.match(answer.text, /&#60;b&#62;Sale&#60;\/b&#62; &#38; more/)
  assert.equal(answer.headers['cache-control'], 'no-store')
  assert.deepEqual(await state(), before)
})

test('a person ends text messages and leaves one list; email and the other list stay; sent twice it is the same', async () => {
  const { path, state, lists } = await seedPerson()
  for (const _ of [1, 2]) {
    const answer = await server.call('POST', path, { headers: FORM, body: `email=on&list=${lists[0]}` })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /Your choice is saved/)
    assert.deepEqual(await state(), {
      emailConsent: 'subscribed',
      smsConsent: 'unsubscribed',
      lists: [lists[0]],
      suppressed: ['sms'],
    })
  }
})

test('who turned email off turns it on again; no list is joined by an id in the form', async () => {
  const { path, state } = await seedPerson()
  await server.call('POST', path, { headers: FORM, body: '' })
  assert.deepEqual((await state()).emailConsent, 'unsubscribed')
  await server.call('POST', path, { headers: FORM, body: `email=on&sms=on&list=${newId()}&list=x` })
  assert.deepEqual(await state(), { emailConsent: 'subscribed', smsConsent: 'subscribed', lists: [], suppressed: [] })
})

test('an address that bounced stays off, whatever the form says', async () => {
  const { path, state, accountId } = await seedPerson()
  const row = {
    channel: 'email' as const,
    address: 'ada@example.com',
    reason: 'bounced' as const,
    detail: null,
    at: START,
  }
  await suppress(server.db, { accountId, addresses: [row] })
  assert.match((await server.call('GET', path)).text, /name="email" disabled/)
  await server.call('POST', path, { headers: FORM, body: 'email=on&sms=on' })
  assert.deepEqual((await state()).suppressed, ['email'])
})

test('a link of another page, a changed one and a form of another kind change nothing', async () => {
  const { path, state, accountId, profileId } = await seedPerson()
  const before = await state()
  const other = unsubscribeLink('', SECRET, { accountId, profileId, messageId: newId() }).replace('/unsubscribe/', '')
  for (const wrong of [`/preferences/${other}`, `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`])
    assert.equal((await server.call('POST', wrong, { headers: FORM, body: '' })).status, 404)
  assert.equal(
    (await server.call('POST', path, { headers: { 'content-type': 'application/json' }, body: '{}' })).status,
    415,
  )
  const large = `list=${'x'.repeat(70_000)}`
  assert.equal((await server.call('POST', path, { headers: FORM, body: large })).status, 413)
  assert.deepEqual(await state(), before)
})

test('the link of a test shows what a recipient sees, says that it is a test, and changes nothing', async () => {
  const { accountId, templateId } = await seedCampaign(server.db, { people: 1 })
  const asked = { accountId, templateId, profileId: null, requestKey: newId(), channel: 'outbox' as const, now: START }
  const { messages } = await requestTest(server.db, { ...asked, addresses: ['ann@team.example'] })
  const ids = { accountId, profileId: NOBODY, messageId: messages[0]?.id ?? '' }
  const path = new URL(preferencesLink('http://localhost:4321', SECRET, ids)).pathname
  const shown = await server.call('GET', path)
  assert.equal(shown.status, 200)
  assert.match(shown.text, /from a test.*name="email" checked.*ann@team\.example.*Everybody/s)
  const count = async () => {
    const { rows } = await sql`
      select (select count(*) from list_members where account_id = ${accountId}) as members,
        (select count(*) from suppressions where account_id = ${accountId}) as suppressed,
        (select count(*) from profiles where account_id = ${accountId} and email_consent = 'subscribed') as subscribed`.execute(
      server.db,
    )
    return rows[0]
  }
  const before = await count()
  const saved = await server.call('POST', path, { headers: FORM, body: '' })
  assert.deepEqual([saved.status, await count()], [200, before])
  assert.match(saved.text, /This was a test: nothing was saved/)
  const unknown = preferencesLink('http://localhost:4321', SECRET, { ...ids, messageId: newId() })
  assert.equal((await server.call('GET', new URL(unknown).pathname)).status, 404)
})
