import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** Served by messages_person and messages_shown_as. Without the address nobody can be asked about a message any more. */
export async function updateMessagesForgotten(db: Db, accountId: string, profileIds: readonly string[]): Promise<void> {
  const people = sql`(select distinct ${accountId}::uuid as account_id, id from unnest(${profileIds}::uuid[]) as g (id) offset 0) p`
  await sql`
    update messages m set address = '', subject = null, context = null, ask_at = null from ${people}
    where m.account_id = p.account_id and m.profile_id = p.id`.execute(db)
  await sql`
    update messages m set subject = null, context = null from ${people}
    where m.account_id = p.account_id and m.shown_as = p.id`.execute(db)
}
