import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/** An event as it is stored: plain JSON, moments as text. */
export type StoredEvent = {
  kind: string
  providerId: string | null
  messageId: string | null
  address: string | null
  isPermanent: boolean
  reason: string | null
  at: string
}
export type WaitingEvent = StoredEvent & { accountId: string; senderId: string; key: string; channel: 'email' | 'sms' }

/** Keeps events that are new; the primary key passes over those that were told before. Returns how many were new. */
export async function insertEvents(
  db: Db,
  sender: { accountId: string; senderId: string },
  events: readonly (StoredEvent & { key: string })[],
  now: Date,
): Promise<number> {
  const { rows } = await sql`
    insert into provider_events (account_id, sender_id, event_key, event, received_at)
    select ${sender.accountId}::uuid, ${sender.senderId}::uuid, g.key, g.event, ${now}
    from unnest(${events.map((event) => event.key)}::text[],
      ${events.map(({ key: _, ...event }) => JSON.stringify(event))}::jsonb[]) as g (key, event)
    on conflict do nothing returning event_key`.execute(db)
  return rows.length
}

/** Takes events that wait for this transaction alone; others pass over them. Served by provider_events_waiting. */
export async function selectWaitingForUpdate(trx: Db, limit: number): Promise<WaitingEvent[]> {
  const { rows } = await sql<Omit<WaitingEvent, keyof StoredEvent> & { event: StoredEvent }>`
    with mine as (
      select account_id, sender_id, event_key, event from provider_events
      where applied_at is null order by received_at limit ${limit}::int for update skip locked
    )
    select mine.account_id as "accountId", mine.sender_id as "senderId", mine.event_key as key, mine.event,
      (select s.channel from senders s where s.account_id = mine.account_id and s.id = mine.sender_id) as channel
    from mine`.execute(trx)
  return rows.map(({ event, ...row }) => ({ ...row, ...event }))
}

export async function updateApplied(trx: Db, events: readonly WaitingEvent[], now: Date): Promise<void> {
  await sql`
    update provider_events p set applied_at = ${now}
    from unnest(${events.map((event) => event.accountId)}::uuid[], ${events.map((event) => event.senderId)}::uuid[],
      ${events.map((event) => event.key)}::text[]) as g (account_id, sender_id, key)
    where p.account_id = g.account_id and p.sender_id = g.sender_id and p.event_key = g.key`.execute(trx)
}

export type Choice = { address: string; kind: 'opted_out' | 'opted_in'; at: string }

/** What the person of each address said last. Served by provider_events_choices. */
export async function selectLastChoices(trx: Db, accountId: string, addresses: readonly string[]): Promise<Choice[]> {
  const { rows } = await sql<Choice>`
    select distinct on (event ->> 'address') event ->> 'address' as address, event ->> 'kind' as kind, event ->> 'at' as at
    from provider_events
    where account_id = ${accountId}::uuid and event ->> 'kind' in ('opted_out', 'opted_in')
      and event ->> 'address' = any(${addresses}::text[])
    order by event ->> 'address', event ->> 'at' desc, event ->> 'kind' desc`.execute(trx)
  return rows
}

/** Forgets events that nobody tells again. Served by provider_events_applied. */
export async function deleteOldEvents(db: Db, before: Date): Promise<void> {
  await sql`delete from provider_events where applied_at < ${before}`.execute(db)
}

export type FoundMessage = { key: string; id: string; address: string }

/**
 * The messages that events are about: by our id, else by the provider's. Locks them in the order of their ids, so that two who
 * apply events cannot wait for each other. Served by the primary key and messages_provider.
 */
export async function selectMessagesOf(
  trx: Db,
  accountId: string,
  events: readonly { key: string; messageId: string | null; providerId: string | null }[],
): Promise<FoundMessage[]> {
  const { rows } = await sql<FoundMessage>`
    with told as (
      select g.key, coalesce(
        (select m.id from messages m where m.account_id = ${accountId}::uuid and m.id = g.message_id),
        (select m.id from messages m where m.account_id = ${accountId}::uuid and m.provider_id = g.provider_id
          and m.sender_id is not null limit 1)
      ) as id
      from unnest(${events.map((event) => event.key)}::text[], ${events.map((event) => event.messageId)}::uuid[],
        ${events.map((event) => event.providerId)}::text[]) as g (key, message_id, provider_id)
    )
    select told.key, m.id, m.address
    from (select key, id from told order by id offset 0) told
      cross join lateral (select id, address from messages where account_id = ${accountId}::uuid and id = told.id offset 0 for update) m`.execute(
    trx,
  )
  return rows
}

export type Feedback = {
  id: string
  kind: string
  providerId: string | null
  isPermanent: boolean
  reason: string | null
  at: string
}

/**
 * Adds to messages what is known of them. Everything is a minimum or a maximum of what was told, so that order and repetition
 * change nothing. A message whose answer was lost is sent: the provider knows it; so is one that is about to go out once more
 * after an attempt. The feed tells each thing once.
 */
export async function updateFeedback(
  trx: Db,
  accountId: string,
  feedback: readonly Feedback[],
  now: Date,
): Promise<void> {
  await sql`
    with told as (
      select ${accountId}::uuid as account_id, * from unnest(${feedback.map((one) => one.id)}::uuid[], ${feedback.map((one) => one.kind)}::text[],
        ${feedback.map((one) => one.providerId)}::text[], ${feedback.map((one) => one.isPermanent)}::boolean[],
        ${feedback.map((one) => one.reason)}::text[], ${feedback.map((one) => one.at)}::timestamptz[])
        as g (id, kind, provider_id, is_permanent, reason, at)
    ), known as (
      select account_id, id, min(at) as first_at, max(provider_id) as provider_id,
        min(at) filter (where kind = 'delivered') as delivered_at,
        min(at) filter (where kind = 'bounced') as bounced_at,
        bool_or(is_permanent) filter (where kind = 'bounced') as is_hard,
        min(at) filter (where kind = 'complained') as complained_at,
        bool_or(kind = 'failed') as has_failed,
        max(reason) filter (where kind in ('bounced', 'failed')) as reason
      from told group by account_id, id
    ), old as (
      select known.id, case when m.state = 'ready' and m.attempt > 0 then 'unknown' else m.state end as state, m.bounced_at, m.complained_at
      from known cross join lateral (
        select state, attempt, bounced_at, complained_at from messages where account_id = known.account_id and id = known.id offset 0) m
    ), changed as (
      update messages m set
        state = case when old.state in ('unknown', 'sent') and known.has_failed then 'rejected'
          when old.state = 'unknown' then 'sent' else m.state end,
        is_uncertain = m.is_uncertain and m.state <> 'ready',
        lease_until = case when old.state = 'unknown' then null else m.lease_until end,
        sent_at = case when old.state = 'unknown' and not known.has_failed then coalesce(m.sent_at, known.first_at) else m.sent_at end,
        provider_id = coalesce(m.provider_id, known.provider_id),
        delivered_at = least(m.delivered_at, known.delivered_at),
        bounced_at = least(m.bounced_at, known.bounced_at),
        bounce = case when known.is_hard or m.bounce = 'hard' then 'hard' when known.bounced_at is not null then 'soft' else m.bounce end,
        complained_at = least(m.complained_at, known.complained_at),
        reason = case when known.reason is not null then known.reason when old.state = 'unknown' then null else m.reason end
      from known join old on old.id = known.id where m.account_id = known.account_id and m.id = known.id
      returning m.id, m.profile_id, m.campaign_id, m.state, m.bounced_at, m.complained_at, m.reason
    )
    insert into events (account_id, id, profile_id, metric, at, message_id, properties)
    select ${accountId}::uuid, uuid_v7(${now}::timestamptz), c.profile_id, n.metric, ${now}, c.id,
      jsonb_strip_nulls(jsonb_build_object('campaignId', c.campaign_id, 'reason', case when n.metric <> 'message_sent' then c.reason end))
    from changed c join old on old.id = c.id cross join lateral (values
      ('message_sent', old.state = 'unknown' and c.state = 'sent'),
      ('message_rejected', old.state <> 'rejected' and c.state = 'rejected'),
      ('message_bounced', old.bounced_at is null and c.bounced_at is not null),
      ('message_complained', old.complained_at is null and c.complained_at is not null)
    ) as n (metric, is_new) where n.is_new and c.profile_id is not null`.execute(trx)
}
