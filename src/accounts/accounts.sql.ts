import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

// audit_log

export type AuditRow = { id: string; at: Date; actor: string; action: string; subject: string; data: object }

export async function insertAuditEntry(db: Db, accountId: string, row: AuditRow): Promise<void> {
  await sql`
    insert into audit_log (account_id, id, at, actor, action, subject, data)
    values (${accountId}, ${row.id}, ${row.at}, ${row.actor}, ${row.action}, ${row.subject}, ${JSON.stringify(row.data)}::jsonb)
  `.execute(db)
}

/** Newest first, along the primary key: ids rise with time. `before` is the last id of the page before. */
export async function selectAuditEntries(
  db: Db,
  accountId: string,
  before: string | undefined,
  limit: number,
): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    select id, at, actor, action, subject, data from audit_log
    where account_id = ${accountId} ${before === undefined ? sql`` : sql`and id < ${before}::uuid`}
    order by account_id desc, id desc limit ${limit}`.execute(db)
  return rows
}

// accounts, account_members

export type NewAccount = { id: string; name: string; timeZone: string; now: Date }

export async function insertAccount(db: Db, account: NewAccount): Promise<void> {
  await sql`
    insert into accounts ("id", "name", "slug", "createdAt", time_zone)
    values (${account.id}, ${account.name}, ${account.id}, ${account.now}, ${account.timeZone})`.execute(db)
}
