import { requireAccount } from '../accounts/account.ts'
import type { EmailChannel } from '../channels/email/email-channel.ts'
import type { SmsChannel } from '../channels/sms/sms-channel.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { prepareMessages } from '../messages/prepare.ts'
import { cancelMessages, freezeRecipients, isFinished } from '../messages/progress.ts'
import { recoverMessages } from '../messages/recover.ts'
import { sendMessages } from '../messages/send.ts'
import type { Sender } from '../messages/sender.ts'
import { fromOf } from '../messages/sender.ts'
import { type MailCache, requireTemplate } from '../messages/templates.ts'
import { type CampaignRow, updateStarted, updateState } from './campaigns.sql.ts'
import { requireCampaign } from './campaigns.ts'
import { reviewCampaign } from './review.ts'

type CampaignInput = { accountId: string; campaignId: string }

/**
 * Starts a campaign: from now on its template's version is fixed and a worker sends it (`runCampaign`).
 *
 * Throws `campaign_not_sendable` with the problems of the review in `data`, the first one's text as message; `campaign_state`
 * when it was started already.
 */
export async function startCampaign(
  db: Db,
  input: CampaignInput & { channel: 'outbox' | 'smtp'; now: Date },
): Promise<void> {
  const { accountId, campaignId } = input
  const campaign = await requireCampaign(db, input)
  const review = await reviewCampaign(db, input)
  const [problem] = review.problems
  if (campaign.state === 'draft' && problem) {
    throw new AppError('campaign_not_sendable', problem.message, { problems: review.problems })
  }
  const template = await requireTemplate(db, { accountId, templateId: campaign.templateId })
  const sender = fromOf(await requireAccount(db, { accountId }), input.channel) ?? ''
  const started = await updateStarted(db, {
    accountId,
    id: campaignId,
    templateVersionId: template.versionId,
    sender,
    now: input.now,
  })
  if (!started) throw new AppError('campaign_state', 'This campaign was started already.', { state: campaign.state })
}

export type RunInput = CampaignInput & {
  channel: EmailChannel
  smsChannel: SmsChannel
  mails: MailCache
  publicUrl: string
  secret: string
  leaseMs: number
  now: () => Date
  signal?: AbortSignal
}

/** done: nothing is left to do. later: messages wait (deferred, or with another process); come again. stopped: by the signal. */
export type RunResult = 'done' | 'later' | 'stopped'

/**
 * Sends a campaign on from wherever it stands: freezes the recipients, makes messages ready, sends them. Safe to call again
 * after any crash, and from several processes at once. A cause that concerns every message (wrong credentials, the coupon
 * archived or expired meanwhile) pauses the campaign with the reason; nothing is lost.
 */
export async function runCampaign(db: Db, input: RunInput): Promise<RunResult> {
  const facts = await requireAccount(db, input)
  const sender: Sender = { account: facts, publicUrl: input.publicUrl, secret: input.secret }
  while (!input.signal?.aborted) {
    const campaign = await requireCampaign(db, input)
    if (campaign.state === 'preparing') await freeze(db, input, campaign)
    else if (campaign.state === 'cancelled') return await endCancelled(db, input)
    else if (campaign.state !== 'sending') return 'done'
    else if (!(await sendStep(db, input, campaign, sender))) return await conclude(db, input)
  }
  return 'stopped'
}

/** What was with the mail server at that moment and came back to be tried later is cancelled too. */
async function endCancelled(db: Db, input: RunInput): Promise<RunResult> {
  await cancelMessages(db, input)
  return 'done'
}

async function freeze(db: Db, input: RunInput, campaign: CampaignRow): Promise<void> {
  const { accountId, campaignId, channel, smsChannel } = input
  const { listId, templateVersionId, channel: medium } = campaign
  const provider = medium === 'sms' ? smsChannel.name : channel.name
  if (!templateVersionId) throw new Error(`campaign ${campaignId} was started without a template version`)
  const now = input.now()
  await db.transaction().execute(async (trx) => {
    if (!(await updateState(trx, { accountId, id: campaignId, from: ['preparing'], to: 'sending', now }))) return
    await freezeRecipients(trx, { accountId, campaignId, listId, templateVersionId, medium, channel: provider, now })
  })
}

/** Prepares a batch and sends a batch; false when there was nothing to do in either. */
async function sendStep(db: Db, input: RunInput, campaign: CampaignRow, sender: Sender): Promise<boolean> {
  const { accountId, campaignId } = input
  const { smartSending } = campaign
  try {
    const mail = await input.mails(db, accountId, campaign.templateVersionId ?? '')
    const prepared = await prepareMessages(db, { accountId, campaignId, mail, sender, now: input.now() })
    const { handled, blocked } = await sendMessages(db, { ...input, of: { campaignId }, smartSending, mail, sender })
    if (blocked !== null) await pauseFor(db, input, `The mail server refuses us: ${blocked}`)
    return prepared + handled > 0
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    await pauseFor(db, input, error.message)
    return false
  }
}

/** Pauses unless somebody moved the campaign meanwhile: cancelled stays cancelled. */
async function pauseFor(db: Db, input: RunInput, reason: string): Promise<void> {
  const { accountId, campaignId } = input
  await updateState(db, { accountId, id: campaignId, from: ['sending'], to: 'paused', reason, now: input.now() })
}

async function conclude(db: Db, input: RunInput): Promise<RunResult> {
  await recoverMessages(db, input.now())
  if (!(await isFinished(db, input))) return 'later'
  await updateState(db, {
    accountId: input.accountId,
    id: input.campaignId,
    from: ['sending'],
    to: 'sent',
    now: input.now(),
  })
  return 'done'
}
