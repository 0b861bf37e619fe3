import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { type ReusePolicy, reusePolicy } from '../../../contract/coupons.ts'
import { openTestDatabase } from '../../../test/database.ts'
import { runsOn } from '../../../test/random.ts'
import { after, START, seedAccount, seedCodes, seedCoupon, seedProfiles } from '../../../test/seed.ts'
import type { Database, Db } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { redeemCode } from '../../redemptions/redeem.ts'
import { assignCodes } from '../assign.ts'
import { expireAssignments } from '../expire.ts'
import { replaceCode } from './replace.ts'
import { revokeCode } from './revoke.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

const PEOPLE = 3
const CODES = 7
const ENTRIES = 2
const HOUR = 3600

type Step =
  | { kind: 'assign'; person: number; entry: number }
  | { kind: 'redeem' | 'revoke' | 'replace'; code: number }
  | { kind: 'wait'; seconds: number }
  | { kind: 'expire' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('assign' as const),
      person: fc.nat(PEOPLE - 1),
      entry: fc.nat(ENTRIES - 1),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constantFrom('redeem' as const, 'revoke' as const, 'replace' as const),
      code: fc.nat(CODES - 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(60, HOUR) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' as const }) },
)

/** What an attentive clerk would have written down of a code. */
type Page = {
  owner: string | null
  /** What the code was given for, where the policy counts that. */
  scope: string
  end: 'redeemed' | 'revoked' | null
  deadline: number
  replaced: boolean
}
type Story = {
  policy: ReusePolicy
  accountId: string
  couponId: string
  people: string[]
  codes: { id: string; code: string }[]
  now: Date
}

const isOver = (page: Page, now: Date) => page.owner !== null && page.deadline <= now.getTime()
const isOpen = (page: Page, now: Date) => page.owner !== null && page.end === null && !isOver(page, now)

/** The code that is drawn next: the first of the line that nobody has and nothing happened to. */
const nextOf = (book: Page[]) => book.find((page) => page.owner === null && page.end === null)

const scopeFor = (policy: ReusePolicy, entry: number) => (policy === 'new_each_entry' ? `order ${entry}` : policy)

function drawFor(book: Page[], owner: string, scope: string, now: Date): Page | undefined {
  const page = nextOf(book)
  if (page) Object.assign(page, { owner, scope, deadline: now.getTime() + HOUR * 1000 })
  return page
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code
  }
}

/** What the clerk expects of taking a code out of use. */
function refusalOf(page: Page, now: Date): string {
  if (page.end === 'redeemed') return 'code_redeemed'
  return page.end === 'revoked' || isOver(page, now) ? 'code_state' : 'done'
}

async function act(story: Story, book: Page[], one: Step): Promise<void> {
  const { accountId, couponId, now } = story
  if (one.kind === 'wait') {
    story.now = after(one.seconds, now)
    return
  }
  if (one.kind === 'expire') return void (await expireAssignments(db, now))
  if (one.kind === 'assign') {
    const profileId = story.people[one.person] ?? ''
    const entry = `order ${one.entry}`
    const [outcome] = await assignCodes(db, { accountId, couponId, profileIds: [profileId], entry, now })
    const scope = scopeFor(story.policy, one.entry)
    const theirs = book.filter((page) => page.owner === profileId && page.scope === scope && page.end !== 'revoked')
    const kept = theirs.find((page) => isOpen(page, now))
    if (!kept && theirs.length > 0 && story.policy !== 'until_used_or_expired')
      return assert.equal(outcome?.status, 'already_had')
    const drawn = kept ?? drawFor(book, profileId, scope, now)
    assert.equal(outcome?.status, kept ? 'kept' : drawn ? 'assigned' : 'exhausted')
    if (outcome && 'codeId' in outcome) assert.equal(outcome.codeId, story.codes[book.indexOf(drawn as Page)]?.id)
    return
  }
  const page = book[one.code] as Page
  const { id: codeId, code } = story.codes[one.code] as { id: string; code: string }
  if (one.kind === 'redeem') {
    const reply = await redeemCode(db, {
      accountId,
      code,
      orderId: `o-${one.code}`,
      subtotalMinor: 5000,
      currency: 'EUR',
      now,
    })
    const expected =
      page.end === 'revoked' ? 'withdrawn' : page.end === null && isOver(page, now) ? 'expired' : 'redeemed'
    assert.equal(reply.reason ?? reply.status, expected)
    if (expected === 'redeemed') page.end = 'redeemed'
    return
  }
  const byHand = { accountId, codeId, reason: 'By hand', now }
  const refusal = refusalOf(page, now)
  if (one.kind === 'revoke') {
    assert.equal(await outcomeOf(revokeCode(db, byHand)), refusal)
    if (refusal === 'done') page.end = 'revoked'
    return
  }
  const expected = refusal !== 'done' ? refusal : page.owner === null ? 'code_state' : nextOf(book) ? 'done' : 'no_code'
  assert.equal(await outcomeOf(replaceCode(db, byHand)), expected)
  if (expected !== 'done') return
  Object.assign(page, { end: 'revoked', replaced: true })
  drawFor(book, page.owner as string, page.scope, new Date(now.getTime() + 1))
}

function writtenDown(story: Story, book: Page[]) {
  return book.map((page, nth) => {
    const owner = page.owner
    const open = isOver(page, story.now) ? 'expired' : 'open'
    const assignment = owner === null ? (page.end === null ? null : 'out') : (page.end ?? open)
    const state = page.end === 'revoked' ? 'withdrawn' : (page.end ?? 'live')
    const sum = page.end === 'redeemed' ? 1 : 0
    return {
      code: story.codes[nth]?.code,
      state,
      owner,
      assignment,
      sum,
      revoked: page.end === 'revoked',
      replaced: page.replaced,
    }
  })
}

async function readBook(story: Story) {
  const { rows } = await sql`
    select c.code, c.state, a.profile_id as owner,
      case when a.state = 'open' and a.expires_at <= ${story.now} then 'expired' else a.state end as assignment,
      (select coalesce(sum(delta), 0) from redemption_ledger l where l.account_id = c.account_id and l.code_id = c.id) as sum,
      v.code_id is not null as revoked, v.replaced_by is not null as replaced
    from codes c
      left join assignments a on a.account_id = c.account_id and a.code_id = c.id
      left join revocations v on v.account_id = c.account_id and v.code_id = c.id
    where c.account_id = ${story.accountId}::uuid order by c.position`.execute(db)
  return rows
}

test('after any history each code is in the one state that a clerk would have written down, and has one person at most', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...reusePolicy.options),
      fc.array(step, { minLength: 5, maxLength: 30 }),
      async (policy, steps) => {
        const account = await seedAccount(db)
        const terms = {
          discount: { kind: 'percentage' as const, basisPoints: 2000 },
          expires: { kind: 'after_assignment' as const, seconds: HOUR },
        }
        const coupon = await seedCoupon(db, account, { terms, reusePolicy: policy })
        await seedCodes(db, account.accountId, coupon.id, CODES)
        const { rows: codes } = await sql<{ id: string; code: string }>`
        select id, code from codes where account_id = ${account.accountId}::uuid order by position`.execute(db)
        const people = await seedProfiles(db, account.accountId, PEOPLE)
        const story: Story = { policy, accountId: account.accountId, couponId: coupon.id, people, codes, now: START }
        const book = codes.map(
          (): Page => ({ owner: null, scope: '', end: null, deadline: Number.POSITIVE_INFINITY, replaced: false }),
        )
        for (const one of steps) await act(story, book, one)
        assert.deepEqual(await readBook(story), writtenDown(story, book))
      },
    ),
    { numRuns: runsOn(60) },
  )
})
