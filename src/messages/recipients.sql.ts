import { type RawBuilder, sql } from 'kysely'
import type { Audience, AudienceSource } from '../../contract/campaigns.ts'
import { isForGood } from '../codes/scope.ts'
import type { Db } from '../db/database.ts'
import type { Medium } from './mail.ts'

/**
 * Everybody of the included sources as rows (id, excluded), each person once. Members of a list are read by its primary key,
 * one look-up for each says whether they are excluded: no join whose size the planner would have to guess.
 */
function peopleOf(accountId: string, audience: Audience): RawBuilder<unknown> {
  return sql`(
    select m.profile_id as id, (
        select true from list_members x
        where x.account_id = ${accountId} and x.list_id = any(${listsOf(audience.exclude)}::uuid[]) and x.profile_id = m.profile_id
        limit 1) is not null as excluded
    from (
      select distinct profile_id from list_members
      where account_id = ${accountId} and list_id = any(${listsOf(audience.include)}::uuid[])) m
  )`
}

function listsOf(sources: readonly AudienceSource[]): string[] {
  return sources.map((source) => source.id)
}

/** Where a medium reaches a profile `p`, and what allows it. */
function reachOf(medium: Medium) {
  return medium === 'sms'
    ? { address: sql.raw('p.phone'), consent: sql.raw('p.sms_consent'), lacking: sql.raw(`'no_phone'`) }
    : { address: sql.raw('p.email'), consent: sql.raw('p.email_consent'), lacking: sql.raw(`'no_email'`) }
}

/** Why somebody of the audience cannot get a message; null: can. Suppressed addresses are looked up one by one, by their primary key. */
function reasonOf(medium: Medium): RawBuilder<unknown> {
  const { address, consent, lacking } = reachOf(medium)
  return sql`case when ${address} is null then ${lacking} when ${consent} <> 'subscribed' then 'not_subscribed'
    when (select true from suppressions s
      where s.account_id = p.account_id and s.channel = ${sql.lit(medium)} and s.address = lower(${address})) then 'suppressed' end`
}

/**
 * When a message is due: at `at`, later for some by up to `spreadSeconds`; or by the recipient's time zone.
 *
 * `zones` and `phones` say when it is due in each zone that profiles name, and for numbers of each calling code that has one
 * zone; `otherwise` for everybody else.
 */
export type DuePlan =
  | { kind: 'once'; at: Date; spreadSeconds: number }
  | { kind: 'local'; zones: Record<string, Date>; phones: Record<string, Date>; otherwise: Date }

/** The place of a person in a campaign, 0 to 1: always the same, and evenly spread over many. */
function placeOf(campaignId: string): RawBuilder<unknown> {
  return sql`(('x' || substr(md5(${campaignId}::text || p.id::text), 1, 8))::bit(32)::bigint / 4294967296.0)`
}

/** Which message of a test a person gets: the same one whenever it is asked, and apart from their place above. */
function variantOf(campaignId: string, sharePercent: number | null): RawBuilder<unknown> {
  const place = sql`(('x' || substr(md5(${campaignId}::text || 'test' || p.id::text), 1, 8))::bit(32)::bigint / 4294967296.0)`
  return sql`case when ${place} * 200 < ${sharePercent}::float8 then 'a' when ${place} * 100 < ${sharePercent}::float8 then 'b' end`
}

/** As maps in one value each: a look-up for each person, and no join. Calling codes are prefixes of no other one. */
function dueOf(campaignId: string, plan: DuePlan): RawBuilder<unknown> {
  if (plan.kind === 'once') {
    return plan.spreadSeconds === 0
      ? sql`${plan.at}::timestamptz`
      : sql`date_trunc('milliseconds', ${plan.at}::timestamptz + ${placeOf(campaignId)} * make_interval(secs => ${plan.spreadSeconds}))`
  }
  const zones = sql`${JSON.stringify(plan.zones)}::jsonb`
  const phones = sql`${JSON.stringify(plan.phones)}::jsonb`
  return sql`coalesce(
    (${zones} ->> (p.properties ->> '$timezone'))::timestamptz, (${zones} ->> (p.properties ->> 'timezone'))::timestamptz,
    (${phones} ->> substr(p.phone, 2, 1))::timestamptz, (${phones} ->> substr(p.phone, 2, 2))::timestamptz,
    (${phones} ->> substr(p.phone, 2, 3))::timestamptz, ${plan.otherwise}::timestamptz)`
}

export type RecipientCounts = {
  recipients: number
  excluded: number
  /** Without an email address; for a text message, without a phone number. */
  noAddress: number
  notSubscribed: number
  suppressed: number
  /** Recipients whose message would be due before now. */
  passed: number
  /** When the last message is due; null without recipients. */
  lastDueAt: Date | null
}

/** Counts an audience in one pass. */
export async function selectRecipientCounts(
  db: Db,
  input: { accountId: string; campaignId: string; audience: Audience; medium: Medium; plan: DuePlan; now: Date },
): Promise<RecipientCounts> {
  const { accountId, audience, medium } = input
  const { lacking } = reachOf(medium)
  const { rows } = await sql<RecipientCounts>`
    select count(*) filter (where not excluded and reason is null) as recipients, count(*) filter (where excluded) as excluded,
      count(*) filter (where not excluded and reason = ${lacking}) as "noAddress",
      count(*) filter (where not excluded and reason = 'not_subscribed') as "notSubscribed",
      count(*) filter (where not excluded and reason = 'suppressed') as suppressed,
      count(*) filter (where not excluded and reason is null and due_at < ${input.now}::timestamptz) as passed,
      max(due_at) filter (where not excluded and reason is null) as "lastDueAt"
    from (
      select a.excluded, ${reasonOf(medium)} as reason, ${dueOf(input.campaignId, input.plan)} as due_at
      from ${peopleOf(accountId, audience)} a join profiles p on p.account_id = ${accountId} and p.id = a.id) each`.execute(
    db,
  )
  return rows[0] as RecipientCounts
}

/**
 * How many recipients have an open code of the coupon in the scope that lasts beyond `until`, and keep it; and how many had theirs in a scope that
 * gives no other.
 */
export async function selectKeepers(
  db: Db,
  input: { accountId: string; audience: Audience; medium: Medium; couponId: string; scope: string; until: Date },
): Promise<{ kept: number; alreadyHad: number }> {
  const { accountId } = input
  const lasting = codeOf({ ...input, profileId: sql.raw('p.id'), until: sql`${input.until}::timestamptz` })
  const { rows } = await sql<{ kept: number; alreadyHad: number }>`
    select count(*) filter (where h.is_kept) as kept, count(*) filter (where not h.is_kept) as "alreadyHad"
    from ${peopleOf(accountId, input.audience)} a join profiles p on p.account_id = ${accountId} and p.id = a.id
      cross join lateral (select ${lasting} as is_kept offset 0) h
    where not a.excluded and ${reasonOf(input.medium)} is null`.execute(db)
  return rows[0] ?? { kept: 0, alreadyHad: 0 }
}

/**
 * Whether a person keeps the code of a coupon that they have in a scope: true where it is open beyond `until`; false where it is theirs for good and
 * over by then; null where they get one. Served by assignments_open and assignments_scope.
 */
function codeOf(of: {
  accountId: string
  couponId: string
  scope: string
  profileId: RawBuilder<unknown>
  until: RawBuilder<unknown>
}): RawBuilder<unknown> {
  const isLasting = sql`(o.expires_at is null or o.expires_at > ${of.until})`
  const [answer, held] = isForGood(of.scope)
    ? [sql`o.state = 'open' and ${isLasting}`, sql`o.state <> 'revoked' and o.scope <> ''`]
    : [sql`true`, sql`o.state = 'open' and ${isLasting}`]
  return sql`(
    select ${answer} from assignments o
    where o.account_id = ${of.accountId} and o.profile_id = ${of.profileId} and ${held}
      and o.scope = ${of.scope}::text and o.coupon_id is not distinct from ${of.couponId}::uuid)`
}

/** Texts that look like a time zone in the profiles of an audience, as they are written. */
export async function selectZoneNames(
  db: Db,
  input: { accountId: string; audience: Audience; limit: number },
): Promise<string[]> {
  const { accountId } = input
  const { rows } = await sql<{ name: string }>`
    select distinct z.name
    from ${peopleOf(accountId, input.audience)} a join profiles p on p.account_id = ${accountId} and p.id = a.id
      cross join lateral (values (p.properties ->> '$timezone'), (p.properties ->> 'timezone')) z (name)
    where not a.excluded and z.name ~ '^[A-Za-z]' and length(z.name) <= 64
    limit ${input.limit}`.execute(db)
  return rows.map((row) => row.name)
}

export type FrozenCampaign = {
  accountId: string
  campaignId: string
  audience: Audience
  plan: DuePlan
  templateVersionId: string
  /** The second message of a test and how many percent of the recipients take part in it; null without one. */
  test: { templateVersionId: string; sharePercent: number } | null
  medium: Medium
  /** The provider. */
  channel: string
  now: Date
}

/**
 * Freezes the recipients of a campaign: a message for everybody of the audience, in one statement; who cannot get it is
 * `skipped` with the reason. Once frozen, always frozen: who joins a list later is not among them.
 */
export async function insertCampaignMessages(db: Db, campaign: FrozenCampaign): Promise<void> {
  const { accountId, campaignId, now } = campaign
  const share = campaign.test?.sharePercent ?? null
  await sql`
    insert into messages (account_id, id, campaign_id, variant, template_version_id, profile_id, medium, channel, state, reason, address, due_at, created_at)
    select ${accountId}::uuid, uuid_v7(${now}), ${campaignId}::uuid, v.variant,
      case when v.variant = 'b' then ${campaign.test?.templateVersionId ?? null}::uuid else ${campaign.templateVersionId}::uuid end, p.id,
      ${campaign.medium}, ${campaign.channel}, case when r.reason is null then 'planned' else 'skipped' end, r.reason, coalesce(${reachOf(campaign.medium).address}, ''),
      case when ${share}::float8 < 100 and v.variant is null then 'infinity' else ${dueOf(campaignId, campaign.plan)} end, ${now}
    from ${peopleOf(accountId, campaign.audience)} a join profiles p on p.account_id = ${accountId} and p.id = a.id
      cross join lateral (select ${variantOf(campaignId, share)} as variant) v
      cross join lateral (select ${reasonOf(campaign.medium)} as reason) r
    where not a.excluded
      and not exists (select 1 from messages x where x.account_id = ${accountId} and x.campaign_id = ${campaignId})
    on conflict do nothing`.execute(db)
}

/** How many planned messages of a campaign are for people who need a code of the coupon: who have none that lasts beyond their turn, and may get one. */
export async function selectUnservedCount(
  db: Db,
  input: { accountId: string; campaignId: string; couponId: string; scope: string },
): Promise<number> {
  const { accountId, campaignId } = input
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from messages m
    where m.account_id = ${accountId} and m.campaign_id = ${campaignId} and m.state = 'planned'
      and ${codeOf({ ...input, profileId: sql.raw('m.profile_id'), until: sql.raw('m.due_at') })} is null`.execute(db)
  return rows[0]?.count ?? 0
}
