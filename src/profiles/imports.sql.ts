import { sql } from 'kysely'
import type { PeopleImport } from '../../contract/people.ts'
import type { Db } from '../db/database.ts'

export type ImportRow = Omit<PeopleImport, 'createdAt' | 'finishedAt'> & { createdAt: Date; finishedAt: Date | null }
export type ImportCounts = Pick<
  PeopleImport,
  'read' | 'added' | 'updated' | 'unchanged' | 'repeated' | 'joined' | 'bad'
>
export type RowReport = { line: number; reason: string; value: string }
/** Who a row of the file may be: the profile with its email, and the one with its phone. */
export type PersonMatch = {
  n: number
  emailOwnerId: string | null
  phoneOwnerId: string | null
  phoneOwnerHasEmail: boolean | null
}
export type PersonUpdate = {
  id: string
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  emailSubscribed: boolean
  smsSubscribed: boolean
  properties: Record<string, unknown>
}

const COLUMNS = sql`i.id, i.list_id as "listId", i.file_name as "fileName", i.state, i.read, i.added, i.updated,
  i.unchanged, i.repeated, i.joined, i.bad, i.error, i.created_at as "createdAt", i.finished_at as "finishedAt"`

export async function insertImport(
  db: Db,
  row: { accountId: string; id: string; listId: string; fileName: string; now: Date },
): Promise<void> {
  await sql`insert into imports (account_id, id, list_id, file_name, state, created_at)
    values (${row.accountId}::uuid, ${row.id}::uuid, ${row.listId}::uuid, ${row.fileName}::text, 'running',
      ${row.now}::timestamptz)`.execute(db)
}

/** Adds a batch to the counts. False when the import is no longer running. */
export async function updateImportCounts(db: Db, accountId: string, id: string, add: ImportCounts): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update imports set read = read + ${add.read}::int, added = added + ${add.added}::int,
      updated = updated + ${add.updated}::int, unchanged = unchanged + ${add.unchanged}::int,
      repeated = repeated + ${add.repeated}::int, joined = joined + ${add.joined}::int, bad = bad + ${add.bad}::int,
      progressed_at = clock_timestamp()
    where account_id = ${accountId}::uuid and id = ${id}::uuid and state = 'running'`.execute(db)
  return numAffectedRows === 1n
}

/** Ends a running import and forgets whom it had named. Undefined when it is not running. */
export async function updateImportEnd(
  db: Db,
  accountId: string,
  id: string,
  error: string | null,
  now: Date,
): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    with i as (
      update imports set state = ${error === null ? 'done' : 'failed'}::text, error = ${error}::text,
        finished_at = ${now}::timestamptz
      where account_id = ${accountId}::uuid and id = ${id}::uuid and state = 'running'
      returning *
    ), forgotten as (
      delete from import_people where account_id = ${accountId}::uuid and import_id = ${id}::uuid
    )
    select ${COLUMNS} from i`.execute(db)
  return rows[0]
}

/** Served by imports_running. Of every account: this is the installation's own tidying. */
export async function updateStandingImports(db: Db, standingSince: Date, error: string, now: Date): Promise<number> {
  const { rows } = await sql<{ failed: number }>`
    with i as (
      update imports set state = 'failed', error = ${error}::text, finished_at = ${now}::timestamptz
      where state = 'running' and progressed_at < ${standingSince}::timestamptz
      returning account_id, id
    ), forgotten as (
      delete from import_people p using i where p.account_id = i.account_id and p.import_id = i.id
    )
    select count(*) as failed from i`.execute(db)
  return rows[0]?.failed ?? 0
}

export async function findImportRow(db: Db, accountId: string, id: string): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from imports i where i.account_id = ${accountId}::uuid and i.id = ${id}::uuid`.execute(db)
  return rows[0]
}

export async function insertRowReports(
  db: Db,
  accountId: string,
  importId: string,
  reports: readonly RowReport[],
): Promise<void> {
  await sql`
    insert into import_errors (account_id, import_id, line, reason, value)
    select ${accountId}::uuid, ${importId}::uuid, g.line, g.reason, g.value
    from jsonb_to_recordset(${JSON.stringify(reports)}::jsonb) as g(line int, reason text, value text)`.execute(db)
}

export async function selectRowReports(
  db: Db,
  accountId: string,
  importId: string,
  after: number,
  limit: number,
): Promise<RowReport[]> {
  const { rows } = await sql<RowReport>`
    select line, reason, value from import_errors
    where account_id = ${accountId}::uuid and import_id = ${importId}::uuid and line > ${after}::int
    order by line limit ${limit}::int`.execute(db)
  return rows
}

/**
 * Imports into one account take turns, batch by batch: two of the same file would otherwise meet in the unique indexes of
 * profiles in different order and lock each other out. Held until the end of the transaction.
 */
export async function lockPeople(db: Db, accountId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('import:' || ${accountId}::text, 0))`.execute(db)
}

/** One look-up per row in profiles_email and profiles_phone; `offset 0` keeps the planner from reading the whole table. */
export async function selectMatches(
  db: Db,
  accountId: string,
  people: readonly { n: number; email: string | null; phone: string | null }[],
): Promise<PersonMatch[]> {
  const { rows } = await sql<PersonMatch>`
    select g.n, e.id as "emailOwnerId", f.id as "phoneOwnerId", f.has_email as "phoneOwnerHasEmail"
    from jsonb_to_recordset(${JSON.stringify(people)}::jsonb) as g(n int, email text, phone text)
      left join lateral (
        select p.id from profiles p where p.account_id = ${accountId}::uuid and lower(p.email) = lower(g.email) offset 0
      ) e on true
      left join lateral (
        select p.id, p.email is not null as has_email from profiles p
        where p.account_id = ${accountId}::uuid and p.phone = g.phone offset 0
      ) f on true`.execute(db)
  return rows
}

/** Notes whom the import has named. Returns those whom it names for the first time. */
export async function insertImportPeople(
  db: Db,
  accountId: string,
  importId: string,
  profileIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ profileId: string }>`
    insert into import_people (account_id, import_id, profile_id)
    select ${accountId}::uuid, ${importId}::uuid, g.id from unnest(${profileIds}::uuid[]) as g(id)
    on conflict do nothing
    returning profile_id as "profileId"`.execute(db)
  return rows.map((row) => row.profileId)
}

/**
 * Fills profiles from rows of a file: what the row leaves empty stays, the email keeps its case, nobody who unsubscribed is
 * subscribed again. Only rows that differ are written; returns how many.
 */
export async function updatePeople(
  db: Db,
  accountId: string,
  people: readonly PersonUpdate[],
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ updated: number }>`
    with next as (
      select p.account_id, p.id, p.email_consent as old_email_consent, p.sms_consent as old_sms_consent,
        coalesce(p.email, g.email) as email, coalesce(g.phone, p.phone) as phone,
        coalesce(g."firstName", p.first_name) as first_name, coalesce(g."lastName", p.last_name) as last_name,
        case when g."emailSubscribed" and p.email_consent = 'never_subscribed' then 'subscribed'
          else p.email_consent end as email_consent,
        case when g."smsSubscribed" and p.sms_consent = 'never_subscribed' then 'subscribed'
          else p.sms_consent end as sms_consent,
        p.properties || g.properties as properties
      from (
          select * from jsonb_to_recordset(${JSON.stringify(people)}::jsonb) as g(id uuid, email text, phone text, "firstName" text,
            "lastName" text, "emailSubscribed" boolean, "smsSubscribed" boolean, properties jsonb)
          order by id limit ${people.length}::int) g
        cross join lateral (
          select * from profiles where account_id = ${accountId}::uuid and id = g.id offset 0 for update) p
    ), changed as (
      update profiles p set email = n.email, phone = n.phone, first_name = n.first_name, last_name = n.last_name,
        email_consent = n.email_consent, sms_consent = n.sms_consent, properties = n.properties,
        updated_at = ${now}::timestamptz
      from next n
      where p.account_id = n.account_id and p.id = n.id
        and (p.email, p.phone, p.first_name, p.last_name, p.email_consent, p.sms_consent, p.properties)
          is distinct from
          (n.email, n.phone, n.first_name, n.last_name, n.email_consent, n.sms_consent, n.properties)
      returning n.*
    ), noted as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select n.account_id, uuid_v7(${now}::timestamptz), n.id, 'consent_changed', ${now}::timestamptz,
        jsonb_build_object('channel', c.channel, 'from', c.old, 'to', c.given, 'source', 'import')
      from changed n cross join lateral (values
        ('email', n.old_email_consent, n.email_consent), ('sms', n.old_sms_consent, n.sms_consent)) as c(channel, old, given)
      where c.old <> c.given
    )
    select count(*) as updated from changed`.execute(db)
  return rows[0]?.updated ?? 0
}
