import { sql } from 'kysely'
import type { Suppression } from '../../../contract/suppressions.ts'
import type { Db } from '../../db/database.ts'

export type Channel = Suppression['channel']
export type Reason = Suppression['reason']
export type SuppressionRow = Omit<Suppression, 'at' | 'profileId'> & { at: Date; profileId: string | null }
export type NewSuppression = { channel: Channel; address: string; reason: Reason; detail: string | null; at: Date }

const COLUMNS = sql.raw(`s.id, s.channel, s.address, s.reason, s.detail, s.at, case s.channel
    when 'email' then (select p.id from profiles p where p.account_id = s.account_id and lower(p.email) = s.address)
    else (select p.id from profiles p where p.account_id = s.account_id and p.phone = s.address) end as "profileId"`)

/**
 * Suppresses addresses, with an event for the person who has one. An address that is suppressed already keeps its reason, save
 * that any other reason goes before `unsubscribed`, which the person alone may take back. Returns those that changed.
 *
 * Served by the primary key, which also decides between two that suppress at once; people are found by profiles_email and
 * profiles_phone.
 */
export async function upsertSuppressions(
  db: Db,
  accountId: string,
  rows: readonly NewSuppression[],
): Promise<{ address: string }[]> {
  const found = await sql<{ address: string }>`
    with given as (
      select * from unnest(${rows.map((row) => row.channel)}::text[], ${rows.map((row) => row.address)}::text[],
        ${rows.map((row) => row.reason)}::text[], ${rows.map((row) => row.detail)}::text[],
        ${rows.map((row) => row.at.toISOString())}::timestamptz[]) as g (channel, address, reason, detail, at)
    ), put as (
      insert into suppressions as s (account_id, id, channel, address, reason, detail, at)
      select distinct on (channel, address) ${accountId}::uuid, uuid_v7(at), channel, address, reason, detail, at
      from given order by channel, address, (reason = 'unsubscribed'), at
      on conflict (account_id, channel, address) do update set reason = excluded.reason, detail = excluded.detail, at = excluded.at
        where s.reason = 'unsubscribed' and excluded.reason <> 'unsubscribed'
      returning channel, address, reason, detail, at
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select ${accountId}::uuid, uuid_v7(put.at), p.id, 'suppressed', put.at,
        jsonb_strip_nulls(jsonb_build_object('channel', put.channel, 'reason', put.reason, 'detail', put.detail))
      from put join lateral (
        select e.id from profiles e
        where put.channel = 'email' and e.account_id = ${accountId}::uuid and lower(e.email) = put.address
        union all
        select e.id from profiles e
        where put.channel = 'sms' and e.account_id = ${accountId}::uuid and e.phone = put.address
      ) p on true
      where put.reason <> 'unsubscribed'
    )
    select address from put`.execute(db)
  return found.rows
}

/** Takes an address off the list, whatever the reason or only for one; undefined where there is none. */
export async function deleteSuppression(
  db: Db,
  accountId: string,
  which: { id: string } | { channel: Channel; address: string; reason: Reason },
  now: Date,
): Promise<{ channel: Channel; address: string; reason: Reason } | undefined> {
  const condition =
    'id' in which
      ? sql`id = ${which.id}::uuid`
      : sql`channel = ${which.channel} and address = ${which.address} and reason = ${which.reason}`
  const { rows } = await sql<{ channel: Channel; address: string; reason: Reason }>`
    with gone as (
      delete from suppressions where account_id = ${accountId}::uuid and ${condition}
      returning channel, address, reason
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, properties)
      select ${accountId}::uuid, uuid_v7(${now}::timestamptz), p.id, 'suppression_removed', ${now}::timestamptz,
        jsonb_build_object('channel', gone.channel, 'reason', gone.reason)
      from gone join lateral (
        select e.id from profiles e
        where gone.channel = 'email' and e.account_id = ${accountId}::uuid and lower(e.email) = gone.address
        union all
        select e.id from profiles e
        where gone.channel = 'sms' and e.account_id = ${accountId}::uuid and e.phone = gone.address
      ) p on true
      where gone.reason <> 'unsubscribed'
    )
    select channel, address, reason from gone`.execute(db)
  return rows[0]
}

export type SuppressionFilter = {
  channel?: Channel | undefined
  reason?: Reason | undefined
  /** Part of the address, in lower case. */
  search?: string | undefined
}

/** Newest first; served by suppressions_newest. A search filters while it reads. */
export async function selectSuppressions(
  db: Db,
  accountId: string,
  filter: SuppressionFilter,
  before: string | undefined,
  limit: number,
): Promise<SuppressionRow[]> {
  const { rows } = await sql<SuppressionRow>`
    select ${COLUMNS} from suppressions s
    where s.account_id = ${accountId}::uuid
      and ${before === undefined ? sql`true` : sql`s.id < ${before}::uuid`}
      and ${filter.channel === undefined ? sql`true` : sql`s.channel = ${filter.channel}`}
      and ${filter.reason === undefined ? sql`true` : sql`s.reason = ${filter.reason}`}
      and ${filter.search === undefined ? sql`true` : sql`strpos(s.address, ${filter.search}::text) > 0`}
    order by s.id desc limit ${limit}::int`.execute(db)
  return rows
}

/** What is suppressed of one person's addresses. Served by the primary key. */
export async function selectSuppressionsOf(
  db: Db,
  accountId: string,
  addresses: { email: string | null; phone: string | null },
): Promise<SuppressionRow[]> {
  const { rows } = await sql<SuppressionRow>`
    select ${COLUMNS} from suppressions s
    where s.account_id = ${accountId}::uuid and (
      (s.channel = 'email' and s.address = lower(${addresses.email}::text))
      or (s.channel = 'sms' and s.address = ${addresses.phone}::text)
    ) order by s.id`.execute(db)
  return rows
}
