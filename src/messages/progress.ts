import type { z } from 'zod'
import type { campaignCounts } from '../../contract/campaigns.ts'
import { countAvailable } from '../codes/pool.ts'
import { requireOpenCoupon } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import {
  hasUnfinished,
  selectStateCounts,
  selectWaiting,
  updateCancelled,
  updateResent,
  updateWaiting,
} from './messages.sql.ts'

/** `nextAskAt`: when the provider is asked next about messages whose answer was lost; null: about none. */
export type MessageCounts = z.infer<typeof campaignCounts> & { nextAskAt: Date | null }

const STATES = [
  'planned',
  'ready',
  'deferred',
  'sending',
  'sent',
  'rejected',
  'unknown',
  'skipped',
  'cancelled',
] as const

/** The messages of a campaign by state (`deferred`: ready, but not before a later time); `recipients` is all but the skipped. */
export async function countMessages(db: Db, input: { accountId: string; campaignId: string }): Promise<MessageCounts> {
  const rows = await selectStateCounts(db, input.accountId, input.campaignId)
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<(typeof STATES)[number], number>
  for (const row of rows) counts[row.state as (typeof STATES)[number]] = row.count
  const total = STATES.reduce((sum, state) => sum + counts[state], 0)
  const told = { delivered: 0, bounced: 0, complained: 0, asked: 0 }
  for (const row of rows) {
    told.delivered += row.delivered
    told.bounced += row.bounced
    told.complained += row.complained
    told.asked += row.asked
  }
  const nextAskAt = rows.find((row) => row.nextAskAt !== null)?.nextAskAt ?? null
  const waitingForCodes = await countWaiting(db, input)
  return { recipients: total - counts.skipped, ...counts, ...told, waitingForCodes, nextAskAt }
}

/** How many messages of a campaign wait until there is a code for them. */
export async function countWaiting(db: Db, input: { accountId: string; campaignId: string }): Promise<number> {
  const waiting = await selectWaiting(db, input.accountId, input.campaignId)
  return waiting.reduce((sum, { count }) => sum + count, 0)
}

/**
 * Lets as many messages that wait for codes go on as the campaign can draw codes now. Returns how many.
 * Throws `coupon_archived`, `coupon_expired`: waiting for these is in vain.
 */
export async function releaseWaiting(
  db: Db,
  input: { accountId: string; campaignId: string; now: Date },
): Promise<number> {
  const { accountId, campaignId, now } = input
  let released = 0
  for (const { couponId } of await selectWaiting(db, accountId, campaignId)) {
    await requireOpenCoupon(db, { accountId, coupon: couponId, now })
    const limit = await countAvailable(db, { accountId, coupon: couponId, campaignId, now })
    if (limit > 0) released += await updateWaiting(db, { accountId, campaignId, couponId, limit })
  }
  return released
}

export async function isFinished(db: Db, input: { accountId: string; campaignId: string }): Promise<boolean> {
  return !(await hasUnfinished(db, input.accountId, input.campaignId))
}

/** Sends again what nobody knows of whether it arrived. Returns how many messages are ready for it. */
export async function resendMessages(db: Db, input: { accountId: string; campaignId: string }): Promise<number> {
  return await updateResent(db, input.accountId, input.campaignId)
}

/** Cancels what is not with the provider yet. Returns how many. */
export async function cancelMessages(db: Db, input: { accountId: string; campaignId: string }): Promise<number> {
  return await updateCancelled(db, input.accountId, input.campaignId)
}
