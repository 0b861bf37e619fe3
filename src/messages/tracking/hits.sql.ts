import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

export type Hit = { accountId: string; messageId: string; link: number; links: number; now: Date; sentBefore: Date }

/** Counts a call of a message that was rendered before `sentBefore`; whoever is faster is a machine. One row for each link. */
export async function upsertHit(db: Db, hit: Hit): Promise<void> {
  await sql`
    insert into message_hits as h (account_id, message_id, link, links, hits, first_at)
    select account_id, id, ${hit.link}::int, ${hit.links}::int, 1, ${hit.now}::timestamptz from messages
    where account_id = ${hit.accountId} and id = ${hit.messageId} and rendered_at <= ${hit.sentBefore}
    on conflict (account_id, message_id, link) do update set hits = least(h.hits + 1, 1000000)`.execute(db)
}

/**
 * Takes the calls of at most `limit` messages whose first is older than `before`, judges and counts them, and writes the event
 * of the first open and of the first click. One statement: a call is counted once, whatever crashes. Returns how many calls.
 *
 * Who calls four links, or all of two or three, within ten seconds is a scanner: its clicks count nothing. The messages' rows
 * are locked before their first open is looked at, so that of two workers one writes the event.
 */
export async function settleHits(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with due as (
      select distinct account_id, message_id from (
        select account_id, message_id from message_hits where first_at <= ${before} order by first_at limit ${limit}) d
    ), mine as (
      select h.account_id, h.message_id, h.link from message_hits h join due d using (account_id, message_id)
      for update of h skip locked
    ), taken as (
      delete from message_hits h using mine
      where h.account_id = mine.account_id and h.message_id = mine.message_id and h.link = mine.link
      returning h.*
    ), counted as (
      select account_id, message_id, coalesce(sum(hits) filter (where link = 0), 0) as opens,
        min(first_at) filter (where link = 0) as opened_at, coalesce(sum(hits) filter (where link > 0), 0) as clicks,
        min(first_at) filter (where link > 0) as clicked_at,
        count(*) filter (where link > 0) >= greatest(2, least(4, max(links)))
          and max(first_at) filter (where link > 0) - min(first_at) filter (where link > 0) <= interval '10 seconds' as is_scan
      from taken group by account_id, message_id
    ), judged as (
      select account_id, message_id, opens, opened_at, case when is_scan then 0 else clicks end as clicks,
        case when not is_scan then clicked_at end as clicked_at
      from counted
    ), held as (
      select m.account_id, m.id, m.profile_id, m.campaign_id, m.opened_at, m.clicked_at
      from messages m join judged j on j.account_id = m.account_id and j.message_id = m.id
      order by m.account_id, m.id for update of m
    ), noted as (
      update messages m set opens = m.opens + j.opens, clicks = m.clicks + j.clicks,
        opened_at = coalesce(h.opened_at, j.opened_at), clicked_at = coalesce(h.clicked_at, j.clicked_at)
      from held h join judged j on j.account_id = h.account_id and j.message_id = h.id
      where m.account_id = h.account_id and m.id = h.id
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, message_id, properties)
      select h.account_id, uuid_v7(e.at), h.profile_id, e.metric, e.at, h.id,
        jsonb_strip_nulls(jsonb_build_object('campaignId', h.campaign_id))
      from held h join judged j on j.account_id = h.account_id and j.message_id = h.id
        cross join lateral (values ('message_opened', j.opened_at, h.opened_at), ('message_clicked', j.clicked_at, h.clicked_at))
          as e (metric, at, known)
      where h.profile_id is not null and e.at is not null and e.known is null
      on conflict do nothing
    )
    select count(*) as count from taken`.execute(db)
  return rows[0]?.count ?? 0
}
