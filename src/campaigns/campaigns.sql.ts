import { sql } from 'kysely'
import type { AbTest, AudienceSource, CampaignWhen } from '../../contract/campaigns.ts'
import type { Db } from '../db/database.ts'

export type NamedSource = AudienceSource & { name: string; isExcluded: boolean }
export type AbRow = AbTest & {
  templateName: string
  templateVersionId: string | null
  winner: 'a' | 'b' | null
  /** ISO 8601. */
  decidesAt: string | null
}
export type CampaignRow = {
  id: string
  accountId: string
  name: string
  channel: 'email' | 'sms'
  smartSending: boolean
  state: 'draft' | 'scheduled' | 'preparing' | 'sending' | 'paused' | 'sent' | 'cancelled'
  sources: NamedSource[]
  templateId: string
  templateName: string
  templateVersionId: string | null
  ab: AbRow | null
  whenKind: CampaignWhen['kind']
  sendAt: Date | null
  /** What the clocks show: `2027-03-01T09:00`. */
  sendAtLocal: string | null
  spreadHours: number
  holdWithoutCode: boolean
  pausedReason: string | null
  createdAt: Date
  lookAt: Date | null
  startedAt: Date | null
  finishedAt: Date | null
}

const COLUMNS =
  sql.raw(`c.id, c.account_id as "accountId", c.name, c.channel, c.smart_sending as "smartSending", c.state,
  (select coalesce(json_agg(json_build_object('kind', a.kind, 'id', a.source_id, 'name', l.name, 'isExcluded', a.is_excluded)
      order by l.name), '[]')
    from campaign_audiences a join lists l on l.account_id = a.account_id and l.id = a.list_id
    where a.account_id = c.account_id and a.campaign_id = c.id) as sources,
  c.template_id as "templateId", t.name as "templateName", c.template_version_id as "templateVersionId",
  case when c.ab_template_id is not null then json_build_object('templateId', c.ab_template_id,
    'templateName', (select b.name from templates b where b.account_id = c.account_id and b.id = c.ab_template_id),
    'templateVersionId', c.ab_template_version_id, 'sharePercent', c.ab_share, 'metric', c.ab_metric, 'afterHours', c.ab_hours,
    'winner', c.ab_winner, 'decidesAt', c.ab_decides_at) end as ab,
  c.when_kind as "whenKind", c.send_at as "sendAt", to_char(c.send_at_local, 'YYYY-MM-DD"T"HH24:MI') as "sendAtLocal",
  c.spread_hours as "spreadHours", c.holds_without_code as "holdWithoutCode", c.paused_reason as "pausedReason",
  c.created_at as "createdAt", nullif(c.look_at, 'infinity') as "lookAt", c.started_at as "startedAt", c.finished_at as "finishedAt"`)
const FROM = sql.raw(`from campaigns c join templates t on t.account_id = c.account_id and t.id = c.template_id`)

export async function selectCampaign(db: Db, accountId: string, id: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<CampaignRow>`
    select ${COLUMNS} ${FROM} where c.account_id = ${accountId} and c.id = ${id}`.execute(db)
  return rows[0]
}

/** Holds the campaign's row until the transaction ends: whoever changes or moves it waits. */
export async function lockCampaign(db: Db, accountId: string, id: string): Promise<CampaignRow | undefined> {
  const locked = await sql`
    select 1 from campaigns where account_id = ${accountId} and id = ${id} for no key update`.execute(db)
  return locked.rows.length === 1 ? await selectCampaign(db, accountId, id) : undefined
}

export async function selectCampaigns(
  db: Db,
  accountId: string,
  before: string | null,
  limit: number,
): Promise<CampaignRow[]> {
  const { rows } = await sql<CampaignRow>`
    select ${COLUMNS} ${FROM}
    where c.account_id = ${accountId} and (${before}::uuid is null or c.id < ${before}::uuid)
    order by c.id desc limit ${limit}`.execute(db)
  return rows
}

export type CampaignFields = {
  accountId: string
  id: string
  name: string
  /** That of its templates. */
  channel: 'email' | 'sms'
  smartSending: boolean
  templateId: string
  ab: AbTest | null
  when: CampaignWhen
  holdWithoutCode: boolean
}

function whenColumns(when: CampaignWhen) {
  return {
    sendAt: when.kind === 'at' ? new Date(when.at) : null,
    sendAtLocal: when.kind === 'local' ? when.at : null,
    spreadHours: when.kind === 'local' ? 0 : when.spreadHours,
  }
}

export async function insertCampaign(db: Db, campaign: CampaignFields & { now: Date }): Promise<void> {
  const { sendAt, sendAtLocal, spreadHours } = whenColumns(campaign.when)
  await sql`
    insert into campaigns (account_id, id, name, channel, smart_sending, state, template_id, when_kind, send_at, send_at_local, spread_hours,
      holds_without_code, ab_template_id, ab_share, ab_metric, ab_hours, created_at)
    values (${campaign.accountId}, ${campaign.id}, ${campaign.name}, ${campaign.channel}, ${campaign.smartSending}, 'draft',
      ${campaign.templateId}, ${campaign.when.kind},
      ${sendAt}, ${sendAtLocal}::text::timestamp, ${spreadHours}, ${campaign.holdWithoutCode}, ${campaign.ab?.templateId ?? null},
      ${campaign.ab?.sharePercent ?? null}, ${campaign.ab?.metric ?? null}, ${campaign.ab?.afterHours ?? null}, ${campaign.now})`.execute(
    db,
  )
}

export async function updateDraft(db: Db, campaign: CampaignFields): Promise<boolean> {
  const { sendAt, sendAtLocal, spreadHours } = whenColumns(campaign.when)
  const { rows } = await sql`
    update campaigns set name = ${campaign.name}, channel = ${campaign.channel}, smart_sending = ${campaign.smartSending},
      template_id = ${campaign.templateId}, when_kind = ${campaign.when.kind},
      send_at = ${sendAt}, send_at_local = ${sendAtLocal}::text::timestamp, spread_hours = ${spreadHours},
      holds_without_code = ${campaign.holdWithoutCode}, ab_template_id = ${campaign.ab?.templateId ?? null},
      ab_share = ${campaign.ab?.sharePercent ?? null}, ab_metric = ${campaign.ab?.metric ?? null}, ab_hours = ${campaign.ab?.afterHours ?? null}
    where account_id = ${campaign.accountId} and id = ${campaign.id} and state = 'draft' returning id`.execute(db)
  return rows.length === 1
}

/** Writes the sources of a campaign's audience anew. Fails with 23503 on a list that is not there. */
export async function replaceAudience(
  db: Db,
  accountId: string,
  id: string,
  sources: readonly (AudienceSource & { isExcluded: boolean })[],
): Promise<void> {
  await sql`delete from campaign_audiences where account_id = ${accountId} and campaign_id = ${id}`.execute(db)
  await sql`
    insert into campaign_audiences (account_id, campaign_id, kind, source_id, is_excluded)
    select ${accountId}::uuid, ${id}::uuid, s.kind, s.id, s.is_excluded
    from unnest(${sources.map((source) => source.kind)}::text[], ${sources.map((source) => source.id)}::uuid[],
      ${sources.map((source) => source.isExcluded)}::boolean[]) as s (kind, id, is_excluded)
    on conflict do nothing`.execute(db)
}

export async function deleteDraft(db: Db, accountId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from campaigns where account_id = ${accountId} and id = ${id} and state = 'draft' returning id`.execute(db)
  return rows.length === 1
}

/** Freezes the template's version as the campaign leaves the draft. One of two who schedule at once wins. */
export async function updateScheduled(
  db: Db,
  campaign: {
    accountId: string
    id: string
    templateVersionId: string
    abTemplateVersionId: string | null
    sender: string
    lookAt: Date
    now: Date
  },
): Promise<boolean> {
  const { rows } = await sql`
    update campaigns set template_version_id = ${campaign.templateVersionId},
      ab_template_version_id = ${campaign.abTemplateVersionId}, ab_decides_at = null, ab_winner = null, sender = ${campaign.sender},
      scheduled_at = ${campaign.now}, look_at = ${campaign.lookAt}, state = 'scheduled'
    where account_id = ${campaign.accountId} and id = ${campaign.id} and state = 'draft' returning id`.execute(db)
  return rows.length === 1
}

/** Gives a scheduled campaign another time; false when it is not scheduled any more. */
export async function updateTime(
  db: Db,
  campaign: { accountId: string; id: string; when: CampaignWhen; lookAt: Date },
): Promise<boolean> {
  const { sendAt, sendAtLocal, spreadHours } = whenColumns(campaign.when)
  const { rows } = await sql`
    update campaigns set when_kind = ${campaign.when.kind}, send_at = ${sendAt},
      send_at_local = ${sendAtLocal}::text::timestamp, spread_hours = ${spreadHours}, look_at = ${campaign.lookAt}
    where account_id = ${campaign.accountId} and id = ${campaign.id} and state = 'scheduled' returning id`.execute(db)
  return rows.length === 1
}

/** Begins a scheduled campaign whose time has come. */
export async function updateStarted(db: Db, accountId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update campaigns set state = 'preparing', started_at = ${now}, look_at = null
    where account_id = ${accountId} and id = ${id} and state = 'scheduled' and look_at <= ${now} returning id`.execute(
    db,
  )
  return rows.length === 1
}

/** Moves a campaign from one of `from` to `to`; false when it is in none of them (any more). */
export async function updateState(
  db: Db,
  move: { accountId: string; id: string; from: string[]; to: string; reason?: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update campaigns set state = ${move.to}, paused_reason = ${move.reason ?? null}, look_at = null,
      finished_at = case when ${move.to} in ('sent', 'cancelled') then ${move.now}::timestamptz else finished_at end
    where account_id = ${move.accountId} and id = ${move.id} and state = any(${move.from}::text[]) returning id`.execute(
    db,
  )
  return rows.length === 1
}

/**
 * Says when a worker has to look at a campaign that has nothing to do now. At once (null) when messages are with a process,
 * deferred, or wait for codes; else when the next one is due or the winner of the test is picked; never (infinity) when only a
 * person can go on with it. Served by messages_due and messages_waiting.
 */
export async function updateLookAt(db: Db, accountId: string, id: string): Promise<void> {
  const first = sql.raw(`select due_at from messages m where m.account_id = c.account_id and m.campaign_id = c.id`)
  await sql`
    update campaigns c set look_at = case
        when (${first} and waits_for_coupon is not null limit 1) is not null then null
        when (${first} and state = 'ready' and waits_for_coupon is null limit 1) is not null then null
        when (${first} and state = 'sending' and waits_for_coupon is null limit 1) is not null then null
        else least((${first} and state = 'planned' and waits_for_coupon is null order by due_at limit 1),
          case when ab_winner is null then ab_decides_at end) end
    where c.account_id = ${accountId} and c.id = ${id} and c.state = 'sending'`.execute(db)
}

/** Says when the winner of a test is picked, once: a resumed campaign keeps its time. */
export async function updateDecidesAt(db: Db, accountId: string, id: string, now: Date): Promise<void> {
  await sql`
    update campaigns set ab_decides_at = ${now}::timestamptz + make_interval(hours => ab_hours)
    where account_id = ${accountId} and id = ${id} and ab_hours is not null and ab_decides_at is null`.execute(db)
}

/** Writes down the winner of a test under way, once; returns the version of its template, or undefined when there was nothing to pick. */
export async function updateWinner(
  db: Db,
  input: { accountId: string; campaignId: string; winner: 'a' | 'b' },
): Promise<string | undefined> {
  const { rows } = await sql<{ versionId: string }>`
    update campaigns set ab_winner = ${input.winner}, look_at = null
    where account_id = ${input.accountId} and id = ${input.campaignId} and state in ('sending', 'paused') and ab_share < 100
      and ab_winner is null
    returning case ab_winner when 'b' then ab_template_version_id else template_version_id end as "versionId"`.execute(
    db,
  )
  return rows[0]?.versionId
}

/** Campaigns that a worker has to go on with, oldest first: nobody has to look at those that wait. Served by campaigns_at_work. */
export async function selectCampaignsAtWork(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    select account_id as "accountId", id from campaigns
    where state in ('scheduled', 'preparing', 'sending') and (look_at is null or look_at <= ${now})
    order by created_at limit ${limit}`.execute(db)
  return rows
}
