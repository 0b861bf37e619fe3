import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import { sql } from 'kysely'
import type { Scope } from '../../../contract/account.ts'
import type { AddMissingReply, Campaign, CampaignReview } from '../../../contract/campaigns.ts'
import { seedCoupon, seedProfiles } from '../../../test/seed.ts'
import { MAIL, onList } from '../../../test/seed-campaign.ts'
import { openTestServer, setUpOwner, type TestServer } from '../../../test/server.ts'
import { newId } from '../../lib/ids.ts'
import { createTemplate } from '../../messages/templates.ts'
import { addMembers, createList } from '../../profiles/lists.ts'
import { registerCampaignRoutes } from './campaigns.ts'

let server: TestServer
let owner: { key: string; cookie: string; accountId: string }
let draft: { name: string; audience: object; templateId: string }
let listId: string
const woken: string[] = []

before(async () => {
  const wakeWorker = async (queue: string): Promise<void> => void woken.push(queue)
  server = await openTestServer(registerCampaignRoutes, { wakeWorker })
  owner = await setUpOwner(server)
  const { db } = server
  const { accountId } = owner
  const now = new Date()
  const { rows } = await sql<{ id: string }>`select id from stores`.execute(db)
  await seedCoupon(db, { accountId, storeId: rows[0]?.id ?? '' }, { codes: 3, now })
  listId = (await createList(db, { accountId, name: 'News', now })).id
  await addMembers(db, { accountId, listId, profileIds: await seedProfiles(db, accountId, 5), now })
  const template = await createTemplate(db, { accountId, name: 'Welcome', ...MAIL, now })
  draft = { name: 'Spring', audience: onList(listId), templateId: template.id }
})
afterAll(() => server[Symbol.asyncDispose]())

async function makeKey(...scopes: Scope[]): Promise<string> {
  const body = { name: 'Some', scopes }
  return (await server.call<{ key: string }>('POST', '/v1/api-keys', { key: owner.key, body })).body.key
}

async function create(more: object = {}): Promise<Campaign> {
  const made = await server.call<Campaign>('POST', '/v1/campaigns', { key: owner.key, body: { ...draft, ...more } })
  assert.equal(made.status, 201, made.text)
  return made.body
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
const at = (days: number) => ({ kind: 'at', at: inDays(days), spreadHours: 0 })
const move = (id: string, name: string, body: object = {}, key = owner.key) =>
  server.call<Campaign>('POST', `/v1/campaigns/${id}/${name}`, { key, body })

test('a campaign is reviewed, gets its missing codes, is scheduled, moved, unscheduled and copied, each in the audit log', async () => {
  const { id } = await create({ when: at(1) })
  const review = await server.call<CampaignReview>('GET', `/v1/campaigns/${id}/review`, { key: owner.key })
  assert.deepEqual([review.body.recipients, review.body.coupons[0]?.missing], [5, 2])
  const refused = await server.call('POST', `/v1/campaigns/${id}/schedule`, { key: owner.key })
  assert.deepEqual([refused.status, refused.body.error.code], [409, 'campaign_not_sendable'])
  const added = await server.call<AddMissingReply>('POST', `/v1/campaigns/${id}/add-missing-codes`, { key: owner.key })
  assert.deepEqual([added.status, added.body.jobs.map((job) => job.wanted)], [202, [2]])
  assert.deepEqual(woken, ['add-codes'])
  await server.call('PATCH', `/v1/campaigns/${id}`, { key: owner.key, body: { holdWithoutCode: true } })
  assert.equal((await move(id, 'schedule')).body.state, 'scheduled')
  const moved = await move(id, 'reschedule', { when: { kind: 'local', at: inDays(3).slice(0, 16) } })
  assert.deepEqual([moved.body.state, moved.body.when.kind], ['scheduled', 'local'])
  assert.equal((await move(id, 'unschedule')).body.state, 'draft')
  assert.equal((await move(id, 'copy')).status, 201)
  const { rows } = await sql<{ action: string }>`
    select action from audit_log where account_id = ${owner.accountId} and action ~ '^(campaign|codes)' order by id`.execute(
    server.db,
  )
  assert.deepEqual(
    rows.map((row) => row.action),
    ['codes.added', 'campaign.scheduled', 'campaign.rescheduled', 'campaign.unscheduled'],
  )
})

test('sending at once wakes the worker, whatever time was chosen', async () => {
  const { id } = await create({ when: at(1), holdWithoutCode: true })
  woken.length = 0
  const sent = await move(id, 'send')
  assert.deepEqual([sent.body.state, sent.body.when], ['preparing', { kind: 'now', spreadHours: 0 }])
  assert.deepEqual(woken, ['run-campaign'])
  assert.equal((await move(id, 'cancel')).body.state, 'cancelled')
})

test('who may write drafts may neither schedule nor give a campaign another time, nor add codes', async () => {
  const writer = await makeKey('messages:read', 'messages:write')
  const made = await server.call<Campaign>('POST', '/v1/campaigns', { key: writer, body: draft })
  assert.equal(made.status, 201)
  const { id } = await create({ when: at(1), holdWithoutCode: true })
  await move(id, 'schedule')
  for (const name of ['schedule', 'send', 'unschedule', 'reschedule', 'cancel', 'add-missing-codes']) {
    const refused = await move(id, name, { when: at(2) }, writer)
    assert.equal(refused.status, 403, name)
  }
  const patched = await server.call('PATCH', `/v1/campaigns/${id}`, { key: writer, body: { when: at(0) } })
  assert.deepEqual([patched.status, patched.body.error.code], [409, 'campaign_state'])
  assert.equal((await move(id, 'cancel')).status, 200)
})

test('a test of two messages is made, and its winner can be picked only while it is open, by who may send', async () => {
  const now = new Date()
  const second = await createTemplate(server.db, { accountId: owner.accountId, name: 'Second', ...MAIL, now })
  const ab = { templateId: second.id, sharePercent: 50, metric: 'opened', afterHours: null }
  const made = await create({ ab, holdWithoutCode: true })
  assert.deepEqual(made.ab, { ...ab, templateName: 'Second', winner: null, decidesAt: null })
  const writer = await makeKey('messages:write')
  assert.equal((await move(made.id, 'pick-winner', { winner: 'a' }, writer)).status, 403)
  assert.equal((await move(made.id, 'pick-winner', { winner: 'c' })).status, 400)
  const early = await server.call('POST', `/v1/campaigns/${made.id}/pick-winner`, {
    key: owner.key,
    body: { winner: 'a' },
  })
  assert.deepEqual([early.status, early.body.error.code], [409, 'campaign_state'])
  await sql`update campaigns set state = 'sending' where id = ${made.id}`.execute(server.db)
  woken.length = 0
  const picked = await move(made.id, 'pick-winner', { winner: 'b' })
  assert.deepEqual([picked.status, picked.body.ab?.winner, woken], [200, 'b', ['run-campaign']])
  await sql`update campaigns set state = 'cancelled' where id = ${made.id}`.execute(server.db)
})

test('what makes no sense is refused with the field', async () => {
  const list = (id: string) => ({ kind: 'list', id })
  const bad: [string, object][] = [
    ['audience.include', { audience: { include: [] } }],
    ['audience.include', { audience: { include: Array.from({ length: 21 }, () => list(newId())) } }],
    ['audience.include.0.kind', { audience: { include: [{ kind: 'segment', id: listId }] } }],
    ['when.at', { when: { kind: 'at', at: '2027-03-01T09:00' } }],
    ['when.at', { when: { kind: 'local', at: '2027-02-30T09:00' } }],
    ['when.at', { when: { kind: 'local', at: '2027-03-01T09:00Z' } }],
    ['when.spreadHours', { when: { kind: 'now', spreadHours: 73 } }],
    ['when.spreadHours', { when: { kind: 'now', spreadHours: 1.5 } }],
  ]
  for (const [path, more] of bad) {
    const refused = await server.call('POST', '/v1/campaigns', { key: owner.key, body: { ...draft, ...more } })
    assert.deepEqual([refused.status, refused.body.error.code], [400, 'invalid_input'], refused.text)
    assert.match(JSON.stringify(refused.body.error.data), new RegExp(path.replaceAll('.', '[./]')), refused.text)
  }
  const unknown = await server.call('POST', '/v1/campaigns', {
    key: owner.key,
    body: { ...draft, audience: onList(newId()) },
  })
  assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'list_not_found'])
})
