import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { roomOf } from './reservations.sql.ts'
import { UNTIL_USED } from './scope.ts'

export type NewCodes = { accountId: string; poolId: string; storeId: string; ids: string[]; codes: string[] }

/**
 * Puts codes at the end of a pool's line, in the order given, live at once (a custom store needs no confirmation).
 *
 * Locks the pool's row, so that two writers give out different positions; drawing does not wait for it (pool_heads).
 * Throws a unique violation of codes_code when one of them exists in the store: nothing is inserted then.
 */
export async function insertLiveCodes(db: Db, batch: NewCodes): Promise<void> {
  await sql`
    with line as (
      update pools set tail = tail + ${batch.codes.length}
      where account_id = ${batch.accountId} and id = ${batch.poolId}
      returning tail - ${batch.codes.length} as start
    )
    insert into codes (account_id, id, pool_id, store_id, position, code, state)
    select ${batch.accountId}::uuid, g.id, ${batch.poolId}::uuid, ${batch.storeId}::uuid, line.start + g.nth, g.code, 'live'
    from line, unnest(${batch.ids}::uuid[], ${batch.codes}::text[]) with ordinality as g (id, code, nth)`.execute(db)
}

/**
 * Writes codes of a file down that a shop has yet to confirm, each with its line. Until a batch takes them, they have their job as batch.
 * Throws a unique violation of codes_code when one of them exists in the store: nothing is inserted then.
 */
export async function insertWaitingCodes(db: Db, batch: NewCodes & { jobId: string; lines: number[] }): Promise<void> {
  await sql`
    with given as materialized (
      select * from unnest(${batch.ids}::uuid[], ${batch.codes}::text[], ${batch.lines}::int[]) as g (id, code, line)
    ), counted as (
      update pools set pending = pending + ${batch.codes.length}
      where account_id = ${batch.accountId} and id = ${batch.poolId}
    ), placed as (
      insert into upload_rows (account_id, job_id, code_id, line)
      select ${batch.accountId}::uuid, ${batch.jobId}::uuid, id, line from given
    )
    insert into codes (account_id, id, pool_id, store_id, batch_id, code, state)
    select ${batch.accountId}::uuid, id, ${batch.poolId}::uuid, ${batch.storeId}::uuid, ${batch.jobId}::uuid, code, 'made' from given`.execute(
    db,
  )
}

/** Which of these codes the store has already, in upper case. A look-up in codes_code each. */
export async function selectTakenCodes(
  db: Db,
  accountId: string,
  storeId: string,
  codes: string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ code: string }>`
    select upper(c.code) as code
    from unnest(${codes}::text[]) as g (code)
      cross join lateral (
        select code from codes
        where account_id = ${accountId}::uuid and store_id = ${storeId}::uuid and upper(code) = upper(g.code) offset 0) c`.execute(
    db,
  )
  return new Set(rows.map((row) => row.code))
}

/**
 * Closes the open assignments of these profiles whose time is over and writes their events. Call it with the coupon locked.
 * Found by a look-up in assignments_open each, written by the primary key.
 */
export async function updateExpiredOf(
  db: Db,
  accountId: string,
  couponId: string,
  profileIds: string[],
  now: Date,
): Promise<void> {
  await sql`
    with due as materialized (
      select a.account_id, a.code_id from unnest(${profileIds}::uuid[]) as w (id)
        cross join lateral (
          select account_id, code_id from assignments
          where account_id = ${accountId}::uuid and profile_id = w.id and state = 'open'
            and coupon_id is not distinct from ${couponId}::uuid and coalesce(expires_at <= ${now}::timestamptz, false)
          offset 0 for update) a
    ), ended as (
      update assignments a set state = 'expired' from due
      where a.account_id = due.account_id and a.code_id = due.code_id
      returning a.profile_id, a.code_id, a.expires_at
    )
    insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id)
    select ${accountId}::uuid, uuid_v7(${now}), profile_id, 'code_expired', expires_at, ${couponId}::uuid, code_id from ended`.execute(
    db,
  )
}

export type Due = { accountId: string; codeId: string }

/** Assignments whose time is over, of all accounts, the longest over first. Served by assignments_due. */
export async function selectDue(db: Db, now: Date, limit: number): Promise<Due[]> {
  const { rows } = await sql<Due>`
    select account_id as "accountId", code_id as "codeId" from assignments
    where state = 'open' and expires_at <= ${now}
    order by expires_at limit ${limit}`.execute(db)
  return rows
}

/**
 * Closes those of them whose time is still over, with their events. Rows that others hold are left for the next time. A statement of its own: the planner
 * sees how many there are, and does not read all assignments because it believes that many are due. Returns how many.
 */
export async function updateExpired(db: Db, due: readonly Due[], now: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with due as materialized (
      select a.account_id, a.code_id
      from unnest(${due.map((one) => one.accountId)}::uuid[], ${due.map((one) => one.codeId)}::uuid[]) as g (account_id, code_id)
        cross join lateral (
          select account_id, code_id from assignments
          where account_id = g.account_id and code_id = g.code_id and coalesce(state = 'open' and expires_at <= ${now}::timestamptz, false)
          offset 0 for update skip locked) a
    ), ended as (
      update assignments a set state = 'expired' from due
      where a.account_id = due.account_id and a.code_id = due.code_id
      returning a.account_id, a.profile_id, a.coupon_id, a.code_id, a.expires_at
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id)
      select account_id, uuid_v7(${now}), profile_id, 'code_expired', expires_at, coupon_id, code_id from ended
    )
    select count(*) as count from ended`.execute(db)
  return rows[0]?.count ?? 0
}

/** A coupon, and the scope in which its policy lets a person have one code: see `scopeOf`. */
export type Scope = { accountId: string; couponId: string; scope: string }

export type Draw = Scope & {
  poolId: string
  profileIds: string[]
  /** Draws for this campaign: first what it reserved, whose count goes down by what is drawn. Null: for anybody. */
  campaignId: string | null
  expiresAt: Date | null
  now: Date
}
export type Drawn = { profileId: string; codeId: string; code: string }

/**
 * Draws the next codes of the line for those of the profiles who have none in the scope, with their events, in one statement: no open one,
 * or, in a scope that has a name, none that was not taken back.
 *
 * Call it with the coupon locked: then no other draw of this coupon is at work, and `not exists` is the truth. The unique
 * indexes assignments_open and assignments_scope would refuse a second code all the same. `room` leaves alone what others reserved. A code of the line that was redeemed before anybody
 * drew it is passed over; then fewer are drawn than positions moved, and the caller draws again.
 * The head moves by one conditional update of one row; codes are read by codes_position. Written so that no guess of the
 * planner can make it slow, whatever it knows of the tables: scalar subqueries cannot become a join that reads every
 * assignment of the account; `is not distinct from` keeps it off the index of the coupon, which looks just as good for a
 * coupon that is younger than the statistics; an array pairs people with codes where a join of two unknown sets may become a
 * nested loop. 10,000 at once: 0.2 s instead of up to a minute.
 */
export async function insertAssignments(db: Db, draw: Draw): Promise<Drawn[]> {
  const shrunk = draw.campaignId === null ? sql`` : lowerReservation({ ...draw, campaignId: draw.campaignId })
  const { rows } = await sql<Drawn>`
    with wanted as (
      select array_agg(w.id order by w.nth) as ids, count(*)::int as n
      from unnest(${draw.profileIds}::uuid[]) with ordinality as w (id, nth)
      where (select true from profiles p where p.account_id = ${draw.accountId} and p.id = w.id)
        and (
          select true from assignments x
          where x.account_id = ${draw.accountId} and x.profile_id = w.id and ${holdsScope(draw.scope)}
            and x.coupon_id is not distinct from ${draw.couponId}::uuid
        ) is null
    ), room as materialized (${roomOf(draw, 'roughly')}
    ), moved as (
      update pool_heads h set head = least(h.head + least(wanted.n, room.codes), p.tail),
        drawn = least(wanted.n, room.codes, p.tail - h.head)
      from wanted, room, pools p
      where h.account_id = ${draw.accountId} and h.pool_id = ${draw.poolId} and h.closed_at is null
        and p.account_id = h.account_id and p.id = h.pool_id and wanted.n > 0 and room.codes > 0 and p.tail > h.head
      returning h.head, h.drawn
    ), next as (
      select c.id, row_number() over (order by c.position) as nth
      from moved cross join lateral (
        select id, position, state from codes
        where account_id = ${draw.accountId}::uuid and pool_id = ${draw.poolId}::uuid
          and position > moved.head - moved.drawn and position <= moved.head offset 0) c
      where c.state = 'live'
    ), given as (
      insert into assignments (account_id, code_id, pool_id, coupon_id, profile_id, state, scope, assigned_at, expires_at)
      select ${draw.accountId}::uuid, next.id, ${draw.poolId}::uuid, ${draw.couponId}::uuid, (select ids from wanted)[next.nth], 'open', ${draw.scope}::text,
        ${draw.now}::timestamptz, ${draw.expiresAt}::timestamptz
      from next
      on conflict do nothing
      returning code_id, profile_id
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, coupon_id, code_id)
      select ${draw.accountId}::uuid, uuid_v7(${draw.now}), profile_id, 'code_assigned', ${draw.now}::timestamptz,
        ${draw.couponId}::uuid, code_id
      from given
    )${shrunk}
    select given.profile_id as "profileId", given.code_id as "codeId", c.code
    from given cross join lateral (
      select code from codes where account_id = ${draw.accountId}::uuid and id = given.code_id offset 0) c`.execute(db)
  return rows
}

/** Which assignments `x` of a person leave no room for another code in the scope. Served by assignments_open and assignments_scope. */
function holdsScope(scope: string): RawBuilder<unknown> {
  return scope === UNTIL_USED
    ? sql`x.state = 'open'`
    : sql`x.state <> 'revoked' and x.scope <> '' and x.scope = ${scope}::text`
}

function lowerReservation(draw: { accountId: string; couponId: string; campaignId: string }): RawBuilder<unknown> {
  return sql`, lowered as (
      update code_reservations r set count = greatest(r.count - (select count(*) from given), 0)
      where r.account_id = ${draw.accountId} and r.coupon_id = ${draw.couponId} and r.campaign_id = ${draw.campaignId}
        and (select count(*) from given) > 0
    )`
}

export type OpenAssignment = Drawn & { expiresAt: Date | null }

/** The open codes of these profiles in a scope, at most one each. A look-up in assignments_open and one in the codes each. */
export async function selectOpenAssignments(
  db: Db,
  { accountId, couponId, scope }: Scope,
  profileIds: string[],
): Promise<OpenAssignment[]> {
  const { rows } = await sql<OpenAssignment>`
    select a.profile_id as "profileId", a.code_id as "codeId", c.code, a.expires_at as "expiresAt"
    from unnest(${profileIds}::uuid[]) as w (id)
      cross join lateral (
        select profile_id, code_id, expires_at from assignments
        where account_id = ${accountId}::uuid and profile_id = w.id and state = 'open'
          and coupon_id is not distinct from ${couponId}::uuid and scope = ${scope}::text offset 0) a
      cross join lateral (select code from codes where account_id = ${accountId}::uuid and id = a.code_id offset 0) c`.execute(
    db,
  )
  return rows
}

export async function selectKnownProfiles(db: Db, accountId: string, profileIds: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select p.id from unnest(${profileIds}::uuid[]) as w (id)
      cross join lateral (select id from profiles where account_id = ${accountId}::uuid and id = w.id offset 0) p`.execute(
    db,
  )
  return new Set(rows.map((row) => row.id))
}

/** Which of these profiles had their code in a scope that has a name, and get no other there. Served by assignments_scope. */
export async function selectServed(
  db: Db,
  { accountId, couponId, scope }: Scope,
  profileIds: string[],
): Promise<Set<string>> {
  if (scope === UNTIL_USED || profileIds.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select w.id from unnest(${profileIds}::uuid[]) as w (id)
    where (
      select true from assignments x
      where x.account_id = ${accountId} and x.profile_id = w.id and ${holdsScope(scope)}
        and x.coupon_id is not distinct from ${couponId}::uuid)`.execute(db)
  return new Set(rows.map((row) => row.id))
}

/** What a scope is called that a code had and that another may take. */
const LEFT = sql`'left:' || code_id || ':' || scope`

/** Gives the scope of expired codes of these profiles free. Call it with the coupon locked. Served by assignments_scope alone: the state is compared as no other index has it. */
export async function updateScopesLeft(
  db: Db,
  { accountId, couponId, scope }: Scope,
  profileIds: string[],
): Promise<void> {
  await sql`
    update assignments set scope = ${LEFT}
    where account_id = ${accountId} and profile_id = any(${profileIds}::uuid[]) and coupon_id is not distinct from ${couponId}::uuid
      and state <> 'revoked' and scope <> '' and scope = ${scope}::text and coalesce(state = 'expired', false)`.execute(
    db,
  )
}

/**
 * The scope in which a code was given. A redeemed code leaves it to the code that comes in its place. Call it with the coupon locked.
 * Served by the primary key.
 */
export async function takeScope(db: Db, accountId: string, codeId: string): Promise<string> {
  const { rows } = await sql<{ scope: string }>`
    select scope from assignments where account_id = ${accountId} and code_id = ${codeId}`.execute(db)
  await sql`
    update assignments set scope = ${LEFT}
    where account_id = ${accountId} and code_id = ${codeId} and state = 'redeemed' and scope <> ''`.execute(db)
  return rows[0]?.scope ?? UNTIL_USED
}

/** Whether anybody was given a code of a coupon. Call it with the coupon locked. Served by assignments_coupon_day. */
export async function existsAssigned(db: Db, accountId: string, couponId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from assignments
    where account_id = ${accountId} and coupon_id = ${couponId} and profile_id is not null limit 1`.execute(db)
  return rows.length > 0
}
