import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

type Use = { ours: number; shopCodes: number | null; shopCodesAt: Date | null }

/** Served by pools_store and code_jobs_store: costs a row per pool of the store. Codes of a file are written down before they are sent. */
export async function selectStoreUse(db: Db, accountId: string, storeId: string): Promise<Use> {
  const { rows } = await sql<Use>`
    select (select coalesce(sum(p.tail + p.pending - p.removed), 0)::bigint from pools p
        where p.account_id = ${accountId}::uuid and p.store_id = ${storeId}::uuid)
      + (select coalesce(sum(greatest(0, j.wanted - j.made)), 0)::bigint from code_jobs j
        where j.account_id = ${accountId}::uuid and j.store_id = ${storeId}::uuid and j.state in ('queued', 'running')
          and j.kind <> 'upload') as ours,
      s.shop_codes as "shopCodes", s.shop_codes_at as "shopCodesAt"
    from stores s where s.account_id = ${accountId}::uuid and s.id = ${storeId}::uuid`.execute(db)
  return rows[0] ?? { ours: 0, shopCodes: null, shopCodesAt: null }
}

export async function updateShopCodes(
  db: Db,
  told: { accountId: string; storeId: string; codes: number; now: Date },
): Promise<void> {
  await sql`
    update stores set shop_codes = ${told.codes}::bigint, shop_codes_at = ${told.now}::timestamptz
    where account_id = ${told.accountId}::uuid and id = ${told.storeId}::uuid`.execute(db)
}
