import { confirmGone, listWaitingRevocations, type WaitingRevocation } from '../../../codes/revoke/leave-shop.ts'
import { FindRedeemCodes, ReadDiscountCodes } from '../generated/discounts.ts'
import { lookUpCodes } from '../sync/look-up-codes.ts'
import { findDiscountId } from './ensure-discount.ts'
import { deleteCodes, pageOf, type RemovalRun } from './remove-codes.ts'

/** Codes that are looked up together. */
const PAGE = 50

/**
 * Takes revoked codes out of the shop. Each is looked up first and again afterwards: only what the shop says it has no more counts as
 * gone, so that a lost reply or a crash at any instant is made good by doing it again. Throws `ShopifyError`.
 */
export async function removeRevoked(run: RemovalRun): Promise<void> {
  let after: string | undefined
  do {
    if (run.signal?.aborted) return
    const page = await listWaitingRevocations(run.db, { ...run.store, after, limit: PAGE })
    if (page.length > 0) await removePage(run, page)
    after = page.length === PAGE ? page.at(-1)?.codeId : undefined
  } while (after)
}

type Placed = WaitingRevocation & { discountId: string | undefined }

async function removePage(run: RemovalRun, page: readonly WaitingRevocation[]): Promise<void> {
  const placed: Placed[] = []
  for (const waiting of page) {
    const key = { accountId: run.store.accountId, poolId: waiting.poolId }
    placed.push({ ...waiting, discountId: await findDiscountId(run.db, key) })
  }
  const there = await stillThere(run, placed)
  for (const discountId of new Set(there.map((one) => one.discountId ?? ''))) {
    const codes = there.filter((one) => one.discountId === discountId).map((one) => one.code)
    const ids = await findIds(run, discountId, codes)
    if (ids.length > 0) await deleteCodes(run, discountId, ids)
  }
  const left = new Set((there.length > 0 ? await stillThere(run, there) : []).map((one) => one.codeId))
  const codeIds = placed.filter((one) => !left.has(one.codeId)).map((one) => one.codeId)
  await confirmGone(run.db, { ...run.store, codeIds, now: run.now() })
}

/** Those that are on the discount of their pool. The same code on another discount is the merchant's. */
async function stillThere(run: RemovalRun, placed: readonly Placed[]): Promise<Placed[]> {
  const found = await lookUpCodes(
    run.client,
    placed.map((one) => one.code),
    { signal: run.signal },
  )
  return placed.filter((one) => one.discountId !== undefined && found.get(one.code) === one.discountId)
}

/**
 * The shop's ids of codes of a discount. The search by code is not documented and may run behind; what it does not find is looked for in
 * all codes of the discount. Codes are compared here, so that a search that finds too much deletes nothing else.
 */
async function findIds(run: RemovalRun, discountId: string, codes: readonly string[]): Promise<string[]> {
  const wanted = new Set(codes.map((code) => code.toUpperCase()))
  const ids: string[] = []
  const take = (nodes: readonly { id: string; code: string }[]) => {
    for (const node of nodes) if (wanted.delete(node.code.toUpperCase())) ids.push(node.id)
  }
  for (const code of codes) {
    const query = `code:"${code.replaceAll(/["\\]/g, '\\$&')}"`
    take(
      pageOf(await run.client.request(FindRedeemCodes, { id: discountId, query }, { signal: run.signal }))?.nodes ?? [],
    )
  }
  for (let after: string | null = null; wanted.size > 0; ) {
    const page = pageOf(await run.client.request(ReadDiscountCodes, { id: discountId, after }, { signal: run.signal }))
    take(page?.nodes ?? [])
    if (!page?.pageInfo.hasNextPage) break
    after = page.pageInfo.endCursor
  }
  return ids
}
