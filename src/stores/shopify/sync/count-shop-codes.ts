import { readStoreUse, recordShopCodes } from '../../../codes/room/room.ts'
import { CountCodes } from '../generated/discounts.ts'
import type { SyncRun } from './sync-run.ts'

/** How old the shop's own count of its codes may be. */
export const COUNT_EVERY_MS = 3_600_000

/** Asks the shop once an hour how many codes it has, whoever made them. */
export async function countShopCodes({ db, client, store, now, signal }: SyncRun): Promise<void> {
  const { shopCodesAt } = await readStoreUse(db, store)
  if (shopCodesAt && shopCodesAt.getTime() > now().getTime() - COUNT_EVERY_MS) return
  const { discountCodesCount } = await client.request(CountCodes, {}, { signal })
  if (discountCodesCount) await recordShopCodes(db, { ...store, codes: discountCodesCount.count, now: now() })
}
