import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { openTestDatabase } from '../../test/database.ts'
import { runsOn } from '../../test/random.ts'
import { drawCode, NOW, type SeededCoupon, seedCodes, seedCoupon, seedProfile } from '../../test/seed-redemptions.ts'
import type { Db } from '../db/database.ts'
import { redeemCode } from './redeem.ts'
import { reserveCode } from './reserve.ts'
import { rollbackCode } from './rollback.ts'

const CODES = ['A', 'B', 'C', 'D']
const HOLD_SECONDS = 60

type Step =
  | { kind: 'redeem' | 'reserve' | 'rollback'; code: string; orderId: string }
  | { kind: 'draw'; person: number }
  | { kind: 'wait'; seconds: number }

/** What an attentive clerk would have written down of a code. */
type Page = {
  usedBy: string | null
  heldBy: string | null
  heldUntil: number
  owner: string | null
  isRevoked: boolean
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('redeem' as const, 'reserve' as const, 'rollback' as const),
      code: fc.constantFrom(...CODES),
      orderId: fc.constantFrom('o-1', 'o-2', 'o-3'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('draw' as const), person: fc.integer({ min: 0, max: 1 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, HOLD_SECONDS) }),
  },
)

test('after any history codes, ledger, redemptions and assignments say what happened', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const coupon = await seedCoupon(db)
      const people = [
        await seedProfile(db, coupon.accountId, 'a@b.c'),
        await seedProfile(db, coupon.accountId, 'd@e.f'),
      ]
      await seedCodes(db, coupon, CODES)
      const book = new Map<string, Page>(
        CODES.map((code) => [code, { usedBy: null, heldBy: null, heldUntil: 0, owner: null, isRevoked: false }]),
      )
      let clock = NOW.getTime()
      for (const one of steps) {
        if (one.kind === 'wait') clock += one.seconds * 1000
        else if (one.kind === 'draw') await draw(db, coupon, people[one.person] as string, book)
        else await act(db, coupon, one, book, clock)
      }
      assert.deepEqual(await readBook(db, coupon, clock), bookRows(book, clock))
    }),
    { numRuns: runsOn(40) },
  )
})

async function draw(db: Db, coupon: SeededCoupon, profileId: string, book: Map<string, Page>): Promise<void> {
  const hasOpen = [...book.values()].some((page) => page.owner === profileId && page.usedBy === null && !page.isRevoked)
  if (hasOpen) return
  const codeId = await drawCode(db, coupon, profileId)
  if (codeId === undefined) return
  const { rows } = await sql<{ code: string }>`select code from codes where id = ${codeId}::uuid`.execute(db)
  const page = book.get(rows[0]?.code ?? '')
  assert.ok(page && page.owner === null && page.usedBy === null, 'a code that was touched is not drawn')
  page.owner = profileId
}

async function act(
  db: Db,
  coupon: SeededCoupon,
  one: Extract<Step, { code: string }>,
  book: Map<string, Page>,
  clock: number,
) {
  const page = book.get(one.code) as Page
  const call = { accountId: coupon.accountId, code: one.code, orderId: one.orderId, now: new Date(clock) }
  const cart = { ...call, subtotalMinor: 5000, currency: 'EUR' }
  const isHeld = page.heldBy !== null && page.heldUntil > clock
  if (one.kind === 'rollback') {
    const { status } = await rollbackCode(db, call)
    if (page.usedBy === one.orderId) {
      assert.equal(status, 'rolled_back')
      page.usedBy = null
      page.isRevoked =
        page.owner !== null &&
        page.owner !== 'nobody' &&
        [...book.values()].some(
          (other) => other !== page && other.owner === page.owner && other.usedBy === null && !other.isRevoked,
        )
    } else {
      assert.equal(
        status,
        isHeld && page.heldBy === one.orderId && page.usedBy === null ? 'released' : 'nothing_to_undo',
      )
      if (status === 'released') page.heldBy = null
    }
    return
  }
  const reply =
    one.kind === 'redeem' ? await redeemCode(db, cart) : await reserveCode(db, { ...cart, seconds: HOLD_SECONDS })
  const seen = reply.reason ?? reply.status
  if (page.usedBy !== null)
    return assert.equal(seen, one.kind === 'redeem' && page.usedBy === one.orderId ? 'redeemed' : 'already_redeemed')
  if (page.isRevoked) return assert.equal(seen, 'withdrawn')
  if (isHeld && page.heldBy !== one.orderId) return assert.equal(seen, 'held_by_another_order')
  assert.equal(seen, one.kind === 'redeem' ? 'redeemed' : 'reserved')
  if (page.owner === null) page.owner = 'nobody'
  page.usedBy = one.kind === 'redeem' ? one.orderId : null
  page.heldBy = one.kind === 'redeem' ? null : one.orderId
  page.heldUntil = clock + HOLD_SECONDS * 1000
}

function bookRows(book: Map<string, Page>, clock: number) {
  return [...book].map(([code, page]) => ({
    code,
    state: page.usedBy === null ? 'live' : 'redeemed',
    sum: page.usedBy === null ? 0 : 1,
    usedBy: page.usedBy,
    heldBy: page.heldUntil > clock ? page.heldBy : null,
    owner: page.owner === 'nobody' ? null : page.owner,
    assignment:
      page.owner === null
        ? null
        : page.owner === 'nobody'
          ? 'out'
          : page.usedBy !== null
            ? 'redeemed'
            : page.isRevoked
              ? 'revoked'
              : 'open',
  }))
}

async function readBook(db: Db, coupon: SeededCoupon, clock: number) {
  const { rows } = await sql`
    select c.code, c.state,
      (select coalesce(sum(delta), 0) from redemption_ledger l where l.account_id = c.account_id and l.code_id = c.id) as sum,
      (select r.order_id from redemptions r where r.account_id = c.account_id and r.code_id = c.id and r.state = 'accepted') as "usedBy",
      case when c.held_until > ${new Date(clock)}::timestamptz then c.held_by end as "heldBy",
      a.profile_id as owner, a.state as assignment
    from codes c left join assignments a on a.account_id = c.account_id and a.code_id = c.id
    where c.account_id = ${coupon.accountId}::uuid order by c.code`.execute(db)
  return rows
}
