import { sql } from 'kysely'
import type { Terms } from '../../../../contract/coupons.ts'
import type { Db } from '../../../db/database.ts'
import type { ShopKey } from '../shop-key.ts'
import type { Drift } from '../terms/read-drift.ts'

/** A discount in the shop with what it should be and what was last seen of it. */
export type CheckedDiscount = {
  poolId: string
  couponId: string
  discountId: string
  seedCode: string
  title: string
  terms: Terms
  startsAt: Date
  endsAt: Date | null
  sellsSubscriptions: boolean
  /** Codes that should be in the shop, with the seed code; null while codes are on their way. */
  codes: number | null
  shopUpdatedAt: Date | null
  usage: number
  unexplainedSince: Date | null
  /** Whether it differed when it was looked at last. */
  hasDrift: boolean
  /** Since when its number of codes has been seen to differ. */
  codesDriftSince: Date | null
  /** Its codes are being read, over several comparisons. */
  isWalking: boolean
  /** When all of its codes were read last; before the first time, when it was made. */
  walkedAt: Date
  /** Nobody is given a code of it any more. */
  isClosed: boolean
}

const CHECKED = sql`
  select d.pool_id as "poolId", p.coupon_id as "couponId", d.discount_id as "discountId", d.seed_code as "seedCode", d.title, v.terms,
    coalesce((v.terms->>'startsAt')::timestamptz, v.created_at) as "startsAt", least(v.expires_at, p.bucket_ends_at) as "endsAt",
    s.sells_subscriptions as "sellsSubscriptions",
    case when d.state = 'live' and p.pending = 0 and h.closed_at is null then p.tail - p.removed + 1 end as codes,
    c.shop_updated_at as "shopUpdatedAt", coalesce(c.usage, 0) as usage, c.unexplained_since as "unexplainedSince",
    exists (select from shopify_drift x where x.account_id = d.account_id and x.store_id = d.store_id and x.pool_id = d.pool_id) as "hasDrift",
    (select x.since from shopify_drift x where x.account_id = d.account_id and x.store_id = d.store_id and x.pool_id = d.pool_id
      and x.field = 'codes') as "codesDriftSince",
    c.walk_seen is not null as "isWalking", coalesce(c.walked_at, d.created_at) as "walkedAt", h.closed_at is not null as "isClosed"
  from shopify_discounts d
    join pools p on p.account_id = d.account_id and p.id = d.pool_id
    join pool_heads h on h.account_id = d.account_id and h.pool_id = d.pool_id
    join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
    join stores s on s.account_id = d.account_id and s.id = d.store_id
    left join shopify_discount_checks c on c.account_id = d.account_id and c.store_id = d.store_id and c.pool_id = d.pool_id`

/** The next discounts of a store that are in the shop, in the order of their pools. */
export async function selectChecked(
  db: Db,
  key: ShopKey,
  after: string | undefined,
  limit: number,
): Promise<CheckedDiscount[]> {
  const { rows } = await sql<CheckedDiscount>`
    ${CHECKED}
    where d.account_id = ${key.accountId}::uuid and d.store_id = ${key.storeId}::uuid and d.state in ('live', 'withdrawn')
      and d.discount_id is not null and ${after === undefined ? sql`true` : sql`d.pool_id > ${after}::uuid`}
    order by d.pool_id limit ${limit}::integer`.execute(db)
  return rows
}

export async function selectCheckedOne(db: Db, key: ShopKey, poolId: string): Promise<CheckedDiscount | undefined> {
  const { rows } = await sql<CheckedDiscount>`
    ${CHECKED}
    where d.account_id = ${key.accountId}::uuid and d.store_id = ${key.storeId}::uuid and d.pool_id = ${poolId}::uuid
      and d.discount_id is not null`.execute(db)
  return rows[0]
}

export async function upsertCheck(
  db: Db,
  key: ShopKey,
  check: { poolId: string; shopUpdatedAt: Date | null; usage: number; unexplainedSince: Date | null; now: Date },
): Promise<void> {
  await sql`
    insert into shopify_discount_checks (account_id, store_id, pool_id, shop_updated_at, usage, unexplained_since, checked_at)
    values (${key.accountId}::uuid, ${key.storeId}::uuid, ${check.poolId}::uuid, ${check.shopUpdatedAt}::timestamptz,
      ${check.usage}::bigint, ${check.unexplainedSince}::timestamptz, ${check.now}::timestamptz)
    on conflict (account_id, store_id, pool_id) do update set shop_updated_at = excluded.shop_updated_at, usage = excluded.usage,
      unexplained_since = excluded.unexplained_since, checked_at = excluded.checked_at`.execute(db)
}

/** Uses of a pool's codes that we know; renewals do not count in the shop. Served by redemptions_coupon. */
export async function countKnownUses(
  db: Db,
  key: ShopKey,
  pool: { poolId: string; couponId: string },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from redemptions
    where account_id = ${key.accountId}::uuid and coupon_id = ${pool.couponId}::uuid and pool_id = ${pool.poolId}::uuid
      and state in ('accepted', 'repeated') and not is_renewal`.execute(db)
  return rows[0]?.count ?? 0
}

/** Which of these codes are the store's and were used by nobody as far as we know, in upper case. */
export async function selectUnusedCodes(db: Db, key: ShopKey, codes: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select upper(c.code) as code
    from unnest(${codes}::text[]) as g (code)
      cross join lateral (select * from codes where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
        and upper(code) = upper(g.code) offset 0) c
    where c.state <> 'redeemed'`.execute(db)
  return rows.map((row) => row.code)
}

/** Writes down how a discount differs now: what is new with its moment, what went on keeps its own, what agrees again goes. */
export async function replaceDrift(
  db: Db,
  key: ShopKey,
  discount: { poolId: string; couponId: string },
  drift: readonly Drift[],
  now: Date,
): Promise<void> {
  await sql`
    with seen as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(drift)}::jsonb) as g (field text, expected text, found text)
    ), agreed as (
      delete from shopify_drift where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
        and pool_id = ${discount.poolId}::uuid and field not in (select field from seen)
    )
    insert into shopify_drift as d (account_id, store_id, pool_id, field, coupon_id, expected, found, since)
    select ${key.accountId}::uuid, ${key.storeId}::uuid, ${discount.poolId}::uuid, field, ${discount.couponId}::uuid, expected, found,
      ${now}::timestamptz
    from seen
    on conflict (account_id, store_id, pool_id, field) do update set expected = excluded.expected, found = excluded.found`.execute(
    db,
  )
}

export async function deleteDrift(db: Db, key: ShopKey, poolId: string, field: string): Promise<void> {
  await sql`
    delete from shopify_drift where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
      and pool_id = ${poolId}::uuid and field = ${field}::text`.execute(db)
}

export type DriftRow = Drift & {
  storeId: string
  poolId: string
  couponId: string
  couponName: string
  version: number
  title: string
  since: Date
}

/** What differs in a store, or for one coupon, oldest first. */
export async function selectDrift(
  db: Db,
  accountId: string,
  of: { storeId: string } | { couponId: string },
  limit: number,
): Promise<DriftRow[]> {
  const which = 'storeId' in of ? sql`d.store_id = ${of.storeId}::uuid` : sql`d.coupon_id = ${of.couponId}::uuid`
  const { rows } = await sql<DriftRow>`
    select d.store_id as "storeId", d.pool_id as "poolId", d.coupon_id as "couponId", c.name as "couponName", v.version, s.title, d.field,
      d.expected, d.found, d.since
    from shopify_drift d
      join coupons c on c.account_id = d.account_id and c.id = d.coupon_id
      join pools p on p.account_id = d.account_id and p.id = d.pool_id
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
      join shopify_discounts s on s.account_id = d.account_id and s.pool_id = d.pool_id
    where d.account_id = ${accountId}::uuid and ${which}
    order by d.since, d.pool_id, d.field limit ${limit}::integer`.execute(db)
  return rows
}
