import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RenderContext } from '../templates/template.ts'
import { SHORT_KEY } from './short-key.ts'

export type PersonFacts = {
  profileId: string
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  properties: Record<string, unknown>
  emailConsent: string
  smsConsent: string
}
export type PlannedMessage = PersonFacts & { id: string }

/** Columns of PersonFacts, of a profile `p`. */
export const PERSON =
  sql.raw(`p.id as "profileId", p.email, p.phone, p.first_name as "firstName", p.last_name as "lastName",
  p.properties, p.email_consent as "emailConsent", p.sms_consent as "smsConsent"`)

/**
 * Messages of one version of a campaign's template, for a statement that takes the first of them in the order of `due_at, id` with a limit from a subquery.
 *
 * Read by messages_due alone and in its order, whatever the planner believes of a campaign that is younger than its statistics: no index can
 * compare the account so, the comparison counts as a half and not as one of two hundred, and a limit that is not seen makes the first rows count
 * (docs/decisions/0002-draws.md, traps 4 to 6).
 */
export function nextOf(of: { accountId: string; campaignId: string; templateVersionId: string }): RawBuilder<unknown> {
  return sql`coalesce(account_id = ${of.accountId}::uuid, false) and campaign_id = ${of.campaignId}::uuid
    and template_version_id = ${of.templateVersionId}::uuid and waits_for_coupon is null`
}

/** Takes planned messages that are due for this transaction alone, the longest due first; others pass over them. Served by messages_due. */
export async function selectPlannedForUpdate(
  db: Db,
  accountId: string,
  campaignId: string,
  templateVersionId: string,
  limit: number,
  now: Date,
): Promise<PlannedMessage[]> {
  const { rows } = await sql<PlannedMessage>`
    with mine as (
      select account_id, id, profile_id from messages
      where ${nextOf({ accountId, campaignId, templateVersionId })} and state = 'planned' and due_at <= ${now}
      order by due_at, id limit (select ${limit}::int) for update skip locked
    )
    select mine.id, ${PERSON}
    from mine join profiles p on p.account_id = mine.account_id and p.id = mine.profile_id`.execute(db)
  return rows
}

/** planned: stays so, and waits for codes of `waitsForCoupon`. */
export type Prepared = {
  id: string
  state: 'ready' | 'skipped' | 'planned'
  reason: string | null
  waitsForCoupon: string | null
  /** What the template may read of the person; null for who is not ready. */
  context: RenderContext | null
}

/**
 * Writes down what became of planned messages, which this transaction holds (`selectPlannedForUpdate`). The account is joined, not named:
 * else the planner may read all its messages for each batch (docs/decisions/0002-draws.md, trap 4).
 */
export async function updatePrepared(db: Db, accountId: string, messages: Prepared[]): Promise<void> {
  await sql`
    update messages m set state = g.state, reason = g.reason, waits_for_coupon = g.waits_for_coupon, context = g.context::jsonb,
      short_key = case when m.medium = 'sms' then ${SHORT_KEY} end
    from (
      select ${accountId}::uuid as account_id, *
      from unnest(${messages.map((message) => message.id)}::uuid[], ${messages.map((message) => message.state)}::text[],
        ${messages.map((message) => message.reason)}::text[], ${messages.map((message) => message.waitsForCoupon)}::uuid[],
        ${messages.map((message) => message.context && JSON.stringify(message.context))}::text[])
        as g (id, state, reason, waits_for_coupon, context)
      offset 0
    ) g
    where m.account_id = g.account_id and m.id = g.id`.execute(db)
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

export type Outcome = {
  id: string
  attempt: number
  /** False: the provider was asked too fast, and the try is taken back. */
  countsAsAttempt: boolean
  /** planned: its code is over, and it is made ready again with another. */
  state: 'sent' | 'rejected' | 'unknown' | 'skipped' | 'ready' | 'planned'
  reason: string | null
  providerId: string | null
  subject: string | null
  /** For `ready` (deferred): when to try again. */
  notBefore: Date | null
  /** True: the answer was lost, and repeating it under the same id is how to get another. */
  isUncertain: boolean
  /** Whether the address refused it for good (`hard`) or again and again for now (`soft`). */
  bounce: 'hard' | 'soft' | null
}

/**
 * Records what became of a batch, with the events. Only the attempt that was claimed counts: what another process has done
 * with the message since stays, save that `unknown` becomes certain when the answer arrives late after all, and that a message
 * which was about to go out again does not when it turns out to be sent. Taking a try back
 * is safe: nothing else can hold its number, for a later claim has a higher one and this one has told its outcome.
 */
export async function updateOutcomes(db: Db, accountId: string, outcomes: Outcome[], now: Date): Promise<void> {
  await sql`
    with told as materialized (
      select ${accountId}::uuid as account_id, * from unnest(${outcomes.map((outcome) => outcome.id)}::uuid[], ${outcomes.map((outcome) => outcome.attempt)}::int[],
        ${outcomes.map((outcome) => outcome.state)}::text[], ${outcomes.map((outcome) => outcome.reason)}::text[],
        ${outcomes.map((outcome) => outcome.providerId)}::text[], ${outcomes.map((outcome) => outcome.subject)}::text[],
        ${outcomes.map((outcome) => outcome.notBefore?.toISOString() ?? null)}::timestamptz[],
        ${outcomes.map((outcome) => outcome.countsAsAttempt)}::boolean[], ${outcomes.map((outcome) => outcome.bounce)}::text[],
        ${outcomes.map((outcome) => outcome.isUncertain)}::boolean[])
        as g (id, attempt, state, reason, provider_id, subject, not_before, counts, bounce, uncertain)
    ), done as (
      update messages m set state = told.state, reason = told.reason, provider_id = told.provider_id, subject = told.subject,
        is_uncertain = told.state = 'ready' and (m.is_uncertain or told.uncertain),
        attempt = case when told.counts then m.attempt else m.attempt - 1 end, lease_until = told.not_before,
        ask_at = case when told.state = 'unknown' then m.ask_at end,
        sent_at = case when told.state = 'sent' then ${now}::timestamptz end, bounce = coalesce(told.bounce, m.bounce),
        bounced_at = case when told.bounce is null then m.bounced_at else ${now}::timestamptz end
      from told
      where m.account_id = told.account_id and m.id = told.id and m.attempt = told.attempt
        and coalesce(m.state in ('sending', 'unknown') or m.state = 'ready' and told.state = 'sent', false)
      returning m.account_id, m.id, m.profile_id, m.campaign_id, m.state, m.reason
    ), freed as (
      delete from message_codes x using done
      where x.account_id = done.account_id and x.message_id = done.id and done.state = 'planned'
    ), never_came as (
      delete from latest_messages l using done
      where l.account_id = done.account_id and l.profile_id = done.profile_id and l.message_id = done.id and done.state in ('rejected', 'skipped')
    )
    insert into events (account_id, id, profile_id, metric, at, message_id, properties)
    select account_id, uuid_v7(${now}), profile_id, case state when 'sent' then 'message_sent' else 'message_rejected' end,
      ${now}, id, jsonb_strip_nulls(jsonb_build_object('campaignId', campaign_id, 'reason', reason))
    from done where state in ('sent', 'rejected') and profile_id is not null`.execute(db)
}

/**
 * Ends the claims of processes that are gone (lease run out): the outbox may be written again (same file), an SMTP server's
 * answer is lost for good; a provider that knows our ids is asked again for as long as that is harmless. Lost, unless its provider has reported on the mail meanwhile. So is the fate of a mail of a cancelled campaign, which nobody writes again. `all`: also leases that
 * still run, for a database that only this process can have open.
 */
export async function updateLapsed(db: Db, now: Date, all: boolean): Promise<number> {
  const mayRepeat = sql`((m.channel = 'outbox' or coalesce(m.repeat_until > ${now}, false)) and not exists (
      select 1 from campaigns c where c.account_id = m.account_id and c.id = m.campaign_id and c.state = 'cancelled'
    ))`
  const isKnown = sql`(m.provider_id is not null)`
  const { rows } = await sql`
    update messages m set state = case when ${mayRepeat} then 'ready' when ${isKnown} then 'sent' else 'unknown' end, lease_until = null,
      is_uncertain = ${mayRepeat} and m.channel <> 'outbox',
      sent_at = case when not ${mayRepeat} and ${isKnown} then coalesce(m.delivered_at, ${now}) end,
      reason = case when not ${mayRepeat} and not ${isKnown} then 'The process ended before it noted what became of the message.' end
    where m.state = 'sending' and (m.lease_until <= ${now} or ${all})
    returning m.id`.execute(db)
  return rows.length
}

export type StateCount = {
  state: string
  count: number
  delivered: number
  bounced: number
  complained: number
  /** Of the unknown ones: about how many the provider will be asked (again), and when next. */
  asked: number
  nextAskAt: Date | null
}

/** Served by messages_campaign. */
export async function selectStateCounts(db: Db, accountId: string, campaignId: string): Promise<StateCount[]> {
  const { rows } = await sql<StateCount>`
    select case when state = 'ready' and lease_until is not null then 'deferred' else state end as state, count(*) as count,
      count(delivered_at) as delivered, count(bounced_at) as bounced, count(complained_at) as complained,
      count(ask_at) filter (where state = 'unknown') as asked, min(ask_at) filter (where state = 'unknown') as "nextAskAt"
    from messages
    where account_id = ${accountId} and campaign_id = ${campaignId} group by 1`.execute(db)
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
      select account_id, id from messages
      where account_id = ${accountId} and campaign_id = ${campaignId} and waits_for_coupon = ${couponId}
      order by id limit ${input.limit} for update skip locked) mine
    where m.account_id = mine.account_id and m.id = mine.id returning m.id`.execute(db)
  return rows.length
}

export async function updateCancelled(db: Db, accountId: string, campaignId: string): Promise<number> {
  const { rows } = await sql`
    update messages set state = case when is_uncertain then 'unknown' else 'cancelled' end, lease_until = null, is_uncertain = false,
      waits_for_coupon = null
    where account_id = ${accountId} and campaign_id = ${campaignId} and state in ('planned', 'ready') returning id`.execute(
    db,
  )
  return rows.length
}

/**
 * Makes the messages of a campaign whose answer was lost ready to be sent again, before all others. Who presses twice at once finds
 * them gone the second time. Served by messages_campaign.
 */
export async function updateResent(db: Db, accountId: string, campaignId: string): Promise<number> {
  const { rows } = await sql`
    update messages set state = 'ready', due_at = '-infinity', reason = null, lease_until = null, is_uncertain = false, repeat_until = null
    where account_id = ${accountId} and campaign_id = ${campaignId} and state = 'unknown' returning id`.execute(db)
  return rows.length
}

export async function selectPerson(db: Db, accountId: string, profileId: string): Promise<PersonFacts | undefined> {
  const { rows } = await sql<PersonFacts>`
    select ${PERSON} from profiles p where p.account_id = ${accountId} and p.id = ${profileId}`.execute(db)
  return rows[0]
}
