import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { type Scope, scope } from '../../../contract/account.ts'
import type { FoundCode, ReplaceReply, ResendReply, RevokeReply } from '../../../contract/codes.ts'
import type { ErrorReply } from '../../../contract/common.ts'
import { START, seedProfiles } from '../../../test/seed.ts'
import { openFakeChannel, runInput, type SeededCampaign, seedCampaign, start } from '../../../test/seed-campaign.ts'
import { openTestServer, type TestServer } from '../../../test/server.ts'
import { createApiKey } from '../../accounts/api-keys.ts'
import { scopesOf } from '../../accounts/roles.ts'
import { runCampaign } from '../../campaigns/run-campaign.ts'
import { assignCodes } from '../../codes/assign.ts'
import { registerCodeByHandRoutes } from './codes-by-hand.ts'

let server: TestServer
let seeded: SeededCampaign
let key: string
const woken: string[] = []
before(async () => {
  const wakeWorker = async (queue: string, work: { id: string }) => void woken.push(`${queue} ${work.id}`)
  server = await openTestServer(registerCodeByHandRoutes, { now: () => START, wakeWorker })
  seeded = await seedCampaign(server.db, { people: 3, codes: 20 })
  await start(server.db, seeded)
  await runCampaign(server.db, runInput(seeded, openFakeChannel()))
  key = await makeKey()
})
after(() => server[Symbol.asyncDispose]())

async function makeKey(scopes: readonly Scope[] = scope.options, accountId = seeded.accountId): Promise<string> {
  const facts = { accountId, actor: 'system', name: 'Test', allowedScopes: new Set(scope.options), now: START }
  return (await createApiKey(server.db, { ...facts, scopes: [...scopes] })).key
}

/** Somebody of the campaign with their code, or somebody new. */
async function holder(nth?: number) {
  const { accountId, coupon } = seeded
  const profileId = nth === undefined ? (await seedProfiles(server.db, accountId, 1))[0] : seeded.profileIds[nth]
  const [outcome] = await assignCodes(server.db, {
    accountId,
    couponId: coupon.id,
    profileIds: [profileId ?? ''],
    now: START,
  })
  assert.ok(outcome && 'codeId' in outcome)
  return outcome
}

function act<Reply = ErrorReply>(
  codeId: string,
  what: string,
  body: object,
  options: { key?: string; headers?: Record<string, string> } = {},
) {
  return server.call<Reply>('POST', `/v1/codes/${codeId}/${what}`, { key, body, ...options })
}

async function audit(action: string): Promise<{ subject: string; data: Record<string, unknown> }[]> {
  const { rows } = await sql<{ subject: string; data: Record<string, unknown> }>`
    select subject, data from audit_log where account_id = ${seeded.accountId} and action = ${action} order by id`.execute(
    server.db,
  )
  return rows
}

test('a revocation says what it did, is in the audit log with its reason and without the code, and repeated it is the same', async () => {
  const { codeId, code, profileId } = await holder()
  const headers = { 'idempotency-key': 'revoke-1' }
  const first = await act<RevokeReply>(codeId, 'revoke', { reason: ' Shared in a forum ' }, { headers })
  assert.equal(first.status, 200, first.text)
  assert.deepEqual(first.body, { codeId, couponId: seeded.coupon.id, profileId, shop: 'none' })
  assert.deepEqual(
    (await act<RevokeReply>(codeId, 'revoke', { reason: ' Shared in a forum ' }, { headers })).body,
    first.body,
  )
  const entries = await audit('code.revoked')
  const data = { coupon: 'WELCOME20', couponId: seeded.coupon.id, profileId, reason: 'Shared in a forum' }
  assert.deepEqual(entries, [{ subject: `code:${codeId}`, data }])
  const again = await act(codeId, 'revoke', { reason: 'Again' })
  assert.deepEqual([again.status, again.body.error.code], [409, 'code_state'])
  assert.equal((await audit('code.revoked')).length, 1)
  assert.ok(!server.logs().includes(code))
})

test('a replacement gives the new code to who may see codes, and masked to others', async () => {
  const [mine, other] = [await holder(), await holder()]
  const shown = await act<ReplaceReply>(mine.codeId, 'replace', { reason: 'Did not work' })
  assert.match(shown.body.replacement.code, /^WELCOME20-[2-9A-Z]{11}$/)
  assert.ok(shown.body.replacement.expiresAt)
  const blind = await makeKey(['assignments:write'])
  const masked = await act<ReplaceReply>(other.codeId, 'replace', { reason: 'Did not work' }, { key: blind })
  assert.match(masked.body.replacement.code, /•/)
  const [entry] = await audit('code.replaced')
  assert.equal(entry?.data.newCodeId, shown.body.replacement.codeId)
  assert.ok(!JSON.stringify(entry).includes(shown.body.replacement.code))
})

test('a message is sent again once for one key, told to the worker and written into the audit log', async () => {
  const { codeId } = await holder(0)
  const headers = { 'idempotency-key': 'resend-1' }
  const first = await act<ResendReply>(codeId, 'resend', {}, { headers })
  assert.equal(first.status, 202, first.text)
  assert.equal(first.body.medium, 'email')
  await sql`delete from idempotency_keys where account_id = ${seeded.accountId}`.execute(server.db)
  assert.deepEqual(
    (await act<ResendReply>(codeId, 'resend', {}, { headers })).body,
    first.body,
    'also when the stored reply is lost',
  )
  assert.match(woken.at(-1) ?? '', /^send-tests [\w-]{36}$/)
  assert.deepEqual(
    (await audit('code.resent')).map(({ data }) => data.messageId),
    [first.body.messageId],
  )
  const none = await act(codeId, 'resend', { medium: 'sms' })
  assert.deepEqual([none.status, none.body.error.code], [409, 'code_not_sent'])
})

test('support may revoke, replace, send again and find; viewers and keys without the scope may not', async () => {
  const support = await makeKey([...scopesOf('support')])
  const { codeId, code } = await holder(1)
  const found = await server.call<FoundCode[]>('GET', `/v1/codes?code=${code.toLowerCase()}`, { key: support })
  assert.deepEqual(
    found.body.map((one) => [one.id, one.state, one.couponName]),
    [[codeId, 'assigned', 'WELCOME20']],
  )
  assert.equal((await act(codeId, 'resend', {}, { key: support })).status, 202)
  assert.equal((await act(codeId, 'replace', { reason: 'Lost' }, { key: support })).status, 200)
  assert.equal((await act((await holder()).codeId, 'revoke', { reason: 'Lost' }, { key: support })).status, 200)
  for (const scopes of [[...scopesOf('viewer')], ['codes:write', 'messages:write'] as Scope[]]) {
    const blind = await makeKey(scopes)
    for (const what of ['revoke', 'replace', 'resend'])
      assert.equal((await act(codeId, what, { reason: 'No' }, { key: blind })).status, 403)
    assert.equal((await server.call('GET', `/v1/codes?code=${code}`, { key: blind })).status, 403)
  }
})

test('codes of other accounts are neither found nor touched, and a reason is needed', async () => {
  const { codeId, code } = await holder(2)
  const stranger = await seedCampaign(server.db, { people: 1 })
  const theirs = await makeKey(scope.options, stranger.accountId)
  for (const what of ['revoke', 'replace', 'resend']) {
    const answer = await act(codeId, what, { reason: 'Mine' }, { key: theirs })
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'code_not_found'])
  }
  assert.deepEqual((await server.call<FoundCode[]>('GET', `/v1/codes?code=${code}`, { key: theirs })).body, [])
  for (const reason of ['', '   ', 'x'.repeat(201)]) assert.equal((await act(codeId, 'revoke', { reason })).status, 400)
})

test('a revoked code is found with its reason and what became of it in the shop', async () => {
  const { codeId, code } = await holder()
  await act(codeId, 'revoke', { reason: 'Shared' })
  const [found] = (await server.call<FoundCode[]>('GET', `/v1/codes?code=${encodeURIComponent(` ${code} `)}`, { key }))
    .body
  assert.equal(found?.state, 'withdrawn')
  assert.deepEqual(found?.revocation, {
    reason: 'Shared',
    at: START.toISOString(),
    shop: 'none',
    goneAt: null,
    isReplaced: false,
  })
})
