import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RenderContext } from '../templates/template.ts'
import { nextOf, PERSON, type PersonFacts } from './messages.sql.ts'

export type ClaimedCode = {
  name: string
  code: string
  expiresAt: string | null
  storeUrl: string | null
  storeKind: 'custom' | 'shopify'
  /** Whether the coupon still gives codes: who holds one that is over may get another. */
  isRenewable: boolean
  /** Taken back since the message was made ready: revoked by hand, or lost by the shop. */
  isWithdrawn: boolean
}
export type ClaimedMessage = Omit<PersonFacts, 'profileId'> & {
  id: string
  /** Null for a test: its address is nobody's profile. */
  profileId: string | null
  kind: 'campaign' | 'test' | 'resend'
  /** Null where it was made ready before contexts were kept. */
  context: RenderContext | null
  address: string
  attempt: number
  templateVersionId: string
  /** Of a text message: its key in short links, and whether it is the first to this person. */
  shortKey: string | null
  isFirst: boolean
  codes: ClaimedCode[] | null
  /** An earlier attempt may have arrived: this one repeats it under the same id. */
  isUncertain: boolean
  /**
   * Why the message was not claimed: `unsubscribed` or `suppressed` meanwhile, or another message lately (`smart_sending`): skipped,
   * or unknown where an attempt may have arrived; or `answer_lost`: a repeat is harmless no more (unknown).
   */
  obstacle: string | null
}

/** Whose messages are claimed: a campaign's of one template version, or the single ones of one: tests, and what is sent again by hand. */
export type Claimable = { campaignId: string; templateVersionId: string } | { singlesOf: string }

/** Whether a message's address is on the list of suppressed ones: a probe of that list's primary key for each. */
const IS_SUPPRESSED = sql`(select true from suppressions s
    where s.account_id = mine.account_id and s.channel = mine.medium and s.address = lower(mine.address))`

function belongsTo(accountId: string, of: Claimable): RawBuilder<unknown> {
  return 'campaignId' in of
    ? nextOf({ accountId, ...of })
    : sql`account_id = ${accountId} and kind in ('test', 'resend') and template_version_id = ${of.singlesOf}`
}

/**
 * Claims ready messages: `sending` is written, with a lease and the channel, before the provider hears of them. One update; rows
 * that another process holds are passed over. A deferred message waits until its lease_until. Who unsubscribed or was suppressed
 * up to this statement is skipped in it. What may have arrived keeps the sender that it was offered to. Served by messages_due and messages_singles_at_work.
 *
 * Who got another marketing message after `contactedBefore` is skipped with the reason `smart_sending`. Two campaigns that claim
 * messages to one person at once meet in the person's row of latest_messages: the second looks at it when the first is done.
 */
export async function updateClaimed(
  db: Db,
  claim: {
    accountId: string
    of: Claimable
    channel: string
    senderId: string | null
    /** Until when a repeat with the same id is harmless; null: never, or for ever. */
    repeatUntil: Date | null
    /** From when on the provider can be asked what became of them, should its answer be lost; null: it cannot be. */
    askAt: Date | null
    /** Names the settings under which a repeat would be one. */
    repeatKey: string | null
    limit: number
    leaseUntil: Date
    /** Null: however lately it was. */
    contactedBefore: Date | null
    now: Date
  },
): Promise<ClaimedMessage[]> {
  if (claim.limit === 0) return []
  const { rows } = await sql<ClaimedMessage>`
    with mine as (
      select account_id, id, profile_id, medium, address, is_uncertain, sender_id, repeat_until, repeat_key from messages
      where ${belongsTo(claim.accountId, claim.of)} and state = 'ready' and (lease_until is null or lease_until <= ${claim.now})
      order by due_at, id limit (select ${claim.limit}::int) for update skip locked
    ), looked_at as (
      select mine.account_id, mine.id, mine.profile_id, mine.medium, case when mine.is_uncertain and (
          mine.sender_id is distinct from ${claim.senderId}::uuid or mine.repeat_key is distinct from ${claim.repeatKey}
          or mine.repeat_until <= ${claim.now}
        ) then 'answer_lost'
        when (
          select case when mine.medium = 'sms' then p.sms_consent else p.email_consent end
          from profiles p where p.account_id = mine.account_id and p.id = mine.profile_id
        ) <> 'subscribed' then 'unsubscribed'
        when ${IS_SUPPRESSED} then 'suppressed' end as obstacle
      from mine
    ), let_pass as (
      insert into latest_messages as l (account_id, profile_id, medium, message_id, at)
      select account_id, profile_id, medium, id, ${claim.now}::timestamptz
      from looked_at where profile_id is not null and obstacle is null order by profile_id
      on conflict (account_id, profile_id, medium) do update set message_id = excluded.message_id, at = excluded.at
      where l.at <= coalesce(${claim.contactedBefore}::timestamptz, 'infinity') or l.message_id = excluded.message_id
      returning message_id
    ), judged as (
      select account_id, id, case when obstacle is not null then obstacle
        when profile_id is not null and not exists (select from let_pass where message_id = looked_at.id) then 'smart_sending' end as obstacle
      from looked_at
    ), claimed as (
      update messages m set
        state = case when j.obstacle is null then 'sending' when m.is_uncertain then 'unknown' else 'skipped' end,
        is_uncertain = m.is_uncertain and j.obstacle is null,
        repeat_until = case when m.is_uncertain then m.repeat_until else ${claim.repeatUntil}::timestamptz end,
        attempt = attempt + case when j.obstacle is null then 1 else 0 end, reason = coalesce(j.obstacle, m.reason),
        lease_until = case when j.obstacle is null then ${claim.leaseUntil}::timestamptz end,
        channel = case when m.is_uncertain then m.channel else ${claim.channel} end,
        sender_id = case when m.is_uncertain then m.sender_id else ${claim.senderId}::uuid end,
        repeat_key = case when m.is_uncertain then m.repeat_key else ${claim.repeatKey} end,
        ask_at = ${claim.askAt}::timestamptz, asks = 0, absent_at = null,
        rendered_at = case when j.obstacle is null then ${claim.now}::timestamptz else m.rendered_at end
      from judged j where m.account_id = j.account_id and m.id = j.id
      returning m.account_id, m.id, m.kind, m.medium, m.context, m.address, m.attempt, m.template_version_id, m.profile_id,
        m.short_key, m.is_uncertain, j.obstacle
    )
    select c.id, c.kind, c.context, c.address, c.attempt, c.template_version_id as "templateVersionId", ${PERSON},
      c.short_key as "shortKey", c.obstacle, c.is_uncertain as "isUncertain", c.medium = 'sms' and not exists (
        select from messages x where x.account_id = c.account_id and x.profile_id = c.profile_id and x.medium = 'sms'
          and x.state in ('sending', 'sent', 'unknown') and x.id <> c.id) as "isFirst",
      (select json_agg(json_build_object('name', mc.coupon_name, 'code', k.code, 'expiresAt', a.expires_at,
          'storeUrl', s.url, 'storeKind', s.kind,
          'isWithdrawn', k.state = 'withdrawn' or a.state = 'revoked', 'isRenewable', o."isRenewable"))
        from message_codes mc
        cross join lateral (
          select code, state, store_id from codes where account_id = mc.account_id and id = mc.code_id offset 0
        ) k
        cross join lateral (select url, kind from stores where account_id = mc.account_id and id = k.store_id offset 0) s
        cross join lateral (
          select o.archived_at is null and coalesce(v.expires_at > ${claim.now}::timestamptz, true) as "isRenewable"
          from coupons o join terms_versions v on v.account_id = o.account_id and v.coupon_id = o.id and v.version = o.version
          where o.account_id = mc.account_id and o.id = mc.coupon_id offset 0
        ) o
        left join lateral (
          select expires_at, state from assignments where account_id = mc.account_id and code_id = mc.code_id offset 0
        ) a on true
        where mc.account_id = c.account_id and mc.message_id = c.id) as codes
    from claimed c left join profiles p on p.account_id = c.account_id and p.id = c.profile_id
    order by c.id`.execute(db)
  return rows
}
