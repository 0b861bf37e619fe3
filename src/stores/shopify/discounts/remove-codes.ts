import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../../db/database.ts'
import type { ShopifyClient } from '../client/client.ts'
import { ShopifyError } from '../client/shopify-error.ts'
import {
  DeleteCodes,
  DeleteDiscount,
  ReadDiscountCodes,
  type ReadDiscountCodesQuery,
  ReadJob,
} from '../generated/discounts.ts'
import { type Removal, selectPoolUse, selectRemovable, selectRemovals, updateRemoved } from './discounts.sql.ts'
import { findBySeed } from './ensure-discount.ts'

/** Between two looks at a job that deletes codes; it is mostly done with its own reply. */
const LOOK_MS = 500

export type RemovalRun = {
  db: Db
  client: ShopifyClient
  store: { accountId: string; storeId: string }
  now: () => Date
  signal: AbortSignal | undefined
}

type CodePage = { nodes: { id: string; code: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }

/**
 * Takes codes out of the shop that it need not have any more, with about `calls` calls at most; what is left is found the next time.
 *
 * Of closed pools (terms edited, coupon archived, bucket over) the codes that nobody has; of discounts that ended the store's number of
 * days ago all unused ones. Where no code of a discount has to stay, the discount goes as a whole. Safe to break off and to repeat: what
 * the shop still has is read anew. Throws `ShopifyError`.
 */
export async function removeCodes(run: RemovalRun, calls: number): Promise<void> {
  const budget = { calls }
  for (const removal of await selectRemovals(run.db, { ...run.store, now: run.now() })) {
    if (run.signal?.aborted || budget.calls <= 0) return
    await clearDiscount(run, removal, budget)
  }
}

async function clearDiscount(run: RemovalRun, removal: Removal, budget: { calls: number }): Promise<void> {
  const { accountId } = run.store
  const key = { accountId, poolId: removal.poolId, from: removal.state }
  const discountId = removal.discountId ?? (await findBySeed(run.client, removal.seedCode, run.signal))
  budget.calls -= 1
  if (discountId === undefined) return await updateRemoved(run.db, { ...key, state: 'removed', kept: 0 })
  const use = await selectPoolUse(run.db, { ...key, couponId: removal.couponId })
  if (removal.what === 'all' ? use.isUnredeemed : use.isUnassigned) {
    await deleteDiscount(run, discountId)
    return await updateRemoved(run.db, { ...key, state: 'removed', kept: 0 })
  }
  for (let deleted = -1; deleted !== 0; ) {
    const pass = await deletePages(run, removal, discountId, budget)
    if (pass === 'broken off') return
    deleted = pass.deleted
    const state = removal.what === 'all' ? 'removed' : 'withdrawn'
    if (deleted === 0) await updateRemoved(run.db, { ...key, state, kept: pass.kept })
  }
}

/** A discount that is not there any more is as good as deleted. */
async function deleteDiscount(run: RemovalRun, id: string): Promise<void> {
  const { discountCodeDelete } = await run.client.request(DeleteDiscount, { id }, { signal: run.signal })
  const errors = discountCodeDelete?.userErrors ?? []
  if (errors.every((error) => error.field?.includes('id') && /does not exist/i.test(error.message))) return
  throw new ShopifyError(
    'refused',
    `Shopify does not delete a discount: ${errors.map((error) => error.message).join(' ')}`,
  )
}

/** Goes once through the codes of a discount and deletes what may go. `kept` counts what stays, the seed code apart. */
async function deletePages(
  run: RemovalRun,
  removal: Removal,
  discountId: string,
  budget: { calls: number },
): Promise<{ deleted: number; kept: number } | 'broken off'> {
  let deleted = 0
  let kept = 0
  for (let after: string | null = null; ; ) {
    if (run.signal?.aborted || budget.calls <= 0) return 'broken off'
    budget.calls -= 1
    const reply = await run.client.request(ReadDiscountCodes, { id: discountId, after }, { signal: run.signal })
    const page = pageOf(reply)
    if (!page) return { deleted: 0, kept: 0 }
    const pool = {
      accountId: run.store.accountId,
      storeId: run.store.storeId,
      poolId: removal.poolId,
      what: removal.what,
    }
    const codes = page.nodes.map((node) => node.code)
    const removable = await selectRemovable(run.db, pool, codes)
    const ids = page.nodes.filter((node) => removable.has(node.code.toUpperCase())).map((node) => node.id)
    if (ids.length > 0) {
      budget.calls -= 1
      await deleteCodes(run, discountId, ids)
    }
    deleted += ids.length
    kept += page.nodes.length - ids.length - (codes.includes(removal.seedCode) ? 1 : 0)
    if (!page.pageInfo.hasNextPage) return { deleted, kept }
    after = page.pageInfo.endCursor
  }
}

/** Deletes codes of a discount by their ids and waits until the shop has done it. A discount that is not there any more has none of them. */
export async function deleteCodes(run: RemovalRun, discountId: string, ids: string[]): Promise<void> {
  const { discountCodeRedeemCodeBulkDelete: reply } = await run.client.request(DeleteCodes, { discountId, ids })
  const [error] = reply?.userErrors ?? []
  if (error && !error.field?.includes('discountId')) {
    throw new ShopifyError('refused', `Shopify does not delete codes: ${error.message}`)
  }
  for (let job = reply?.job ?? null; job && !job.done; ) {
    await sleep(LOOK_MS, undefined, { signal: run.signal })
    job = (await run.client.request(ReadJob, { id: job.id }, { signal: run.signal })).job
  }
}

/** A page of a discount's codes; undefined when the discount is not there any more. */
export function pageOf({ node }: Pick<ReadDiscountCodesQuery, 'node'>): CodePage | undefined {
  return node && 'codeDiscount' in node && 'codes' in node.codeDiscount ? node.codeDiscount.codes : undefined
}
