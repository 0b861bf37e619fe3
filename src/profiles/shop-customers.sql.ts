import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Consent } from './profiles.sql.ts'

export type StoreKey = { accountId: string; storeId: string }

/** The profile that a shop's customer is known to be. Served by the primary key. */
export async function selectLinkedProfile(db: Db, key: StoreKey, customerId: string): Promise<string | undefined> {
  const { rows } = await sql<{ profileId: string }>`
    select profile_id as "profileId" from shop_customers
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and customer_id = ${customerId}::text`.execute(
    db,
  )
  return rows[0]?.profileId
}

/** The profile with this address, else the one with this number. Served by profiles_email and profiles_phone. */
export async function selectProfileByAddress(
  db: Db,
  accountId: string,
  { email, phone }: { email: string | null; phone: string | null },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string | null }>`
    select coalesce(
      (select id from profiles where account_id = ${accountId}::uuid and lower(email) = lower(${email}::text)),
      (select id from profiles where account_id = ${accountId}::uuid and phone = ${phone}::text)) as id`.execute(db)
  return rows[0]?.id ?? undefined
}

/** Notes who a customer is. The first word stays: a customer does not become another person. */
export async function insertLink(
  db: Db,
  key: StoreKey,
  link: { customerId: string; profileId: string; isOrigin: boolean; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into shop_customers (account_id, store_id, customer_id, profile_id, is_origin, told_at)
    values (${key.accountId}::uuid, ${key.storeId}::uuid, ${link.customerId}::text, ${link.profileId}::uuid, ${link.isOrigin}::boolean,
      ${link.now}::timestamptz)
    on conflict do nothing returning profile_id`.execute(db)
  return rows.length === 1
}

export type KnownPerson = {
  emailConsent: Consent
  smsConsent: Consent
  emailChangedAt: Date | null
  emailChangedBy: string | null
  smsChangedAt: Date | null
  smsChangedBy: string | null
}

/** Holds a profile and reads when and by whom its consent was changed last. */
export async function lockPerson(db: Db, accountId: string, profileId: string): Promise<KnownPerson | undefined> {
  const locked = await sql<{ emailConsent: Consent; smsConsent: Consent }>`
    select email_consent as "emailConsent", sms_consent as "smsConsent" from profiles
    where account_id = ${accountId}::uuid and id = ${profileId}::uuid and erased_at is null for no key update`.execute(
    db,
  )
  const [person] = locked.rows
  if (!person) return undefined
  const { rows } = await sql<{ channel: string; at: Date; by: string | null }>`
    select distinct on (properties ->> 'channel') properties ->> 'channel' as channel, at, properties ->> 'source' as by
    from events
    where account_id = ${accountId}::uuid and profile_id = ${profileId}::uuid and metric = 'consent_changed'
    order by properties ->> 'channel', at desc, id desc`.execute(db)
  const last = (channel: string) => rows.find((row) => row.channel === channel)
  return {
    ...person,
    emailChangedAt: last('email')?.at ?? null,
    emailChangedBy: last('email')?.by ?? null,
    smsChangedAt: last('sms')?.at ?? null,
    smsChangedBy: last('sms')?.by ?? null,
  }
}

/** What a shop said last of a customer's consent, by its own dates. */
export type LastWord = {
  state: 'subscribed' | 'unsubscribed' | 'never'
  at: Date
  /** When it said last that they unsubscribed. */
  unsubscribedAt: Date | null
}
type LastWordsRow = {
  email: string | null
  emailAt: Date | null
  emailUnsubscribedAt: Date | null
  sms: string | null
  smsAt: Date | null
  smsUnsubscribedAt: Date | null
}
export type LastWords = { email: LastWord | null; sms: LastWord | null }

/** Read while the customer's profile is held. Served by the primary key. */
export async function selectLastWords(db: Db, key: StoreKey, customerId: string): Promise<LastWords> {
  const { rows } = await sql<LastWordsRow>`
    select email_told as email, email_told_at as "emailAt", email_unsubscribed_at as "emailUnsubscribedAt",
      sms_told as sms, sms_told_at as "smsAt", sms_unsubscribed_at as "smsUnsubscribedAt"
    from shop_customers
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and customer_id = ${customerId}::text`.execute(
    db,
  )
  const [row] = rows
  if (!row) return { email: null, sms: null }
  return {
    email: wordOf(row.email, row.emailAt, row.emailUnsubscribedAt),
    sms: wordOf(row.sms, row.smsAt, row.smsUnsubscribedAt),
  }
}

function wordOf(state: string | null, at: Date | null, unsubscribedAt: Date | null): LastWord | null {
  return state && at ? { state: state as LastWord['state'], at, unsubscribedAt } : null
}

/** Notes a shop's word about a channel, whether or not it changes anything. An older one than the last counts only as an unsubscribing. */
export async function updateLastWord(
  db: Db,
  key: StoreKey,
  customerId: string,
  told: Pick<LastWord, 'state' | 'at'> & { channel: 'email' | 'sms' },
): Promise<void> {
  const isEmail = told.channel === 'email'
  const [state, at] = isEmail ? [sql`email_told`, sql`email_told_at`] : [sql`sms_told`, sql`sms_told_at`]
  const unsubscribedAt = isEmail ? sql`email_unsubscribed_at` : sql`sms_unsubscribed_at`
  await sql`
    update shop_customers
    set ${state} = case when ${at} >= ${told.at}::timestamptz then ${state} else ${told.state}::text end,
      ${at} = greatest(${at}, ${told.at}::timestamptz),
      ${unsubscribedAt} = case when ${told.state === 'unsubscribed'}::boolean
        then greatest(${unsubscribedAt}, ${told.at}::timestamptz) else ${unsubscribedAt} end
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and customer_id = ${customerId}::text`.execute(
    db,
  )
}

/** Changes the consent for a channel with its event, dated as the shop dates it. */
export async function updateConsentTold(
  db: Db,
  accountId: string,
  profileId: string,
  change: { channel: 'email' | 'sms'; from: Consent; to: Consent; at: Date; now: Date },
): Promise<void> {
  const column = change.channel === 'email' ? sql`email_consent` : sql`sms_consent`
  await sql`
    with changed as (
      update profiles set ${column} = ${change.to}::text, updated_at = ${change.now}::timestamptz
      where account_id = ${accountId}::uuid and id = ${profileId}::uuid returning id
    )
    insert into events (account_id, id, profile_id, metric, at, properties)
    select ${accountId}::uuid, uuid_v7(${change.at}::timestamptz), id, 'consent_changed', ${change.at}::timestamptz,
      jsonb_build_object('channel', ${change.channel}::text, 'from', ${change.from}::text, 'to', ${change.to}::text, 'source', 'shopify')
    from changed`.execute(db)
}

/** Fills in what a profile lacks; never changes what it has, nor takes an address or number of somebody else. */
export async function updateMissing(
  db: Db,
  accountId: string,
  profileId: string,
  told: { email: string | null; phone: string | null; firstName: string | null; lastName: string | null; now: Date },
): Promise<void> {
  await sql`
    update profiles p set first_name = coalesce(p.first_name, ${told.firstName}::text),
      last_name = coalesce(p.last_name, ${told.lastName}::text),
      email = coalesce(p.email, (select ${told.email}::text where not exists (select from profiles o
        where o.account_id = ${accountId}::uuid and lower(o.email) = lower(${told.email}::text)))),
      phone = coalesce(p.phone, (select ${told.phone}::text where not exists (select from profiles o
        where o.account_id = ${accountId}::uuid and o.phone = ${told.phone}::text))),
      updated_at = ${told.now}::timestamptz
    where p.account_id = ${accountId}::uuid and p.id = ${profileId}::uuid and p.erased_at is null
      and ((p.first_name is null and ${told.firstName}::text is not null) or (p.last_name is null and ${told.lastName}::text is not null)
        or (p.email is null and ${told.email}::text is not null) or (p.phone is null and ${told.phone}::text is not null))`.execute(
    db,
  )
}

/** The person whom a customer of a store is, by link, address or number; for erasing and for telling what is known. */
export async function selectPeopleOfCustomer(
  db: Db,
  key: StoreKey,
  who: { customerId: string | null; email: string | null; phone: string | null },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select profile_id as id from shop_customers
    where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid and customer_id = ${who.customerId}::text
    union
    select id from profiles where account_id = ${key.accountId}::uuid and lower(email) = lower(${who.email}::text)
    union
    select id from profiles where account_id = ${key.accountId}::uuid and phone = ${who.phone}::text`.execute(db)
  return rows.map((row) => row.id)
}

/** People whom we know only because this store told of them, a page at a time. */
export async function selectPeopleOfStoreOnly(db: Db, key: StoreKey, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.profile_id as id from shop_customers s
    where s.account_id = ${key.accountId}::uuid and s.store_id = ${key.storeId}::uuid and s.is_origin
      and exists (select from profiles p where p.account_id = s.account_id and p.id = s.profile_id and p.erased_at is null)
      and not exists (select from list_members m where m.account_id = s.account_id and m.profile_id = s.profile_id)
      and not exists (select from shop_customers o where o.account_id = s.account_id and o.profile_id = s.profile_id
        and o.store_id <> s.store_id)
    limit ${limit}::integer`.execute(db)
  return rows.map((row) => row.id)
}

export async function deleteLinksOfStore(db: Db, key: StoreKey): Promise<void> {
  await sql`
    delete from shop_customers where account_id = ${key.accountId}::uuid and store_id = ${key.storeId}::uuid`.execute(
    db,
  )
}

/**
 * Takes out of a profile who it is: address, number, names, properties, lists, what its events say of it. The row and the
 * events of its codes stay. False when it was erased before.
 */
export async function updateErased(db: Db, accountId: string, profileId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    with erased as (
      update profiles set email = null, phone = null, first_name = null, last_name = null, properties = '{}',
        email_consent = 'unsubscribed', sms_consent = 'unsubscribed', erased_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
      where account_id = ${accountId}::uuid and id = ${profileId}::uuid and erased_at is null
      returning account_id, id
    ), unlisted as (
      delete from list_members m using erased e where m.account_id = e.account_id and m.profile_id = e.id
    ), unlinked as (
      delete from shop_customers s using erased e where s.account_id = e.account_id and s.profile_id = e.id
    ), unseen as (
      delete from events v using erased e where v.account_id = e.account_id and v.profile_id = e.id and v.code_id is null
        and v.message_id is null
    )
    select id from erased`.execute(db)
  return rows.length === 1
}

/** The event of a checkout; told again, it is brought up to date. `id` is the same for the same checkout. */
export async function upsertCheckout(
  db: Db,
  accountId: string,
  event: { id: string; profileId: string; at: Date; updatedAt: Date; properties: Record<string, unknown> },
): Promise<void> {
  const properties = JSON.stringify({ ...event.properties, updatedAt: event.updatedAt.toISOString() })
  await sql`
    insert into events as e (account_id, id, profile_id, metric, at, properties)
    values (${accountId}::uuid, ${event.id}::uuid, ${event.profileId}::uuid, 'checkout_started', ${event.at}::timestamptz,
      ${properties}::jsonb)
    on conflict (account_id, id) do update set properties = excluded.properties
    where e.profile_id = excluded.profile_id and e.metric = 'checkout_started'
      and e.properties ->> 'updatedAt' <= excluded.properties ->> 'updatedAt'`.execute(db)
}
