import type { Db } from '../db/database.ts'
import {
  deleteClaim,
  deleteRequestsBefore,
  selectRequest,
  updateClaim,
  updateReply,
  upsertClaim,
} from './idempotency.sql.ts'

/** How long a reply is kept for a repeated request. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** A claim that gave no sign of life for so long belongs to a process that died. Living ones call `renewClaim`. */
export const CLAIM_DEAD_AFTER_MS = 60_000

/** The right to run a request; held by one process at a time. `claimedAt` changes with each sign of life. */
export type Claim = { accountId: string; key: string; claimedAt: Date }

export type ClaimResult =
  | { status: 'claimed'; claim: Claim }
  | { status: 'answered'; httpStatus: number; reply: string }
  /** The key was used for another request. */
  | { status: 'reused' }
  | { status: 'in_use'; retryAfterSeconds: number }

type ClaimInput = { accountId: string; key: string; requestHash: string; now: Date }

/**
 * Claims an idempotency key before its request runs. Safe to race: one claim wins, by the primary key and one conditional
 * statement. A key whose first request died, or whose day is over, is claimed anew.
 */
export async function claimKey(db: Db, input: ClaimInput): Promise<ClaimResult> {
  const { accountId, key, requestHash, now } = input
  const deadBefore = new Date(now.getTime() - CLAIM_DEAD_AFTER_MS)
  const expiredBefore = new Date(now.getTime() - KEPT_MS)
  if (await upsertClaim(db, { accountId, key, requestHash, now, deadBefore, expiredBefore })) {
    return { status: 'claimed', claim: { accountId, key, claimedAt: now } }
  }
  const stored = await selectRequest(db, input)
  if (!stored) return { status: 'in_use', retryAfterSeconds: 1 } // freed between the two statements
  if (stored.requestHash !== requestHash) return { status: 'reused' }
  if (stored.status !== null) return { status: 'answered', httpStatus: stored.status, reply: stored.reply ?? '' }
  return { status: 'in_use', retryAfterSeconds: 1 }
}

/** A sign of life of a long request. Returns the claim to go on with; undefined when another request took it over. */
export async function renewClaim(db: Db, input: { claim: Claim; now: Date }): Promise<Claim | undefined> {
  const { claim, now } = input
  return (await updateClaim(db, claim, claim.claimedAt, now)) ? { ...claim, claimedAt: now } : undefined
}

/** Keeps the reply for repeats. Does nothing when the claim was lost. */
export async function storeReply(db: Db, input: { claim: Claim; httpStatus: number; reply: string }): Promise<void> {
  await updateReply(db, input.claim, input.claim.claimedAt, { status: input.httpStatus, reply: input.reply })
}

/** Gives the key back, so that a repeat runs the request again. Does nothing when the claim was lost. */
export async function freeKey(db: Db, input: { claim: Claim }): Promise<void> {
  await deleteClaim(db, input.claim, input.claim.claimedAt)
}

/** Forgets replies older than 24 hours. Returns how many. */
export async function deleteOldIdempotencyKeys(db: Db, input: { now: Date }): Promise<number> {
  return await deleteRequestsBefore(db, new Date(input.now.getTime() - KEPT_MS))
}
