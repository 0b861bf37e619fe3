import { sql } from 'kysely'
import type { Terms } from '../../contract/coupons.ts'
import type { Db } from '../db/database.ts'

export type CodeRow = {
  codeId: string
  code: string
  codeState: 'made' | 'live' | 'redeemed' | 'withdrawn' | 'failed'
  heldBy: string | null
  heldUntil: Date | null
  couponId: string
  couponName: string
  terms: Terms
  /** Null while the code stands in line. */
  assignmentState: 'open' | 'redeemed' | 'expired' | 'revoked' | 'out' | null
  profileEmail: string | null
  deadline: Date | null
  isPoolClosed: boolean
}

export type Wanted = { storeId: string | undefined; entries: readonly string[] }

/**
 * For each wanted code, in their order, the code of the store that is written as one of its entries, whatever its case; the
 * earlier entry wins. Without a store id the only store of the account is meant.
 *
 * Locks nothing. Served by codes_code, then primary keys: the scalar subqueries keep the planner from reading whole tables.
 */
export async function findCodeRows(
  db: Db,
  accountId: string,
  wanted: readonly Wanted[],
): Promise<(CodeRow | undefined)[]> {
  const asked = wanted.flatMap(({ storeId, entries }, nth) =>
    entries.map((entry, rank) => ({ nth, rank, store_id: storeId ?? null, entry })),
  )
  const { rows } = await sql<CodeRow & { nth: number }>`
    with sole as (
      select (array_agg(id))[1] as id from stores where account_id = ${accountId}::uuid having count(*) = 1
    ), asked as materialized (
      select g.nth, g.rank, coalesce(g.store_id, (select id from sole)) as store_id, upper(g.entry) as code
      from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as g (nth integer, rank integer, store_id uuid, entry text)
    )
    select g.nth, c.id as "codeId", c.code, c.state as "codeState", c.held_by as "heldBy", c.held_until as "heldUntil",
      p.coupon_id as "couponId",
      (select o.name from coupons o where o.account_id = p.account_id and o.id = p.coupon_id) as "couponName",
      v.terms, a.state as "assignmentState",
      (select r.email from profiles r where r.account_id = a.account_id and r.id = a.profile_id) as "profileEmail",
      case when a.code_id is null then least(v.expires_at, p.bucket_ends_at) else a.expires_at end as "deadline",
      (select h.closed_at from pool_heads h where h.account_id = c.account_id and h.pool_id = c.pool_id) is not null
        as "isPoolClosed"
    from asked g
      cross join lateral (select * from codes where account_id = ${accountId}::uuid and store_id = g.store_id
        and upper(code) = g.code offset 0) c
      join pools p on p.account_id = c.account_id and p.id = c.pool_id
      join terms_versions v on v.account_id = p.account_id and v.id = p.version_id
      left join lateral (select * from assignments where account_id = c.account_id and code_id = c.id offset 0) a on true
    order by g.rank desc`.execute(db)
  const found = new Map(rows.map(({ nth, ...row }) => [nth, row]))
  return wanted.map((_, nth) => found.get(nth))
}

/** How the generated codes of a store's coupons are built, each once. Served by coupons_store. */
export async function listCodeShapes(
  db: Db,
  accountId: string,
  storeId: string,
): Promise<{ prefix: string; codeLength: number }[]> {
  const { rows } = await sql<{ prefix: string; codeLength: number }>`
    select distinct prefix, code_length as "codeLength" from coupons
    where account_id = ${accountId}::uuid and store_id = ${storeId}::uuid and type = 'unique'`.execute(db)
  return rows
}

/** Served by redemptions_customer. */
export async function hasCustomerRedeemed(
  db: Db,
  accountId: string,
  couponId: string,
  customerKey: string,
): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from redemptions where account_id = ${accountId}::uuid and coupon_id = ${couponId}::uuid
      and customer_key = ${customerKey}::text and state = 'accepted') as found`.execute(db)
  return rows[0]?.found === true
}

/**
 * Holds a live code for an order until `until`, unless another order holds it; returns whether it does now.
 *
 * A code that stands in line leaves it: somebody at a checkout knows it, so nobody else may be given it.
 */
export async function updateHold(
  db: Db,
  hold: {
    accountId: string
    codeId: string
    couponId: string
    orderId: string
    until: Date
    deadline: Date | null
    now: Date
  },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with held as (
      update codes set held_by = ${hold.orderId}::text, held_until = ${hold.until}::timestamptz
      where account_id = ${hold.accountId}::uuid and id = ${hold.codeId}::uuid and state = 'live'
        and (held_until is null or held_until <= ${hold.now}::timestamptz or held_by = ${hold.orderId}::text)
      returning id, pool_id, position
    ), line as (
      insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at, expires_at)
      select ${hold.accountId}::uuid, id, pool_id, ${hold.couponId}::uuid, null, 'out', position, ${hold.now}::timestamptz,
        ${hold.deadline}::timestamptz
      from held
      on conflict do nothing
    )
    select id from held`.execute(db)
  return rows.length === 1
}

/** Lets go of a code that the order holds; returns whether it did. */
export async function updateHoldReleased(
  db: Db,
  hold: { accountId: string; codeId: string; orderId: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update codes set held_by = null, held_until = null
    where account_id = ${hold.accountId}::uuid and id = ${hold.codeId}::uuid and state = 'live'
      and held_by = ${hold.orderId}::text and held_until > ${hold.now}::timestamptz
    returning id`.execute(db)
  return rows.length === 1
}

export type NewRedemption = {
  codeId: string
  couponId: string
  deadline: Date | null
  orderId: string
  orderEmail: string | null
  customerKey: string | null
  currency: string
  subtotalMinor: number
  discountMinor: number
  now: Date
}

export type RedemptionRow = {
  id: string
  codeId: string
  orderId: string
  discountMinor: number
  currency: string
  recipientMatches: boolean | null
}

/**
 * Redeems live codes that no other order holds: state, line, redemption, ledger and event in one statement. Returns a row for
 * each that was accepted; a code that was not free has none. Violates redemptions_customer, and then does nothing at all, when
 * a customer has used the coupon.
 *
 * Locks the codes' rows first: of racing calls one passes `state = 'live'`, the others wait for it and find another state.
 * The account is joined and the limit is what there is: else all codes of the account are read for one (docs/decisions/0002-draws.md, traps 4 and 7).
 * A code in line leaves it as `out`; where a draw was faster, the conflict with the primary key of assignments gives the row of the
 * draw even though this statement's snapshot is older, and the code counts as that profile's.
 */
export async function insertRedemptions(
  db: Db,
  accountId: string,
  given: readonly NewRedemption[],
): Promise<RedemptionRow[]> {
  const { rows } = await sql<RedemptionRow>`
    with given as materialized (
      select ${accountId}::uuid as account_id, g.* from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g ("codeId" uuid, "couponId" uuid,
        "deadline" timestamptz, "orderId" text, "orderEmail" text, "customerKey" text, "currency" text,
        "subtotalMinor" bigint, "discountMinor" bigint, "now" timestamptz)
      limit ${given.length}::int
    ), taken as (
      update codes c set state = 'redeemed', held_by = null, held_until = null
      from given g
      where c.account_id = g.account_id and c.id = g."codeId" and c.state = 'live'
        and (c.held_until is null or c.held_until <= g."now" or c.held_by = g."orderId")
      returning c.pool_id, c.store_id, c.position, g.*
    ), line as (
      insert into assignments as a
        (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at, expires_at)
      select account_id, "codeId", pool_id, "couponId", null, 'out', position, "now", "deadline"
      from taken order by pool_id, position
      on conflict (account_id, code_id) do update set state = case when a.profile_id is null then 'out' else 'redeemed' end
      returning code_id, profile_id, case when profile_id is not null then assigned_at end as assigned_at
    ), accepted as (
      insert into redemptions (account_id, id, store_id, coupon_id, pool_id, code_id, profile_id, order_id, order_email,
        customer_key, currency, subtotal_minor, discount_minor, state, recipient_matches, assigned_at, redeemed_at)
      select t.account_id, uuid_v7(t."now"), t.store_id, t."couponId", t.pool_id, t."codeId", l.profile_id, t."orderId",
        t."orderEmail", t."customerKey", t."currency", t."subtotalMinor", t."discountMinor", 'accepted',
        (select lower(p.email) = lower(t."orderEmail") from profiles p
          where p.account_id = t.account_id and p.id = l.profile_id),
        l.assigned_at, t."now"
      from taken t join line l on l.code_id = t."codeId"
      returning account_id, id, coupon_id, code_id, profile_id, order_id, currency, subtotal_minor, discount_minor,
        recipient_matches, redeemed_at
    ), ledger as (
      insert into redemption_ledger (account_id, redemption_id, delta, code_id, at)
      select account_id, id, 1, code_id, redeemed_at from accepted
    ), event as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id, redemption_id, properties)
      select account_id, uuid_v7(redeemed_at), profile_id, 'code_redeemed', redeemed_at, coupon_id, code_id, id,
        jsonb_build_object('orderId', order_id, 'subtotalMinor', subtotal_minor, 'discountMinor', discount_minor,
          'currency', currency)
      from accepted where profile_id is not null
    )
    select id, code_id as "codeId", order_id as "orderId", discount_minor as "discountMinor", currency,
      recipient_matches as "recipientMatches"
    from accepted`.execute(db)
  return rows
}

/** The redemption that a code is used by. Served by redemptions_accepted. */
export async function findAcceptedRedemption(
  db: Db,
  accountId: string,
  codeId: string,
): Promise<RedemptionRow | undefined> {
  const { rows } = await sql<RedemptionRow>`
    select id, code_id as "codeId", order_id as "orderId", discount_minor as "discountMinor", currency,
      recipient_matches as "recipientMatches"
    from redemptions
    where account_id = ${accountId}::uuid and code_id = ${codeId}::uuid and state = 'accepted'`.execute(db)
  return rows[0]
}

/**
 * Undoes the accepted redemption of a code by this order: redemption, ledger, code, assignment and event in one statement.
 * Returns its id, undefined when there is none. What a shop told of is the shop's word and is not undone here.
 *
 * The redemption's row decides and is locked first: an accepted row means that its code is redeemed by it and by nothing else,
 * so the rest follows from it. The profile gets the code back (open) unless it has another open code of the
 * coupon in the same scope: then the code is revoked. Call it with the coupon locked, so that no draw for the same profile is at work.
 */
export async function updateRolledBack(
  db: Db,
  given: { accountId: string; codeId: string; orderId: string; now: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    with undone as (
      update redemptions set state = 'rolled_back'
      where account_id = ${given.accountId}::uuid and code_id = ${given.codeId}::uuid and order_id = ${given.orderId}::text
        and state = 'accepted' and source = 'checkout'
      returning account_id, id, coupon_id, code_id, profile_id, order_id
    ), freed as (
      update codes c set state = 'live' from undone u
      where c.account_id = u.account_id and c.id = u.code_id and c.state = 'redeemed'
    ), line as (
      update assignments a set state = case when (
          select true from assignments b where b.account_id = u.account_id and b.coupon_id is not distinct from u.coupon_id
            and b.profile_id = u.profile_id and b.state = 'open' and b.scope = a.scope) then 'revoked' else 'open' end
      from undone u where a.account_id = u.account_id and a.code_id = u.code_id and a.profile_id is not null
    ), ledger as (
      insert into redemption_ledger (account_id, redemption_id, delta, code_id, at)
      select account_id, id, -1, code_id, ${given.now}::timestamptz from undone
    ), event as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id, redemption_id, properties)
      select account_id, uuid_v7(${given.now}::timestamptz), profile_id, 'redemption_rolled_back', ${given.now}::timestamptz,
        coupon_id, code_id, id, jsonb_build_object('orderId', order_id)
      from undone where profile_id is not null
    )
    select id from undone`.execute(db)
  return rows[0]?.id
}
