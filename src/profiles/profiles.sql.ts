import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type Consent = 'subscribed' | 'unsubscribed' | 'never_subscribed'
export type ProfileRow = {
  id: string
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  emailConsent: Consent
  smsConsent: Consent
  properties: Record<string, unknown>
  createdAt: Date
}
export type NewProfile = Omit<ProfileRow, 'createdAt'>
/** Only the keys that are there are written; null clears. Properties are merged. */
export type ProfileChanges = Partial<Omit<NewProfile, 'id'>>

const COLUMNS = sql`p.id, p.email, p.phone, p.first_name as "firstName", p.last_name as "lastName",
  p.email_consent as "emailConsent", p.sms_consent as "smsConsent", p.properties, p.created_at as "createdAt"`

/** Inserts a profile with its consent events. Fails on profiles_email, profiles_phone (23505). */
export async function insertProfile(db: Db, accountId: string, profile: NewProfile, now: Date): Promise<ProfileRow[]> {
  return await insertProfiles(db, accountId, [profile], { source: 'edit', onTaken: 'fail' }, now)
}

/**
 * Inserts profiles with their consent events, in the order of their addresses. Waits for a racing insert of the same
 * address; `pass over` then leaves that profile out of what is returned, `fail` fails (23505).
 */
export async function insertProfiles(
  db: Db,
  accountId: string,
  profiles: readonly NewProfile[],
  { source, onTaken }: { source: 'edit' | 'import'; onTaken: 'fail' | 'pass over' },
  now: Date,
): Promise<ProfileRow[]> {
  const { rows } = await sql<ProfileRow>`
    with p as (
      insert into profiles (account_id, id, email, phone, first_name, last_name, email_consent, sms_consent, properties,
        created_at, updated_at)
      select ${accountId}::uuid, g.id, g.email, g.phone, g."firstName", g."lastName", g."emailConsent", g."smsConsent",
        g.properties, ${now}::timestamptz, ${now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(profiles)}::jsonb) as g(id uuid, email text, phone text, "firstName" text,
        "lastName" text, "emailConsent" text, "smsConsent" text, properties jsonb)
      order by lower(g.email), g.phone
      ${onTaken === 'fail' ? sql`` : sql`on conflict do nothing`}
      returning *
    ), noted as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select p.account_id, uuid_v7(${now}::timestamptz), p.id, 'consent_changed', ${now}::timestamptz,
        jsonb_build_object('channel', c.channel, 'from', 'never_subscribed', 'to', c.given, 'source', ${source}::text)
      from p cross join lateral (values ('email', p.email_consent), ('sms', p.sms_consent)) as c(channel, given)
      where c.given <> 'never_subscribed'
    )
    select ${COLUMNS} from p`.execute(db)
  return rows
}

/**
 * Changes a profile and notes what changed of its consent, in one statement. Locks the row.
 * Fails on profiles_email, profiles_phone (23505) and where neither email nor phone would be left (23514).
 */
export async function updateProfileRow(
  db: Db,
  accountId: string,
  profileId: string,
  changes: ProfileChanges,
  removedProperties: readonly string[],
  now: Date,
): Promise<ProfileRow | undefined> {
  const given = JSON.stringify(changes)
  const { rows } = await sql<ProfileRow>`
    with old as (
      select o.*, ${given}::jsonb as given from profiles o
      where o.account_id = ${accountId}::uuid and o.id = ${profileId}::uuid for update
    ), p as (
      update profiles set
        email = case when old.given ? 'email' then old.given ->> 'email' else old.email end,
        phone = case when old.given ? 'phone' then old.given ->> 'phone' else old.phone end,
        first_name = case when old.given ? 'firstName' then old.given ->> 'firstName' else old.first_name end,
        last_name = case when old.given ? 'lastName' then old.given ->> 'lastName' else old.last_name end,
        email_consent = coalesce(old.given ->> 'emailConsent', old.email_consent),
        sms_consent = coalesce(old.given ->> 'smsConsent', old.sms_consent),
        properties = (old.properties - ${removedProperties}::text[]) || coalesce(old.given -> 'properties', '{}'),
        updated_at = ${now}::timestamptz
      from old
      where profiles.account_id = old.account_id and profiles.id = old.id
      returning profiles.*, old.email_consent as old_email_consent, old.sms_consent as old_sms_consent
    ), noted as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select p.account_id, uuid_v7(${now}::timestamptz), p.id, 'consent_changed', ${now}::timestamptz,
        jsonb_build_object('channel', c.channel, 'from', c.old, 'to', c.given, 'source', 'edit')
      from p cross join lateral (values
        ('email', p.old_email_consent, p.email_consent), ('sms', p.old_sms_consent, p.sms_consent)) as c(channel, old, given)
      where c.old <> c.given
    )
    select ${COLUMNS} from p`.execute(db)
  return rows[0]
}

export async function findProfileRow(db: Db, accountId: string, profileId: string): Promise<ProfileRow | undefined> {
  const { rows } = await sql<ProfileRow>`
    select ${COLUMNS} from profiles p where p.account_id = ${accountId}::uuid and p.id = ${profileId}::uuid`.execute(db)
  return rows[0]
}

/** Served by the unique index profiles_email. */
export async function findProfileRowByEmail(db: Db, accountId: string, email: string): Promise<ProfileRow | undefined> {
  const { rows } = await sql<ProfileRow>`
    select ${COLUMNS} from profiles p
    where p.account_id = ${accountId}::uuid and lower(p.email) = lower(${email}::text)`.execute(db)
  return rows[0]
}

/** The ids of the profiles with these email addresses, whatever their case; null for none. A look-up in profiles_email each. */
export async function selectIdsByEmail(
  db: Db,
  accountId: string,
  emails: readonly string[],
): Promise<{ email: string; id: string | null }[]> {
  const { rows } = await sql<{ email: string; id: string | null }>`
    select e.email, (
        select p.id from profiles p where p.account_id = ${accountId}::uuid and lower(p.email) = lower(e.email)
      ) as id
    from unnest(${emails}::text[]) as e (email)`.execute(db)
  return rows
}

/**
 * Newest first, by the primary key read backwards. A search filters while it reads: what many people have is found at
 * once, what few have costs a pass over the account's profiles.
 */
export async function selectProfiles(
  db: Db,
  accountId: string,
  search: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<ProfileRow[]> {
  const { rows } = await sql<ProfileRow>`
    select ${COLUMNS} from profiles p
    where p.account_id = ${accountId}::uuid
      and ${before === undefined ? sql`true` : sql`p.id < ${before}::uuid`}
      and ${matches(search)}
    order by p.id desc limit ${limit}::int`.execute(db)
  return rows
}

/** Whether email, full name or phone of profile `p` holds the text, whatever its case. */
export function matches(search: string | undefined) {
  if (!search) return sql`true`
  const text = search.toLowerCase().replaceAll('\0', '')
  return sql`(strpos(lower(p.email), ${text}::text) > 0
    or strpos(lower(concat_ws(' ', p.first_name, p.last_name)), ${text}::text) > 0
    or strpos(p.phone, ${text}::text) > 0)`
}

/** Ends email to a person, with an event when that changes something. False where there is no such profile. */
export async function updateUnsubscribed(
  db: Db,
  accountId: string,
  profileId: string,
  messageId: string,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    with old as (
      select id, email_consent from profiles
      where account_id = ${accountId}::uuid and id = ${profileId}::uuid for update
    ), changed as (
      update profiles p set email_consent = 'unsubscribed', updated_at = ${now}::timestamptz
      from old
      where p.account_id = ${accountId}::uuid and p.id = old.id and old.email_consent <> 'unsubscribed'
      returning p.id, old.email_consent as before
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, message_id, properties)
      select ${accountId}::uuid, uuid_v7(${now}::timestamptz), id, 'consent_changed', ${now}::timestamptz, ${messageId}::uuid,
        jsonb_build_object('channel', 'email', 'from', before, 'to', 'unsubscribed', 'source', 'unsubscribe')
      from changed
    )
    select 1 from old`.execute(db)
  return rows.length > 0
}

/** Changes consent to texts of whoever has the number, with its event, in one statement. Served by profiles_phone. */
export async function updateSmsConsent(
  db: Db,
  given: { accountId: string; phone: string; to: string; eventId: string; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    with old as (
      select id, sms_consent from profiles
      where account_id = ${given.accountId}::uuid and phone = ${given.phone} for update
    ), changed as (
      update profiles p set sms_consent = ${given.to}, updated_at = ${given.at}::timestamptz
      from old
      where p.account_id = ${given.accountId}::uuid and p.id = old.id and old.sms_consent <> ${given.to}
      returning p.id, old.sms_consent as before
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select ${given.accountId}::uuid, uuid_v7(${given.at}::timestamptz), id, 'consent_changed', ${given.at}::timestamptz,
        jsonb_build_object('channel', 'sms', 'from', before, 'to', ${given.to}::text, 'source', 'text message',
          'proof', ${given.eventId}::text)
      from changed
    )
    select 1 from old`.execute(db)
  return rows.length > 0
}
