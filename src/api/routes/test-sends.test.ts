import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { z } from 'zod'
import { type Scope, scope } from '../../../contract/account.ts'
import type { testSendReply } from '../../../contract/messages.ts'
import { START } from '../../../test/seed.ts'
import { type SeededCampaign, seedCampaign } from '../../../test/seed-campaign.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../accounts/api-keys.ts'
import { registerTestSendRoutes } from './test-sends.ts'

type Reply = z.infer<typeof testSendReply>

let server: TestServer
let seeded: SeededCampaign
const woken: string[] = []
before(async () => {
  const wakeWorker = async (queue: string, work: { id: string }) => void woken.push(`${queue} ${work.id}`)
  server = await openTestServer(registerTestSendRoutes, { now: () => START, wakeWorker })
  seeded = await seedCampaign(server.db, { people: 1, codes: 10 })
})
after(() => server[Symbol.asyncDispose]())

async function makeKey(scopes: readonly Scope[] = scope.options, accountId = seeded.accountId): Promise<string> {
  const facts = { accountId, actor: 'system', name: 'Test', allowedScopes: new Set(scope.options), now: START }
  return (await createApiKey(server.db, { ...facts, scopes: [...scopes] })).key
}

function send(key: string, body: object, headers: Record<string, string> = {}) {
  return server.call<Reply>('POST', `/v1/templates/${seeded.templateId}/test`, { key, body, headers })
}

test('a test is taken, told to the worker, written into the audit log, and repeated with the same key it is the same', async () => {
  const key = await makeKey()
  const body = { addresses: ['Ann@team.example', 'ann@TEAM.example', 'bo@team.example'] }
  const headers = { 'idempotency-key': 'one' }
  const first = await send(key, body, headers)
  assert.equal(first.status, 202)
  assert.deepEqual(
    first.body.messages.map(({ to }) => to),
    ['ann@team.example', 'bo@team.example'],
  )
  assert.match(first.body.codes[0]?.code ?? '', /^WELCOME20-[2-9A-Z]{11}$/)
  assert.deepEqual((await send(key, body, headers)).body, first.body)
  assert.match(woken[0] ?? '', /^send-tests [\w-]{36}$/)
  const { rows } = await sql<{ data: object }>`
    select data from audit_log where account_id = ${seeded.accountId} and action = 'template.test_sent'`.execute(
    server.db,
  )
  assert.deepEqual(
    rows.map((row) => row.data),
    [{ addresses: ['ann@team.example', 'bo@team.example'], asProfile: null }],
  )
  const { rows: messages } = await sql`select 1 from messages where account_id = ${seeded.accountId}`.execute(server.db)
  assert.equal(messages.length, 2)
})

test('who may not write messages sends no test; who may not see codes gets them masked', async () => {
  const body = { addresses: ['cy@team.example'] }
  assert.equal((await send(await makeKey(['messages:read']), body)).status, 403)
  const masked = await send(await makeKey(['messages:write']), body)
  assert.match(masked.body.codes[0]?.code ?? '', /•/)
})

test('no address, too many, or none at all are refused', async () => {
  const key = await makeKey()
  const many = [1, 2, 3, 4, 5, 6].map((nth) => `t${nth}@team.example`)
  for (const addresses of [[], many, ['nobody']]) assert.equal((await send(key, { addresses })).status, 400)
})
