import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'
import type { StoreKey } from './syncs.sql.ts'

export type SyncJob = {
  id: string
  couponId: string
  couponName: string
  kind: 'generate' | 'upload' | 'ahead'
  state: 'queued' | 'running'
  wanted: number
  done: number
}

export type Progress = {
  shopState: string | null
  shopReason: string | null
  codesPerSecond: number | null
  points: { available: number; most: number; perSecond: number } | null
  jobs: SyncJob[]
  /** Revoked codes that the shop may still have. */
  revokedLeft: number
}

/** Batches whose speed is looked at, at most a minute old. */
const RECENT_BATCHES = 40

/** What a store's sync has done and has to do. Jobs in the order in which they get codes. Locks nothing. */
export async function selectProgress(db: Db, store: StoreKey): Promise<Progress> {
  const jobs = await sql<SyncJob>`
    select j.id, j.coupon_id as "couponId", c.name as "couponName", j.kind, j.state, j.wanted, j.done
    from code_jobs j join coupons c on c.account_id = j.account_id and c.id = j.coupon_id
    where j.account_id = ${store.accountId}::uuid and j.store_id = ${store.storeId}::uuid and j.state in ('queued', 'running')
    order by case c.purpose when 'form' then 0 when 'flow' then 1 else 2 end + case j.kind when 'ahead' then 3 else 0 end,
      j.created_at, j.id`.execute(db)
  const shop = await sql<Omit<Progress, 'jobs' | 'codesPerSecond' | 'revokedLeft'>>`
    select p.state as "shopState", p.state_reason as "shopReason",
      case when a.is_measured then jsonb_build_object('most', a.points_max, 'perSecond', a.points_rate, 'available', greatest(0, least(a.points_max,
        a.points + a.points_rate * extract(epoch from clock_timestamp() - a.points_at)))) end as points
    from shopify_shops p left join shopify_paces a on a.account_id = p.account_id and a.store_id = p.store_id
    where p.account_id = ${store.accountId}::uuid and p.store_id = ${store.storeId}::uuid`.execute(db)
  const speed = await sql<{ codesPerSecond: number | null }>`
    select sum(size) / nullif(extract(epoch from max(done_at) - min(coalesce(sent_at, done_at))), 0)::double precision as "codesPerSecond"
    from (select size, sent_at, done_at from shopify_batches
      where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid and state = 'done'
        and done_at > clock_timestamp() - interval '1 minute'
      order by done_at desc limit ${RECENT_BATCHES}) b`.execute(db)
  const revoked = await sql<{ count: number }>`
    select count(*) as count from revocations
    where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid and shop = 'waiting'`.execute(db)
  const { shopState = null, shopReason = null, points = null } = shop.rows[0] ?? {}
  const codesPerSecond = speed.rows[0]?.codesPerSecond ?? null
  const revokedLeft = revoked.rows[0]?.count ?? 0
  return { shopState, shopReason, points, codesPerSecond, revokedLeft, jobs: jobs.rows }
}
