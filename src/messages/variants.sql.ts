import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type VariantRow = {
  variant: 'a' | 'b'
  recipients: number
  sent: number
  opened: number
  clicked: number
  redeemed: number
}

/**
 * What became of the two messages of a test, by people. Served by messages_campaign; redemptions are looked up by the message's
 * codes, opens and clicks by the person's events: a look-up for each message, and no join.
 */
export async function selectVariants(db: Db, accountId: string, campaignId: string): Promise<VariantRow[]> {
  const met = (metric: string) => sql`count(*) filter (where (
      select true from events e
      where e.account_id = ${accountId} and e.profile_id = m.profile_id and e.message_id = m.id and e.metric = ${metric} limit 1))`
  const { rows } = await sql<VariantRow>`
    select m.variant, count(*) as recipients, count(*) filter (where m.state = 'sent') as sent,
      ${met('message_opened')} as opened, ${met('message_clicked')} as clicked,
      count(*) filter (where (
        select true from message_codes x
          join redemptions r on r.account_id = x.account_id and r.code_id = x.code_id and r.state = 'accepted'
        where x.account_id = ${accountId} and x.message_id = m.id limit 1)) as redeemed
    from messages m
    where m.account_id = ${accountId} and m.campaign_id = ${campaignId} and m.variant is not null
    group by m.variant order by m.variant`.execute(db)
  return rows
}

/** Gives everybody who waits for the winner of a test their message, due at `now`. Returns how many. */
export async function updateRest(
  db: Db,
  input: { accountId: string; campaignId: string; templateVersionId: string; now: Date },
): Promise<number> {
  const { rows } = await sql`
    update messages set template_version_id = ${input.templateVersionId}, due_at = ${input.now}
    where account_id = ${input.accountId} and campaign_id = ${input.campaignId} and state = 'planned' and due_at = 'infinity'
    returning id`.execute(db)
  return rows.length
}
