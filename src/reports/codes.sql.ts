import { sql } from 'kysely'
import type { Code } from '../../contract/codes.ts'
import type { Db } from '../db/database.ts'
import { REVOCATION_OF_CODE, type RevocationRow } from './revocation.ts'

export type CodeState = Code['state']
export type CodePageRow = Omit<Code, 'assignedAt' | 'expiresAt' | 'redeemedAt' | 'revocation'> & {
  revocation: RevocationRow | null
  poolId: string
  /** Place in the line of the pool; null for a code that the store has not confirmed. */
  position: number
  assignedAt: Date | null
  expiresAt: Date | null
  redeemedAt: Date | null
}

const COLUMNS = sql`c.id, c.pool_id as "poolId", c.position, c.code, f.state, p.version, a.profile_id as "profileId",
  (select r.email from profiles r where r.account_id = c.account_id and r.id = a.profile_id) as "profileEmail",
  case when a.profile_id is not null then a.assigned_at end as "assignedAt", f.deadline as "expiresAt",
  (select r.redeemed_at from redemptions r
    where r.account_id = c.account_id and r.code_id = c.id and r.state = 'accepted') as "redeemedAt",
  exists (select from test_codes t where t.account_id = c.account_id and t.code_id = c.id) as "isTest",
  ${REVOCATION_OF_CODE} as revocation`

/**
 * What is known of codes `c`: pool `p`, assignment `a`, and `f` with state and deadline. One state each, the last word first:
 * redeemed; withdrawn (taken back, or in the line of a closed pool); expired; assigned; live (in line, or out of it and
 * unused). A row costs a few look-ups by primary key: `offset 0` keeps the planner from joining whole tables instead.
 */
function known(now: Date) {
  return sql`
    cross join lateral (
      select v.version, h.closed_at, least(v.expires_at, q.bucket_ends_at) as ends_at
      from pools q
        join pool_heads h on h.account_id = q.account_id and h.pool_id = q.id
        join terms_versions v on v.account_id = q.account_id and v.id = q.version_id
      where q.account_id = c.account_id and q.id = c.pool_id offset 0) p
    left join lateral (
      select * from assignments x where x.account_id = c.account_id and x.code_id = c.id offset 0) a on true
    cross join lateral (select case when a.code_id is null then p.ends_at else a.expires_at end as deadline) d
    cross join lateral (select d.deadline, case
      when c.state in ('made', 'failed', 'redeemed', 'withdrawn') then c.state
      when a.state = 'revoked' or (a.code_id is null and p.closed_at is not null) then 'withdrawn'
      when a.state = 'expired' or d.deadline <= ${now}::timestamptz then 'expired'
      when a.state = 'open' then 'assigned'
      else 'live' end as state) f`
}

/** A pool with the positions of the last code drawn and of the last code. */
export type CodePool = { id: string; head: number; tail: number; isClosed: boolean }

/** The pools of a coupon, oldest first. Served by pools_coupon. */
export async function selectCodePools(db: Db, accountId: string, couponId: string): Promise<CodePool[]> {
  const { rows } = await sql<CodePool>`
    select p.id, h.head, p.tail, h.closed_at is not null as "isClosed"
    from pools p join pool_heads h on h.account_id = p.account_id and h.pool_id = p.id
    where p.account_id = ${accountId}::uuid and p.coupon_id = ${couponId}::uuid
    order by p.id`.execute(db)
  return rows
}

export type CodeRange = { accountId: string; poolId: string; after: number; upTo: number }

/**
 * Codes of a pool between two positions, in line order or backwards. Reads at most the range, by codes_position. With the
 * states that codes in line have, what left the line is left out: `selectCodesAside` has it.
 */
export async function selectCodesInLine(
  db: Db,
  { accountId, poolId, after, upTo }: CodeRange,
  filter: { state: CodeState | undefined; isBackwards?: boolean; limit: number; now: Date },
): Promise<CodePageRow[]> {
  const isInLine = filter.state === 'live' || filter.state === 'withdrawn'
  const order = filter.isBackwards ? sql`desc` : sql`asc`
  const { rows } = await sql<CodePageRow>`
    select ${COLUMNS}
    from (select * from codes
      where account_id = ${accountId}::uuid and pool_id = ${poolId}::uuid
        and position > ${after}::bigint and position <= ${upTo}::bigint
      order by position ${order} offset 0) c ${known(filter.now)}
    where ${ofState(filter.state)} and ${isInLine ? sql`a.code_id is null` : sql`true`}
    order by c.position ${order} limit ${filter.limit}::integer`.execute(db)
  return rows
}

/** Codes of a coupon that are redeemed now, newest redemption first. Served by redemptions_coupon. */
export async function selectRedeemedCodes(
  db: Db,
  given: { accountId: string; couponId: string; before: string | undefined; limit: number; now: Date },
): Promise<(CodePageRow & { redemptionId: string })[]> {
  const older = given.before === undefined ? sql`true` : sql`r.id < ${given.before}::uuid`
  const { rows } = await sql<CodePageRow & { redemptionId: string }>`
    select r.id as "redemptionId", ${COLUMNS}
    from (select * from redemptions r
      where r.account_id = ${given.accountId}::uuid and r.coupon_id = ${given.couponId}::uuid and r.state = 'accepted'
        and ${older}
      order by r.id desc limit ${given.limit}::integer) r
      cross join lateral (select * from codes k where k.account_id = r.account_id and k.id = r.code_id offset 0) c
      ${known(given.now)}
    order by r.id desc`.execute(db)
  return rows
}

/**
 * Codes of these pools that begin with a text, whatever its case, in alphabetical order. Served by codes_code.
 *
 * U+FFFF sorts behind every letter, so the range holds all codes with the prefix; `starts_with` takes out what a collation
 * puts between them. Bounds in subselects and array_position leave the planner nothing but to walk codes_code in its order;
 * with what it believes to know it sorts a million codes for a prefix that all have.
 */
export async function selectCodesByPrefix(
  db: Db,
  given: {
    accountId: string
    storeId: string
    poolIds: readonly string[]
    prefix: string
    after: string | undefined
    state: CodeState | undefined
    limit: number
    now: Date
  },
): Promise<(CodePageRow & { upperCode: string })[]> {
  const later = given.after === undefined ? sql`true` : sql`upper(k.code) > (select ${given.after}::text)`
  const { rows } = await sql<CodePageRow & { upperCode: string }>`
    select c.upper_code as "upperCode", ${COLUMNS}
    from (select k.*, upper(k.code) as upper_code from codes k
      where k.account_id = ${given.accountId}::uuid and k.store_id = ${given.storeId}::uuid
        and upper(k.code) >= (select upper(${given.prefix}::text))
        and upper(k.code) < (select upper(${given.prefix}::text) || U&'\\FFFF')
        and ${later} and array_position(${given.poolIds}::uuid[], k.pool_id) is not null
      order by upper_code offset 0) c ${known(given.now)}
    where starts_with(c.upper_code, upper(${given.prefix}::text)) and ${ofState(given.state)}
    order by c.upper_code limit ${given.limit}::integer`.execute(db)
  return rows
}

/**
 * Codes of these pools that left their line without a profile, or were taken back from one, by id. Served by assignments_out
 * and assignments_ended; costs as much as there are such codes.
 */
export async function selectCodesAside(
  db: Db,
  given: {
    accountId: string
    poolIds: readonly string[]
    after: string | undefined
    state: CodeState
    limit: number
    now: Date
  },
): Promise<CodePageRow[]> {
  const { rows } = await sql<CodePageRow>`
    select ${COLUMNS}
    from (select x.account_id, x.code_id
      from unnest(${given.poolIds}::uuid[]) as q (id) cross join lateral (
        select * from assignments o where o.account_id = ${given.accountId}::uuid and o.pool_id = q.id and o.state = 'out'
        union all
        select * from assignments o where o.account_id = ${given.accountId}::uuid and o.pool_id = q.id and o.state = 'revoked') x
      where ${given.after === undefined ? sql`true` : sql`x.code_id > ${given.after}::uuid`}
      order by x.code_id offset 0) y
      cross join lateral (select * from codes k where k.account_id = y.account_id and k.id = y.code_id offset 0) c
      ${known(given.now)}
    where ${ofState(given.state)}
    order by y.code_id limit ${given.limit}::integer`.execute(db)
  return rows
}

/** The codes of all stores of an account that are written so, whatever their case. Served by codes_code, once for each store. */
export async function selectCodesByText(
  db: Db,
  given: { accountId: string; entries: readonly string[]; now: Date },
): Promise<(CodePageRow & FoundPlace)[]> {
  const { rows } = await sql<CodePageRow & FoundPlace>`
    select ${COLUMNS}, s.id as "storeId", s.name as "storeName", o.id as "couponId", o.name as "couponName"
    from (select id, name from stores where account_id = ${given.accountId}::uuid order by id offset 0) s
      cross join unnest(${given.entries}::text[]) as g (entry)
      cross join lateral (select * from codes k
        where k.account_id = ${given.accountId}::uuid and k.store_id = s.id and upper(k.code) = upper(g.entry) offset 0) c
      ${known(given.now)}
      join pools l on l.account_id = c.account_id and l.id = c.pool_id
      join coupons o on o.account_id = l.account_id and o.id = l.coupon_id`.execute(db)
  return rows
}

export type FoundPlace = { storeId: string; storeName: string; couponId: string; couponName: string }

function ofState(state: CodeState | undefined) {
  return state === undefined ? sql`true` : sql`f.state = ${state}::text`
}
