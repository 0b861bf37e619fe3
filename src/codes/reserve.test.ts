import assert from 'node:assert/strict'
import { after as afterAll, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { terms } from '../../contract/coupons.ts'
import { openTestDatabase } from '../../test/database.ts'
import { runsOn } from '../../test/random.ts'
import { after, START, seedAccount, seedCodes, seedCoupon, seedProfiles, TWENTY_PERCENT } from '../../test/seed.ts'
import { seedBareCampaign } from '../../test/seed-campaign.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { requireCoupon } from '../coupons/find-coupon.ts'
import type { Database, Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { newId } from '../lib/ids.ts'
import { assignCodes } from './assign.ts'
import { nextBucketOf } from './buckets/bucket.ts'
import { stockBuckets } from './buckets/stock-buckets.ts'
import { insertLiveCodes } from './codes.sql.ts'
import { archiveCoupon, editTerms } from './edit-terms.ts'
import { makeCodes } from './format.ts'
import { countAvailable, requirePool } from './pool.ts'
import { type ReserveResult, releaseCodes, reserveCodes } from './reserve.ts'

let database: Database
let db: Db
before(async () => {
  database = await openTestDatabase()
  db = database.db
})
afterAll(() => database[Symbol.asyncDispose]())

type Scene = { accountId: string; coupon: CouponRow; campaigns: string[] }

async function seedScene(codes: number, campaigns: number): Promise<Scene> {
  const account = await seedAccount(db)
  const coupon = await seedCoupon(db, account, { codes })
  const ids: string[] = []
  for (let nth = 0; nth < campaigns; nth += 1)
    ids.push(await seedBareCampaign(db, account.accountId, `Campaign ${nth}`))
  return { accountId: account.accountId, coupon, campaigns: ids }
}

let clock = 0

/** Each reservation is younger than the one before. */
function reserve(scene: Scene, nth: number, count: number, mayExceed = false): Promise<ReserveResult> {
  clock += 1
  const { accountId, coupon } = scene
  const input = { accountId, couponId: coupon.id, campaignId: scene.campaigns[nth] ?? '', count, mayExceed }
  return db.transaction().execute((trx) => reserveCodes(trx, { ...input, now: after(clock) }))
}

/** Draws for `people` new people; returns how many got a code. `nth`: the campaign that it is for. */
async function draw(scene: Scene, people: number, nth?: number): Promise<number> {
  const profileIds = await seedProfiles(db, scene.accountId, people)
  const campaignId = nth === undefined ? undefined : scene.campaigns[nth]
  const input = { accountId: scene.accountId, couponId: scene.coupon.id, profileIds, now: START }
  const outcomes = await assignCodes(db, { ...input, ...(campaignId ? { campaignId } : {}) })
  return outcomes.filter((outcome) => outcome.status === 'assigned').length
}

function available(scene: Scene, nth?: number): Promise<number> {
  const campaignId = nth === undefined ? undefined : scene.campaigns[nth]
  const input = { accountId: scene.accountId, coupon: scene.coupon.id, now: START }
  return countAvailable(db, { ...input, ...(campaignId ? { campaignId } : {}) })
}

test('what a campaign reserved nobody else can draw, and the campaign can', async () => {
  const scene = await seedScene(10, 2)
  assert.deepEqual(await reserve(scene, 0, 7), { status: 'reserved' })
  assert.deepEqual([await available(scene), await available(scene, 0), await available(scene, 1)], [3, 10, 3])
  assert.equal(await draw(scene, 5), 3)
  assert.equal(await draw(scene, 5, 1), 0)
  assert.equal(await draw(scene, 9, 0), 7)
})

test('a reservation shrinks as codes are drawn for its campaign, and only then', async () => {
  const scene = await seedScene(10, 1)
  await reserve(scene, 0, 6)
  await draw(scene, 2)
  assert.deepEqual([await available(scene), await available(scene, 0)], [2, 8])
  await draw(scene, 4, 0)
  assert.deepEqual([await available(scene), await available(scene, 0)], [2, 4])
  await draw(scene, 4, 0)
  assert.deepEqual([await available(scene), await available(scene, 0)], [0, 0])
})

test('who keeps an open code takes nothing off the reservation', async () => {
  const scene = await seedScene(10, 1)
  await reserve(scene, 0, 5)
  const { accountId, coupon } = scene
  const profileIds = await seedProfiles(db, accountId, 3)
  for (let time = 0; time < 2; time += 1)
    await assignCodes(db, {
      accountId,
      couponId: coupon.id,
      profileIds,
      campaignId: scene.campaigns[0] ?? '',
      now: START,
    })
  assert.deepEqual([await available(scene), await available(scene, 0)], [5, 7])
})

test('more than there is cannot be reserved, and the refusal says how many there are', async () => {
  const scene = await seedScene(10, 2)
  await reserve(scene, 0, 6)
  assert.deepEqual(await reserve(scene, 1, 5), { status: 'too_few', available: 4 })
  assert.deepEqual(await reserve(scene, 1, 4), { status: 'reserved' })
  assert.deepEqual(await reserve(scene, 0, 7), { status: 'too_few', available: 6 })
  assert.deepEqual(await reserve(scene, 0, 6), { status: 'reserved' })
})

test('a reservation of codes that are not there yet gets them as they are made, the older one first', async () => {
  const scene = await seedScene(3, 2)
  await reserve(scene, 0, 8, true)
  await reserve(scene, 1, 8, true)
  assert.deepEqual([await available(scene, 0), await available(scene, 1), await available(scene)], [3, 0, 0])
  await seedCodes(db, scene.accountId, scene.coupon.id, 8)
  assert.deepEqual([await available(scene, 0), await available(scene, 1), await available(scene)], [8, 3, 0])
  await seedCodes(db, scene.accountId, scene.coupon.id, 8)
  assert.deepEqual([await available(scene, 0), await available(scene, 1), await available(scene)], [11, 11, 3])
})

test('releasing gives back what was not drawn', async () => {
  const scene = await seedScene(10, 2)
  await reserve(scene, 0, 6)
  await reserve(scene, 1, 4)
  await draw(scene, 2, 0)
  await releaseCodes(db, { accountId: scene.accountId, campaignId: scene.campaigns[0] ?? '' })
  assert.deepEqual([await available(scene), await available(scene, 1)], [4, 8])
})

test('codes that left the line on their own are nobody’s: neither reserved twice nor drawn', async () => {
  const scene = await seedScene(6, 1)
  await sql`
    insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at)
    select account_id, id, pool_id, ${scene.coupon.id}::uuid, null, 'out', position, ${START}::timestamptz from codes
    where account_id = ${scene.accountId} and position in (5, 6)`.execute(db)
  await sql`update codes set state = 'redeemed' where account_id = ${scene.accountId} and position in (5, 6)`.execute(
    db,
  )
  assert.deepEqual(await reserve(scene, 0, 5), { status: 'too_few', available: 4 })
  await reserve(scene, 0, 3)
  assert.equal(await draw(scene, 6), 1)
  assert.equal(await draw(scene, 6, 0), 3)
})

test('a reservation outlives the turn of an expiry bucket, and the next bucket is stocked with what is reserved too', async () => {
  const account = await seedAccount(db)
  await sql`update stores set kind = 'shopify' where account_id = ${account.accountId}`.execute(db)
  const { id } = await seedCoupon(db, account)
  const coupon = await requireCoupon(db, { ...account, coupon: id })
  const campaigns = [await seedBareCampaign(db, account.accountId, 'Spring')]
  const scene = { accountId: account.accountId, coupon, campaigns }
  const fill = async (now: Date): Promise<void> => {
    const pool = await requirePool(db, { ...scene, now })
    const codes = makeCodes(10, 'X', 11)
    await insertLiveCodes(db, { ...account, poolId: pool.id, ids: codes.map(() => newId()), codes })
  }
  const counts = async (now: Date): Promise<number[]> => {
    const input = { accountId: account.accountId, coupon: id, now }
    return [await countAvailable(db, input), await countAvailable(db, { ...input, campaignId: campaigns[0] ?? '' })]
  }
  await fill(START)
  await reserve(scene, 0, 6)
  assert.deepEqual(await counts(START), [4, 10])
  const turnsAt = nextBucketOf(coupon, START)?.turnsAt
  assert.ok(turnsAt)
  assert.equal(await stockBuckets(db, after(-3600, turnsAt)), 1)
  const { rows } = await sql<{ wanted: number }>`select wanted from code_jobs where coupon_id = ${id}`.execute(db)
  assert.deepEqual(rows, [{ wanted: 10 }])
  const later = after(1, turnsAt)
  assert.deepEqual(await counts(later), [0, 0])
  await fill(later)
  assert.deepEqual(await counts(later), [4, 10])
})

test('of campaigns that reserve the last codes at once, and people who draw at once, no two get the same ones', async () => {
  for (let round = 0; round < 5; round += 1) {
    const scene = await seedScene(40, 4)
    const results = await Promise.all([
      ...[0, 1, 2, 3].map(async (nth) => ((await reserve(scene, nth, 15)).status === 'reserved' ? 15 : 0)),
      ...[1, 2, 3].map(() => draw(scene, 5)),
    ])
    const promised = results.reduce((sum, count) => sum + count, 0)
    assert.ok(promised <= 40, `${promised} codes were promised or drawn of 40`)
    const held = results.slice(0, 4)
    const drawn = await Promise.all(held.map((count, nth) => (count > 0 ? draw(scene, 15, nth) : 15)))
    assert.ok(
      drawn.every((count) => count === 15),
      `campaigns drew ${drawn} of 15 reserved each`,
    )
  }
})

test('while a campaign draws what it reserved, others who draw at once cannot get at it', async () => {
  const scene = await seedScene(60, 1)
  await reserve(scene, 0, 50)
  const counts = await Promise.all([
    ...[1, 2, 3, 4, 5].map(() => draw(scene, 10, 0)),
    ...[1, 2, 3, 4, 5].map(() => draw(scene, 10)),
  ])
  assert.deepEqual(counts.slice(0, 5), [10, 10, 10, 10, 10])
  assert.equal(
    counts.slice(5).reduce((sum, count) => sum + count, 0),
    10,
  )
})

test('terms cannot be edited nor the coupon archived while a campaign counts on its codes: the refusal names it', async () => {
  const scene = await seedScene(10, 1)
  const { accountId, coupon } = scene
  await reserve(scene, 0, 5)
  const edit = () => editTerms(db, { accountId, couponId: coupon.id, terms: terms.parse(TWENTY_PERCENT), now: START })
  const archive = () => archiveCoupon(db, { accountId, couponId: coupon.id, now: START })
  for (const change of [edit, archive]) {
    await assert.rejects(change, (error) => {
      assert.ok(error instanceof AppError && error.code === 'coupon_reserved')
      assert.match(error.message, /The campaign Campaign 0 has 5 codes of WELCOME20 reserved\./)
      return true
    })
  }
  await draw(scene, 5, 0)
  assert.equal((await edit()).withdrawn, 5)
})

test('an edit of the terms and a reservation that race: one of them is refused', async () => {
  for (let round = 0; round < 5; round += 1) {
    const scene = await seedScene(10, 1)
    const { accountId, coupon } = scene
    const [reserved, edited] = await Promise.allSettled([
      reserve(scene, 0, 10),
      editTerms(db, { accountId, couponId: coupon.id, terms: terms.parse(TWENTY_PERCENT), now: START }),
    ])
    assert.ok(reserved.status === 'fulfilled')
    const both = reserved.value.status === 'reserved' && edited.status === 'fulfilled'
    assert.ok(!both, 'codes that a campaign counts on were withdrawn')
  }
})

type Step =
  | { kind: 'reserve'; nth: number; count: number; mayExceed: boolean }
  | { kind: 'draw'; nth: number | undefined; people: number }
  | { kind: 'release'; nth: number }
  | { kind: 'add'; count: number }

const nth = fc.integer({ min: 0, max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      nth,
      count: fc.integer({ min: 0, max: 9 }),
      mayExceed: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('draw' as const),
      nth: fc.option(nth, { nil: undefined }),
      people: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 6 }) }) },
)

/** The rule in a few lines: reservations, the oldest first, each with what it still may draw. */
class Model {
  line: number
  reserved = new Map<number, number>()
  constructor(codes: number) {
    this.line = codes
  }

  /** What a campaign is sure of: its reservation as far as older ones leave it. */
  sure(nth: number): number {
    let left = this.line
    for (const [other, count] of this.reserved) {
      if (other === nth) return Math.min(left, count)
      left = Math.max(0, left - count)
    }
    return 0
  }

  room(nth: number | undefined): number {
    const total = [...this.reserved.values()].reduce((sum, count) => sum + count, 0)
    return (nth === undefined ? 0 : this.sure(nth)) + Math.max(0, this.line - total)
  }

  draw(nth: number | undefined, count: number): void {
    this.line -= count
    const own = nth === undefined ? undefined : this.reserved.get(nth)
    if (nth !== undefined && own !== undefined) this.reserved.set(nth, Math.max(0, own - count))
  }
}

test('whatever the order of reserving, drawing, releasing and adding: nobody draws what another can count on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const scene = await seedScene(8, 3)
      const model = new Model(8)
      for (const one of steps) {
        const before = [0, 1, 2].map((other) => model.sure(other))
        const room = 'nth' in one ? model.room(one.nth) : 0
        if (one.kind === 'draw') {
          const drawn = await draw(scene, one.people, one.nth)
          assert.equal(drawn, Math.min(one.people, room))
          model.draw(one.nth, drawn)
        } else if (one.kind === 'reserve') {
          const { status } = await reserve(scene, one.nth, one.count, one.mayExceed)
          assert.equal(status, one.mayExceed || room >= one.count ? 'reserved' : 'too_few')
          const own = model.reserved.get(one.nth)
          const most = own === undefined ? one.count : Math.max(own, room)
          if (status === 'reserved') model.reserved.set(one.nth, Math.min(one.count, most))
        } else if (one.kind === 'release') {
          await releaseCodes(db, { accountId: scene.accountId, campaignId: scene.campaigns[one.nth] ?? '' })
          model.reserved.delete(one.nth)
        } else {
          await seedCodes(db, scene.accountId, scene.coupon.id, one.count)
          model.line += one.count
        }
        const others = 'nth' in one ? [0, 1, 2].filter((other) => other !== one.nth) : [0, 1, 2]
        for (const other of others)
          assert.ok(model.sure(other) >= (before[other] ?? 0), 'a campaign lost what it counted on')
        assert.equal(await available(scene), model.room(undefined))
        for (const other of [0, 1, 2]) assert.equal(await available(scene, other), model.room(other))
      }
    }),
    { numRuns: runsOn(25) },
  )
})
