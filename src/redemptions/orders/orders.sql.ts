import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'

export type StoreKey = { accountId: string; storeId: string }

/** Which of these codes are the store's, in upper case. Locks nothing; a look-up in codes_code each. */
export async function selectKnownCodes(db: Db, key: StoreKey, codes: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ code: string }>`
    select distinct upper(c.code) as code
    from unnest(${codes}::text[]) as g (code)
      cross join lateral (select code from codes where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid
        and upper(code) = upper(g.code) offset 0) c`.execute(db)
  return new Set(rows.map((row) => row.code))
}

/**
 * Holds the store's rows of these codes until the transaction ends, so that orders with the same code come one after another;
 * always in the order of the codes, so that two orders with the same two codes do not wait for each other.
 */
export async function lockCodes(
  db: Db,
  key: StoreKey,
  codes: readonly string[],
): Promise<{ id: string; code: string }[]> {
  const { rows } = await sql<{ id: string; code: string }>`
    select c.id, c.code
    from (select distinct upper(code) as code from unnest(${codes}::text[]) as g (code) order by 1 offset 0) g
      cross join lateral (select id, upper(code) as code from codes where account_id = ${key.accountId}::uuid
        and store_id = ${key.storeId}::uuid and upper(code) = g.code offset 0 for no key update) c`.execute(db)
  return rows
}

/**
 * Takes codes out of line for good: the shop has honoured them, whatever we thought. A code without a place in line (its
 * confirmation is still on the way, or we thought that it was never sent or refused) gets the next one first, so that the
 * pool's counts stay exact.
 */
export async function updateCodesUsed(db: Db, accountId: string, codeIds: readonly string[], now: Date): Promise<void> {
  await sql`
    with given as materialized (
      select distinct ${accountId}::uuid as account_id, id from unnest(${codeIds}::uuid[]) as g (id)
    ), unplaced as (
      select c.id, c.pool_id, c.state, row_number() over (partition by c.pool_id order by c.id) as nth
      from given g cross join lateral (select id, pool_id, state, position from codes where account_id = g.account_id and id = g.id offset 0) c
      where c.position is null
    ), longer as (
      update pools p set tail = p.tail + u.n, pending = p.pending - u.pending, failed = p.failed - u.failed,
        unsent = p.unsent - u.unsent
      from (
        select pool_id, count(*) as n, count(*) filter (where state = 'made') as pending,
          count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'withdrawn') as unsent
        from unplaced group by pool_id
      ) u
      where p.account_id = ${accountId}::uuid and p.id = u.pool_id
      returning p.id, p.tail - u.n as before
    ), used as (
      update codes c set state = 'redeemed', held_by = null, held_until = null,
        position = coalesce(c.position, (
          select l.before + u.nth from unplaced u join longer l on l.id = u.pool_id where u.id = c.id))
      from given g where c.account_id = g.account_id and c.id = g.id
        and (c.state <> 'redeemed' or c.held_by is not null)
      returning c.id, c.pool_id, c.position
    )
    insert into assignments as a (account_id, code_id, pool_id, coupon_id, profile_id, state, position, assigned_at, expires_at)
    select ${accountId}::uuid, used.id, used.pool_id, p.coupon_id, null, 'out', used.position, ${now}::timestamptz, null
    from used join pools p on p.account_id = ${accountId}::uuid and p.id = used.pool_id
    order by used.pool_id, used.position
    on conflict (account_id, code_id) do update set state = case when a.profile_id is null then 'out' else 'redeemed' end`.execute(
    db,
  )
}

export type OrderFacts = {
  orderId: string | null
  orderName: string | null
  email: string | null
  customerId: string | null
  currency: string
  orderedAt: Date
  updatedAt: Date
  cancelledAt: Date | null
  refundedMinor: number
  isRenewal: boolean
  isTest: boolean
  codes: { id: string; subtotalMinor: number; discountMinor: number }[]
}

/**
 * Whether the order is the recipient's: their email, or a customer of the shop whom we know to be them. Null where the shop
 * shows neither. Reads `r` (the redemption's row or the row to be).
 */
const RECIPIENT_MATCHES = sql`(
  select case
    when lower(p.email) = lower(r.order_email) or s.profile_id = p.id then true
    when s.profile_id is not null or (r.order_email is not null and p.email is not null) then false
  end
  from profiles p left join shop_customers s
    on s.account_id = r.account_id and s.store_id = r.store_id and s.customer_id = r.customer_id
  where p.account_id = r.account_id and p.id = r.profile_id and p.erased_at is null)`

/**
 * Gives a use whose order was unknown its order, now that the shop tells of it: the row stays, and with it the ledger.
 * Call it with the codes locked. The unique index redemptions_order keeps an order that is there already from being doubled.
 */
export async function updateUnknownOrder(db: Db, accountId: string, facts: OrderFacts): Promise<void> {
  await sql`
    update redemptions r set order_id = ${facts.orderId}::text, redeemed_at = ${facts.orderedAt}::timestamptz,
      currency = ${facts.currency}::text, order_updated_at = '-infinity'
    from ${codesOf(accountId, facts)}
    where r.account_id = g.account_id and r.code_id = g.id
      and r.source = 'shop' and r.state = 'accepted' and r.order_id is null
      and (select true from redemptions o where o.account_id = r.account_id and o.code_id = r.code_id
        and o.order_id = ${facts.orderId}::text and o.source = 'shop') is null`.execute(db)
}

/**
 * Writes an order down with each of its codes, as `repeated` until it is settled who came first, with an event for the
 * profile that has the code. Told again, it changes the row: the newer `order_updated_at` wins. Shops date to the second, so
 * of two messages of one second the greater value wins, which is the same in whichever order they come. What cannot be undone
 * in a shop, cancelling and paying back, is never lost to an older message.
 *
 * redemptions_order decides what is new. Call it with the codes locked and taken out of line.
 */
export async function upsertOrderFacts(db: Db, key: StoreKey, facts: OrderFacts): Promise<void> {
  const { codes, ...order } = facts
  await sql`
    with told as materialized (
      select * from jsonb_to_record(${JSON.stringify(order)}::jsonb) as o ("orderId" text, "orderName" text, email text,
        "customerId" text, currency text, "orderedAt" timestamptz, "updatedAt" timestamptz, "cancelledAt" timestamptz,
        "refundedMinor" bigint, "isRenewal" boolean, "isTest" boolean)
    ), fact as (
      insert into redemptions as r (account_id, id, store_id, coupon_id, pool_id, code_id, profile_id, source, state, order_id,
        order_name, order_email, customer_id, currency, subtotal_minor, discount_minor, refunded_minor, cancelled_at, is_renewal,
        is_test, assigned_at, redeemed_at, order_updated_at)
      select ${key.accountId}::uuid, uuid_v7(o."orderedAt"), ${key.storeId}::uuid, a.coupon_id, a.pool_id, g.id, a.profile_id,
        'shop', 'repeated', o."orderId", o."orderName", o.email, o."customerId", o.currency, g."subtotalMinor",
        g."discountMinor", o."refundedMinor", o."cancelledAt", o."isRenewal", o."isTest",
        case when a.profile_id is not null then a.assigned_at end, o."orderedAt", o."updatedAt"
      from told o
        cross join jsonb_to_recordset(${JSON.stringify(codes)}::jsonb) as g (id uuid, "subtotalMinor" bigint, "discountMinor" bigint)
        cross join lateral (select * from assignments where account_id = ${key.accountId}::uuid and code_id = g.id offset 0) a
      on conflict (account_id, code_id, order_id) where source = 'shop' do update set
        order_name = coalesce(excluded.order_name, r.order_name),
        order_email = ${newer('order_email')}, customer_id = ${newer('customer_id')}, currency = ${newer('currency')},
        subtotal_minor = ${newer('subtotal_minor')}, discount_minor = ${newer('discount_minor')},
        is_test = r.is_test or excluded.is_test, is_renewal = r.is_renewal or excluded.is_renewal,
        cancelled_at = least(r.cancelled_at, excluded.cancelled_at),
        refunded_minor = greatest(r.refunded_minor, excluded.refunded_minor),
        redeemed_at = excluded.redeemed_at,
        order_updated_at = greatest(r.order_updated_at, excluded.order_updated_at)
      returning r.account_id, r.id, r.profile_id, r.coupon_id, r.code_id, r.redeemed_at, (xmax = 0) as is_new
    )
    insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id, redemption_id)
    select account_id, uuid_v7(redeemed_at), profile_id, 'code_redeemed', redeemed_at, coupon_id, code_id, id
    from fact where is_new and profile_id is not null`.execute(db)
  await sql`
    update redemptions r set recipient_matches = ${RECIPIENT_MATCHES}
    from ${codesOf(key.accountId, facts)}
    where r.account_id = g.account_id and r.code_id = g.id
      and r.source = 'shop' and r.order_id = ${facts.orderId}::text
      and r.recipient_matches is distinct from ${RECIPIENT_MATCHES}`.execute(db)
}

/** The codes of an order as rows `g` that carry their account (docs/decisions/0002-draws.md, trap 4). */
function codesOf(accountId: string, { codes }: OrderFacts): RawBuilder<unknown> {
  return sql`(select ${accountId}::uuid as account_id, id from unnest(${codes.map((code) => code.id)}::uuid[]) as g (id) offset 0) g`
}

function newer(column: string) {
  const [old, told] = [sql.ref(`r.${column}`), sql.ref(`excluded.${column}`)]
  return sql`case when excluded.order_updated_at > r.order_updated_at then ${told}
    when excluded.order_updated_at = r.order_updated_at then greatest(${old}, ${told}) else ${old} end`
}

/** Judges the orders of a customer anew, after it became known who that is. Served by redemptions_customer_of_store. */
export async function updateRecipientMatches(db: Db, key: StoreKey, customerId: string): Promise<void> {
  await sql`
    update redemptions r set recipient_matches = ${RECIPIENT_MATCHES}
    where r.account_id = ${key.accountId}::uuid and r.store_id = ${key.storeId}::uuid and r.customer_id = ${customerId}::text
      and r.recipient_matches is distinct from ${RECIPIENT_MATCHES}`.execute(db)
}

/**
 * Notes that the shop counts a use of codes of which we know no order, with an event for who has the code. Nothing where an
 * order is known. Call it with the codes locked and taken out of line; redemptions_accepted would refuse a second use all the same.
 */
export async function insertUnknownUses(
  db: Db,
  key: StoreKey,
  uses: { codeIds: readonly string[]; currency: string; now: Date },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with fact as (
      insert into redemptions (account_id, id, store_id, coupon_id, pool_id, code_id, profile_id, source, state, order_id, currency,
        subtotal_minor, discount_minor, assigned_at, redeemed_at)
      select ${key.accountId}::uuid, uuid_v7(${uses.now}::timestamptz), ${key.storeId}::uuid, a.coupon_id, a.pool_id, a.code_id,
        a.profile_id, 'shop', 'accepted', null, ${uses.currency}::text, 0, 0,
        case when a.profile_id is not null then a.assigned_at end, ${uses.now}::timestamptz
      from (select distinct id from unnest(${uses.codeIds}::uuid[]) as g (id)) g
        cross join lateral (select * from assignments where account_id = ${key.accountId}::uuid and code_id = g.id offset 0) a
      where (select true from redemptions o where o.account_id = a.account_id and o.code_id = a.code_id and o.state = 'accepted') is null
        and (select true from redemptions o where coalesce(o.account_id = a.account_id, false) and o.code_id = a.code_id
          and o.state = 'repeated' limit 1) is null
      returning account_id, id, profile_id, coupon_id, code_id, redeemed_at
    ), ledger as (
      insert into redemption_ledger (account_id, redemption_id, delta, code_id, at)
      select account_id, id, 1, code_id, redeemed_at from fact
    ), event as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id, redemption_id)
      select account_id, uuid_v7(redeemed_at), profile_id, 'code_redeemed', redeemed_at, coupon_id, code_id, id
      from fact where profile_id is not null
    )
    select count(*) as count from fact`.execute(db)
  return rows[0]?.count ?? 0
}
