import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/**
 * The order that redeems the code of `g` first: known before unknown, a checkout before a renewal, then the earliest. Two look-ups, in redemptions_accepted
 * and redemptions_repeated_code: no index has both states, and no other one of the repeated can compare the account so.
 */
const FIRST = sql`(
  select r.id from (
    select * from redemptions where account_id = g.account_id and code_id = g.id and state = 'accepted'
    union all select * from redemptions where coalesce(account_id = g.account_id, false) and code_id = g.id and state = 'repeated') r
  order by (r.order_id is null), r.is_renewal, r.redeemed_at, r.order_id limit 1)`

/** Codes as rows (account_id, id): what is joined by both is read by its primary key (docs/decisions/0002-draws.md, trap 4). */
const codesOf = (accountId: string, codeIds: readonly string[]) =>
  sql`(select distinct ${accountId}::uuid as account_id, id from unnest(${codeIds}::uuid[]) as g (id) offset 0)`

/** The same with the redemption of each that has one. A look-up in redemptions_accepted each. */
const acceptedOf = (accountId: string, codeIds: readonly string[]) => sql`(
  select g.account_id, g.id, (
    select r.id from redemptions r where r.account_id = g.account_id and r.code_id = g.id and r.state = 'accepted') as redemption_id
  from ${codesOf(accountId, codeIds)} g offset 0)`

/**
 * Takes back the redemption of codes whose first order is another one than was thought, because the shop told of it later:
 * the ledger gets the reverse, the order stays as a repeated use. Call it with the codes locked, before `updateFirstAccepted`.
 */
export async function updateDisplaced(db: Db, accountId: string, codeIds: readonly string[], now: Date): Promise<void> {
  await sql`
    with displaced as (
      update redemptions a set state = 'repeated' from ${acceptedOf(accountId, codeIds)} g
      where a.account_id = g.account_id and a.id = g.redemption_id and coalesce(a.state = 'accepted', false) and a.id <> ${FIRST}
      returning a.account_id, a.id, a.code_id
    )
    insert into redemption_ledger (account_id, redemption_id, delta, code_id, at)
    select account_id, id, -1, code_id, ${now}::timestamptz from displaced`.execute(db)
}

/**
 * Makes the first order of each code its redemption, with the ledger's row; nothing where a redemption stands.
 *
 * One conditional statement; redemptions_accepted keeps the promise that a code is redeemed once. Call it with the codes locked.
 */
export async function updateFirstAccepted(
  db: Db,
  accountId: string,
  codeIds: readonly string[],
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with accepted as (
      update redemptions a set state = 'accepted'
      from (select g.account_id, ${FIRST} as redemption_id from ${codesOf(accountId, codeIds)} g offset 0) f
      where a.account_id = f.account_id and a.id = f.redemption_id and coalesce(a.state = 'repeated', false)
      returning a.account_id, a.id, a.code_id
    ), ledger as (
      insert into redemption_ledger (account_id, redemption_id, delta, code_id, at)
      select account_id, id, 1, code_id, ${now}::timestamptz from accepted
    )
    select count(*) as count from accepted`.execute(db)
  return rows[0]?.count ?? 0
}

/** Notes that people are owed a new code because the order that redeemed theirs was cancelled, where the coupon says so. */
export async function updateOwed(db: Db, accountId: string, codeIds: readonly string[]): Promise<number> {
  const { rows } = await sql`
    update redemptions r set new_code = 'owed' from ${acceptedOf(accountId, codeIds)} g
    where r.account_id = g.account_id and r.id = g.redemption_id and coalesce(r.source = 'shop' and r.state = 'accepted', false)
      and r.cancelled_at is not null and r.new_code is null and r.profile_id is not null and not r.is_test
      and (select c.on_cancel = 'new_code' from coupons c where c.account_id = r.account_id and c.id = r.coupon_id)
    returning r.id`.execute(db)
  return rows.length
}

export type OwedRow = { accountId: string; id: string; couponId: string; codeId: string; profileId: string }

/** People who wait for a new code, oldest order first, of all accounts. Served by redemptions_owed. */
export async function selectOwed(db: Db, after: OwedRow | undefined, limit: number): Promise<OwedRow[]> {
  const { rows } = await sql<OwedRow>`
    select account_id as "accountId", id, coupon_id as "couponId", code_id as "codeId", profile_id as "profileId" from redemptions
    where new_code = 'owed' and profile_id is not null
      and ${after ? sql`(account_id, id) > (${after.accountId}::uuid, ${after.id}::uuid)` : sql`true`}
    order by account_id, id limit ${limit}::integer`.execute(db)
  return rows
}

/** Claims what is owed: of two workers one gets true, and only that one gives. */
export async function updateOwedSettled(db: Db, owed: OwedRow, newCode: 'given' | 'void'): Promise<boolean> {
  const { rows } = await sql`
    update redemptions set new_code = ${newCode}::text
    where account_id = ${owed.accountId}::uuid and id = ${owed.id}::uuid and new_code = 'owed' returning id`.execute(db)
  return rows.length === 1
}
