import { sql } from 'kysely'
import type { ReusePolicy } from '../../../contract/coupons.ts'
import type { Db } from '../../db/database.ts'

type CodeKey = { accountId: string; codeId: string }

export type CodeFacts = {
  couponId: string
  couponName: string
  reusePolicy: ReusePolicy
  storeKind: 'custom' | 'shopify'
  state: 'made' | 'live' | 'redeemed' | 'withdrawn' | 'failed'
  assignmentState: 'open' | 'redeemed' | 'expired' | 'revoked' | 'out' | null
  profileId: string | null
  /** In line, though nobody is given it any more. */
  isPoolClosed: boolean
  deadline: Date | null
}

/** What is known of one code. Served by primary keys. */
export async function selectCodeFacts(db: Db, key: CodeKey): Promise<CodeFacts | undefined> {
  const { rows } = await sql<CodeFacts>`
    select p.coupon_id as "couponId", o.name as "couponName", o.reuse_policy as "reusePolicy", s.kind as "storeKind", c.state, a.state as "assignmentState",
      a.profile_id as "profileId", h.closed_at is not null as "isPoolClosed",
      case when a.code_id is null then least(v.expires_at, p.bucket_ends_at) else a.expires_at end as deadline
    from codes c
      join pools p on p.account_id = c.account_id and p.id = c.pool_id
      join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
      join coupons o on o.account_id = p.account_id and o.id = p.coupon_id
      join stores s on s.account_id = c.account_id and s.id = c.store_id
      left join assignments a on a.account_id = c.account_id and a.code_id = c.id
    where c.account_id = ${key.accountId}::uuid and c.id = ${key.codeId}::uuid`.execute(db)
  return rows[0]
}

export type Revoking = CodeKey & { couponId: string; reason: string; isInShop: boolean; now: Date }

/**
 * Takes a live code out of use: its state, its assignment, the revocation and the person's event in one statement. A row when it did,
 * with who had the code; none for a code that is redeemed, over, taken back already or not live.
 *
 * Locks the code's row first, as a redemption does: of the two one finds `state = 'live'`. A code in line leaves it as `out`, and so
 * does one that a checkout took from the line while this statement waited: the conflict with the primary key gives that row. Call it with the
 * coupon locked, so that no draw is at work.
 */
export async function updateRevoked(db: Db, code: Revoking): Promise<{ profileId: string | null } | undefined> {
  const { rows } = await sql<{ profileId: string | null }>`
    with ended as (
      update codes c set state = 'withdrawn', held_by = null, held_until = null
      where c.account_id = ${code.accountId}::uuid and c.id = ${code.codeId}::uuid and c.state = 'live'
        and (select case when a.code_id is not null then a.state in ('open', 'out') and coalesce(a.expires_at > ${code.now}::timestamptz, true)
            else h.closed_at is null and coalesce(least(v.expires_at, p.bucket_ends_at) > ${code.now}::timestamptz, true) end
          from pools p
            join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id
            join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
            left join assignments a on a.account_id = c.account_id and a.code_id = c.id
          where p.account_id = c.account_id and p.id = c.pool_id)
      returning c.id, c.pool_id, c.store_id, c.position
    ), taken as (
      insert into assignments as a (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at)
      select ${code.accountId}::uuid, id, pool_id, ${code.couponId}::uuid, null, 'out', position, ${code.now}::timestamptz from ended
      on conflict (account_id, code_id) do update set state = case when a.profile_id is null then 'out' else 'revoked' end
      returning code_id, profile_id
    ), noted as (
      insert into revocations (account_id, code_id, store_id, coupon_id, pool_id, profile_id, reason, revoked_at, shop)
      select ${code.accountId}::uuid, e.id, e.store_id, ${code.couponId}::uuid, e.pool_id, t.profile_id, ${code.reason}::text,
        ${code.now}::timestamptz, ${code.isInShop ? 'waiting' : 'none'}::text
      from ended e join taken t on t.code_id = e.id
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id, properties)
      select ${code.accountId}::uuid, uuid_v7(${code.now}), profile_id, 'code_revoked', ${code.now}::timestamptz, ${code.couponId}::uuid,
        code_id, jsonb_build_object('reason', ${code.reason}::text)
      from taken where profile_id is not null
    )
    select profile_id as "profileId" from taken`.execute(db)
  return rows[0]
}

export async function updateReplacedBy(db: Db, key: CodeKey, replacedBy: string): Promise<void> {
  await sql`
    update revocations set replaced_by = ${replacedBy}::uuid
    where account_id = ${key.accountId}::uuid and code_id = ${key.codeId}::uuid`.execute(db)
}

type StoreKey = { accountId: string; storeId: string }

export type WaitingRevocation = { codeId: string; code: string; poolId: string }

/** Revoked codes that a shop may still have, by id. Served by revocations_waiting. */
export async function selectWaiting(
  db: Db,
  store: StoreKey,
  after: string | undefined,
  limit: number,
): Promise<WaitingRevocation[]> {
  const { rows } = await sql<WaitingRevocation>`
    select r.code_id as "codeId", c.code, r.pool_id as "poolId"
    from revocations r join codes c on c.account_id = r.account_id and c.id = r.code_id
    where r.account_id = ${store.accountId}::uuid and r.store_id = ${store.storeId}::uuid and r.shop = 'waiting'
      and ${after === undefined ? sql`true` : sql`r.code_id > ${after}::uuid`}
    order by r.code_id limit ${limit}::integer`.execute(db)
  return rows
}

/** Ends the waiting for codes that an order used although they had been revoked: the shop was faster, and its word stands. */
export async function updateUsed(db: Db, store: StoreKey): Promise<void> {
  await sql`
    update revocations r set shop = 'used' from codes c
    where r.account_id = ${store.accountId}::uuid and r.store_id = ${store.storeId}::uuid and r.shop = 'waiting'
      and c.account_id = r.account_id and c.id = r.code_id and c.state = 'redeemed'`.execute(db)
}

/** Notes that the shop has these codes no more, each once, and that so many codes of each pool are out of it. Returns how many. */
export async function updateGone(db: Db, store: StoreKey, codeIds: readonly string[], now: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      update revocations set shop = 'gone', gone_at = ${now}::timestamptz
      where account_id = ${store.accountId}::uuid and store_id = ${store.storeId}::uuid and code_id = any(${codeIds}::uuid[])
        and shop = 'waiting'
      returning account_id, pool_id
    ), counted as (
      update pools p set removed = least(p.tail, p.removed + g.n)
      from (select account_id, pool_id, count(*) as n from gone group by 1, 2) g
      where p.account_id = g.account_id and p.id = g.pool_id
    )
    select count(*) as count from gone`.execute(db)
  return rows[0]?.count ?? 0
}
