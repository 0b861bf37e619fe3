import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type PersonFacts = {
  profileId: string
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  properties: Record<string, unknown>
  emailConsent: string
}
export type PlannedMessage = PersonFacts & { id: string }

const PERSON = sql.raw(`p.id as "profileId", p.email, p.phone, p.first_name as "firstName", p.last_name as "lastName",
  p.properties, p.email_consent as "emailConsent"`)

/** Takes planned messages that are due for this transaction alone, the longest due first; others pass over them. Served by messages_due. */
export async function selectPlannedForUpdate(
  db: Db,
  accountId: string,
  campaignId: string,
  limit: number,
  now: Date,
): Promise<PlannedMessage[]> {
  const { rows } = await sql<PlannedMessage>`
    with mine as (
      select id, profile_id from messages
      where account_id = ${accountId} and campaign_id = ${campaignId} and state = 'planned'
        and waits_for_coupon is null and due_at <= ${now}
      order by due_at, id limit ${limit} for update skip locked
    )
    select mine.id, ${PERSON}
    from mine join profiles p on p.account_id = ${accountId} and p.id = mine.profile_id`.execute(db)
  return rows
}

/** planned: stays so, and waits for codes of `waitsForCoupon`. */
export type Prepared = {
  id: string
  state: 'ready' | 'skipped' | 'planned'
  reason: string | null
  waitsForCoupon: string | null
}

export async function updatePrepared(db: Db, accountId: string, messages: Prepared[]): Promise<void> {
  await sql`
    update messages m set state = g.state, reason = g.reason, waits_for_coupon = g.waits_for_coupon
    from unnest(${messages.map((message) => message.id)}::uuid[], ${messages.map((message) => message.state)}::text[],
      ${messages.map((message) => message.reason)}::text[], ${messages.map((message) => message.waitsForCoupon)}::uuid[])
      as g (id, state, reason, waits_for_coupon)
    where m.account_id = ${accountId} and m.id = g.id and m.state = 'planned'`.execute(db)
}

export type MessageCode = { messageId: string; couponId: string; couponName: string; codeId: string }

export async function insertMessageCodes(db: Db, accountId: string, codes: MessageCode[]): Promise<void> {
  await sql`
    insert into message_codes (account_id, message_id, coupon_id, coupon_name, code_id)
    select ${accountId}::uuid, g.message_id, g.coupon_id, g.coupon_name, g.code_id
    from unnest(${codes.map((code) => code.messageId)}::uuid[], ${codes.map((code) => code.couponId)}::uuid[],
      ${codes.map((code) => code.couponName)}::text[], ${codes.map((code) => code.codeId)}::uuid[])
      as g (message_id, coupon_id, coupon_name, code_id)`.execute(db)
}

export type ClaimedCode = { name: string; code: string; expiresAt: string | null; storeUrl: string | null }
export type ClaimedMessage = PersonFacts & {
  id: string
  address: string
  attempt: number
  templateVersionId: string
  codes: ClaimedCode[] | null
}

/**
 * Claims ready messages: `sending` is written, with a lease, before the provider hears of them. One update; rows that another
 * process holds are passed over. A deferred message waits until its lease_until.
 */
export async function updateClaimed(
  db: Db,
  claim: { accountId: string; campaignId: string; limit: number; leaseUntil: Date; now: Date },
): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    with mine as (
      select id from messages
      where account_id = ${claim.accountId} and campaign_id = ${claim.campaignId} and state = 'ready'
        and waits_for_coupon is null and (lease_until is null or lease_until <= ${claim.now})
      order by due_at, id limit ${claim.limit} for update skip locked
    ), claimed as (
      update messages m set state = 'sending', attempt = attempt + 1, lease_until = ${claim.leaseUntil}
      from mine where m.account_id = ${claim.accountId} and m.id = mine.id
      returning m.account_id, m.id, m.address, m.attempt, m.template_version_id, m.profile_id
    )
    select c.id, c.address, c.attempt, c.template_version_id as "templateVersionId", ${PERSON},
      (select json_agg(json_build_object('name', mc.coupon_name, 'code', k.code, 'expiresAt', a.expires_at, 'storeUrl', s.url))
        from message_codes mc
        join codes k on k.account_id = mc.account_id and k.id = mc.code_id
        join stores s on s.account_id = k.account_id and s.id = k.store_id
        left join assignments a on a.account_id = mc.account_id and a.code_id = mc.code_id
        where mc.account_id = c.account_id and mc.message_id = c.id) as codes
    from claimed c join profiles p on p.account_id = c.account_id and p.id = c.profile_id
    order by c.id`.execute(db)
  return rows
}

export type Outcome = {
  id: string
  attempt: number
  /** False: the provider was asked too fast, and the try is taken back. */
  countsAsAttempt: boolean
  state: 'sent' | 'rejected' | 'unknown' | 'skipped' | 'ready'
  reason: string | null
  providerId: string | null
  subject: string | null
  /** For `ready` (deferred): when to try again. */
  notBefore: Date | null
}

/**
 * Records what became of a batch, with the events. Only the attempt that was claimed counts: what another process has done
 * with the message since stays, save that `unknown` becomes certain when the answer arrives late after all. Taking a try back
 * is safe: nothing else can hold its number, for a later claim has a higher one and this one has told its outcome.
 */
export async function updateOutcomes(db: Db, accountId: string, outcomes: Outcome[], now: Date): Promise<void> {
  await sql`
    with told as (
      select * from unnest(${outcomes.map((outcome) => outcome.id)}::uuid[], ${outcomes.map((outcome) => outcome.attempt)}::int[],
        ${outcomes.map((outcome) => outcome.state)}::text[], ${outcomes.map((outcome) => outcome.reason)}::text[],
        ${outcomes.map((outcome) => outcome.providerId)}::text[], ${outcomes.map((outcome) => outcome.subject)}::text[],
        ${outcomes.map((outcome) => outcome.notBefore?.toISOString() ?? null)}::timestamptz[],
        ${outcomes.map((outcome) => outcome.countsAsAttempt)}::boolean[])
        as g (id, attempt, state, reason, provider_id, subject, not_before, counts)
    ), done as (
      update messages m set state = told.state, reason = told.reason, provider_id = told.provider_id, subject = told.subject,
        attempt = case when told.counts then m.attempt else m.attempt - 1 end, lease_until = told.not_before, sent_at = case when told.state = 'sent' then ${now}::timestamptz end
      from told
      where m.account_id = ${accountId} and m.id = told.id and m.attempt = told.attempt and m.state in ('sending', 'unknown')
      returning m.id, m.profile_id, m.campaign_id, m.state, m.reason
    )
    insert into events (account_id, id, profile_id, metric, at, message_id, properties)
    select ${accountId}::uuid, uuid_v7(${now}), profile_id, case state when 'sent' then 'message_sent' else 'message_rejected' end,
      ${now}, id, jsonb_strip_nulls(jsonb_build_object('campaignId', campaign_id, 'reason', reason))
    from done where state in ('sent', 'rejected')`.execute(db)
}

/**
 * Ends the claims of processes that are gone (lease run out): the outbox may be written again (same file), an SMTP server's
 * answer is lost for good. So is the fate of a mail of a cancelled campaign, which nobody writes again. `all`: also leases that
 * still run, for a database that only this process can have open.
 */
export async function updateLapsed(db: Db, now: Date, all: boolean): Promise<number> {
  const mayRepeat = sql`(m.channel = 'outbox' and not exists (
      select 1 from campaigns c where c.account_id = m.account_id and c.id = m.campaign_id and c.state = 'cancelled'
    ))`
  const { rows } = await sql`
    update messages m set state = case when ${mayRepeat} then 'ready' else 'unknown' end, lease_until = null,
      reason = case when not ${mayRepeat} then 'The process ended before it noted what became of the mail.' end
    where m.state = 'sending' and (m.lease_until <= ${now} or ${all})
    returning m.id`.execute(db)
  return rows.length
}

export type StateCount = { state: string; count: number }

/** Served by messages_recipient (by campaign). */
export async function selectStateCounts(db: Db, accountId: string, campaignId: string): Promise<StateCount[]> {
  const { rows } = await sql<StateCount>`
    select state, count(*) as count from messages
    where account_id = ${accountId} and campaign_id = ${campaignId} group by state`.execute(db)
  return rows
}

export async function hasUnfinished(db: Db, accountId: string, campaignId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from messages
    where account_id = ${accountId} and campaign_id = ${campaignId} and state in ('planned', 'ready', 'sending') limit 1`.execute(
    db,
  )
  return rows.length > 0
}

/**
 * When the next message of a campaign that has nothing to do now is due; null: something may be to do at any moment, because
 * messages are with a process, deferred, or wait for codes. Served by messages_due and messages_waiting.
 */
export async function selectNextDue(db: Db, accountId: string, campaignId: string): Promise<Date | null> {
  const { rows } = await sql<{ dueAt: Date | null }>`
    select case
        when exists (
          select 1 from messages where account_id = ${accountId} and campaign_id = ${campaignId} and waits_for_coupon is not null) then null
        when exists (
          select 1 from messages where account_id = ${accountId} and campaign_id = ${campaignId} and state in ('ready', 'sending')) then null
        else (
          select due_at from messages
          where account_id = ${accountId} and campaign_id = ${campaignId} and state = 'planned' and waits_for_coupon is null
          order by due_at limit 1) end as "dueAt"`.execute(db)
  return rows[0]?.dueAt ?? null
}

/** How many planned messages wait for codes, by coupon. Served by messages_waiting. */
export async function selectWaiting(
  db: Db,
  accountId: string,
  campaignId: string,
): Promise<{ couponId: string; count: number }[]> {
  const { rows } = await sql<{ couponId: string; count: number }>`
    select waits_for_coupon as "couponId", count(*) as count from messages
    where account_id = ${accountId} and campaign_id = ${campaignId} and waits_for_coupon is not null
    group by 1 order by 1`.execute(db)
  return rows
}

/** Lets the first `limit` messages that wait for codes of a coupon try again. Returns how many. */
export async function updateWaiting(
  db: Db,
  input: { accountId: string; campaignId: string; couponId: string; limit: number },
): Promise<number> {
  const { accountId, campaignId, couponId } = input
  const { rows } = await sql`
    update messages m set waits_for_coupon = null
    from (
      select id from messages
      where account_id = ${accountId} and campaign_id = ${campaignId} and waits_for_coupon = ${couponId}
      order by id limit ${input.limit} for update skip locked) mine
    where m.account_id = ${accountId} and m.id = mine.id returning m.id`.execute(db)
  return rows.length
}

export async function updateCancelled(db: Db, accountId: string, campaignId: string): Promise<number> {
  const { rows } = await sql`
    update messages set state = 'cancelled', lease_until = null, waits_for_coupon = null
    where account_id = ${accountId} and campaign_id = ${campaignId} and state in ('planned', 'ready') returning id`.execute(
    db,
  )
  return rows.length
}

export async function selectPerson(db: Db, accountId: string, profileId: string): Promise<PersonFacts | undefined> {
  const { rows } = await sql<PersonFacts>`
    select ${PERSON} from profiles p where p.account_id = ${accountId} and p.id = ${profileId}`.execute(db)
  return rows[0]
}
