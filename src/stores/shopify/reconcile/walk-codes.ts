import { recordAudit } from '../../../accounts/audit.ts'
import { loseCodes } from '../../../codes/confirm/lose.ts'
import type { Db } from '../../../db/database.ts'
import { pageOf } from '../discounts/remove-codes.ts'
import { ReadDiscountCodes } from '../generated/discounts.ts'
import { lookUpCodes } from '../sync/look-up-codes.ts'
import type { CheckedDiscount } from './drift.sql.ts'
import type { OrderReader } from './reconcile-orders.ts'
import {
  selectExpected,
  selectPositions,
  selectTail,
  selectWalk,
  updateWalk,
  updateWalkEnded,
  type Walk,
} from './walks.sql.ts'

/** What one comparison of a store may spend on walks: what is left is done in the next. */
export type WalkBudget = { pages: number; lookUps: number }

/** 400 pages are 6,000 points, a minute of a standard shop's, and 100,000 codes. */
export const WALK_BUDGET: WalkBudget = { pages: 400, lookUps: 5000 }

/** Codes that are looked up together. */
const CHUNK = 250

type WalkReader = Pick<OrderReader, 'client' | 'options' | 'now'>

/**
 * Finds codes that somebody deleted from a discount in the shop, by reading all of its codes page by page: each sets the bit of its place in
 * line, so that memory and row are an eighth of a byte a code. What is missing then is looked up by its code and, where the shop does not
 * have it there, lost: withdrawn, nobody is given it, and who had it gets another with the next draw.
 *
 * Goes on where the last comparison stopped, a crash costs its share. A shop that showed fewer codes than it counts (`shopCount`) has told
 * nothing. Returns how many codes were lost. Throws `ShopifyError`.
 */
export async function walkCodes(
  db: Db,
  reader: WalkReader,
  discount: CheckedDiscount,
  shopCount: number,
  budget: WalkBudget,
): Promise<number> {
  const pool = { ...reader.client.shop, poolId: discount.poolId }
  const walk = (await selectWalk(db, pool)) ?? startOf(await selectTail(db, pool))
  let isOver = false
  let lost = 0
  try {
    if (!walk.hasEnded) await readPages(db, reader, discount, walk, budget)
    if (walk.hasEnded && walk.read < shopCount) isOver = true
    else if (walk.hasEnded) {
      for (const positions of missingOf(walk)) {
        if (budget.lookUps <= 0) return lost
        reader.options.signal?.throwIfAborted()
        lost += await loseMissing(db, reader, discount, positions, budget)
        for (const position of positions) mark(walk, position)
      }
      isOver = true
    }
    return lost
  } finally {
    await (isOver ? updateWalkEnded(db, pool, reader.now) : updateWalk(db, pool, walk))
  }
}

/** Gives a walk up: the pool is closed, its codes leave the shop. */
export async function endWalk(db: Db, reader: WalkReader, { poolId }: CheckedDiscount): Promise<void> {
  await updateWalkEnded(db, { ...reader.client.shop, poolId }, reader.now)
}

function startOf(tail: number): Walk {
  return { cursor: null, seen: new Uint8Array(Math.ceil((tail + 1) / 8)), tail, read: 0, hasEnded: false }
}

async function readPages(
  db: Db,
  { client, options }: WalkReader,
  { discountId, poolId }: CheckedDiscount,
  walk: Walk,
  budget: WalkBudget,
): Promise<void> {
  while (!walk.hasEnded && budget.pages > 0) {
    options.signal?.throwIfAborted()
    budget.pages -= 1
    const page = pageOf(await client.request(ReadDiscountCodes, { id: discountId, after: walk.cursor }, options))
    const codes = page?.nodes.map((node) => node.code) ?? []
    for (const position of await selectPositions(db, { ...client.shop, poolId }, codes)) mark(walk, position)
    walk.read += codes.length
    walk.cursor = page?.pageInfo.endCursor ?? null
    walk.hasEnded = !page?.pageInfo.hasNextPage
  }
}

function mark({ seen, tail }: Walk, position: number): void {
  if (position <= tail) seen[position >> 3] = (seen[position >> 3] ?? 0) | (1 << (position & 7))
}

/** Places that the shop has shown no code of, in chunks. Counts from 1. */
function* missingOf({ seen, tail }: Walk): Generator<number[]> {
  let chunk: number[] = []
  for (let position = 1; position <= tail; position += 1) {
    if (((seen[position >> 3] ?? 0) >> (position & 7)) & 1) continue
    chunk.push(position)
    if (chunk.length === CHUNK) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}

async function loseMissing(
  db: Db,
  { client, options, now }: WalkReader,
  { poolId, couponId, discountId }: CheckedDiscount,
  positions: readonly number[],
  budget: WalkBudget,
): Promise<number> {
  const expected = await selectExpected(db, { ...client.shop, poolId }, positions)
  budget.lookUps -= expected.length
  const found = await lookUpCodes(client, expected, options)
  const codes = expected.filter((code) => found.get(code) !== discountId)
  if (codes.length === 0) return 0
  return await db.transaction().execute(async (trx) => {
    const lost = await loseCodes(trx, { ...client.shop, couponId, codes, now })
    const { accountId } = client.shop
    const entry = { action: 'coupon.codes_lost', subject: `coupon:${couponId}`, data: { codes: lost } }
    if (lost > 0) await recordAudit(trx, { accountId, actor: 'system', ...entry, now })
    return lost
  })
}
