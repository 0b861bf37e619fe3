import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

/** An attempt whose answer was lost. `ask`: the number of this asking, which tells it from an earlier one of a process that is gone. */
export type AskedMessage = {
  id: string
  attempt: number
  ask: number
  campaignId: string | null
  medium: 'email' | 'sms'
  to: string
  /** When the attempt began. */
  sentAt: Date
  /** Names the settings of the provider under which it was offered. */
  repeatKey: string | null
  /** When the provider said for the first time that it does not have the message. */
  absentAt: Date | null
}

/** Senders with lost messages that are to be asked about now. Served by messages_lost. */
export async function selectSendersToAsk(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    select distinct account_id as "accountId", sender_id as id from messages
    where state = 'unknown' and ask_at <= ${now} and sender_id is not null limit ${limit}`.execute(db)
  return rows
}

/**
 * Takes lost messages of a sender for one asking, the longest due first: nobody else asks about them before `leaseUntil`. One
 * update; rows that another process holds are passed over. Served by messages_lost.
 */
export async function updateAsked(
  db: Db,
  claim: { accountId: string; senderId: string; limit: number; leaseUntil: Date; now: Date },
): Promise<AskedMessage[]> {
  const { rows } = await sql<AskedMessage>`
    with due as (
      select account_id, id from messages
      where account_id = ${claim.accountId}::uuid and sender_id = ${claim.senderId}::uuid and state = 'unknown' and ask_at <= ${claim.now}
      order by ask_at limit ${claim.limit}::int for update skip locked
    )
    update messages m set asks = m.asks + 1, ask_at = ${claim.leaseUntil}
    from due where m.account_id = due.account_id and m.id = due.id
    returning m.id, m.attempt, m.asks as ask, m.campaign_id as "campaignId", m.medium, m.address as "to",
      coalesce(m.rendered_at, m.created_at) as "sentAt", m.repeat_key as "repeatKey", m.absent_at as "absentAt"`.execute(
    db,
  )
  return rows
}

type Asked = Pick<AskedMessage, 'id' | 'attempt' | 'ask'>

/**
 * The provider has it, from whichever attempt: it is sent, also where it was made ready to go out again meanwhile. What another
 * process sends at this moment stays. The person's feed says so.
 */
export async function updateFound(
  db: Db,
  accountId: string,
  { id }: Asked,
  providerId: string,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    with found as (
      update messages m set state = 'sent', provider_id = coalesce(m.provider_id, ${providerId}), reason = null, lease_until = null,
        is_uncertain = false, ask_at = null, sent_at = coalesce(m.sent_at, m.rendered_at, ${now}::timestamptz)
      where m.account_id = ${accountId}::uuid and m.id = ${id}::uuid and m.state in ('unknown', 'ready')
      returning m.id, m.profile_id, m.campaign_id
    ), told as (
      insert into events (account_id, id, profile_id, metric, at, message_id, properties)
      select ${accountId}::uuid, uuid_v7(${now}::timestamptz), profile_id, 'message_sent', ${now}, id,
        jsonb_strip_nulls(jsonb_build_object('campaignId', campaign_id))
      from found where profile_id is not null
    )
    select id from found`.execute(db)
  return rows.length === 1
}

/**
 * Says when the provider is asked again; null: no more. `absentAt` stays what it was said first. Nothing where the message had
 * another attempt since, or was asked about once more.
 */
export async function updateAskAt(
  db: Db,
  accountId: string,
  { id, attempt, ask }: Asked,
  next: { askAt: Date | null; absentAt: Date | null },
): Promise<void> {
  await sql`
    update messages set ask_at = ${next.askAt}::timestamptz, absent_at = coalesce(absent_at, ${next.absentAt}::timestamptz)
    where account_id = ${accountId}::uuid and id = ${id}::uuid and attempt = ${attempt}::int and asks = ${ask}::int`.execute(
    db,
  )
}

/** There is nobody to ask any more about the messages of a sender. */
export async function updateNobodyToAsk(db: Db, accountId: string, senderId: string): Promise<void> {
  await sql`
    update messages set ask_at = null
    where account_id = ${accountId}::uuid and sender_id = ${senderId}::uuid and state = 'unknown' and ask_at is not null`.execute(
    db,
  )
}

/**
 * Settles messages that the provider does not have for certain: ready to go out again, cancelled with their campaign, or rejected
 * where the attempts are used up or nobody waits for it any more (a test). Only what nobody settled or sent again since. Returns how
 * many go out again.
 */
export async function updateAbsent(
  db: Db,
  accountId: string,
  absent: readonly Pick<AskedMessage, 'id' | 'attempt'>[],
  how: { isCancelled: boolean; mostAttempts: number; reason: string; now: Date },
): Promise<number> {
  const { rows } = await sql<{ state: string }>`
    with told as materialized (
      select ${accountId}::uuid as account_id, * from unnest(${absent.map((one) => one.id)}::uuid[], ${absent.map((one) => one.attempt)}::int[]) as g (id, attempt)
    ), settled as (
      update messages m set reason = ${how.reason}, lease_until = null, ask_at = null,
        state = case when m.kind = 'test' or m.attempt >= ${how.mostAttempts}::int then 'rejected'
          when ${how.isCancelled}::boolean then 'cancelled' else 'ready' end
      from told
      where m.account_id = told.account_id and m.id = told.id and m.attempt = told.attempt and coalesce(m.state = 'unknown', false)
      returning m.account_id, m.id, m.profile_id, m.campaign_id, m.state, m.reason
    ), never_came as (
      delete from latest_messages l using settled
      where l.account_id = settled.account_id and l.profile_id = settled.profile_id and l.message_id = settled.id and settled.state <> 'ready'
    ), noted as (
      insert into events (account_id, id, profile_id, metric, at, message_id, properties)
      select ${accountId}::uuid, uuid_v7(${how.now}::timestamptz), profile_id, 'message_rejected', ${how.now}, id,
        jsonb_strip_nulls(jsonb_build_object('campaignId', campaign_id, 'reason', reason))
      from settled where state = 'rejected' and profile_id is not null
    )
    select state from settled`.execute(db)
  return rows.filter((row) => row.state === 'ready').length
}
