import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type CampaignRow = {
  id: string
  accountId: string
  name: string
  channel: 'email' | 'sms'
  smartSending: boolean
  state: 'draft' | 'preparing' | 'sending' | 'paused' | 'sent' | 'cancelled'
  listId: string
  listName: string
  templateId: string
  templateName: string
  templateVersionId: string | null
  pausedReason: string | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
}

const COLUMNS =
  sql.raw(`c.id, c.account_id as "accountId", c.name, c.channel, c.smart_sending as "smartSending", c.state, c.list_id as "listId", l.name as "listName",
  c.template_id as "templateId", t.name as "templateName", c.template_version_id as "templateVersionId",
  c.paused_reason as "pausedReason", c.created_at as "createdAt", c.started_at as "startedAt", c.finished_at as "finishedAt"`)
const FROM = sql.raw(`from campaigns c
  join lists l on l.account_id = c.account_id and l.id = c.list_id
  join templates t on t.account_id = c.account_id and t.id = c.template_id`)

export async function selectCampaign(db: Db, accountId: string, id: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<CampaignRow>`
    select ${COLUMNS} ${FROM} where c.account_id = ${accountId} and c.id = ${id}`.execute(db)
  return rows[0]
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

export async function insertCampaign(
  db: Db,
  campaign: {
    accountId: string
    id: string
    name: string
    channel: 'email' | 'sms'
    smartSending: boolean
    listId: string
    templateId: string
    now: Date
  },
): Promise<void> {
  await sql`
    insert into campaigns (account_id, id, name, channel, smart_sending, state, list_id, template_id, created_at)
    values (${campaign.accountId}, ${campaign.id}, ${campaign.name}, ${campaign.channel}, ${campaign.smartSending}, 'draft', ${campaign.listId}, ${campaign.templateId}, ${campaign.now})`.execute(
    db,
  )
}

export async function updateDraft(
  db: Db,
  campaign: {
    accountId: string
    id: string
    name: string
    channel: 'email' | 'sms'
    smartSending: boolean
    listId: string
    templateId: string
  },
): Promise<boolean> {
  const { rows } = await sql`
    update campaigns set name = ${campaign.name}, channel = ${campaign.channel}, smart_sending = ${campaign.smartSending}, list_id = ${campaign.listId}, template_id = ${campaign.templateId}
    where account_id = ${campaign.accountId} and id = ${campaign.id} and state = 'draft' returning id`.execute(db)
  return rows.length === 1
}

export async function deleteDraft(db: Db, accountId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from campaigns where account_id = ${accountId} and id = ${id} and state = 'draft' returning id`.execute(db)
  return rows.length === 1
}

/** Freezes the template's version as the campaign leaves the draft. One of two starters at once wins. */
export async function updateStarted(
  db: Db,
  campaign: { accountId: string; id: string; templateVersionId: string; sender: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update campaigns set state = 'preparing', template_version_id = ${campaign.templateVersionId}, sender = ${campaign.sender},
      started_at = ${campaign.now}
    where account_id = ${campaign.accountId} and id = ${campaign.id} and state = 'draft' returning id`.execute(db)
  return rows.length === 1
}

/** Moves a campaign from one of `from` to `to`; false when it is in none of them (any more). */
export async function updateState(
  db: Db,
  move: { accountId: string; id: string; from: string[]; to: string; reason?: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update campaigns set state = ${move.to}, paused_reason = ${move.reason ?? null},
      finished_at = case when ${move.to} in ('sent', 'cancelled') then ${move.now}::timestamptz else finished_at end
    where account_id = ${move.accountId} and id = ${move.id} and state = any(${move.from}::text[]) returning id`.execute(
    db,
  )
  return rows.length === 1
}

/** Campaigns that a worker has to go on with, oldest first. Served by campaigns_at_work. */
export async function selectCampaignsAtWork(db: Db, limit: number): Promise<{ accountId: string; id: string }[]> {
  const { rows } = await sql<{ accountId: string; id: string }>`
    select account_id as "accountId", id from campaigns
    where state in ('preparing', 'sending') order by created_at limit ${limit}`.execute(db)
  return rows
}

export type Audience = { recipients: number; noAddress: number; notSubscribed: number }

/** Where a channel reaches a profile `p`, and what allows it. */
function reachOf(channel: 'email' | 'sms') {
  return channel === 'sms'
    ? { address: sql.raw('p.phone'), consent: sql.raw('p.sms_consent') }
    : { address: sql.raw('p.email'), consent: sql.raw('p.email_consent') }
}

export async function selectAudience(
  db: Db,
  accountId: string,
  listId: string,
  channel: 'email' | 'sms',
): Promise<Audience> {
  const { address, consent } = reachOf(channel)
  const { rows } = await sql<Audience>`
    select count(*) filter (where ${address} is not null and ${consent} = 'subscribed') as recipients,
      count(*) filter (where ${address} is null) as "noAddress",
      count(*) filter (where ${address} is not null and ${consent} <> 'subscribed') as "notSubscribed"
    from list_members m join profiles p on p.account_id = m.account_id and p.id = m.profile_id
    where m.account_id = ${accountId} and m.list_id = ${listId}`.execute(db)
  return rows[0] ?? { recipients: 0, noAddress: 0, notSubscribed: 0 }
}

/** How many recipients have an open code of the coupon that lasts beyond now, and keep it. */
export async function selectKeepers(
  db: Db,
  accountId: string,
  listId: string,
  couponId: string,
  channel: 'email' | 'sms',
  now: Date,
): Promise<number> {
  const { address, consent } = reachOf(channel)
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from list_members m join profiles p on p.account_id = m.account_id and p.id = m.profile_id
    where m.account_id = ${accountId} and m.list_id = ${listId} and ${address} is not null and ${consent} = 'subscribed'
      and (
        select true from assignments a
        where a.account_id = m.account_id and a.profile_id = m.profile_id and a.state = 'open'
          and a.coupon_id is not distinct from ${couponId}::uuid and (a.expires_at is null or a.expires_at > ${now})
      )`.execute(db)
  return rows[0]?.count ?? 0
}
