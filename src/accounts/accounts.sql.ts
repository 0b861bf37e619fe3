import { sql } from 'kysely'
import type { Role } from '../../contract/account.ts'
import type { Db } from '../db/database.ts'
import { newId } from '../lib/ids.ts'

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

/** Whether the installation was set up: true from the first account on. */
export async function selectHasAccounts(db: Db): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select exists (select from accounts) as found`.execute(db)
  return rows[0]?.found === true
}

/** Makes racing set-ups wait for one another until the transaction ends. The number is any that nobody else locks. */
export async function lockSetup(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(4321001)`.execute(trx)
}

export type AccountRow = {
  id: string
  name: string
  timeZone: string
  senderName: string | null
  senderEmail: string | null
  postalAddress: string | null
  bounceLimit: number
  complaintLimit: number
  trackOpens: boolean
  trackClicks: boolean
  smsOptOut: string
  smsHelp: string | null
  quietFrom: number
  quietUntil: number
  smartEmailHours: number
  smartSmsHours: number
  createdAt: Date
}

const ACCOUNT_COLUMNS = sql`
  "id", "name", time_zone as "timeZone", sender_name as "senderName", sender_email as "senderEmail",
  postal_address as "postalAddress", bounce_limit as "bounceLimit", complaint_limit as "complaintLimit",
  track_opens as "trackOpens", track_clicks as "trackClicks",
  sms_opt_out as "smsOptOut", sms_help as "smsHelp", quiet_from as "quietFrom", quiet_until as "quietUntil",
  smart_email_hours as "smartEmailHours", smart_sms_hours as "smartSmsHours", "createdAt"`

export async function selectAccount(db: Db, accountId: string): Promise<AccountRow | undefined> {
  const { rows } = await sql<AccountRow>`select ${ACCOUNT_COLUMNS} from accounts where "id" = ${accountId}`.execute(db)
  return rows[0]
}

export type AccountChanges = Partial<Omit<AccountRow, 'id' | 'createdAt'>>

/** Sets the fields that are given, null included. At least one. */
export async function updateAccountFields(
  db: Db,
  accountId: string,
  changes: AccountChanges,
): Promise<AccountRow | undefined> {
  const columns: Record<keyof AccountChanges, string> = {
    name: 'name',
    timeZone: 'time_zone',
    senderName: 'sender_name',
    senderEmail: 'sender_email',
    postalAddress: 'postal_address',
    bounceLimit: 'bounce_limit',
    complaintLimit: 'complaint_limit',
    trackOpens: 'track_opens',
    trackClicks: 'track_clicks',
    smsOptOut: 'sms_opt_out',
    smsHelp: 'sms_help',
    quietFrom: 'quiet_from',
    quietUntil: 'quiet_until',
    smartEmailHours: 'smart_email_hours',
    smartSmsHours: 'smart_sms_hours',
  }
  const fields = Object.keys(changes) as (keyof AccountChanges)[]
  const sets = fields.map((field) => sql`${sql.ref(columns[field])} = ${changes[field]}`)
  const { rows } = await sql<AccountRow>`
    update accounts set ${sql.join(sets)} where "id" = ${accountId} returning ${ACCOUNT_COLUMNS}`.execute(db)
  return rows[0]
}

export type Membership = { id: string; name: string; role: Role }

/** The accounts of a person, the one joined first at the top. Index account_members_user. */
export async function selectMemberships(db: Db, userId: string): Promise<Membership[]> {
  const { rows } = await sql<Membership>`
    select a."id", a."name", m."role" from account_members m join accounts a on a."id" = m.account_id
    where m."userId" = ${userId} order by m."createdAt", m."id"`.execute(db)
  return rows
}

export type NewOwner = { id: string; email: string; name: string; passwordHash: string; accountId: string; now: Date }

/** A person who signs in by password and owns the account: the rows that the login reads. */
export async function insertOwner(db: Db, owner: NewOwner): Promise<void> {
  await sql`
    insert into auth_users ("id", "name", "email", "createdAt", "updatedAt")
    values (${owner.id}, ${owner.name}, ${owner.email}, ${owner.now}, ${owner.now})`.execute(db)
  await sql`
    insert into auth_credentials ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    values (${newId()}, ${owner.id}, 'credential', ${owner.id}, ${owner.passwordHash}, ${owner.now}, ${owner.now})
  `.execute(db)
  await sql`
    insert into account_members ("id", account_id, "userId", "role", "createdAt")
    values (${newId()}, ${owner.accountId}, ${owner.id}, 'owner', ${owner.now})`.execute(db)
}

export async function selectUserEmail(db: Db, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{ email: string }>`select email from auth_users where id = ${userId}::uuid`.execute(db)
  return rows[0]?.email
}
