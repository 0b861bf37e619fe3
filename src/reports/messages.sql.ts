import { sql } from 'kysely'
import type { Message } from '../../contract/messages.ts'
import type { Db } from '../db/database.ts'

export type MessageRow = {
  id: string
  campaignId: string | null
  campaignName: string | null
  kind: 'campaign' | 'test' | 'resend'
  medium: 'email' | 'sms'
  profileId: string | null
  to: string
  subject: string | null
  channel: Message['channel']
  state: 'planned' | 'ready' | 'deferred' | 'sending' | 'sent' | 'rejected' | 'unknown' | 'skipped' | 'cancelled'
  deferredUntil: Date | null
  nextAskAt: Date | null
  reason: string | null
  codes: { coupon: string; code: string; expiresAt: string | null }[] | null
  createdAt: Date
  sentAt: Date | null
  opens: number
  clicks: number
  openedAt: Date | null
  clickedAt: Date | null
}

/** Ready, but not before a later time, is a state of its own to people. */
const SHOWN_STATE = `case when m.state = 'ready' and m.lease_until is not null then 'deferred' else m.state end`

const COLUMNS = sql.raw(`m.id, m.campaign_id as "campaignId",
  (select c.name from campaigns c where c.account_id = m.account_id and c.id = m.campaign_id) as "campaignName",
  m.kind, m.medium, m.profile_id as "profileId", m.address as "to", m.subject, m.channel, ${SHOWN_STATE} as state,
  case when m.state = 'ready' then m.lease_until end as "deferredUntil", case when m.state = 'unknown' then m.ask_at end as "nextAskAt", m.reason, m.created_at as "createdAt", m.sent_at as "sentAt",
  m.opens, m.clicks, m.opened_at as "openedAt", m.clicked_at as "clickedAt",
  (select json_agg(json_build_object('coupon', mc.coupon_name, 'code', k.code, 'expiresAt', a.expires_at))
    from message_codes mc
    join codes k on k.account_id = mc.account_id and k.id = mc.code_id
    left join assignments a on a.account_id = mc.account_id and a.code_id = mc.code_id
    where mc.account_id = m.account_id and mc.message_id = m.id) as codes`)

export type MessageFilter = {
  accountId: string
  campaignId?: string | undefined
  profileId?: string | undefined
  state?: string | undefined
  /** The word that the reason begins with. */
  reason?: string | undefined
  /** Part of the address, in lower case. */
  search?: string | undefined
  before?: string | undefined
  limit: number
}

/** Newest first, by the primary key; with a profile by messages_person. */
export async function selectMessages(db: Db, filter: MessageFilter): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select ${COLUMNS} from messages m
    where m.account_id = ${filter.accountId}
      and (${filter.before ?? null}::uuid is null or m.id < ${filter.before ?? null}::uuid)
      and (${filter.campaignId ?? null}::uuid is null or m.campaign_id = ${filter.campaignId ?? null}::uuid)
      and (${filter.profileId ?? null}::uuid is null or m.profile_id = ${filter.profileId ?? null}::uuid)
      and (${filter.state ?? null}::text is null or ${sql.raw(SHOWN_STATE)} = ${filter.state ?? null}::text)
      and (${filter.reason ?? null}::text is null or split_part(m.reason, ':', 1) = ${filter.reason ?? null}::text)
      and (${filter.search ?? null}::text is null or position(${filter.search ?? null}::text in lower(m.address)) > 0)
    order by m.id desc limit ${filter.limit}`.execute(db)
  return rows
}

export async function selectMessage(db: Db, accountId: string, id: string): Promise<MessageRow | undefined> {
  const { rows } = await sql<MessageRow>`
    select ${COLUMNS} from messages m where m.account_id = ${accountId} and m.id = ${id}`.execute(db)
  return rows[0]
}

export type TemplateNumbers = { sent: number; opened: number; clicked: number }

/** The messages that were sent of any version of a template. Reads them once, by messages_template. */
export async function selectTemplateNumbers(db: Db, accountId: string, templateId: string): Promise<TemplateNumbers> {
  const { rows } = await sql<TemplateNumbers>`
    select count(*) as sent, count(m.opened_at) as opened, count(m.clicked_at) as clicked
    from template_versions v join messages m on m.account_id = v.account_id and m.template_version_id = v.id
    where v.account_id = ${accountId} and v.template_id = ${templateId} and m.state = 'sent' and m.kind <> 'test'`.execute(
    db,
  )
  return rows[0] ?? { sent: 0, opened: 0, clicked: 0 }
}
