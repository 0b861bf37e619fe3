import { sql } from 'kysely'
import type { Terms } from '../../../../contract/coupons.ts'
import type { Db } from '../../../db/database.ts'

type PoolKey = { accountId: string; poolId: string }

/** What the discount of a pool is made of: the terms of its version, not of the newest. */
export type PoolTerms = {
  storeId: string
  couponId: string
  couponName: string
  version: number
  terms: Terms
  bucketEndsAt: Date | null
  startsAt: Date
  endsAt: Date | null
  sellsSubscriptions: boolean
}

export async function selectPoolTerms(db: Db, key: PoolKey): Promise<PoolTerms | undefined> {
  const { rows } = await sql<PoolTerms>`
    select p.store_id as "storeId", p.coupon_id as "couponId", c.name as "couponName", v.version, v.terms,
      p.bucket_ends_at as "bucketEndsAt", coalesce((v.terms->>'startsAt')::timestamptz, v.created_at) as "startsAt",
      least(v.expires_at, p.bucket_ends_at) as "endsAt", s.sells_subscriptions as "sellsSubscriptions"
    from pools p
      join coupons c on c.account_id = p.account_id and c.id = p.coupon_id
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
      join stores s on s.account_id = p.account_id and s.id = p.store_id
    where p.account_id = ${key.accountId}::uuid and p.id = ${key.poolId}::uuid`.execute(db)
  return rows[0]
}

export type DiscountRow = {
  poolId: string
  storeId: string
  couponId: string
  state: 'written' | 'live' | 'withdrawn' | 'removed' | 'gone'
  seedCode: string
  title: string
  discountId: string | null
  endsAt: Date | null
  attempt: number
}

const COLUMNS = sql.raw(`
  d.pool_id as "poolId", d.store_id as "storeId", d.state, d.seed_code as "seedCode", d.title, d.discount_id as "discountId",
  d.ends_at as "endsAt", d.attempt,
  (select p.coupon_id from pools p where p.account_id = d.account_id and p.id = d.pool_id) as "couponId"`)

/** Writes a discount down unless it is; the primary key decides, so that racing callers agree on one seed code. */
export async function insertDiscount(
  db: Db,
  discount: PoolKey & { storeId: string; seedCode: string; title: string; endsAt: Date | null; now: Date },
): Promise<void> {
  await sql`
    insert into shopify_discounts (account_id, pool_id, store_id, state, seed_code, title, ends_at, created_at)
    values (${discount.accountId}, ${discount.poolId}, ${discount.storeId}, 'written', ${discount.seedCode}, ${discount.title},
      ${discount.endsAt}, ${discount.now})
    on conflict do nothing`.execute(db)
}

export async function selectDiscount(db: Db, key: PoolKey): Promise<DiscountRow | undefined> {
  const { rows } = await sql<DiscountRow>`
    select ${COLUMNS} from shopify_discounts d
    where d.account_id = ${key.accountId}::uuid and d.pool_id = ${key.poolId}::uuid`.execute(db)
  return rows[0]
}

/** Says that this process creates the discount; undefined where another does, or it is created. Counts the attempt beforehand. */
export async function updateDiscountClaimed(db: Db, key: PoolKey, leaseMs: number): Promise<DiscountRow | undefined> {
  const { rows } = await sql<DiscountRow>`
    update shopify_discounts d set attempt = d.attempt + 1,
      lease_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000}::double precision)
    where d.account_id = ${key.accountId}::uuid and d.pool_id = ${key.poolId}::uuid and d.state = 'written'
      and (d.lease_until is null or d.lease_until < clock_timestamp())
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

/** Lets others try; `mayExist` false takes the attempt back, because the shop certainly heard nothing. */
export async function updateDiscountReleased(db: Db, key: PoolKey, attempt: number, mayExist: boolean): Promise<void> {
  await sql`
    update shopify_discounts set lease_until = null, attempt = attempt - ${mayExist ? 0 : 1}::integer
    where account_id = ${key.accountId}::uuid and pool_id = ${key.poolId}::uuid and state = 'written' and attempt = ${attempt}::integer`.execute(
    db,
  )
}

/**
 * Notes the discount that an attempt found or created. Nothing where another has claimed it since: that one looks for itself, and what this one
 * created may have been deleted in the shop meanwhile.
 */
export async function updateDiscountLive(db: Db, key: PoolKey, attempt: number, discountId: string): Promise<void> {
  await sql`
    update shopify_discounts set state = 'live', discount_id = ${discountId}::text, lease_until = null
    where account_id = ${key.accountId}::uuid and pool_id = ${key.poolId}::uuid and state = 'written' and attempt = ${attempt}::integer`.execute(
    db,
  )
}

/** Returns false when it was in another state already. */
export async function updateDiscountState(
  db: Db,
  key: PoolKey,
  from: readonly DiscountRow['state'][],
  to: DiscountRow['state'],
): Promise<boolean> {
  const { rows } = await sql`
    update shopify_discounts set state = ${to}::text
    where account_id = ${key.accountId}::uuid and pool_id = ${key.poolId}::uuid and state = any(${from}::text[])
    returning pool_id`.execute(db)
  return rows.length === 1
}

/** all: unused codes go, because their time is long over. unassigned: those go that nobody has, because the pool is closed. */
export type Removal = DiscountRow & { what: 'all' | 'unassigned' }

/**
 * Discounts of a store from which codes are to be removed: their pool is closed, or they ended `retention_days` ago; and no batch
 * is under way. Served by shopify_discounts_store.
 */
export async function selectRemovals(
  db: Db,
  store: { accountId: string; storeId: string; now: Date },
): Promise<Removal[]> {
  const { rows } = await sql<Removal>`
    select ${COLUMNS},
      case when d.ends_at <= ${store.now}::timestamptz - make_interval(days => s.retention_days) then 'all' else 'unassigned' end as what
    from shopify_discounts d
      join pool_heads h on h.account_id = d.account_id and h.pool_id = d.pool_id
      join stores s on s.account_id = d.account_id and s.id = d.store_id
    where d.account_id = ${store.accountId}::uuid and d.store_id = ${store.storeId}::uuid and (
        (d.state in ('live', 'withdrawn') and d.ends_at <= ${store.now}::timestamptz - make_interval(days => s.retention_days))
        or (d.state = 'live' and h.closed_at is not null)
        or (d.state = 'written' and h.closed_at is not null and d.attempt > 0))
      and not exists (select from shopify_batches b where b.account_id = d.account_id and b.store_id = d.store_id
        and b.pool_id = d.pool_id and b.state in ('written', 'sending', 'importing'))
    order by d.created_at limit 100`.execute(db)
  return rows
}

/** Whether nobody ever had a code of a pool, and whether no order ever used one. */
export async function selectPoolUse(
  db: Db,
  key: PoolKey & { couponId: string },
): Promise<{ isUnassigned: boolean; isUnredeemed: boolean }> {
  const { rows } = await sql<{ isUnassigned: boolean; isUnredeemed: boolean }>`
    select h.head = 0 and not exists (select from assignments a
        where a.account_id = h.account_id and a.pool_id = h.pool_id and a.state = 'out') as "isUnassigned",
      not exists (select from redemptions r where r.account_id = h.account_id and r.coupon_id = ${key.couponId}::uuid
        and r.pool_id = h.pool_id) as "isUnredeemed"
    from pool_heads h where h.account_id = ${key.accountId}::uuid and h.pool_id = ${key.poolId}::uuid`.execute(db)
  return rows[0] ?? { isUnassigned: false, isUnredeemed: false }
}

/**
 * Which of these codes of the shop may be removed, in upper case. A code that we do not know is none of them: the seed code, and
 * what the merchant added. Served by codes_code and the primary key of assignments.
 */
export async function selectRemovable(
  db: Db,
  pool: PoolKey & { storeId: string; what: Removal['what'] },
  codes: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ code: string }>`
    select g.code
    from unnest(${codes.map((code) => code.toUpperCase())}::text[]) as g (code)
      cross join lateral (select * from codes k where k.account_id = ${pool.accountId}::uuid and k.store_id = ${pool.storeId}::uuid
        and upper(k.code) = g.code and k.pool_id = ${pool.poolId}::uuid offset 0) c
    where c.state in ('live', 'withdrawn') and (${pool.what === 'all'} or not exists (
      select from assignments a where a.account_id = c.account_id and a.code_id = c.id))`.execute(db)
  return new Set(rows.map((row) => row.code))
}

/** Ends a removal and counts the codes of the pool that are out of the shop now. */
export async function updateRemoved(
  db: Db,
  pool: PoolKey & { from: DiscountRow['state']; state: 'withdrawn' | 'removed'; kept: number },
): Promise<void> {
  await sql`
    with ended as (
      update shopify_discounts set state = ${pool.state}::text
      where account_id = ${pool.accountId}::uuid and pool_id = ${pool.poolId}::uuid and state = ${pool.from}::text
      returning account_id, pool_id
    )
    update pools p set removed = greatest(0, p.tail - ${pool.kept}::bigint) from ended
    where p.account_id = ended.account_id and p.id = ended.pool_id`.execute(db)
}
