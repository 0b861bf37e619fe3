import type { Db } from '../db/database.ts'
import type { Medium } from '../messages/mail.ts'
import { type PrepareInput, prepareMessages } from '../messages/prepare.ts'
import { type SendInput, sendMessages } from '../messages/send.ts'
import type { MailCache } from '../messages/templates.ts'
import type { CampaignRow } from './campaigns.sql.ts'
import { requireCampaign } from './campaigns.ts'
import { versionsOf } from './freeze.ts'

/**
 * Batches that are under way side by side: while one is with the provider the next is claimed and the last one is written down, so that the
 * provider does not wait for the database. They share the channel's connections, and what a crash leaves unknown; more of them make claims
 * smaller and dearer.
 */
const LANES = 3
/** Messages that are made ready ahead of the lanes; fewer, and the next are begun. */
const AHEAD = 500

export type LanesInput = Omit<SendInput, 'of' | 'mail' | 'smartSending' | 'lanes'> & {
  campaignId: string
  /** What the campaign's messages are: those of the other kind, and their channel, do not matter. */
  medium: Medium
  mails: MailCache
  signal?: AbortSignal
}

/** `blocked`: the channel takes no message at all, for this reason. */
export type LanesResult = { handled: number; blocked: string | null }

/**
 * Messages of one version of the template. `ahead`: how many are ready of the `batches` that this process made ready; infinite until it made
 * any, because those of a process before it go first.
 */
type Line = { ahead: number; batches: number; isDry: boolean; preparing: Promise<number> | undefined }

/**
 * Sends what is due of a campaign, and makes ready what comes next meanwhile, until nothing is left to do for now, the campaign is not
 * sending any more, or the channel is blocked. Throws what `prepareMessages` throws.
 */
export async function sendLanes(db: Db, input: LanesInput): Promise<LanesResult> {
  const { accountId, campaignId } = input
  const lanes = Math.min(LANES, (input.medium === 'sms' ? input.smsChannel : input.channel).concurrency)
  const lines = new Map<string, Line>()
  const result: LanesResult = { handled: 0, blocked: null }
  let failed: unknown
  const noteFailure = (error: unknown): void => {
    failed ??= error
  }

  async function sendLane(): Promise<void> {
    while (!input.signal?.aborted && failed === undefined && result.blocked === null) {
      const campaign = await requireCampaign(db, input)
      if (campaign.state !== 'sending') return
      let isBusy = false
      for (const templateVersionId of versionsOf(campaign))
        if (await sendNext(campaign, templateVersionId)) isBusy = true
      if (!isBusy) return
    }
  }

  async function sendNext(campaign: CampaignRow, templateVersionId: string): Promise<boolean> {
    const mail = await input.mails(db, accountId, templateVersionId)
    const of = { campaignId, templateVersionId }
    const { smartSending, holdWithoutCode } = campaign
    const line = lines.get(templateVersionId) ?? {
      ahead: Number.POSITIVE_INFINITY,
      batches: 0,
      isDry: false,
      preparing: undefined,
    }
    lines.set(templateVersionId, line)
    const batchesBefore = line.batches
    const { handled, blocked } = await sendMessages(db, { ...input, of, mail, smartSending, lanes })
    result.handled += handled
    result.blocked ??= blocked
    line.ahead = Math.max(0, line.ahead - handled)
    const hasMore = line.batches > batchesBefore // made ready by another lane since this one looked
    if (handled === 0 && hasMore) return true
    if (handled > 0 && (line.ahead >= AHEAD || line.isDry)) return true
    const { sender } = input
    const preparing = prepareNext(db, line, { accountId, ...of, mail, sender, holdWithoutCode, now: input.now() })
    if (handled === 0) return (await preparing) > 0
    preparing.catch(noteFailure)
    return true
  }

  await Promise.all(Array.from({ length: lanes }, () => sendLane().catch(noteFailure)))
  await Promise.all([...lines.values()].map((line) => line.preparing?.catch(noteFailure)))
  if (failed !== undefined) throw failed
  return result
}

/** Makes the next messages ready, or waits for those that are being made. */
async function prepareNext(db: Db, line: Line, input: PrepareInput): Promise<number> {
  line.preparing ??= prepareMessages(db, input)
    .then((count) => {
      line.ahead = count + (line.batches === 0 ? 0 : line.ahead)
      line.batches += count > 0 ? 1 : 0
      line.isDry = count === 0
      return count
    })
    .finally(() => {
      line.preparing = undefined
    })
  return await line.preparing
}
