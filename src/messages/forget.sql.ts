import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** Served by messages_person and messages_shown_as. Without the address nobody can be asked about a message any more. */
export async function updateMessagesForgotten(db: Db, accountId: string, profileIds: readonly string[]): Promise<void> {
  await sql`
    update messages set address = '', subject = null, context = null, ask_at = null
    where account_id = ${accountId}::uuid and profile_id = any(${profileIds}::uuid[])`.execute(db)
  await sql`
    update messages set subject = null, context = null
    where account_id = ${accountId}::uuid and shown_as = any(${profileIds}::uuid[])`.execute(db)
}
