import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors.ts'
import { resendMessages } from '../messages/progress.ts'
import { lockCampaign, updateState } from './campaigns.sql.ts'
import { campaignNotFound } from './campaigns.ts'

const RESENDABLE = ['sending', 'paused', 'sent']

/**
 * Sends again the messages of which the answer was lost, each once a press, with the codes that they hold. A campaign that was
 * sent is under way again; a paused one stays paused. Wake the worker afterwards. Returns how many.
 *
 * Throws `campaign_not_found`; `campaign_state` for a draft and a cancelled campaign.
 */
export async function resendUnknown(
  db: Db,
  input: { accountId: string; campaignId: string; now: Date },
): Promise<number> {
  const { accountId, campaignId: id, now } = input
  return await inTransaction(db, async (trx) => {
    const campaign = await lockCampaign(trx, accountId, id)
    if (!campaign) throw campaignNotFound(id)
    if (!RESENDABLE.includes(campaign.state)) {
      throw new AppError('campaign_state', 'Only messages of a campaign that was sent can be sent again.', {
        state: campaign.state,
      })
    }
    const count = await resendMessages(trx, input)
    if (count > 0) await updateState(trx, { accountId, id, from: ['sent'], to: 'sending', now })
    return count
  })
}
