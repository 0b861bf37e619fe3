import { setTimeout as sleep } from 'node:timers/promises'
import { recordAudit } from '../accounts/audit.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { type AskInput, askProvider } from '../messages/lost/ask.ts'
import { type AbsentMessage, NEVER_ARRIVED, settleAbsent } from '../messages/lost/settle-absent.ts'
import { lockCampaign, updateState } from './campaigns.sql.ts'

/** Between two batches of questions to one provider: with 20 in a batch, at most 10 a second. */
const PAUSE_MS = 2000

export type SettleInput = AskInput & { pauseMs?: number; signal?: AbortSignal }

/**
 * Asks the provider of a sender what became of its messages whose answer was lost, as far as they are due, and sends again
 * what never arrived for certain: a campaign that ended goes on for that, one that was cancelled does not.
 */
export async function settleLost(db: Db, input: SettleInput): Promise<void> {
  const { accountId, now, signal, pauseMs = PAUSE_MS } = input
  while (!signal?.aborted) {
    const { isMore, absent } = await askProvider(db, input)
    for (const [campaignId, messages] of Map.groupBy(absent, (message) => message.campaignId))
      await settle(db, { accountId, campaignId, messages, now: now() })
    if (!isMore) return
    await sleep(pauseMs)
  }
}

/** The campaign's row is held before its messages: whoever ends, cancels or resends it waits. */
async function settle(
  db: Db,
  input: { accountId: string; campaignId: string | null; messages: AbsentMessage[]; now: Date },
): Promise<void> {
  const { accountId, campaignId, messages, now } = input
  await inTransaction(db, async (trx) => {
    const campaign = campaignId === null ? undefined : await lockCampaign(trx, accountId, campaignId)
    const isCancelled = campaign?.state === 'cancelled'
    const count = await settleAbsent(trx, { accountId, messages, isCancelled, now })
    if (count === 0 || !campaign) return
    await updateState(trx, { accountId, id: campaign.id, from: ['sent', 'sending'], to: 'sending', now })
    const entry = {
      action: 'campaign.resent',
      subject: `campaign:${campaign.id}`,
      data: { count, reason: NEVER_ARRIVED },
    }
    await recordAudit(trx, { ...entry, accountId, actor: 'system', now })
  })
}
