import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** Served by messages_profile. */
export async function updateMessagesForgotten(db: Db, accountId: string, profileIds: readonly string[]): Promise<void> {
  await sql`
    update messages set address = '', subject = null, context = null
    where account_id = ${accountId}::uuid and profile_id = any(${profileIds}::uuid[])`.execute(db)
}
