import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { moneyOf } from './money.sql.ts'

export type CampaignRow = {
  name: string
  recipients: number
  sent: number
  skipped: number
  rejected: number
  unknown: number
  opened: number
  clicked: number
}

/** A campaign with its messages counted by state. Served by messages_campaign. */
export async function findCampaignRow(db: Db, accountId: string, campaignId: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<CampaignRow>`
    select c.name, m.* from campaigns c cross join lateral (
      select count(*) as recipients, count(*) filter (where state = 'sent') as sent,
        count(*) filter (where state = 'skipped') as skipped, count(*) filter (where state = 'rejected') as rejected,
        count(*) filter (where state = 'unknown') as unknown,
        count(opened_at) as opened, count(clicked_at) as clicked
      from messages where account_id = c.account_id and campaign_id = c.id) m
    where c.account_id = ${accountId}::uuid and c.id = ${campaignId}::uuid`.execute(db)
  return rows[0]
}

/** How many messages were skipped, by the word that their reason begins with. Served by messages_campaign. */
export async function selectSkipReasons(
  db: Db,
  accountId: string,
  campaignId: string,
): Promise<{ reason: string; count: number }[]> {
  const { rows } = await sql<{ reason: string; count: number }>`
    select split_part(coalesce(reason, ''), ':', 1) as reason, count(*) as count from messages
    where account_id = ${accountId}::uuid and campaign_id = ${campaignId}::uuid and state = 'skipped'
    group by 1 order by 2 desc, 1`.execute(db)
  return rows
}

export type HourRow = { hour: Date; sent: number; redeemed: number }

/** Messages sent and codes redeemed by hour, oldest first. Served by messages_campaign and message_codes_code. */
export async function selectCampaignHours(
  db: Db,
  accountId: string,
  campaignId: string,
  limit: number,
): Promise<HourRow[]> {
  const { rows } = await sql<HourRow>`
    with mine as (
      select id, sent_at from messages
      where account_id = ${accountId}::uuid and campaign_id = ${campaignId}::uuid and state in ('sent', 'unknown')
    ), told as (
      select date_trunc('hour', sent_at) as hour, 1 as sent, 0 as redeemed from mine where sent_at is not null
      union all
      select date_trunc('hour', r.redeemed_at), 0, 1
      from (select distinct x.code_id from mine
          join message_codes x on x.account_id = ${accountId}::uuid and x.message_id = mine.id) c
        join redemptions r on r.account_id = ${accountId}::uuid and r.code_id = c.code_id and r.state = 'accepted'
    )
    select hour, sum(sent)::bigint as sent, sum(redeemed)::bigint as redeemed
    from told group by hour order by hour limit ${limit}::integer`.execute(db)
  return rows
}

/** How many codes a campaign's messages hold. */
export async function countCampaignCodes(db: Db, accountId: string, campaignId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct x.code_id) as count
    from messages m join message_codes x on x.account_id = m.account_id and x.message_id = m.id
    where m.account_id = ${accountId}::uuid and m.campaign_id = ${campaignId}::uuid`.execute(db)
  return rows[0]?.count ?? 0
}

export type CampaignMoneyRow = {
  currency: string
  revenueMinor: number
  discountMinor: number
  orders: number
  redemptions: number
}

/** What the codes in a campaign's messages brought, by currency; a code in two messages counts once. */
export async function selectCampaignMoney(db: Db, accountId: string, campaignId: string): Promise<CampaignMoneyRow[]> {
  const { rows } = await sql<CampaignMoneyRow>`
    ${moneyOf(sql`
      select r.* from (select distinct x.code_id
          from messages m join message_codes x on x.account_id = m.account_id and x.message_id = m.id
          where m.account_id = ${accountId}::uuid and m.campaign_id = ${campaignId}::uuid) sent
        join redemptions r on r.account_id = ${accountId}::uuid and r.code_id = sent.code_id and r.state = 'accepted'`)}`.execute(
    db,
  )
  return rows
}
