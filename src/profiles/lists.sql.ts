import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { matches, type ProfileRow } from './profiles.sql.ts'

export type ListRow = { id: string; name: string; memberCount: number; createdAt: Date }

const COLUMNS = sql`l.id, l.name, l.created_at as "createdAt",
  (select count(*) from list_members m where m.account_id = l.account_id and m.list_id = l.id) as "memberCount"`

/** Fails on lists_name (23505). */
export async function insertList(db: Db, accountId: string, id: string, name: string, now: Date): Promise<void> {
  await sql`insert into lists (account_id, id, name, created_at)
    values (${accountId}::uuid, ${id}::uuid, ${name}::text, ${now}::timestamptz)`.execute(db)
}

/** Fails on lists_name (23505). */
export async function updateListName(db: Db, accountId: string, id: string, name: string): Promise<void> {
  await sql`update lists set name = ${name}::text
    where account_id = ${accountId}::uuid and id = ${id}::uuid`.execute(db)
}

/** Its members and imports go with it; a campaign that names it stands in the way (23503). */
export async function deleteListRow(db: Db, accountId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from lists
    where account_id = ${accountId}::uuid and id = ${id}::uuid`.execute(db)
  return numAffectedRows === 1n
}

export async function findListRow(db: Db, accountId: string, id: string): Promise<ListRow | undefined> {
  const { rows } = await sql<ListRow>`
    select ${COLUMNS} from lists l where l.account_id = ${accountId}::uuid and l.id = ${id}::uuid`.execute(db)
  return rows[0]
}

export async function findListName(db: Db, accountId: string, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select name from lists where account_id = ${accountId}::uuid and id = ${id}::uuid`.execute(db)
  return rows[0]?.name
}

/** Newest first. Members are counted for the lists of the page only. */
export async function selectLists(
  db: Db,
  accountId: string,
  before: string | undefined,
  limit: number,
): Promise<ListRow[]> {
  const { rows } = await sql<ListRow>`
    select ${COLUMNS} from lists l
    where l.account_id = ${accountId}::uuid and ${before === undefined ? sql`true` : sql`l.id < ${before}::uuid`}
    order by l.id desc limit ${limit}::int`.execute(db)
  return rows
}

/** Members, newest profile first, by the primary key of list_members read backwards. */
export async function selectMembers(
  db: Db,
  accountId: string,
  listId: string,
  search: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<ProfileRow[]> {
  const { rows } = await sql<ProfileRow>`
    select p.id, p.email, p.phone, p.first_name as "firstName", p.last_name as "lastName",
      p.email_consent as "emailConsent", p.sms_consent as "smsConsent", p.properties, p.created_at as "createdAt"
    from list_members m join profiles p on p.account_id = m.account_id and p.id = m.profile_id
    where m.account_id = ${accountId}::uuid and m.list_id = ${listId}::uuid
      and ${before === undefined ? sql`true` : sql`m.profile_id < ${before}::uuid`}
      and ${matches(search)}
    order by m.profile_id desc limit ${limit}::int`.execute(db)
  return rows
}

/**
 * Profiles join a list; each new member gets one event. Ids that are no profile of the account and members are passed over.
 * In the order of ids, so that two calls wait for each other instead of locking each other out. Returns how many joined.
 */
export async function insertMembers(
  db: Db,
  accountId: string,
  list: { id: string; name: string },
  profileIds: readonly string[],
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ joined: number }>`
    with joined as (
      insert into list_members (account_id, list_id, profile_id, joined_at)
      select p.account_id, ${list.id}::uuid, p.id, ${now}::timestamptz
      from (select distinct id from unnest(${profileIds}::uuid[]) as g (id)) g
        cross join lateral (select account_id, id from profiles where account_id = ${accountId}::uuid and id = g.id offset 0) p
      order by p.id
      on conflict do nothing
      returning account_id, profile_id
    ), noted as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select account_id, uuid_v7(${now}::timestamptz), profile_id, 'joined_list', ${now}::timestamptz,
        jsonb_build_object('listId', ${list.id}::text, 'listName', ${list.name}::text)
      from joined
    )
    select count(*) as joined from joined`.execute(db)
  return rows[0]?.joined ?? 0
}

/** Which of the ids are no profile of the account. */
export async function selectUnknownProfileIds(
  db: Db,
  accountId: string,
  profileIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select g.id from unnest(${profileIds}::uuid[]) as g(id)
    where (select true from profiles p where p.account_id = ${accountId}::uuid and p.id = g.id) is null`.execute(db)
  return rows.map((row) => row.id)
}

export async function deleteMembers(
  db: Db,
  accountId: string,
  listId: string,
  profileIds: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from list_members where account_id = ${accountId}::uuid and list_id = ${listId}::uuid
      and profile_id = any(${profileIds}::uuid[])`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** The lists of one person, by name. Served by list_members_profile. */
export async function selectListsOf(
  db: Db,
  accountId: string,
  profileId: string,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select l.id, l.name from list_members m join lists l on l.account_id = m.account_id and l.id = m.list_id
    where m.account_id = ${accountId}::uuid and m.profile_id = ${profileId}::uuid order by lower(l.name), l.id`.execute(
    db,
  )
  return rows
}

/** Takes a person off every list but these. Served by list_members_profile. */
export async function deleteMembershipsBut(
  db: Db,
  accountId: string,
  profileId: string,
  listIds: readonly string[],
): Promise<void> {
  await sql`
    delete from list_members where account_id = ${accountId}::uuid and profile_id = ${profileId}::uuid
      and list_id <> all(${listIds}::uuid[])`.execute(db)
}
