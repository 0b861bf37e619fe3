import type { Db } from '../../../db/database.ts'
import {
  ReadDiscountFigures,
  type ReadDiscountFiguresQuery,
  ReadUsedCodes,
  type ReadUsedCodesQuery,
} from '../generated/drift.ts'
import { ReadDiscountTerms } from '../generated/terms.ts'
import { loseDiscount } from '../sync/drop-batches.ts'
import { type Drift, readDrift } from '../terms/read-drift.ts'
import {
  type CheckedDiscount,
  countKnownUses,
  deleteDrift,
  replaceDrift,
  selectChecked,
  selectUnusedCodes,
  upsertCheck,
} from './drift.sql.ts'
import { type OrderReader, reconcileCode } from './reconcile-orders.ts'
import { endWalk, WALK_BUDGET, type WalkBudget, walkCodes } from './walk-codes.ts'

/** Discounts of one call. */
const PAGE = 50
/** Codes of a discount that are looked for in orders in one round; the others have their turn in the next. */
const SEARCHES = 100
/** How long a use may be counted without its order before it is written down without one: webhooks and searches lag. */
const PATIENCE_MS = 30 * 60_000
/** How long codes have to be missing before they are looked for: new ones take up to ten seconds to be seen. */
const UNSEEN_MS = 60_000
/** How long a number that stays wrong, although all codes were read, is left alone. */
const WALK_AGAIN_MS = 60 * 60_000
/** All codes of a discount are read at least so often, also where their number is right. */
const WALK_EVERY_MS = 7 * 24 * 60 * 60_000

type Figures = { updatedAt: string; asyncUsageCount: number; codesCount: { count: number; precision: string } | null }

/**
 * Compares every discount of a store with what it should be: its terms, its codes, and the uses that the shop counts. Returns whether the next
 * comparison should come soon, because something is to be looked at a second time.
 *
 * Terms are read again only after the shop changed the discount, while it differs, or always when `isThorough`. Holds one page at a time.
 */
export async function checkDiscounts(
  db: Db,
  reader: OrderReader & { currency: string },
  isThorough: boolean,
): Promise<boolean> {
  const budget = { ...WALK_BUDGET }
  let isAwaited = false
  let after: string | undefined
  do {
    reader.options.signal?.throwIfAborted()
    const page = await selectChecked(db, reader.client.shop, after, PAGE)
    if (page.length === 0) break
    const ids = page.map((discount) => discount.discountId)
    const { nodes } = await reader.client.request(ReadDiscountFigures, { ids }, reader.options)
    const byId = figuresById(nodes)
    for (const discount of page) {
      const figures = byId.get(discount.discountId)
      await checkDiscount(db, reader, discount, figures, isThorough)
      if (figures?.codesCount) isAwaited = (await checkCodes(db, reader, discount, figures, budget)) || isAwaited
    }
    after = page.length === PAGE ? page.at(-1)?.poolId : undefined
  } while (after)
  return isAwaited
}

/** Reads the codes of a discount where some seem to be missing, and weekly. Returns whether a second look should come soon. */
async function checkCodes(
  db: Db,
  reader: OrderReader,
  discount: CheckedDiscount,
  { codesCount }: Figures,
  budget: WalkBudget,
): Promise<boolean> {
  if (discount.isClosed) {
    if (discount.isWalking) await endWalk(db, reader, discount)
    return false
  }
  if (discount.codes === null || !codesCount) return false
  const isFewer = codesCount.precision === 'EXACT' && codesCount.count < discount.codes
  const isLong = (since: Date | null, ms: number) => since !== null && reader.now.getTime() - since.getTime() >= ms
  const since = discount.codesDriftSince
  if (isFewer && !isLong(since, UNSEEN_MS)) return true
  const isNews = isFewer && since !== null && discount.walkedAt < since
  const isDue = isNews || isLong(discount.walkedAt, isFewer ? WALK_AGAIN_MS : WALK_EVERY_MS)
  if (budget.pages <= 0 || !(isDue || discount.isWalking)) return false
  const lost = await walkCodes(db, reader, discount, codesCount.count, budget)
  if (lost > 0) await deleteDrift(db, reader.client.shop, discount.poolId, 'codes') // what differs from now on is another difference
  return false
}

function figuresById(nodes: ReadDiscountFiguresQuery['nodes']): Map<string, Figures> {
  return new Map(
    nodes.flatMap((node) => {
      if (!node || !('id' in node) || !('updatedAt' in node.codeDiscount)) return []
      return [[node.id, node.codeDiscount as Figures] as const]
    }),
  )
}

async function checkDiscount(
  db: Db,
  reader: OrderReader & { currency: string },
  discount: CheckedDiscount,
  figures: Figures | undefined,
  isThorough: boolean,
): Promise<void> {
  const key = reader.client.shop
  const { poolId, usage, unexplainedSince } = discount
  const shopUpdatedAt = figures ? new Date(figures.updatedAt) : null
  const isChanged = shopUpdatedAt?.getTime() !== discount.shopUpdatedAt?.getTime()
  const differsInNumber = figures !== undefined && codesDrift(discount, figures).length > 0
  if (isThorough || isChanged || discount.hasDrift || !figures || differsInNumber)
    await storeDrift(db, reader, discount, figures)
  if (!figures) await loseDeleted(db, reader, discount)
  const seen = figures ? await explainUses(db, reader, discount, figures.asyncUsageCount) : { usage, unexplainedSince }
  await upsertCheck(db, key, { poolId, shopUpdatedAt, ...seen, now: reader.now })
}

/** A discount that the merchant deleted takes its codes with it: nobody is given one of them any more, and the change stays shown. */
async function loseDeleted(db: Db, reader: OrderReader, discount: CheckedDiscount): Promise<void> {
  const { discountNode } = await reader.client.request(ReadDiscountTerms, { id: discount.discountId }, reader.options)
  if (discountNode) return
  const { couponId, poolId } = discount
  await loseDiscount(db, { ...reader.client.shop, couponId, poolId, now: reader.now })
}

/** Reads the terms of a discount and writes down how they differ. Used after a restoration too. */
export async function storeDrift(
  db: Db,
  reader: Pick<OrderReader, 'client' | 'options' | 'now'>,
  discount: CheckedDiscount,
  figures: Figures | undefined,
): Promise<Drift[]> {
  const { discountNode } = await reader.client.request(ReadDiscountTerms, { id: discount.discountId }, reader.options)
  const drift = readDrift(discountNode?.discount ?? null, discount)
  const all = discountNode && figures ? [...drift, ...codesDrift(discount, figures)] : drift
  await replaceDrift(db, reader.client.shop, discount, all, reader.now)
  return all
}

/** Codes that the merchant deleted from the discount, or put into it. */
function codesDrift({ codes }: CheckedDiscount, { codesCount }: Figures): Drift[] {
  if (codes === null || codesCount?.precision !== 'EXACT' || codesCount.count === codes) return []
  return [{ field: 'codes', expected: `${codes} codes`, found: `${codesCount.count} codes` }]
}

/**
 * Explains the uses that the shop counts: they are known, or their orders are found, or, after some patience, they are written
 * down without an order. The shop's count runs behind, so only what it counts more than we know is looked at.
 */
async function explainUses(
  db: Db,
  reader: OrderReader & { currency: string },
  discount: CheckedDiscount,
  usage: number,
): Promise<{ usage: number; unexplainedSince: Date | null }> {
  const key = reader.client.shop
  if (usage === discount.usage && !discount.unexplainedSince) return { usage, unexplainedSince: null }
  if (usage <= (await countKnownUses(db, key, discount))) return { usage, unexplainedSince: null }
  const unexplained = await findUnexplained(db, reader, discount)
  if (unexplained.length === 0) return { usage, unexplainedSince: null }
  const since = discount.unexplainedSince ?? reader.now
  if (reader.now.getTime() - since.getTime() < PATIENCE_MS) return { usage: discount.usage, unexplainedSince: since }
  await reader.books.recordUnknownUses(db, { ...key, codes: unexplained, currency: reader.currency, now: reader.now })
  return { usage: discount.usage, unexplainedSince: since }
}

/** Used codes of a discount whose orders neither we nor a search in the shop know; at most as many as one round looks for. */
async function findUnexplained(db: Db, reader: OrderReader, discount: CheckedDiscount): Promise<string[]> {
  const unexplained: string[] = []
  let searches = 0
  let after: string | null = null
  do {
    const page: ReadUsedCodesQuery = await reader.client.request(
      ReadUsedCodes,
      { id: discount.discountId, after },
      reader.options,
    )
    const found = page.codeDiscountNode?.codeDiscount
    const codes = found && 'codes' in found ? found.codes : undefined
    const unused = await selectUnusedCodes(
      db,
      reader.client.shop,
      (codes?.nodes ?? []).map((one) => one.code),
    )
    for (const code of unused) {
      if (searches === SEARCHES) return unexplained
      searches += 1
      if ((await reconcileCode(db, reader, code)) === 0) unexplained.push(code)
    }
    after = codes?.pageInfo.hasNextPage ? codes.pageInfo.endCursor : null
  } while (after)
  return unexplained
}
