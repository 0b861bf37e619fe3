import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type PausedCampaign = { accountId: string; id: string; reason: string }

/**
 * Pauses the campaigns under way of which too many messages failed or were complained about, counted since the last such pause.
 * The few that went wrong are read by messages_troubled; all are counted only where those are many enough to matter.
 */
export async function updateTroubled(
  db: Db,
  limits: { leastSettled: number; leastFailed: number; leastComplained: number },
): Promise<PausedCampaign[]> {
  const { rows } = await sql<PausedCampaign>`
    with troubled as (
      select c.account_id, c.id, t.failed, t.complained, a.bounce_limit, a.complaint_limit,
        t.failed - c.watched_failed as new_failed, t.complained - c.watched_complained as new_complained, c.watched_settled
      from campaigns c join accounts a on a."id" = c.account_id cross join lateral (
        select count(*) filter (where m.state = 'rejected' or m.bounced_at is not null) as failed, count(m.complained_at) as complained
        from messages m
        where m.account_id = c.account_id and m.campaign_id = c.id
          and (m.state = 'rejected' or m.bounced_at is not null or m.complained_at is not null)
      ) t
      where c.state = 'sending'
        and (t.failed - c.watched_failed >= ${limits.leastFailed} or t.complained - c.watched_complained >= ${limits.leastComplained})
    ), measured as (
      select t.*, n.settled, greatest(1, n.settled - t.watched_settled) as new_settled
      from troubled t cross join lateral (
        select count(*) as settled from messages m
        where m.account_id = t.account_id and m.campaign_id = t.id and m.state in ('sent', 'rejected', 'unknown')
      ) n
    ), judged as (
      select *, case
        when new_complained >= ${limits.leastComplained} and new_complained * 10000 >= complaint_limit * new_settled
          then format('%s of %s people marked the mail as spam (%s %%): more than the limit of %s %%. Look at the list and the mail before you resume.',
            new_complained, new_settled, round(new_complained * 100.0 / new_settled, 2), round(complaint_limit / 100.0, 2))
        when new_settled >= ${limits.leastSettled} and new_failed * 10000 >= bounce_limit * new_settled
          then format('%s of %s messages came back or were refused (%s %%): more than the limit of %s %%. Look at their reasons before you resume.',
            new_failed, new_settled, round(new_failed * 100.0 / new_settled, 1), round(bounce_limit / 100.0, 2))
        end as verdict
      from measured
    )
    update campaigns c set state = 'paused', paused_reason = j.verdict, watched_settled = j.settled, watched_failed = j.failed,
      watched_complained = j.complained
    from judged j
    where j.verdict is not null and c.account_id = j.account_id and c.id = j.id and c.state = 'sending'
    returning c.account_id as "accountId", c.id, c.paused_reason as reason`.execute(db)
  return rows
}
