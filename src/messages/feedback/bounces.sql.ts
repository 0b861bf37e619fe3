import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'

export type BouncedAddress = {
  channel: 'email' | 'sms'
  address: string
  bounce: 'hard' | 'soft'
  reason: string | null
  at: Date
}

/**
 * The addresses of these messages that are to get nothing more: one that refused a message for good, and one that refused
 * `mostSoft` messages in a row for now, nothing having arrived in between. All of it is read from the messages, so that it does
 * not matter in which order the bounces became known. Served by messages_person.
 */
export async function selectBounced(
  db: Db,
  accountId: string,
  messageIds: readonly string[],
  mostSoft: number,
): Promise<BouncedAddress[]> {
  const { rows } = await sql<BouncedAddress>`
    select m.medium as channel, m.address, m.bounce, m.reason, m.bounced_at as at
    from (select distinct id from unnest(${messageIds}::uuid[]) as g (id)) g
      cross join lateral (select * from messages where account_id = ${accountId}::uuid and id = g.id offset 0) m
    where m.bounced_at is not null
      and (m.bounce = 'hard' or ${mostSoft}::int <= (
        select count(*) from messages x
        where x.account_id = m.account_id and x.profile_id = m.profile_id and lower(x.address) = lower(m.address) and x.bounce = 'soft'
          and x.bounced_at > coalesce((
            select max(coalesce(g.delivered_at, g.sent_at)) from messages g
            where g.account_id = m.account_id and g.profile_id = m.profile_id and lower(g.address) = lower(m.address)
              and g.bounced_at is null and coalesce(g.state = 'sent', false)
          ), '-infinity')
      ))`.execute(db)
  return rows
}
