import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RenderContext } from '../templates/template.ts'
import type { Medium } from './mail.ts'
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

const PERSON = sql.raw(`p.id as "profileId", p.email, p.phone, p.first_name as "firstName", p.last_name as "lastName",
  p.properties, p.email_consent as "emailConsent", p.sms_consent as "smsConsent"`)

/**
 * Freezes the recipients of a campaign: a message for every member of the list, in one statement; who cannot get it is
 * `skipped` with the reason. Once frozen, always frozen: who joins the list later is not among them.
 */
export async function insertCampaignMessages(
  db: Db,
  campaign: {
    accountId: string
    id: string
    listId: string
    templateVersionId: string
    medium: Medium
    channel: string
    now: Date
  },
): Promise<void> {
  const reach = reachOf(campaign.medium)
  await sql`
    insert into messages (account_id, id, campaign_id, template_version_id, profile_id, medium, channel, state, reason, address, created_at)
    select m.account_id, uuid_v7(${campaign.now}), ${campaign.id}::uuid, ${campaign.templateVersionId}::uuid, m.profile_id,
      ${campaign.medium}, ${campaign.channel}, case when ${reach.address} is not null and ${reach.consent} = 'subscribed' then 'planned' else 'skipped' end,
      case when ${reach.address} is null then ${reach.lacking} when ${reach.consent} <> 'subscribed' then 'not_subscribed' end,
      coalesce(${reach.address}, ''), ${campaign.now}
    from list_members m join profiles p on p.account_id = m.account_id and p.id = m.profile_id
    where m.account_id = ${campaign.accountId} and m.list_id = ${campaign.listId}
      and not exists (select 1 from messages x where x.account_id = ${campaign.accountId} and x.campaign_id = ${campaign.id})
    on conflict do nothing`.execute(db)
}

/** Where a medium reaches a profile `p`, and what allows it. */
function reachOf(medium: Medium) {
  return medium === 'sms'
    ? { address: sql.raw('p.phone'), consent: sql.raw('p.sms_consent'), lacking: 'no_phone' }
    : { address: sql.raw('p.email'), consent: sql.raw('p.email_consent'), lacking: 'no_email' }
}

/** Takes planned messages for this transaction alone; others pass over them. Served by messages_at_work. */
export async function selectPlannedForUpdate(
  db: Db,
  accountId: string,
  campaignId: string,
  limit: number,
): Promise<PlannedMessage[]> {
  const { rows } = await sql<PlannedMessage>`
    with mine as (
      select id, profile_id from messages
      where account_id = ${accountId} and campaign_id = ${campaignId} and state = 'planned'
      order by id limit ${limit} for update skip locked
    )
    select mine.id, ${PERSON}
    from mine join profiles p on p.account_id = ${accountId} and p.id = mine.profile_id`.execute(db)
  return rows
}

export type Prepared = {
  id: string
  state: 'ready' | 'skipped'
  reason: string | null
  /** What the template may read of the person; null for who is skipped. */
  context: RenderContext | null
}

export async function updatePrepared(db: Db, accountId: string, messages: Prepared[]): Promise<void> {
  await sql`
    update messages m set state = g.state, reason = g.reason, context = g.context::jsonb, short_key = case when m.medium = 'sms' then ${SHORT_KEY} end
    from unnest(${messages.map((message) => message.id)}::uuid[], ${messages.map((message) => message.state)}::text[],
      ${messages.map((message) => message.reason)}::text[],
      ${messages.map((message) => message.context && JSON.stringify(message.context))}::text[]) as g (id, state, reason, context)
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

export type ClaimedCode = {
  name: string
  code: string
  expiresAt: string | null
  storeUrl: string | null
  /** Whether the coupon still gives codes: who holds one that is over may get another. */
  isRenewable: boolean
}
export type ClaimedMessage = Omit<PersonFacts, 'profileId'> & {
  id: string
  /** Null for a test: its address is nobody's profile. */
  profileId: string | null
  kind: 'campaign' | 'test'
  /** Null where it was made ready before contexts were kept. */
  context: RenderContext | null
  address: string
  attempt: number
  templateVersionId: string
  /** Of a text message: its key in short links, and whether it is the first to this person. */
  shortKey: string | null
  isFirst: boolean
  codes: ClaimedCode[] | null
  /** Why it was skipped instead of claimed. */
  obstacle: string | null
}

/** Whose messages are claimed: a campaign's, or the tests of one template version. */
export type Claimable = { campaignId: string } | { testsOf: string }

/**
 * Claims ready messages: `sending` is written, with a lease, before the provider hears of them. One update; rows that another
 * process holds are passed over. A deferred message waits until its lease_until.
 *
 * Who got another marketing message after `contactedBefore` is skipped with the reason `smart_sending`. Two campaigns that claim
 * messages to one person at once meet in the person's row of latest_messages: the second looks at it when the first is done.
 */
export async function updateClaimed(
  db: Db,
  claim: {
    accountId: string
    of: Claimable
    limit: number
    leaseUntil: Date
    /** Null: however lately it was. */
    contactedBefore: Date | null
    now: Date
  },
): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    with mine as (
      select id, profile_id, medium from messages
      where account_id = ${claim.accountId} and ${belongsTo(claim.of)} and state = 'ready'
        and (lease_until is null or lease_until <= ${claim.now})
      order by id limit ${claim.limit} for update skip locked
    ), let_pass as (
      insert into latest_messages as l (account_id, profile_id, medium, message_id, at)
      select ${claim.accountId}::uuid, profile_id, medium, id, ${claim.now}::timestamptz
      from mine where profile_id is not null order by profile_id
      on conflict (account_id, profile_id, medium) do update set message_id = excluded.message_id, at = excluded.at
      where l.at <= coalesce(${claim.contactedBefore}::timestamptz, 'infinity') or l.message_id = excluded.message_id
      returning message_id
    ), judged as (
      select id, profile_id is null or exists (select from let_pass where message_id = mine.id) as passes from mine
    ), claimed as (
      update messages m set state = case when j.passes then 'sending' else 'skipped' end,
        reason = case when j.passes then m.reason else 'smart_sending' end,
        attempt = attempt + case when j.passes then 1 else 0 end,
        lease_until = case when j.passes then ${claim.leaseUntil}::timestamptz end,
        rendered_at = case when j.passes then ${claim.now}::timestamptz else m.rendered_at end
      from judged j where m.account_id = ${claim.accountId} and m.id = j.id
      returning m.account_id, m.id, m.kind, m.medium, m.context, m.address, m.attempt, m.template_version_id, m.profile_id,
        m.short_key, case when not j.passes then m.reason end as obstacle
    )
    select c.id, c.kind, c.context, c.address, c.attempt, c.template_version_id as "templateVersionId", ${PERSON},
      c.short_key as "shortKey", c.obstacle, c.medium = 'sms' and not exists (
        select from messages x where x.account_id = c.account_id and x.profile_id = c.profile_id and x.medium = 'sms'
          and x.state in ('sending', 'sent', 'unknown') and x.id <> c.id) as "isFirst",
      (select json_agg(json_build_object('name', mc.coupon_name, 'code', k.code, 'expiresAt', a.expires_at, 'storeUrl', s.url,
          'isRenewable', o.archived_at is null and coalesce(v.expires_at > ${claim.now}::timestamptz, true)))
        from message_codes mc
        join codes k on k.account_id = mc.account_id and k.id = mc.code_id
        join stores s on s.account_id = k.account_id and s.id = k.store_id
        join coupons o on o.account_id = mc.account_id and o.id = mc.coupon_id
        join terms_versions v on v.account_id = o.account_id and v.coupon_id = o.id and v.version = o.version
        left join assignments a on a.account_id = mc.account_id and a.code_id = mc.code_id
        where mc.account_id = c.account_id and mc.message_id = c.id) as codes
    from claimed c left join profiles p on p.account_id = c.account_id and p.id = c.profile_id
    order by c.id`.execute(db)
  return rows
}

function belongsTo(of: Claimable) {
  return 'campaignId' in of
    ? sql`campaign_id = ${of.campaignId}`
    : sql`kind = 'test' and template_version_id = ${of.testsOf}`
}

export type SentCode = ClaimedCode & { isRedeemed: boolean }
export type SentMessage = {
  id: string
  kind: 'campaign' | 'test'
  accountId: string
  profileId: string | null
  templateVersionId: string
  shortKey: string | null
  context: RenderContext
  renderedAt: Date
  codes: SentCode[] | null
}

/** A message that went out, or may have, with all that it was made of. */
export async function selectSent(
  db: Db,
  named: { accountId: string; messageId: string } | { shortKey: string },
): Promise<SentMessage | undefined> {
  const isNamed =
    'shortKey' in named
      ? sql`m.short_key = ${named.shortKey}`
      : sql`m.account_id = ${named.accountId} and m.id = ${named.messageId}`
  const { rows } = await sql<SentMessage>`
    select m.id, m.kind, m.account_id as "accountId", m.short_key as "shortKey", m.profile_id as "profileId", m.template_version_id as "templateVersionId", m.context,
      m.rendered_at as "renderedAt",
      (select json_agg(json_build_object('name', mc.coupon_name, 'code', k.code, 'expiresAt', a.expires_at, 'storeUrl', s.url,
          'isRedeemed', k.state = 'redeemed'))
        from message_codes mc
        join codes k on k.account_id = mc.account_id and k.id = mc.code_id
        join stores s on s.account_id = k.account_id and s.id = k.store_id
        left join assignments a on a.account_id = mc.account_id and a.code_id = mc.code_id
        where mc.account_id = m.account_id and mc.message_id = m.id) as codes
    from messages m
    where ${isNamed} and m.state in ('sending', 'sent', 'unknown')
      and m.context is not null and m.rendered_at is not null`.execute(db)
  return rows[0]
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
    ), freed as (
      delete from message_codes x using done
      where x.account_id = ${accountId} and x.message_id = done.id and done.state = 'planned'
    ), never_came as (
      delete from latest_messages l using done
      where l.account_id = ${accountId} and l.profile_id = done.profile_id and l.message_id = done.id and done.state in ('rejected', 'skipped')
    )
    insert into events (account_id, id, profile_id, metric, at, message_id, properties)
    select ${accountId}::uuid, uuid_v7(${now}), profile_id, case state when 'sent' then 'message_sent' else 'message_rejected' end,
      ${now}, id, jsonb_strip_nulls(jsonb_build_object('campaignId', campaign_id, 'reason', reason))
    from done where state in ('sent', 'rejected') and profile_id is not null`.execute(db)
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
    select case when state = 'ready' and lease_until is not null then 'deferred' else state end as state, count(*) as count
    from messages where account_id = ${accountId} and campaign_id = ${campaignId} group by 1`.execute(db)
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

export async function updateCancelled(db: Db, accountId: string, campaignId: string): Promise<number> {
  const { rows } = await sql`
    update messages set state = 'cancelled', lease_until = null
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
