import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

export type KeyOf = { accountId: string; key: string }
export type StoredRequest = { requestHash: string; status: number | null; reply: string | null; createdAt: Date }

/**
 * Claims a key for one request: a new row, or one that is free to take because its request died without a reply
 * (`deadBefore`) or its time is over (`expiredBefore`). Of racing claims one gets true; the row's lock orders them.
 */
export async function upsertClaim(
  db: Db,
  claim: KeyOf & { requestHash: string; now: Date; deadBefore: Date; expiredBefore: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency_keys as stored (account_id, key, request_hash, created_at)
    values (${claim.accountId}, ${claim.key}, ${claim.requestHash}, ${claim.now})
    on conflict (account_id, key) do update
      set request_hash = excluded.request_hash, status = null, reply = null, created_at = excluded.created_at
      where (stored.status is null and stored.created_at < ${claim.deadBefore}) or stored.created_at < ${claim.expiredBefore}
    returning 1`.execute(db)
  return rows.length === 1
}

export async function selectRequest(db: Db, { accountId, key }: KeyOf): Promise<StoredRequest | undefined> {
  const { rows } = await sql<StoredRequest>`
    select request_hash as "requestHash", status, reply, created_at as "createdAt" from idempotency_keys
    where account_id = ${accountId} and key = ${key}`.execute(db)
  return rows[0]
}

/** Keeps a claim alive; false when it was lost. `claimedAt` tells this claim from one that took it over. */
export async function updateClaim(db: Db, { accountId, key }: KeyOf, claimedAt: Date, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update idempotency_keys set created_at = ${now}
    where account_id = ${accountId} and key = ${key} and status is null and created_at = ${claimedAt} returning 1`.execute(
    db,
  )
  return rows.length === 1
}

export async function updateReply(
  db: Db,
  { accountId, key }: KeyOf,
  claimedAt: Date,
  answer: { status: number; reply: string },
): Promise<void> {
  await sql`
    update idempotency_keys set status = ${answer.status}, reply = ${answer.reply}
    where account_id = ${accountId} and key = ${key} and status is null and created_at = ${claimedAt}`.execute(db)
}

export async function deleteClaim(db: Db, { accountId, key }: KeyOf, claimedAt: Date): Promise<void> {
  await sql`
    delete from idempotency_keys
    where account_id = ${accountId} and key = ${key} and status is null and created_at = ${claimedAt}`.execute(db)
}

/** Index idempotency_keys_created. Returns how many went. */
export async function deleteRequestsBefore(db: Db, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`delete from idempotency_keys where created_at < ${before}`.execute(db)
  return Number(numAffectedRows ?? 0)
}
