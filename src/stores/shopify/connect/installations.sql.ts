import { sql } from 'kysely'
import type { Db } from '../../../db/database.ts'

export type InstallationRow = {
  accountId: string
  id: string
  stateHash: string
  sessionId: string
  actor: string
  domain: string
  name: string | null
  clientId: string
  /** Sealed. */
  clientSecret: string
  expiresAt: Date
}

/** Writes down an installation that begins, and forgets those of the account that nobody came back from. */
export async function insertInstallation(db: Db, row: InstallationRow, now: Date): Promise<void> {
  await sql`
    with forgotten as (
      delete from shopify_installations where account_id = ${row.accountId}::uuid and expires_at <= ${now}::timestamptz
    )
    insert into shopify_installations (account_id, id, state_hash, session_id, actor, domain, name, client_id, client_secret, expires_at)
    values (${row.accountId}::uuid, ${row.id}::uuid, ${row.stateHash}, ${row.sessionId}, ${row.actor}, ${row.domain}, ${row.name},
      ${row.clientId}, ${row.clientSecret}, ${row.expiresAt}::timestamptz)`.execute(db)
}

/** Takes an installation out, so that it counts once: of racing answers one gets it. Only its own session does, and only in time. */
export async function takeInstallation(
  db: Db,
  key: { accountId: string; id: string; stateHash: string; sessionId: string; now: Date },
): Promise<InstallationRow | undefined> {
  const { rows } = await sql<InstallationRow>`
    delete from shopify_installations
    where account_id = ${key.accountId}::uuid and id = ${key.id}::uuid and state_hash = ${key.stateHash}
      and session_id = ${key.sessionId} and expires_at > ${key.now}::timestamptz
    returning account_id as "accountId", id, state_hash as "stateHash", session_id as "sessionId", actor, domain, name,
      client_id as "clientId", client_secret as "clientSecret", expires_at as "expiresAt"`.execute(db)
  return rows[0]
}
