import { recordAudit } from '../accounts/audit.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { updateTroubled } from './watch.sql.ts'

/** A share says little of few messages: below this many, failures pause nothing. */
const LEAST_SETTLED = 100
const LEAST_FAILED = 5
/** One angry person is no trend. */
const LEAST_COMPLAINED = 3

/**
 * Pauses campaigns of which a larger share than the account allows came back, was refused or was marked as spam; the reason
 * stands on the campaign. Resuming one begins the count anew. Returns how many were paused.
 */
export async function pauseTroubledCampaigns(db: Db, input: { now: Date }): Promise<number> {
  const limits = { leastSettled: LEAST_SETTLED, leastFailed: LEAST_FAILED, leastComplained: LEAST_COMPLAINED }
  return await inTransaction(db, async (trx) => {
    const paused = await updateTroubled(trx, limits)
    for (const { accountId, id, reason } of paused) {
      const entry = { action: 'campaign.paused', subject: `campaign:${id}`, data: { reason } }
      await recordAudit(trx, { ...entry, accountId, actor: 'system', now: input.now })
    }
    return paused.length
  })
}
