import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { type TermsInput, terms } from '../contract/coupons.ts'
import { addRedeemCode } from '../emulator/discounts/redeem-codes.ts'
import { createDiscount } from '../emulator/discounts/save-discount.ts'
import { placeOrder } from '../emulator/orders/place-order.ts'
import type { Discount } from '../emulator/shop/discount.ts'
import { assignCodes } from '../src/codes/assign.ts'
import { addCodes } from '../src/codes/generate.ts'
import type { CouponRow } from '../src/coupons/coupon.ts'
import { createCoupon } from '../src/coupons/create-coupon.ts'
import type { Db } from '../src/db/database.ts'
import { runSync, type SyncEnd } from '../src/stores/shopify/sync/run-sync.ts'
import type { SyncTiming } from '../src/stores/shopify/sync/sync-run.ts'
import { seedProfiles } from './seed.ts'
import { openShop, type TestShop, type TestShopOptions } from './shop.ts'

/**
 * Everything at once, so that tests need not wait. A lease alone is long: where a busy machine is slower than it, a batch is sent twice, and who counts
 * creations sees it. Tests in which a process dies shorten it.
 */
export const FAST: SyncTiming = {
  firstLookMs: 2,
  shortestLookMs: 5,
  hastyLookMs: 5,
  longestLookMs: 20,
  sendAgainMs: 5,
  mostSendAgainMs: 20,
  blockedMs: 1,
  mostBlockedMs: 5,
  leaseMs: 60_000,
  stuckMs: 60_000,
}

export const TEN_PERCENT: TermsInput = { discount: { kind: 'percentage', basisPoints: 1000 } }

export type SyncShop = TestShop & {
  createCoupon: (name: string, options?: CouponOptions) => Promise<CouponRow>
  /** Adds codes to a coupon and returns the id of the job. */
  add: (coupon: CouponRow, count: number, now?: Date) => Promise<string>
  sync: (options?: { now?: () => Date; signal?: AbortSignal; timing?: Partial<SyncTiming> }) => Promise<SyncEnd>
  /** Gives codes of a coupon to profiles, new ones unless given, and returns the codes. */
  give: (coupon: CouponRow, count: number, profileIds?: string[]) => Promise<string[]>
  /** The profiles of the last `give`. */
  lastProfiles: string[]
  /** Syncs until nothing is left, as a worker does that comes again. */
  finish: (now?: () => Date) => Promise<void>
}

export type CouponOptions = {
  type?: 'unique' | 'uploaded'
  terms?: TermsInput
  purpose?: 'campaign' | 'flow' | 'form'
  now?: Date
  codeLength?: number
}

/** A connected shop that imports at once, with short ways to what a sync is about. */
export async function openSyncShop(
  t: { after: (work: () => Promise<void>) => void },
  options: TestShopOptions = {},
): Promise<SyncShop> {
  const shop = await openShop(t, {
    plan: 'enterprise',
    ...options,
    settings: { jobDelayMs: 0, usageLagMs: 0, ...options.settings },
  })
  const { db, accountId, storeId, client } = shop
  const sync: SyncShop['sync'] = ({ now = () => new Date(), timing, ...more } = {}) =>
    runSync(db, client, { accountId, storeId, now, timing: { ...FAST, ...timing }, ...more })
  const lastProfiles: string[] = []
  return {
    ...shop,
    lastProfiles,
    give: async (coupon, count, profileIds) => {
      const ids = profileIds ?? (await seedProfiles(db, accountId, count))
      lastProfiles.splice(0, lastProfiles.length, ...ids)
      const outcomes = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: ids, now: new Date() })
      return outcomes.flatMap((outcome) => ('code' in outcome ? [outcome.code] : []))
    },
    createCoupon: (name, { now = new Date(), purpose, codeLength = 11, type = 'unique', ...given } = {}) =>
      createCoupon(db, {
        accountId,
        storeId,
        name,
        type,
        description: '',
        purpose: purpose ?? null,
        prefix: null,
        codeLength,
        lowStockThreshold: 10,
        fallback: null,
        reusePolicy: 'until_used_or_expired',
        onCancel: 'stay_used',
        confirmReusedName: false,
        terms: terms.parse(given.terms ?? TEN_PERCENT),
        now,
      }),
    add: async (coupon, count, now = new Date()) =>
      (await addCodes(db, { accountId, coupon: coupon.id, count, now })).id,
    sync,
    finish: async (now) => {
      for (let turn = 0; turn < 200; turn += 1) {
        if ((await sync(now ? { now } : {})) === 'done') return
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      throw new Error('The sync does not come to an end')
    },
  }
}

type CodeRow = {
  code: string
  state: string
  position: number | null
  poolId: string
  assigned: boolean
  closed: boolean
}
type DiscountRow = { poolId: string; state: string; discountId: string | null; seedCode: string }

/** What the database holds of a store's codes and discounts. */
export async function readStored(
  db: Db,
  store: { accountId: string; storeId: string },
): Promise<{ codes: CodeRow[]; discounts: DiscountRow[] }> {
  const codes = await sql<CodeRow>`
    select c.code, c.state, c.position, c.pool_id as "poolId", h.closed_at is not null as closed,
      exists (select from assignments a where a.account_id = c.account_id and a.code_id = c.id) as assigned
    from codes c join pool_heads h on h.account_id = c.account_id and h.pool_id = c.pool_id
    where c.account_id = ${store.accountId} and c.store_id = ${store.storeId}`.execute(db)
  const discounts = await sql<DiscountRow>`
    select pool_id as "poolId", state, discount_id as "discountId", seed_code as "seedCode" from shopify_discounts
    where account_id = ${store.accountId} and store_id = ${store.storeId}`.execute(db)
  return { codes: codes.rows, discounts: discounts.rows }
}

/**
 * Fails unless the database and the shop agree when all work is done: every code is in one state, what is live is on its discount and
 * nothing else of ours is in the shop, lines have no gaps, and the counters count.
 */
export async function assertAgreement(shop: SyncShop, foreign: ReadonlySet<number> = new Set()): Promise<void> {
  const { db, emulator, accountId, storeId } = shop
  const { codes, discounts } = await readStored(db, shop)
  const discountOf = new Map(discounts.map((row) => [row.poolId, row]))
  for (const row of codes) {
    assert.ok(['live', 'redeemed', 'withdrawn', 'failed'].includes(row.state), `${row.code} is ${row.state}`)
    const inShop = emulator.shop.codes.get(row.code.toUpperCase())
    const ours = discountOf.get(row.poolId)
    const isOnOurs = inShop !== undefined && gidOf(inShop.discount.id) === ours?.discountId
    const shouldBe = (row.state === 'live' || row.state === 'redeemed') && ours !== undefined && isKept(row, ours.state)
    assert.equal(isOnOurs, shouldBe, `${row.code}: ${row.state}, discount ${ours?.state}, in the shop: ${isOnOurs}`)
  }
  const known = new Set(codes.map((row) => row.code.toUpperCase()))
  const ids = new Map(discounts.flatMap((row) => (row.discountId ? [[row.discountId, row] as const] : [])))
  for (const discount of emulator.shop.discounts.values()) {
    if (foreign.has(discount.id)) continue
    const row = ids.get(gidOf(discount.id))
    assert.ok(row, `the discount ${discount.title} in the shop is nobody's`)
    for (const { code } of discount.codes)
      assert.ok(code === row.seedCode || known.has(code.toUpperCase()), `${code} in the shop is nobody's`)
  }
  await assertLines(db, accountId, storeId)
}

function isKept(row: CodeRow, state: string): boolean {
  if (state === 'live') return true
  return state === 'withdrawn' && (row.assigned || !row.closed)
}

async function assertLines(db: Db, accountId: string, storeId: string): Promise<void> {
  const { rows } = await sql<Record<string, number>>`
    select p.tail, count(c.position) as positions, coalesce(max(c.position), 0) as last, p.pending,
      count(*) filter (where c.state = 'made') as made, p.failed, count(*) filter (where c.state = 'failed') as refused,
      p.unsent, count(*) filter (where c.state = 'withdrawn' and c.position is null) as unheard
    from pools p left join codes c on c.account_id = p.account_id and c.pool_id = p.id
    where p.account_id = ${accountId} and p.store_id = ${storeId} group by p.account_id, p.id`.execute(db)
  for (const row of rows) {
    assert.equal(row.positions, row.tail)
    assert.equal(row.last, row.tail)
    assert.equal(row.made, row.pending)
    assert.equal(row.refused, row.failed)
    assert.equal(row.unheard, row.unsent)
  }
}

export function gidOf(id: number): string {
  return `gid://shopify/DiscountCodeNode/${id}`
}

/** Whether the shop's checkout takes the code now, by a purchase that uses it up. */
export function buyWith(shop: SyncShop, code: string): boolean {
  const [variantId] = shop.emulator.shop.variants.keys()
  const line = { variantId: variantId ?? 0, quantity: 1, subscription: false }
  return (
    placeOrder(shop.emulator.shop, { lines: [line], codes: [code], email: 'buyer@example.com', country: 'CA' })
      .status === 'placed'
  )
}

/** A discount of the merchant's own, which is none of our business. */
export function addForeignDiscount(shop: SyncShop): Discount {
  const made = createDiscount(shop.emulator.shop, 'basic', false, 'basicCodeDiscount', {
    title: 'Of the merchant',
    code: `MERCHANT-${shop.emulator.shop.discounts.size}`,
    startsAt: '2020-01-01T00:00:00Z',
    context: { all: 'ALL' },
    customerGets: { value: { percentage: 0.5 }, items: { all: true } },
  } as never)
  if (!made.discount) throw new Error(JSON.stringify(made.errors))
  return made.discount
}

/** Gives `count` codes that wait to be imported to another discount first, so that their import fails. Returns how many it found. */
export function takeAway(shop: SyncShop, foreign: Discount, count: number): number {
  let taken = 0
  for (const creation of shop.emulator.shop.creations.values()) {
    if (creation.done) continue
    const waiting = creation.codes.slice(creation.importedCount + creation.failedCount)
    for (const code of waiting) {
      if (taken === count) return taken
      if (shop.emulator.shop.codes.has(code.toUpperCase())) continue
      addRedeemCode(shop.emulator.shop, foreign, code)
      taken += 1
    }
  }
  return taken
}

/** Stops the imports of the shop, or lets them go on. */
export function pauseImports(shop: SyncShop, paused: boolean): void {
  shop.emulator.shop.settings.jobsPaused = paused
  shop.emulator.worker.wake()
}

/** Waits until something is so; looks every few ms. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 4000; look += 1) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('It never came about')
}
