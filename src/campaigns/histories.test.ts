import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { runsOn } from '../../test/random.ts'
import { after, START } from '../../test/seed.ts'
import {
  openFakeChannel,
  readMessages,
  runInput,
  type SeededCampaign,
  seedCampaign,
  start,
} from '../../test/seed-campaign.ts'
import type { OutgoingEmail } from '../channels/email/email-channel.ts'
import type { SendOutcome } from '../channels/send-outcome.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { recoverMessages } from '../messages/recover.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from './moves.ts'
import { type RunInput, runCampaign } from './run-campaign.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const PEOPLE = 12

type Step =
  | { kind: 'run'; answers: SendOutcome['status'][]; workers: number }
  | { kind: 'crash'; answers: SendOutcome['status'][] }
  | { kind: 'wait'; seconds: number }
  | { kind: 'pause' | 'resume' | 'cancel' | 'recover' }

const answers = fc.array(
  fc.constantFrom<SendOutcome['status']>('sent', 'sent', 'rejected', 'throttled', 'deferred', 'blocked', 'unknown'),
  {
    minLength: 1,
    maxLength: 6,
  },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('run' as const), answers, workers: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), answers }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 60, 600) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const, 'recover' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' as const }) },
)

/** What the provider really took, by message; and what it answered where the answer was not lost. */
type Provider = { taken: Map<string, number> }

function answerOf(provider: Provider, status: SendOutcome['status'], email: OutgoingEmail): SendOutcome {
  if (status === 'sent' || status === 'unknown')
    provider.taken.set(email.messageId, (provider.taken.get(email.messageId) ?? 0) + 1)
  if (status === 'sent') return { status, providerId: email.messageId }
  if (status === 'rejected') return { status, fault: 'address', reason: 'as told' }
  return status === 'throttled' ? { status, reason: 'as told', retryAfterMs: 30_000 } : { status, reason: 'as told' }
}

/** Sends and dies after some answers: the provider has them, we have not. */
async function crash(input: RunInput, provider: Provider, statuses: SendOutcome['status'][]): Promise<void> {
  const dead = new Promise<never>(() => {})
  const died = Promise.withResolvers<void>()
  const waiting = statuses.values()
  const channel = openFakeChannel((email) => {
    const status = waiting.next().value
    if (status) answerOf(provider, status, email)
    setImmediate(died.resolve) // the sends of a batch that go at once are all under way by then
    return dead
  }, input.channel.name)
  void runCampaign(db, { ...input, channel: { ...channel, concurrency: statuses.length } }).then(() => died.resolve())
  await died.promise
}

async function play(seeded: SeededCampaign, name: 'smtp' | 'outbox', steps: Step[]): Promise<Provider> {
  const provider: Provider = { taken: new Map() }
  let now = START
  for (const step of steps) {
    const input = { ...seeded, now }
    const statuses = 'answers' in step ? step.answers.values() : [].values()
    const channel = openFakeChannel((email) => answerOf(provider, statuses.next().value ?? 'sent', email), name)
    const run = runInput(seeded, channel, () => now)
    if (step.kind === 'wait') now = after(step.seconds, now)
    else if (step.kind === 'run') await Promise.all(Array.from({ length: step.workers }, () => runCampaign(db, run)))
    else if (step.kind === 'crash') await crash(run, provider, step.answers)
    else if (step.kind === 'recover') await recoverMessages(db, now)
    else
      await { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign }
        [step.kind](db, input)
        .catch(ignoreState)
  }
  return provider
}

function ignoreState(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'campaign_state') throw error
}

async function checkPromises(seeded: SeededCampaign, name: 'smtp' | 'outbox', provider: Provider): Promise<void> {
  const messages = await readMessages(db, seeded.accountId)
  assert.ok(messages.length === 0 || messages.length === PEOPLE)
  assert.equal(new Set(messages.map((message) => message.profileId)).size, messages.length)
  for (const { id, state, codes } of messages) {
    const taken = provider.taken.get(id) ?? 0
    assert.ok(name === 'outbox' || taken <= 1, `a mail of state ${state} was taken ${taken} times`)
    if (name === 'smtp' && taken === 1) assert.ok(['sent', 'unknown', 'sending'].includes(state), `taken, but ${state}`)
    if (state === 'sent') assert.ok(taken >= 1)
    assert.equal(codes.length, state === 'planned' || (state === 'cancelled' && codes.length === 0) ? 0 : 1, state)
  }
  const codes = messages.flatMap((message) => message.codes)
  assert.equal(new Set(codes).size, codes.length)
  const { rows } = await sql<{ drawn: number; people: number; head: number }>`
    select count(*) as drawn, count(distinct profile_id) as people,
      (select sum(head)::bigint from pool_heads where account_id = ${seeded.accountId}) as head
    from assignments where account_id = ${seeded.accountId}`.execute(db)
  assert.deepEqual(rows, [{ drawn: codes.length, people: codes.length, head: codes.length }])
}

for (const name of ['smtp', 'outbox'] as const) {
  test(`whatever the order of sending, crashes, pauses and cancelling: one code and one mail each (${name})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const seeded = await seedCampaign(db, { people: PEOPLE })
        await start(db, seeded)
        const provider = await play(seeded, name, steps)
        await checkPromises(seeded, name, provider)
        const end: Step[] = [
          { kind: 'wait', seconds: 86_400 },
          { kind: 'recover' },
          { kind: 'resume' },
          { kind: 'run', answers: ['sent'], workers: 1 },
        ]
        const last = await play(seeded, name, end)
        for (const [id, count] of last.taken) provider.taken.set(id, (provider.taken.get(id) ?? 0) + count)
        await checkPromises(seeded, name, provider)
        const states = new Set((await readMessages(db, seeded.accountId)).map((message) => message.state))
        for (const state of ['planned', 'ready', 'sending'])
          assert.ok(!states.has(state), `a message is ${state} for ever`)
      }),
      { numRuns: runsOn(12) },
    )
  })
}
