import type { z } from 'zod'
import type { campaignCounts } from '../../contract/messages.ts'
import type { Db } from '../db/database.ts'
import type { Medium } from './mail.ts'
import { hasUnfinished, insertCampaignMessages, selectStateCounts, updateCancelled } from './messages.sql.ts'

export type MessageCounts = z.infer<typeof campaignCounts>

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
  return { recipients: total - counts.skipped, ...counts }
}

/** Writes down a message for every member of the list, who then are the campaign's recipients whatever becomes of the list. */
export async function freezeRecipients(
  db: Db,
  input: {
    accountId: string
    campaignId: string
    listId: string
    templateVersionId: string
    medium: Medium
    channel: string
    now: Date
  },
): Promise<void> {
  await insertCampaignMessages(db, { ...input, id: input.campaignId })
}

export async function isFinished(db: Db, input: { accountId: string; campaignId: string }): Promise<boolean> {
  return !(await hasUnfinished(db, input.accountId, input.campaignId))
}

/** Cancels what is not with the provider yet. Returns how many. */
export async function cancelMessages(db: Db, input: { accountId: string; campaignId: string }): Promise<number> {
  return await updateCancelled(db, input.accountId, input.campaignId)
}
